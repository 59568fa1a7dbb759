# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import ormcache

MODES = [("off", "Off"), ("notify", "Notify"), ("approve", "Approval"), ("block", "Block")]
DECLARED = frozenset({"code", "domain", "nature", "is_fixed", "threshold_label", "initial_mode", "initial_threshold"})
"""What a control is; only the code of an addon says it."""


class BusinessControl(models.Model):
    """One rule that acts (IC-9, IC-10, IC-11).

    +-----------------------+--------------------------------+-------------------------------------------------+
    | Action                | Who                            | Restriction                                     |
    +=======================+================================+=================================================+
    | Read                  | every employee                 |                                                 |
    | Set mode, threshold   | regulation administrator       | not while a document of his own waits for it;   |
    |                       |                                | logged, and told to the executive office        |
    | Create, delete        | nobody: declared in the code   |                                                 |
    +-----------------------+--------------------------------+-------------------------------------------------+
    """

    _name = "business.control"
    _description = "Control"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "domain, sequence, code"

    code = fields.Char(required=True, readonly=True, help="The name by which the code and the event log know the control.")
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What is checked, and when.")
    sequence = fields.Integer(default=10)
    domain = fields.Selection(
        selection=[
            ("foundation", "Foundation"),
            ("customer", "Customer"),
            ("contract", "Contract"),
            ("collection", "Collection"),
            ("travel", "Travel"),
            ("safety", "Safety"),
        ],
        required=True,
        readonly=True,
    )
    nature = fields.Selection(
        selection=[("preventive", "Preventive"), ("concurrent", "Concurrent"), ("detective", "Detective")],
        required=True,
        readonly=True,
        help="Before the act, during it, or afterwards.",
    )
    clause_ids = fields.Many2many(
        comodel_name="business.regulation.clause",
        relation="business_control_clause_rel",
        column1="control_id",
        column2="clause_id",
        string="Clauses",
        help="What the control carries out. Messages cite these clauses.",
    )
    citation = fields.Char(
        compute="_compute_citation", store=True, help="The clauses as messages cite them; the code when there is none.",
    )
    mode = fields.Selection(
        selection=MODES,
        company_dependent=True,
        help="Off: does not act. Notify: lets through and notes it. Approval: needs the approval route. Block: refuses.",
    )
    initial_mode = fields.Selection(
        selection=MODES, readonly=True, default="notify", help="The mode in which a company begins.",
    )
    initial_threshold = fields.Float(readonly=True, help="The figure with which a company begins.")
    acting_mode = fields.Selection(selection=MODES, compute="_compute_acting_mode")
    threshold = fields.Float(company_dependent=True, help="The figure the check works with; see the label beside it.")
    threshold_label = fields.Char(translate=True, readonly=True)
    is_fixed = fields.Boolean(
        readonly=True,
        help="Part of the engine itself (nobody approves his own request …): always blocks, cannot be set.",
    )
    event_ids = fields.One2many(comodel_name="business.control.event", inverse_name="control_id", string="Events")
    event_count_30d = fields.Integer(string="Acted in 30 Days", compute="_compute_event_count_30d")
    refusal_count_30d = fields.Integer(string="Stopped in 30 Days", compute="_compute_event_count_30d")

    _code_uniq = models.Constraint("UNIQUE (code)", "There is a control with this code already.")

    # === COMPUTE METHODS === #

    @api.depends("name", "code")
    def _compute_display_name(self):
        for control in self:
            control.display_name = f"{control.name} ({control.code})" if control.code else control.name

    @api.depends("code", "clause_ids.code", "clause_ids.sequence")
    def _compute_citation(self):
        for control in self:
            control.citation = ", ".join(control.clause_ids.mapped("code")) or control.code
        self._forget_settings()

    @api.depends("mode", "is_fixed")
    @api.depends_context("company")
    def _compute_acting_mode(self):
        for control in self:
            control.acting_mode = "block" if control.is_fixed else control.mode

    @api.depends_context("allowed_company_ids")
    def _compute_event_count_30d(self):
        groups = self.env["business.control.event"]._read_group(
            [("control_id", "in", self.ids), ("date", ">=", "-30d"), ("outcome", "!=", "mode_changed")],
            ["control_id", "outcome"],
            ["__count"],
        )
        acted, stopped = {}, {}
        for control, outcome, count in groups:
            acted[control.id] = acted.get(control.id, 0) + count
            if outcome in ("refused", "needs_approval", "error"):
                stopped[control.id] = stopped.get(control.id, 0) + count
        for control in self:
            control.event_count_30d = acted.get(control.id, 0)
            control.refusal_count_30d = stopped.get(control.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """A control that comes begins as it ships in every company, whether the addon is new or brings it by an update."""
        controls = super().create(vals_list)
        self.env.registry.clear_cache("stable")  # and with it all others
        controls.sudo()._set_initial_modes(self.env["res.company"].sudo().search([]))
        return controls

    def write(self, vals):
        if not self.env.su and DECLARED & vals.keys():
            message = self.env._("What a control is and does is part of the application; only its mode can be set.")
            self.env["business.control.event"]._log_refusal_by_code("approval.forgery", message, self)
            raise AccessError(message)
        watched = {"mode", "threshold"} & vals.keys()
        if not watched:
            return super().write(vals)
        self._check_setting_allowed(vals)
        before = {control: {name: control[name] for name in watched} for control in self}
        result = super().write(vals)
        self._forget_settings()
        self._trace_settings(before)
        return result

    # === ACTION METHODS === #

    def action_open_events(self):
        """Open the events of this control."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_control_event_action")
        return {**action, "domain": [("control_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    @ormcache(cache="stable")
    def _get_index(self):
        """``{code: id}``: what only an update of the application changes."""
        return {control.code: control.id for control in self.sudo().search([])}

    @api.model
    def _get_by_code(self, code):
        """The control of this code.

        :param str code: such as ``credit.limit``
        :return: ``business.control`` record in sudo
        :raise UserError: when the control is not installed
        """
        ids = self._get_index()
        if code not in ids:
            raise UserError(self.env._("The control %(code)s is not installed; update the application.", code=code))
        # All controls in one prefetch set: one statement reads what messages say of them all.
        return self.sudo().browse(ids[code]).with_prefetch(tuple(ids.values()))

    @api.model
    @ormcache("company_id")
    def _get_settings(self, company_id):
        """``{id: (mode, threshold)}`` in a company. Every gate asks for them, and they hardly ever change."""
        return {
            control.id: ("block" if control.is_fixed else control.mode or "notify", control.threshold)
            for control in self.sudo().with_company(company_id).search_fetch([], ["is_fixed", "mode", "threshold"])
        }

    @api.model
    @ormcache()
    def _get_citations(self):
        """``{id: citation}``."""
        return {control.id: control.citation for control in self.sudo().search_fetch([], ["citation"])}

    @api.model
    def _forget_settings(self):
        """Settings have changed: read them anew, and once more after the commit, for who has read the old ones meanwhile."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _get_mode(self, company):
        """The mode in a company: what the administrator set, ``block`` for the engine's own controls."""
        self.ensure_one()
        return self._get_settings((company or self.env.company).id)[self.id][0]

    def _get_threshold(self, company):
        """The figure that the check works with in a company."""
        self.ensure_one()
        return self._get_settings((company or self.env.company).id)[self.id][1]

    def _set_initial_modes(self, companies):
        """Set those controls that begin with another mode than “notify”, or with a figure.

        Called once for each control and company, when the later of the two comes: what was set afterwards stays.

        :param companies: ``res.company``
        """
        controls = self.filtered(lambda control: control.initial_mode != "notify" or control.initial_threshold)
        for company in companies:
            for control in controls.with_company(company).with_context(install_mode=True):
                control.write({"mode": control.initial_mode, "threshold": control.initial_threshold})

    def _get_citation(self):
        """The clauses as a message cites them: ``JJ-4.2, RG-3.8``, or the control's code when it cites none."""
        self.ensure_one()
        return self._get_citations()[self.id]

    def _check_setting_allowed(self, vals):
        """IC-7, IC-8: an administrator does not loosen a rule that holds a request of his own.

        :raise UserError: when the control is part of the engine, or holds something the user asked for
        """
        if self.env.context.get("install_mode") and self.env.su:
            return
        if any(control.is_fixed for control in self):
            raise UserError(self.env._("This control is part of the engine and cannot be set."))
        if self.env.su:
            return
        if not self.env.user.has_group("business_dept.group_regulation_admin"):
            raise AccessError(self.env._("Only the regulation administrator sets controls."))
        own = self.env["business.approval"].sudo().search([
            ("state", "=", "pending"),
            ("ground_ids.control_id", "in", self.ids),
            "|", ("requester_id", "=", self.env.uid), ("author_ids", "in", self.env.uid),
        ], limit=1)
        if own:
            message = self.env._(
                "%(control)s holds %(document)s, which you asked for yourself. Somebody else has to change it (IC-7).",
                control=", ".join(self.mapped("name")), document=own.res_name,
            )
            self.env["business.control.event"]._log_refusal_by_code("approval.own_decision", message, self)
            raise UserError(message)

    def _trace_settings(self, before):
        """Log changed settings and tell the executive office (IC-7)."""
        labels = dict(self._fields["mode"]._description_selection(self.env))
        company = self.env.company
        entries = []
        for control in self:
            changes = []
            old = before[control]
            if "mode" in old and old["mode"] != control.mode:
                changes.append(self.env._(
                    "mode: %(old)s → %(new)s", old=labels.get(old["mode"], "—"), new=labels.get(control.mode, "—"),
                ))
            if "threshold" in old and old["threshold"] != control.threshold:
                changes.append(self.env._(
                    "%(label)s: %(old)s → %(new)s", label=control.threshold_label or self.env._("threshold"),
                    old=old["threshold"], new=control.threshold,
                ))
            if not changes:
                continue
            message = self.env._("%(control)s in %(company)s, %(changes)s", control=control.name,
                                 company=company.name, changes="; ".join(changes))
            entries.append(self.env["business.control.event"]._prepare_event(
                control, control.mode, "mode_changed", control, message=message,
            ))
            if self.env.context.get("install_mode") and self.env.su:
                continue
            control.sudo()._message_log(body=message, author_id=self.env.user.partner_id.id)
            executives = self.env["res.users"]._get_post_holders("business_dept.group_executive_office", company)
            if executives:
                control.sudo().message_notify(
                    subject=self.env._("A control was changed: %s", control.name),
                    body=self.env._("%(user)s changed %(message)s", user=self.env.user.name, message=message),
                    partner_ids=executives.partner_id.ids,
                )
        self.env["business.control.event"]._log(entries)
