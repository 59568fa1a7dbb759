# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The terms of the addons: ``make i18n`` takes them from a database, ``make lint`` sees that all are translated."""

import contextlib
import tempfile
from pathlib import Path

import polib

from . import console, database

LANGUAGE = "zh_CN"
SHOWN = 20  # terms that a message names
HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Report-Msgid-Bugs-To": "",
    "Last-Translator": "",
    "Language-Team": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}  # no dates: a file changes only when a term does


@contextlib.contextmanager
def exported():
    """Yield ``{addon: its terms}`` as the prepared product database has them."""
    with tempfile.TemporaryDirectory(prefix="business_dept_i18n_") as folder:
        name = database.clone("product")
        try:
            terms = {}
            for addon in database.addons():
                path = Path(folder) / f"{addon}.pot"
                result = database.run_odoo(["-l", "pot", "-o", path, addon], name, subcommand="i18n export")
                database.require(result, f"exporting the terms of {addon}")
                # Nothing is written for an addon without a single term.
                terms[addon] = polib.pofile(str(path)) if path.exists() and path.stat().st_size else polib.POFile()
            yield terms
        finally:
            database.drop(name)


def _paths(addon):
    folder = database.REPOSITORY / addon / "i18n"
    return folder / f"{addon}.pot", folder / f"{LANGUAGE}.po"


def _load(path):
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def _arranged(terms, addon, translated=None):
    """Return the terms as a file in our order, with the translations of ``translated``."""
    file = polib.POFile(wrapwidth=78)
    file.header = f"Translation of Odoo Server.\nThis file contains the translation of the following module:\n* {addon}"
    file.metadata = {**HEADER, **({"Language": LANGUAGE} if translated is not None else {})}
    old = {entry.msgid: entry for entry in translated or () if not entry.obsolete}
    for entry in sorted(terms, key=lambda entry: entry.msgid):
        known = old.get(entry.msgid)
        file.append(polib.POEntry(
            msgid=entry.msgid, comment=entry.comment, occurrences=sorted(entry.occurrences), flags=[],
            msgstr=known.msgstr if known and not known.fuzzy else "", tcomment=known.tcomment if known else ""))
    return file


def update():
    """Write the template of every addon anew and merge new terms into the translation."""
    with exported() as terms:
        for addon, found in terms.items():
            template, translation = _paths(addon)
            if not found:
                console.say(f"{addon}: no terms")
                continue
            template.parent.mkdir(exist_ok=True)
            merged = _arranged(found, addon, _load(translation))
            _arranged(found, addon).save(str(template))
            merged.save(str(translation))
            missing = [entry.msgid for entry in merged if not entry.msgstr]
            console.say(f"{addon}: {len(merged)} terms, {len(missing)} without a translation")
            for term in missing[:SHOWN]:
                console.say(f"    {term!r}")
            if len(missing) > SHOWN:
                console.say(f"    and {len(missing) - SHOWN} more in {translation.relative_to(database.REPOSITORY)}")
    return 0


def faults():
    """Return what is wrong with the translation files, the first terms of each kind by name."""
    found = []

    def report(name, complaint, terms):
        terms = sorted(terms)
        if terms:
            shown = ", ".join(map(repr, terms[:SHOWN])) + (" …" if len(terms) > SHOWN else "")
            found.append(f"{name}: {len(terms)} terms {complaint}: {shown}")

    with exported() as terms:
        for addon, current in terms.items():
            template, translation = _paths(addon)
            wanted = {entry.msgid for entry in current}
            for path in (template, translation):
                name = path.relative_to(database.REPOSITORY)
                if wanted and not path.exists():
                    found.append(f"{name}: missing; make i18n writes it")
                    continue
                file = _load(path)
                present = {entry.msgid for entry in file if not entry.obsolete}
                report(name, "are missing (make i18n adds them)", wanted - present)
                report(name, "are no longer used (make i18n drops them)",
                       present - wanted | {entry.msgid for entry in file.obsolete_entries()})
                if path == translation:
                    live = [entry for entry in file if not entry.obsolete]
                    report(name, "have no translation", {entry.msgid for entry in live if not entry.msgstr})
                    report(name, "have a fuzzy translation", {entry.msgid for entry in live if entry.fuzzy})
                elif {entry.msgid: entry.comment for entry in file} != {e.msgid: e.comment for e in current}:
                    found.append(f"{name}: not as the addon has it; make i18n writes it anew")
    return found
