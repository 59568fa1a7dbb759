# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Debian's packages: installed into the system, or fetched from another suite and unpacked into the cache.

Packages of another suite are fetched with an apt configuration of our own: the mirror is the one that this machine is
configured to use, only the suite differs, and lists and archives are kept in the cache, so that nothing of the system's
own apt changes.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import cache, console
from .console import Problem

SUITES = ("stable", "stable-backports", "testing", "sid")


@dataclass(frozen=True)
class Mirror:
    uri: str
    signed_by: str  # path of a keyring, or "" for apt's trusted ones


def system_mirror(etc=Path("/etc")):
    """Return the mirror of the distribution that this machine's apt is configured to use, or None."""
    codename = ""
    os_release = etc / "os-release"
    if os_release.exists():
        codename = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release.read_text(), re.M)).get("VERSION_CODENAME", "")
    folder = etc / "apt"
    candidates = []
    for path in sorted((folder / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            lines = "\n".join(line for line in stanza.splitlines() if not line.startswith("#"))
            fields = {name.lower(): value.strip() for name, value in re.findall(
                r"^([\w-]+):((?:.*\n(?:[ \t].*\n?)*)|.*$)", lines, re.M)}
            if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
                continue
            signed_by = fields.get("signed-by", "")
            for uri in fields.get("uris", "").split():
                candidates.append((uri, fields.get("suites", "").split(), signed_by))
    for path in (folder / "sources.list", *sorted((folder / "sources.list.d").glob("*.list"))):
        if not path.exists():
            continue
        for options, uri, suite in re.findall(r"^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)", path.read_text(), re.M):
            signed_by = dict(re.findall(r"([\w-]+)=(\S+)", options)).get("signed-by", "")
            candidates.append((uri, [suite], signed_by))
    for uri, suites, signed_by in candidates:
        if {codename, "stable", "testing", "sid", "unstable"} & set(suites):
            return Mirror(uri, signed_by if signed_by.startswith("/") else "")
    return None


class Archive:
    """Packages of any suite of the configured mirror, without touching the system's apt."""

    def __init__(self):
        self.folder = cache.root() / "apt"
        self.downloads = cache.root() / "downloads"
        mirror = system_mirror()
        if not shutil.which("apt-get") or not mirror:
            raise Problem("this machine has no apt with a Debian mirror: install Odoo 19 and name it with "
                          "ODOO=/path/to/odoo-bin")
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.downloads.mkdir(exist_ok=True)
        signed = f"Signed-By: {mirror.signed_by}\n" if mirror.signed_by else ""
        cache.write(self.folder / "mirror.sources", "".join(
            f"Types: deb\nURIs: {mirror.uri}\nSuites: {suite}\nComponents: main\n{signed}\n" for suite in SUITES))
        # The sandbox user cannot enter a private home folder; the signatures are checked all the same.
        cache.write(self.folder / "apt.conf", f"""\
Dir::Etc::sourcelist "{self.folder}/mirror.sources";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
Dir::State::lists "{self.folder}/lists";
Dir::Cache "{self.folder}/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
""")
        self.environment = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}

    def update(self):
        """Fetch the lists of packages. A suite that the mirror does not carry is no fault."""
        log = cache.logs() / "apt-update.log"
        console.run(["apt-get", "update", "-q"], log=log, what="reading the package lists", check=False,
                    env=self.environment)
        advice = console.explain(log.read_text(errors="replace"))
        if advice and not any((self.folder / "lists").glob("*Packages*")):
            raise Problem(f"reading the package lists failed: {advice}")

    def find(self, package, version=""):
        """Return the version of ``package`` in the first suite that has one containing ``version``, or None."""
        listing = subprocess.run(["apt-cache", "madison", package], env=self.environment, capture_output=True,
                                 text=True, check=False).stdout
        offers = re.findall(r"^\s*\S+ \|\s*(\S+) \|\s*\S+ (\S+)/main ", listing, re.M)
        for suite in SUITES:
            for number, where in offers:
                if where == suite and version in number:
                    return number
        return None

    def fetch(self, package, version, step=None):
        """Return the path of the package's file, fetched unless it is there whole (apt checks the sum)."""
        shown = self._show(package, version)
        target = self.downloads / Path(shown["Filename"]).name
        size = int(shown["Size"])
        if target.exists() and target.stat().st_size == size:
            return target
        with cache.making(self.downloads / f"{package}.fetched") as work:
            def watch():
                done = max((file.stat().st_size for file in work.rglob("*.deb*")), default=0)
                if step and size > 1e6:
                    step.progress(f"{package} {done / 1e6:.0f} of {size / 1e6:.0f} MB")
            console.run(["apt-get", "download", "-q", f"{package}={version}"], cwd=work, env=self.environment,
                        log=cache.logs() / f"fetch-{package}.log", what=f"fetching {package}", poll=watch)
            os.replace(next(work.glob("*.deb")), target)
        (self.downloads / f"{package}.fetched").rmdir()
        return target

    def _show(self, package, version):
        text = subprocess.run(["apt-cache", "show", f"{package}={version}"], env=self.environment, capture_output=True,
                              text=True, check=True).stdout
        return dict(re.findall(r"^([\w-]+): (.*)$", text.split("\n\n")[0], re.M))


def installed(package):
    """Tell whether a package is installed in the system."""
    result = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True,
                            check=False)
    return result.stdout == "installed"


def install(*packages, why):
    """Install packages into the system unless they are there.

    :param why: what the packages are for, in the words of an error message
    """
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        raise Problem(f"{why} needs {', '.join(packages)}: install them with this system's package manager")
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    prefix = []
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            raise Problem(f"{why} needs {', '.join(missing)}: install them as root with "
                          f"'apt-get install {' '.join(missing)}'")
        prefix = ["sudo"]
        # The password, if one is wanted, is asked for here, where the user sees the question.
        if subprocess.run(["sudo", "-v"], check=False).returncode:
            raise Problem(f"{why} needs {', '.join(missing)} and sudo refused: install them as root with "
                          f"'apt-get install {' '.join(missing)}'")
    prefix += ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    log = cache.logs() / "apt-install.log"
    with console.step(f"Installing {', '.join(missing)}") as step:
        def tell(line):
            if match := re.match(r"(?:Get:(\d+) \S+ \S+ \S+ (\S+)|(Unpacking|Setting up) (\S+))", line):
                step.progress(f"fetching {match[2]}" if match[1] else f"{match[3].lower()} {match[4]}")
        command = [*prefix, "install", "-y", "--no-install-recommends", *missing]
        if console.run(command, log=log, what=f"installing {', '.join(missing)}", on_line=tell, check=False):
            # The lists may never have been read on a fresh machine, or be older than the mirror.
            step.progress("reading the package lists")
            console.run([*prefix, "update"], log=cache.logs() / "apt-update-system.log",
                        what="reading the package lists", check=False)
            console.run(command, log=log, what=f"installing {', '.join(missing)}", on_line=tell)
        step.note = ""
