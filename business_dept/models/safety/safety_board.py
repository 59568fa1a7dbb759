# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The public board of supervised hazards: what it shows, and the address that opens it (SM-4.2.3)."""
import secrets

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    safety_board_token = fields.Char(
        copy=False, groups="business_dept.group_safety_officer", help="Opens the board of supervised hazards without a login.")

    _safety_board_token_idx = models.UniqueIndex(
        "(safety_board_token) WHERE safety_board_token IS NOT NULL", "Each board has an address of its own.")

    def _may_hang_safety_board(self):
        """Whether the current user is a safety officer or sits in the leading group of the company."""
        self.ensure_one()
        user = self.env.user
        return self in user.company_ids and (user._is_safety_officer(self) or user._is_in_leading_group(self))

    def _check_safety_board(self):
        """Refuse who may not hang the board up.

        :raise AccessError: everybody but safety officers and the leading group
        """
        if not self._may_hang_safety_board():
            raise AccessError(self.env._("The safety officers and the leading group hang the board up."))

    def _get_safety_board_url(self):
        """The address of the board, made when there is none yet."""
        self._check_safety_board()
        company = self.sudo()
        if not company.safety_board_token:
            company.safety_board_token = secrets.token_urlsafe(24)
        return f"{self.get_base_url()}/safety/board/{company.safety_board_token}"

    def action_open_safety_board(self):
        """Open the board in a window of its own."""
        return {"type": "ir.actions.act_url", "url": self._get_safety_board_url(), "target": "new"}

    def action_renew_safety_board(self):
        """Make a new address: who knows the old one sees nothing any more."""
        self._check_safety_board()
        self.sudo().safety_board_token = secrets.token_urlsafe(24)
        return True

    def _get_safety_board(self):
        """What the board shows: supervised hazards and counts, nothing of who reported, no text that names people freely.

        :return: ``{"hazards": [dict], "counts": dict}``
        :rtype: dict
        """
        self.ensure_one()
        Hazard = self.env["business.safety.hazard"].sudo()
        today = fields.Date.context_today(Hazard)
        own = [("company_id", "=", self.id)]
        listed = Hazard.search(
            [*own, ("date_listed", "!=", False), ("state", "in", ("rectifying", "verifying", "removal"))],
            order="date_deadline, id")
        states = dict(Hazard._fields["state"]._description_selection(self.env))
        opened = [*own, ("state", "in", ("reported", "rectifying", "verifying", "removal"))]
        month = today.replace(day=1)
        return {
            "today": format_date(self.env, today),
            "hazards": [{
                "number": hazard.name,
                "title": hazard.title,
                "place": hazard.place_id.complete_name or "",
                "supervisor": hazard.supervisor_id.name,
                "responsible": hazard.responsible_id.name,
                "deadline": format_date(self.env, hazard.date_deadline),
                "days": (hazard.date_deadline - today).days,
                "percent": hazard.percent,
                "progress": hazard.progress_ids[:1].note or "",
                "progress_date": format_date(self.env, hazard.progress_ids[:1].date) if hazard.progress_ids else "",
                "is_silent": (today - hazard.date_progress).days >= 7 and hazard.state != "removal",
                "state": states[hazard.state],
            } for hazard in listed],
            "counts": {
                "listed": len(listed),
                "overdue": len(listed.filtered(lambda hazard: hazard.date_deadline < today)),
                "open": Hazard.search_count(opened),
                "closed": Hazard.search_count([*own, ("date_closed", ">=", month)]),
                "removed": Hazard.search_count([*own, ("date_closed", ">=", month), ("removal_id", "!=", False)]),
            },
        }
