# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``make lint``: what can be told of the code without running it, and whether every term is translated."""

import subprocess
import sys

from lxml import etree

from . import console, database, translation

#: The README at the top is the addons' as well; OCA generates one for each addon from fragments.
LEFT_OUT = (
    "missing-readme",  # the repository's README is the addon's
    "no-search-all",  # controls, companies, pairs of posts: small tables that are meant as a whole
    "consider-merging-classes-inherited",  # a file has one subject: several extend the same model of Odoo
    "missing-return",  # computes and hooks that extend others return nothing
)


def lint():
    """Run all checks, tell what each one found, and return 1 when any found something."""
    root = database.REPOSITORY
    addons = list(database.addons())
    python = [name for name in (*addons, "dev", "tests", "benchmarks") if (root / name).is_dir()]
    checks = {
        "ruff": lambda: _run("ruff", "check", "--quiet", "--output-format=concise", *python),
        "pylint-odoo": lambda: _run("pylint", f"--disable={','.join(LEFT_OUT)}", *addons),
        "XML": lambda: xml_faults(addons),
        "translations": lambda: translation.faults(),
    }
    found = 0
    for name, check in checks.items():
        faults = check()
        found += len(faults)
        console.say(f"{'✗' if faults else '✓'} {name}")
        for fault in faults:
            console.say(f"    {fault}")
    return 1 if found else 0


def _run(tool, *arguments):
    result = subprocess.run([sys.executable, "-m", tool, *arguments], cwd=database.REPOSITORY, capture_output=True,
                            text=True, check=False, stdin=subprocess.DEVNULL)
    if not result.returncode:
        return []
    return [line for line in (result.stdout + result.stderr).splitlines() if line.strip()] or [f"{tool} failed"]


def xml_faults(addons):
    faults = []
    for name in addons:
        for path in sorted((database.REPOSITORY / name).rglob("*.xml")):
            try:
                etree.parse(str(path))
            except etree.XMLSyntaxError as error:
                faults.append(f"{path.relative_to(database.REPOSITORY)}: {error}")
    return faults
