# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Odoo 19 and the Python packages it needs.

``ODOO=/path/to/odoo-bin`` or an ``odoo`` of version 19 on the PATH is used when there is one. Otherwise Debian's
``odoo-19`` is unpacked into the cache: it is not installed, so it stands beside any other Odoo. Either way Odoo's code
runs in a virtual environment of ours, with the Python packages of ``requirements.txt``.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, console
from .console import Problem

SERIES = "19.0"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")

#: Debian's Odoo links its fonts and some JavaScript to these packages; without them every page is an error.
COMPANIONS = ("libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-inconsolata", "fonts-montserrat",
              "fonts-ocr-b", "fonts-roboto-unhinted", "fonts-glyphicons-halflings")
#: The pages want Font Awesome 4; later packages moved its files.
FONT_AWESOME = ("fonts-font-awesome", "4.7")
#: Listed in an asset bundle of ``mail`` but not packaged: its absence is an error in the browser's console, which
#: fails every browser test. It only blurs the background of video calls.
ABSENT_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """An Odoo: ``path`` holds the package ``odoo``; ``addons`` are the folders of its own addons."""

    path: Path
    addons: tuple
    version: str
    origin: str


def find():
    """Return the Odoo to use, fetched if need be."""
    given = os.environ.get("ODOO")
    if given:
        command = Path(given).expanduser()
        if not command.is_file():
            raise Problem(f"ODOO={given} is no file: set it to the path of odoo-bin, or leave it out to have Odoo "
                          f"{SERIES} fetched")
        odoo = _behind(command)
        if not odoo:
            raise Problem(f"no Odoo was found behind ODOO={given}: set it to the path of odoo-bin or odoo")
        if odoo.version != SERIES:
            raise Problem(f"ODOO={given} is Odoo {odoo.version}, but {SERIES} is needed: set ODOO to one of that "
                          "version, or leave it out to have one fetched")
        return odoo
    command = shutil.which("odoo")
    if command and (odoo := _behind(Path(command))) and odoo.version == SERIES:
        return odoo
    return _debian()


def _behind(command):
    """Return the Odoo that a start script belongs to, or None."""
    command = command.resolve()
    beside = command.parent
    if (beside / "odoo" / "release.py").exists():
        return _at(beside, str(command))
    # An installed start script: ask the interpreter of its first line, without running Odoo.
    first = command.open("rb").readline().decode(errors="replace")
    interpreter = first[2:].split() if first.startswith("#!") else []
    if not interpreter:
        return None
    found = subprocess.run(
        [*interpreter, "-c", "import odoo.release as r, os; print(os.path.dirname(os.path.dirname(r.__file__)))"],
        capture_output=True, text=True, check=False, cwd="/")
    lines = found.stdout.split("\n")
    return _at(Path(lines[0]), str(command)) if found.returncode == 0 and lines[0] else None


def _at(path, origin):
    release = (path / "odoo" / "release.py").read_text()
    match = re.search(r"^version_info = \((\S+?), (\S+?),", release, re.M)
    version = ".".join(part.strip("'\"") for part in match.groups()) if match else "of an unknown version"
    # A checkout keeps `base` in the package and the rest beside it; an installed Odoo has all of them in the package.
    addons = [path / "odoo" / "addons"]
    if not (addons[0] / "web").is_dir():
        addons.append(path / "addons")
    return Odoo(path, tuple(addons), version, origin)


def _debian():
    """Return Debian's Odoo from the cache, fetched and unpacked unless it is there."""
    pointer = cache.root() / "odoo"
    if (pointer / "usr").is_dir():
        return _at(_packages(pointer), "Debian's odoo-19")
    with cache.lock("odoo"):
        if not (pointer / "usr").is_dir():
            _fetch_debian(pointer)
    return _at(_packages(pointer), "Debian's odoo-19")


def _packages(root):
    return root / "usr/lib/python3/dist-packages"


