# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyBoard(models.TransientModel):
    """The address of the board on the wall. The company keeps it, and checks who asks."""

    _name = "business.safety.board"
    _description = "Board on the Wall"

    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    address = fields.Char(compute="_compute_address")

    @api.depends("company_id")
    def _compute_address(self):
        for board in self:
            company = board.company_id
            board.address = company._get_safety_board_url() if company and company._may_hang_safety_board() else False

    def action_open(self):
        """Open the board in a window of its own."""
        self.ensure_one()
        return self.company_id.action_open_safety_board()

    def action_renew(self):
        """A new address; screens that show the old one go dark."""
        self.ensure_one()
        self.company_id.action_renew_safety_board()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Board on the Wall"), "res_model": self._name,
            "res_id": self.id, "view_mode": "form", "target": "new",
        }
