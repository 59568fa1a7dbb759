# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from .approval_mixin import ENGINE


class BusinessRegulationClause(models.Model):
    """One clause of one version of a regulation: what controls cite and messages name.

    Written with its regulation: by the regulation administrator, while the version is a draft (see the rights table
    there). The controls that carry it out are set on the control.
    """

    _name = "business.regulation.clause"
    _description = "Regulation Clause"
    _inherit = ["business.approval.line.mixin"]
    _order = "regulation_id, sequence, id"
    _rec_names_search = ["code", "name"]
    _allow_sudo_commands = False

    _approval_parent_field = "regulation_id"

    regulation_id = fields.Many2one(
        comodel_name="business.regulation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="regulation_id.state", string="Status")
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, index="trigram", help="The code that messages cite: JJ-4.1.A.")
    name = fields.Char(string="Title", required=True, translate=True)
    text = fields.Text(translate=True)
    control_ids = fields.Many2many(
        comodel_name="business.control",
        relation="business_control_clause_rel",
        column1="clause_id",
        column2="control_id",
        string="Controls",
        readonly=True,
        copy=False,
        help="The controls that carry this clause out.",
    )
    control_count = fields.Integer(string="Number of Controls", compute="_compute_control_count")

    _code_uniq = models.Constraint(
        "UNIQUE (regulation_id, code)", "This version of the regulation has a clause with this code already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for clause in self:
            clause.display_name = " ".join(part for part in (clause.code, clause.name) if part)

    @api.depends("control_ids")
    def _compute_control_count(self):
        counts = dict(self.env["business.control"]._read_group(
            [("clause_ids", "in", self.ids)], ["clause_ids"], ["__count"],
        ))
        for clause in self:
            clause.control_count = counts.get(clause._origin, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parents = {vals.get("regulation_id") or self.env.context.get("default_regulation_id") for vals in vals_list}
        self._check_editable(self.env["business.regulation"].browse(parents - {None, False}))
        for vals in vals_list:
            self._refuse_controls(vals)
        return super().create(vals_list)

    def write(self, vals):
        regulations = self.sudo().regulation_id
        if parent_id := vals.get("regulation_id"):
            regulations |= regulations.browse(parent_id)
        self._check_editable(regulations)
        self._refuse_controls(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_editable(self.sudo().regulation_id)

    # === BUSINESS METHODS === #

    def _check_editable(self, regulations):
        """RL-4.3: clauses of an approved version are locked; a clause is not moved into or out of one either."""
        if self.env.context.get("business_engine") is not ENGINE:
            regulations._refuse_settled()

    def _refuse_controls(self, vals):
        """The controls of a clause are set on the control, where the change is logged."""
        if "control_ids" in vals or "default_control_ids" in self.env.context:
            self.env["business.regulation"]._refuse("approval.forgery", self.env._(
                "Which controls carry out a clause is set on the control.",
            ))
