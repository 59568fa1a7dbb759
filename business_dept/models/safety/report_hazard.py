# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...policy.report_page import clean_text

QUESTION = 1000


class BusinessSafetyHazard(models.Model):
    """What came from the report page with a hazard, and asking back without knowing whom (SM-4.2.2)."""

    _inherit = "business.safety.hazard"

    # the rules of these models say who reads them: for everybody else they are empty
    report_ids = fields.One2many(
        comodel_name="business.safety.report", inverse_name="hazard_id", string="Report From the Page", readonly=True)
    report_message_ids = fields.One2many(
        comodel_name="business.safety.report.message", inverse_name="hazard_id", string="Questions and Answers",
        readonly=True)
    can_ask_reporter = fields.Boolean(compute="_compute_can_ask_reporter")

    @api.depends("source", "state", "company_id")
    @api.depends_context("uid")
    def _compute_can_ask_reporter(self):
        for hazard in self:
            hazard.can_ask_reporter = hazard.source == "report" and hazard._may_ask_reporter()

    def _may_ask_reporter(self):
        """Whether the current user asks who reported: the safety officer or a member of the leading group."""
        self.ensure_one()
        return self._is_officer() or self.env.user._is_in_leading_group(self.sudo().company_id)

    def action_ask_reporter(self):
        """Open the window in which a question to who reported is written."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Ask Who Reported"), "target": "new", "view_mode": "form",
            "res_model": "business.safety.report.ask", "context": {"default_hazard_id": self.id},
        }

    def action_ask(self, question):
        """Ask who reported the hazard: the question stands on the progress page, to be answered with the return code.

        :param str question: at most ``QUESTION`` signs
        :raise AccessError: for who is neither safety officer nor in the leading group
        :raise UserError: without a report, for a closed hazard, or an empty or endless question
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_ask_reporter():
            raise AccessError(self.env._("The safety officer and the leading group ask who reported a hazard."))
        question = clean_text(question if isinstance(question, str) else "", multiline=True)
        if not question:
            raise UserError(self.env._("Write the question."))
        if len(question) > QUESTION:
            raise UserError(self.env._("A question has at most %s signs.", QUESTION))
        hazard = self.sudo()
        if not hazard.report_ids:
            raise UserError(self.env._("This hazard did not come from the report page: nobody has a return code for it."))
        if hazard.date_closed or hazard.date_rejected:
            hazard.with_env(self.env)._refuse("safety.record_closed", self.env._(
                "%s is closed: who reported is asked while it is open.", hazard.name))
        hazard.env["business.safety.report.message"].create({
            "report_id": hazard.report_ids.id, "kind": "question", "body": question, "user_id": self.env.uid,
            "date": fields.Date.context_today(self),
        })
        return True
