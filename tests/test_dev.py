# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The commands behind ``make``: what they make of a machine, and what they say when something is amiss."""

import os
import socket
import subprocess
import sys

import polib
import pytest

from benchmarks import report, turns
from dev import apt, cache, commands, console, database, oca, odoo, postgres, settings, testing, translation
from dev.console import Problem

# --- packages --------------------------------------------------------------------------------------------------------

DEB822 = """\
Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/some.gpg
"""


@pytest.mark.parametrize(("name", "text", "expected"), [
    ("debian.sources", DEB822, apt.Mirror("http://mirror.example/debian", "/usr/share/keyrings/some.gpg")),
    ("debian.sources", DEB822.replace("Types: deb\n#", "Enabled: no\nTypes: deb\n#"), None),
    ("one.list", "# deb http://old.example/ bookworm main\n"
                 "deb [signed-by=/k.gpg arch=amd64] http://m.example/d bookworm main\n",
     apt.Mirror("http://m.example/d", "/k.gpg")),
    ("one.list", "deb http://m.example/d bookworm main contrib\n", apt.Mirror("http://m.example/d", "")),
    ("other.list", "deb http://vendor.example/ vendor main\n", None),
])
def test_mirror_is_the_configured_one(tmp_path, name, text, expected):
    (tmp_path / "os-release").write_text('NAME="Debian"\nVERSION_CODENAME=bookworm\n')
    (tmp_path / "apt/sources.list.d").mkdir(parents=True)
    (tmp_path / "apt/sources.list.d" / name).write_text(text)
    assert apt.system_mirror(tmp_path) == expected


# --- errors ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("output", "words"), [
    ("W: Failed to fetch  Temporary failure resolving 'mirror'", "network is not reachable"),
    ("OSError: [Errno 28] No space left on device", "disk is full"),
    ("E: Could not get lock /var/lib/dpkg/lock-frontend", "another apt is at work"),
])
def test_known_failures_are_one_line_that_says_what_to_do(tmp_path, output, words):
    with pytest.raises(Problem) as caught:
        console.run(["sh", "-c", 'echo "$1"; exit 3', "sh", output], log=tmp_path / "log", what="fetching")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_failures_name_the_log(tmp_path):
    with pytest.raises(Problem, match=r"odd thing.*log"):
        console.run(["sh", "-c", "echo odd thing; exit 1"], log=tmp_path / "log", what="working")


def test_odoo_of_another_version_is_refused(tmp_path, monkeypatch):
    (tmp_path / "odoo").mkdir()
    release = tmp_path / "odoo/release.py"
    (tmp_path / "odoo-bin").touch()
    monkeypatch.setenv("ODOO", str(tmp_path / "odoo-bin"))
    release.write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    assert odoo.find().path == tmp_path
    release.write_text("version_info = (17, 0, 0, FINAL, 0, '')\n")
    with pytest.raises(Problem, match=r"is Odoo 17\.0, but 19\.0 is needed"):
        odoo.find()


def test_settings_are_checked(monkeypatch):
    for name in ("PORT", "WORKERS", "DB"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(Problem, match="is taken by another program"):
            settings.serving()
    for name, value in (("PORT", "http"), ("PORT", "70000"), ("DB", "a;b")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            with pytest.raises(Problem, match=value):
                settings.serving()


def test_database_url_becomes_postgresql_settings(monkeypatch):
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        monkeypatch.setenv(name, "before")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:p%40ss@db.example:6543/")
    postgres.read_settings()
    assert [os.environ[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")] == [
        "db.example", "6543", "me", "p@ss"]
    monkeypatch.setenv("DATABASE_URL", "mysql://db.example")
    with pytest.raises(Problem):
        postgres.read_settings()


def test_a_named_server_that_cannot_be_used_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(Problem, match=r"PGHOST.* cannot be used"), postgres.running():
        pass


# --- cache -----------------------------------------------------------------------------------------------------------

def test_half_made_is_never_taken_for_whole(tmp_path):
    target = tmp_path / "thing"
    with pytest.raises(RuntimeError), cache.making(target) as work:
        (work / "part").touch()
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    with cache.making(target) as work:
        (work / "part").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["thing", "part"]


def test_digest_sees_content_and_names_but_not_caches(tmp_path):
    folder = tmp_path / "addon"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "a.py").write_text("1")
    first = cache.digest_files([folder], skip={"tests"})
    (folder / "__pycache__/a.pyc").write_text("x")
    (folder / "tests/test_a.py").write_text("x")
    assert cache.digest_files([folder], skip={"tests"}) == first
    (folder / "a.py").rename(folder / "b.py")
    assert cache.digest_files([folder], skip={"tests"}) != first


# --- databases -------------------------------------------------------------------------------------------------------

def test_a_foreign_database_is_never_dropped():
    name = f"foreign_{os.getpid()}"
    database._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        database.drop(name)
        assert database.exists(name)
    finally:
        database._execute(f'DROP DATABASE "{name}"')


def test_a_clone_has_the_files_and_goes_without_a_trace():
    source = os.environ["BUSINESS_DEPT_DATABASE"]
    empty = f"{database.PREFIX}_empty_{os.getpid()}"
    database.create_empty(empty)
    try:
        name = database.clone(empty)
        assert database.ours()[name]["kind"] == "test"
        database.drop(name)
        assert not database.exists(name)
    finally:
        database.drop(empty)
    assert database.filestore(source).is_dir()


# --- tests -----------------------------------------------------------------------------------------------------------

def test_selection():
    assert "business_dept/tests" in testing.selection("")
    assert testing.selection("tests/test_dev.py::test_selection") == ["tests/test_dev.py::test_selection"]
    assert testing.selection("installation") == ["tests/test_installation.py"]
    assert testing.selection("no such file")[-2:] == ["-k", "no such file"]


@pytest.mark.parametrize(("body", "code", "words"), [
    ("def test_fine(): pass", 0, "1 passed"),
    ("import unittest\ndef test_tour(): raise unittest.SkipTest('Chrome executable not found')\ndef test_fine(): pass",
     1, "did not run"),
    ("import pytest\ndef test_all(): pytest.skip('not today')", 1, "no test ran"),
    ("", 5, "no test ran"),
])
def test_a_green_of_nothing_is_red(tmp_path, body, code, words):
    (tmp_path / "test_x.py").write_text(body)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "dev.guard", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(database.REPOSITORY)},
        cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stdout) == (code, True), done.stdout


