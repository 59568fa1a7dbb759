# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models


class BusinessApprovalRouteTest(models.TransientModel):
    """Which route would this record take? Changes nothing."""

    _name = "business.approval.route.test"
    _description = "Route Test"

    record_ref = fields.Reference(selection="_selection_record_ref", string="Document", required=True)
    requester_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, domain=[("share", "=", False)],
    )
    route_html = fields.Html(string="Route", compute="_compute_route_html", sanitize=False)

    @api.model
    def _selection_record_ref(self):
        names = self.env["business.approval.rule"]._get_approvable_models()
        return [(model.model, model.name) for model in self.env["ir.model"].sudo().search([("model", "in", names)])]

    @api.depends("record_ref", "requester_id")
    def _compute_route_html(self):
        for test in self:
            test.route_html = test._render_route()

    def _render_route(self):
        record = self.record_ref
        if not record or not self.requester_id:
            return False
        record.check_access("read")
        moment = record._get_approval_moment()
        findings = record._find_breaches(moment).get(record, []) if moment else []
        needed = [finding for finding in findings if finding.mode == "approve"]
        controls = self.env["business.control"].sudo().union(*(finding.control for finding in needed))
        route = self.env["business.approval.rule"]._get_route(record, self.requester_id, controls)
        parts = [
            Markup("<li>%s <em>%s</em></li>") % (finding.breach.message, record._explain_finding(finding))
            for finding in findings
        ]
        grounds = Markup("<h5>%s</h5><ul>%s</ul>") % (
            self.env._("What acts on it"), Markup().join(parts) or Markup("<li>%s</li>") % self.env._("Nothing"),
        )
        if moment and not needed:
            return grounds + Markup("<p>%s</p>") % self.env._("No approval is needed.")
        steps = Markup().join(
            Markup("<li><strong>%s</strong>: %s%s</li>") % (
                step.rule.name,
                ", ".join(step.users.mapped("name")) or self.env._("nobody — the request would be refused"),
                Markup(" <em>%s</em>") % self.env._("(not %s, who requested or made it)", ", ".join(
                    step.excluded.mapped("name"))) if step.excluded else "",
            )
            for step in route
        )
        return grounds + Markup("<h5>%s</h5><ol>%s</ol>") % (
            self.env._("Who decides"), steps or Markup("<li>%s</li>") % self.env._("No rule fits: it would be refused."),
        )