def _fetch_debian(target):
    cache.require_space()
    archive = apt.Archive()
    with console.step("Looking for Odoo 19 among Debian's packages") as step:
        archive.update()
        version = archive.find("odoo-19")
        if not version:
            raise Problem("none of Debian's suites on the configured mirror has odoo-19: get Odoo 19 elsewhere and "
                          "name it with ODOO=/path/to/odoo-bin")
        step.note = version
        wanted = {"odoo-19": version}
        for package in COMPANIONS:
            # Fonts and scripts of the newest suite, as Odoo's own package stands there.
            wanted[package] = archive.find(package)
        package, series = FONT_AWESOME
        wanted[package] = archive.find(package, series)
        missing = [package for package, number in wanted.items() if not number]
        if missing:
            raise Problem(f"Debian's {', '.join(missing)} was not found on the configured mirror: name an Odoo 19 with "
                          "ODOO=/path/to/odoo-bin")
    with console.step(f"Fetching Odoo {version}") as step:
        files = [archive.fetch(package, number, step) for package, number in wanted.items()]
        step.note = ""
    with console.step("Unpacking Odoo") as step, cache.making(target) as root:
        for number, file in enumerate(files, 1):
            step.progress(f"{number} of {len(files)} packages")
            console.run(["dpkg", "-x", file, root], log=cache.logs() / "unpack.log", what=f"unpacking {file.name}")
        _mend_links(root)
        script = _packages(root) / "odoo/addons" / ABSENT_SCRIPT
        if not script.exists():
            script.parent.mkdir(parents=True, exist_ok=True)
            script.touch()


def _mend_links(root):
    """Point links that lead to an absolute path into the unpacked tree."""
    for path in root.rglob("*"):
        if path.is_symlink():
            goal = os.readlink(path)
            if os.path.isabs(goal) and (root / goal.lstrip("/")).exists():
                path.unlink()
                path.symlink_to(os.path.relpath(root / goal.lstrip("/"), path.parent))


def venv(odoo):
    """Return the Python of the virtual environment for ``odoo``, made if need be."""
    version = ".".join(map(str, sys.version_info[:3]))
    made_of = (version, os.path.realpath(sys.base_prefix), odoo.path, REQUIREMENTS.read_text())
    target = cache.root() / f"venv-{cache.key(*made_of)}"
    python = target / "bin/python"
    if (target / ".complete").exists():
        return python
    with cache.lock("venv"):
        if not (target / ".complete").exists():
            _make_venv(target, odoo)
    return python


def _make_venv(target, odoo):
    if sys.version_info < (3, 10):  # noqa: UP036  (whoever has an older one is to read why it will not do)
        raise Problem(f"Odoo {SERIES} needs Python 3.10 or later, this is {sys.version.split()[0]}: install a later "
                      "one, and name it with PYTHON=…")
    try:
        import ensurepip  # noqa: F401  (Debian keeps it in a package of its own)
    except ImportError:
        apt.install("python3-venv", why="a virtual environment")
    # A virtual environment cannot be moved once made, so a stamp rather than a rename tells that it is whole.
    shutil.rmtree(target, ignore_errors=True)
    python = target / "bin/python"
    total = sum(1 for line in REQUIREMENTS.read_text().splitlines() if "==" in line)
    with console.step("Installing the Python packages") as step:
        console.run([sys.executable, "-m", "venv", target], log=cache.logs() / "venv.log",
                    what="making a virtual environment")
        seen = set()

        def tell(line):
            if match := re.match(r"Collecting (\S+?)==", line):
                seen.add(match[1])
                step.progress(f"{len(seen)} of {total}")
            elif line.startswith(("Building wheels", "Installing collected")):
                step.progress(line.split(":")[0].lower())
        console.run([python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off",
                     "-r", REQUIREMENTS], log=cache.logs() / "pip.log", what="installing the Python packages",
                    on_line=tell)
        site = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                              capture_output=True, text=True, check=True).stdout.strip()
        (Path(site) / "odoo.pth").write_text(f"{odoo.path}\n")
        step.note = ""
    (target / ".complete").touch()