def test_the_part_of_odoos_tests_is_a_part():
    assert set(testing.QUICK_MODULES) <= set(testing.ODOO_MODULES)
    modules = {tag.strip("/").partition(":")[0] for tag in testing.QUICK_TAGS if tag.startswith("/")}
    assert modules <= {tag.strip("/") for tag in testing.ODOO_TAGS}


# --- benchmarks ------------------------------------------------------------------------------------------------------

def test_addons_for_comparison_are_pinned():
    lines = [line for line in oca.REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    assert {line.partition("==")[0].removeprefix("odoo-addon-") for line in lines} >= set(oca.ADDONS)
    assert all(line.partition("==")[2] for line in lines)


def test_addons_for_comparison_that_cannot_be_fetched_leave_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(oca, "REQUIREMENTS", tmp_path / "requirements.txt")
    oca.REQUIREMENTS.write_text("business-dept-nowhere==1.0\n")
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(tmp_path))):
        monkeypatch.setenv(name, value)
    with pytest.raises(Problem, match="fetching OCA's addons failed"):
        oca.fetch()
    assert not list(cache.root().glob("*oca-*"))


def test_a_benchmark_without_addons_for_comparison_goes_on(monkeypatch, capsys):
    def no_network():
        raise Problem("the network is not reachable")

    environments, dropped = [], []
    monkeypatch.setattr(oca, "fetch", no_network)
    monkeypatch.setattr(database, "drop_abandoned", lambda: None)
    monkeypatch.setattr(database, "clone", lambda template: f"clone of {template}")
    monkeypatch.setattr(database, "drop", dropped.append)

    def run(command, *, env, **_options):
        environments.append(env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(commands.subprocess, "run", run)
    assert commands.bench() == 0
    [environment] = environments
    assert environment["BUSINESS_DEPT_PLAIN_DATABASE"] == "clone of base"
    assert "BUSINESS_DEPT_OCA_DATABASE" not in environment
    assert "their column stays empty: the network is not reachable" in capsys.readouterr().out
    assert dropped == ["clone of base", "clone of product"]


def test_further_addons_have_a_configuration_of_their_own(tmp_path):
    assert database.configuration(tmp_path) != database.configuration()
    assert f"{database.REPOSITORY},{tmp_path}\n" in database.configuration(tmp_path).read_text()


def test_sides_take_turns():
    done = []

    class Side:
        def __init__(self, name):
            self.name = name

        def wait(self):
            return {}

        def go(self):
            done.append(self.name)
            return {"seconds": 1.0, "statements": 1}

        def stop(self):
            done.append(f"{self.name} stops")

    start = {"plain": lambda: Side("plain"), "ours": lambda: Side("ours")}
    assert len(turns.take_turns(start, 2, forwards=False)) == 2
    assert done == ["ours", "plain", "plain", "ours", "ours stops", "plain stops"]


def test_a_ratio_is_that_of_the_turn_in_the_middle():
    """One turn that the machine spoilt for one side changes nothing, nor does one that was slow for all."""
    measured = [(1.0, 1.1, 2.0), (10.0, 11.0, 20.0), (1.0, 5.0, 2.0)]
    found = [
        {side: {"seconds": seconds, "statements": 10} for side, seconds in zip(("plain", "ours", "oca"), turn, strict=True)}
        for turn in measured
    ]
    entry = report.judge_turns("confirm_order_10_lines_all", found)
    assert (entry["ratio"], entry["ratio_oca"], entry["ok"]) == (1.1, 2.0, True)
    slower = [{"plain": turn["plain"], "ours": turn["oca"]} for turn in found]
    without = report.judge_turns("confirm_order_10_lines_all", slower)
    assert (without["oca"], without["ok"]) == (None, False)
    report.print_table({"confirm_order_10_lines_all": entry, "confirm_order_10_lines": without})


# --- translations ----------------------------------------------------------------------------------------------------

def test_merging_keeps_translations_and_drops_what_is_gone():
    terms = polib.POFile()
    terms.extend(polib.POEntry(msgid=text, comment="module: x") for text in ("new", "kept", "doubtful"))
    translated = polib.POFile()
    translated.append(polib.POEntry(msgid="kept", msgstr="留下", tcomment="a remark"))
    translated.append(polib.POEntry(msgid="doubtful", msgstr="？", flags=["fuzzy"]))
    translated.append(polib.POEntry(msgid="gone", msgstr="没了"))
    merged = translation._arranged(terms, "x", translated)
    assert [(entry.msgid, entry.msgstr) for entry in merged] == [("doubtful", ""), ("kept", "留下"), ("new", "")]
    assert merged[1].tcomment == "a remark"
