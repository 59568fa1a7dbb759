# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What differs between two versions of a travel policy."""
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang

from ...policy.travel import ALLOWED, NEVER, REQUEST

RANKS = {NEVER: 0, REQUEST: 1, ALLOWED: 2}
FIGURES = ("allowance_per_day", "noon_hour", "town_lodging_cap", "shared_room_percent", "claim_days")
NO_CAP = float("inf")


@dataclass(frozen=True)
class Figure:
    """One thing that a policy says.

    :param text: for people
    :param measure: number to compare; more is better for the traveller. ``None`` when neither is better
    :param change: method of the policy that puts a difference of two measures into words, if that says something
    """

    section: str
    label: str
    value: object
    text: str
    measure: float | None = None
    change: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing that two versions say differently.

    :param direction: 1 when the new one gives travellers more, -1 when less, 0 when neither
    """

    section: str
    label: str
    was: str
    now: str
    difference: str
    direction: int


class BusinessTravelPolicy(models.Model):
    _inherit = "business.travel.policy"

    changes_html = fields.Html(string="Changes", compute="_compute_changes_html", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends(
        *FIGURES, "lodging_ids.grade_id", "lodging_ids.city_class_id", "lodging_ids.cap", "transport_ids.grade_id",
        "transport_ids.class_id", "transport_ids.permission", "company_id", "state",
    )
    def _compute_changes_html(self):
        for policy in self:
            predecessor = policy._get_predecessor()
            policy.changes_html = policy._render_differences(predecessor) if predecessor else False

    # === BUSINESS METHODS === #

    def _render_differences(self, other):
        """What another, earlier version said and this one says.

        :param other: ``business.travel.policy``
        """
        self.ensure_one()
        sections = {}
        for difference in self._get_differences(other):
            sections.setdefault(difference.section, []).append(difference)
        return self.env["ir.qweb"]._render("business_dept.travel_policy_differences", {
            "was": other.display_name, "now": self.display_name, "sections": sections,
            "colours": {1: "text-success", -1: "text-danger", 0: ""},
        })

    def _get_differences(self, other):
        """What two versions say differently; the day from which they hold is no difference of content.

        :param other: the earlier ``business.travel.policy``
        :rtype: list[Difference]
        """
        self.ensure_one()
        before, after = other._get_figures(), self._get_figures()
        differences = []
        for key in {**before, **after}:
            was, now = before.get(key), after.get(key)
            was, now = was or self._get_default_figure(key, now), now or self._get_default_figure(key, was)
            if was.value == now.value:
                continue
            change, direction = "", 0
            if was.measure is not None and now.measure is not None:
                direction = (now.measure > was.measure) - (now.measure < was.measure)
                if now.change and NO_CAP not in (was.measure, now.measure):
                    change = getattr(self, now.change)(now.measure - was.measure)
            differences.append(Difference(now.section, now.label, was.text, now.text, change, direction))
        return differences

    def _get_figures(self):
        """Everything that this version says, in the order in which people read it.

        :return: ``{key: Figure}``
        """
        self.ensure_one()
        general, lodging, transport = self.env._("General"), self.env._("Lodging"), self.env._("Transport")
        names = {name: self._fields[name]._description_string(self.env) for name in FIGURES}
        figures = {
            "allowance_per_day": Figure(
                general, names["allowance_per_day"], self.allowance_per_day, self._format_money(self.allowance_per_day),
                self.allowance_per_day, "_format_more_money"),
            "noon_hour": Figure(general, names["noon_hour"], self.noon_hour, _format_hour(self.noon_hour)),
            "town_lodging_cap": Figure(
                general, names["town_lodging_cap"], self.town_lodging_cap, self._format_money(self.town_lodging_cap),
                self.town_lodging_cap, "_format_more_money"),
            "shared_room_percent": Figure(
                general, names["shared_room_percent"], self.shared_room_percent, self._format_number(self.shared_room_percent),
                self.shared_room_percent, "_format_more"),
            "claim_days": Figure(
                general, names["claim_days"], self.claim_days, str(self.claim_days) if self.claim_days else self.env._("None"),
                self.claim_days or NO_CAP, "_format_more"),
        }
        for line in self.lodging_ids.sorted(lambda line: (line.grade_id.sequence, line.city_class_id.sequence)):
            label = f"{line.grade_id.name}, {line.city_class_id.name or self.env._('Every other city')}"
            figures["lodging", line.grade_id.id, line.city_class_id.id] = Figure(
                lodging, label, line.cap, self._format_money(line.cap), line.cap, "_format_more_money")
        words = dict(self.transport_ids._fields["permission"]._description_selection(self.env))
        for line in self.transport_ids.sorted(lambda line: (line.class_id.sequence, line.grade_id.sequence)):
            figures["transport", line.grade_id.id, line.class_id.id] = Figure(
                transport, f"{line.class_id.name}, {line.grade_id.name}", line.permission, words[line.permission],
                RANKS[line.permission])
        return figures

    def _get_default_figure(self, key, figure):
        """What holds where a version says nothing: no cap of its own, or use on request.

        :param key: of a line of a table
        :param figure: what the other version says
        """
        if key[0] == "lodging":
            return Figure(figure.section, figure.label, None, self.env._("No line"))
        words = dict(self.transport_ids._fields["permission"]._description_selection(self.env))
        return Figure(figure.section, figure.label, REQUEST, words[REQUEST], RANKS[REQUEST])

    # === TOOLING === #

    def _format_money(self, amount):
        return format_amount(self.env, amount, self.currency_id or self.env.company.currency_id)

    def _format_more_money(self, amount):
        return f"{'+' if amount > 0 else '−'}{self._format_money(abs(amount))}"

    def _format_number(self, number):
        return formatLang(self.env, number, digits=0 if float(number).is_integer() else 2)

    def _format_more(self, number):
        return f"{'+' if number > 0 else '−'}{self._format_number(abs(number))}"


def _format_hour(hour):
    minutes = round(hour * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
