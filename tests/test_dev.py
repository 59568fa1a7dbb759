# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The commands behind ``make``: what they make of a machine, and what they say when something is amiss."""

import os
import socket
import subprocess
import sys

import polib
import pytest

from dev import apt, cache, console, database, odoo, postgres, settings, testing, translation
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
