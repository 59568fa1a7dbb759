# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Results: judged, printed as a table, written as JSON."""

import json
import statistics
from collections.abc import Iterable
from pathlib import Path

from .catalogue import CATALOGUE

RESULTS = Path(__file__).with_name("results.json")
HEADINGS = (
    "measurement", "plain ms", "ours ms", "ratio", "limit", "statements", "more", "limit", "ok",
    "OCA ms", "ratio", "statements",
)


def judge(name: str, plain: list[dict], ours: list[dict]) -> dict:
    """Return the entry of one measurement.

    :param name: as the catalogue has it
    :param plain: figures of each round in plain Odoo
    :param ours: figures of each round with business_dept
    """
    seconds_plain, seconds_ours = (min(each["seconds"] for each in side) for side in (plain, ours))
    statements_plain, statements_ours = (max(each["statements"] for each in side) for side in (plain, ours))
    return _enter(name, seconds_plain, seconds_ours, seconds_ours / seconds_plain, statements_plain, statements_ours)


def judge_turns(name: str, turns: list[dict[str, dict]]) -> dict:
    """Return the entry of a measurement whose sides took turns.

    The ratio is the median of the ratios of the single turns: what else the machine does hits both sides of a turn, and
    the turns that it hits unevenly are at the ends. Times are medians too.

    :param turns: of each turn the figures of each side: ``plain``, ``ours`` and perhaps ``oca``
    """
    seconds = {side: statistics.median(turn[side]["seconds"] for turn in turns) for side in turns[0]}
    statements = {side: statistics.median_high(turn[side]["statements"] for turn in turns) for side in turns[0]}
    ratios = {
        side: statistics.median(turn[side]["seconds"] / turn["plain"]["seconds"] for turn in turns) for side in turns[0]
    }
    entry = _enter(
        name, seconds["plain"], seconds["ours"], ratios["ours"], statements["plain"], statements["ours"],
    )
    if "oca" in seconds:
        entry |= {
            "oca": round(seconds["oca"], 5), "ratio_oca": round(ratios["oca"], 2), "statements_oca": statements["oca"],
        }
    return entry


def _enter(name, seconds_plain, seconds_ours, ratio, statements_plain, statements_ours) -> dict:
    """Return an entry, judged by the limits of the catalogue; OCA's figures are empty."""
    limits = CATALOGUE[name]
    more = limits.more_statements
    return {
        "plain": round(seconds_plain, 5),
        "ours": round(seconds_ours, 5),
        "oca": None,
        "ratio": round(ratio, 2),
        "ratio_oca": None,
        "statements_plain": statements_plain,
        "statements_ours": statements_ours,
        "statements_oca": None,
        "limit": limits.ratio,
        "ok": (ratio <= limits.ratio or seconds_ours - seconds_plain <= limits.more_seconds)
        and (more is None or statements_ours - statements_plain <= more),
    }


def print_table(results: dict[str, dict]) -> None:
    """Print the results for people."""
    rows = [HEADINGS, *(_format(name, entry) for name, entry in results.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) if not number else cell.rjust(width)
                 for number, (cell, width) in enumerate(zip(row, widths, strict=True)))
        print("  ".join(cells))


def _format(name: str, entry: dict) -> tuple[str, ...]:
    limits = CATALOGUE[name]
    plain, ours = entry["statements_plain"], entry["statements_ours"]
    return (
        name, f"{entry['plain'] * 1000:.1f}", f"{entry['ours'] * 1000:.1f}", f"{entry['ratio']:.2f}",
        f"{entry['limit']:g}", f"{plain} → {ours}", f"{ours - plain:+}",
        "" if limits.more_statements is None else f"+{limits.more_statements}", "yes" if entry["ok"] else "NO",
        *(("–", "", "") if entry["oca"] is None else (
            f"{entry['oca'] * 1000:.1f}", f"{entry['ratio_oca']:.2f}", f"{plain} → {entry['statements_oca']}",
        )),
    )


def print_growth(results: dict[str, dict]) -> None:
    """Print how the calls of each user grow with the number of records, where it was measured."""
    for name, entry in results.items():
        for records, users in entry.get("growth", {}).items():
            times = "  ".join(f"{user} {seconds * 1000:.1f}" for user, seconds in users.items())
            print(f"{name:28}{int(records):>11,} records, ms:  {times}")


def write(results: dict[str, dict]) -> None:
    """Write the results for programs and for comparison in time; what was not measured this time stays."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known |= results
    RESULTS.write_text(json.dumps({name: known[name] for name in CATALOGUE if name in known}, indent=2) + "\n")


def failures(results: dict[str, dict]) -> Iterable[str]:
    """Return the names of the measurements that exceed a limit."""
    return [name for name, entry in results.items() if not entry["ok"]]
