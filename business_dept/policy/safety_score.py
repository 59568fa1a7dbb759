# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The safety of a department in a month as a score (SD-5.6, SM-2.1, SM-5)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class ScoreWeights:
    """How the safety of a department in a month becomes a score (SD-5.6). Points out of 100."""

    inspections: float = 30.0
    """Lost when none of the inspections that were due was done; in proportion when some were."""
    overdue: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"low": 2.0, "medium": 4.0, "high": 8.0, "extreme": 15.0}))
    """Lost for each hazard that is past its deadline at the end of the month, or was closed late in it, by level."""
    overdue_most: float = 40.0
    """Overdue hazards cost no more than this."""
    idle_major: float = 10.0
    """Lost for each open major hazard about which nothing was done in the last week of the month (SM-4.2.3)."""
    late_action: float = 5.0
    """Lost for each corrective action that is past its deadline at the end of the month (SM-4.4.2)."""
    actions_most: float = 20.0
    """Late corrective actions cost no more than this."""
    report: float = 1.0
    """Won for each hazard or near miss that was reported (SM-4.2.2): reporting is never punished."""
    reports_most: float = 10.0
    """Reports win no more than this, and only what was lost elsewhere: the score ends at 100."""


@dataclass(frozen=True)
class DepartmentFacts:
    """What is known of the safety of a department in a month.

    :param inspections_due: inspections that were due
    :param inspections_done: of these, closed by the end of the month; never more than were due
    :param overdue: number of overdue hazards by level (``low``, ``medium``, ``high``, ``extreme``)
    :param accidents: for each accident the points that its severity costs
    :param idle_majors: open major hazards without progress
    :param late_actions: corrective actions past their deadline
    :param reports: hazards and near misses that were reported
    """

    inspections_due: int = 0
    inspections_done: int = 0
    overdue: Mapping[str, int] = field(default_factory=dict)
    accidents: tuple[float, ...] = ()
    idle_majors: int = 0
    late_actions: int = 0
    reports: int = 0


@dataclass(frozen=True)
class DepartmentScore:
    """The score of a department, and what made it.

    :param score: 0 to 100, one decimal
    :param inspections: points lost for inspections not done, never positive; likewise ``overdue``, ``accidents``,
        ``idle_majors`` and ``late_actions``
    :param reports: points won for reports, never negative
    """

    score: float
    inspections: float
    overdue: float
    accidents: float
    idle_majors: float
    late_actions: float
    reports: float


def department_score(facts: DepartmentFacts, weights: ScoreWeights = ScoreWeights()) -> DepartmentScore:
    """Score the safety of a department in a month (SD-5.6, SM-2.1, SM-5).

    :param facts: what happened in the month
    :param weights: points lost and won
    :raise ValueError: for negative numbers, more inspections done than due, or an unknown level
    """
    numbers = (
        facts.inspections_due, facts.inspections_done, *facts.overdue.values(), *facts.accidents, facts.idle_majors,
        facts.late_actions, facts.reports,
    )
    if min(numbers) < 0 or facts.inspections_done > facts.inspections_due or facts.overdue.keys() - weights.overdue.keys():
        raise ValueError("facts of a department do not fit together")
    undone = facts.inspections_due - facts.inspections_done
    overdue = sum(weights.overdue[level] * number for level, number in facts.overdue.items())
    parts = {
        "inspections": -weights.inspections * undone / facts.inspections_due if undone else 0.0,
        "overdue": -min(overdue, weights.overdue_most),
        "accidents": -sum(facts.accidents),
        "idle_majors": -weights.idle_major * facts.idle_majors,
        "late_actions": -min(weights.late_action * facts.late_actions, weights.actions_most),
        "reports": min(weights.report * facts.reports, weights.reports_most),
    }
    parts = {name: round(points, 1) + 0.0 for name, points in parts.items()}
    return DepartmentScore(score=round(min(max(100.0 + sum(parts.values()), 0.0), 100.0), 1), **parts)
