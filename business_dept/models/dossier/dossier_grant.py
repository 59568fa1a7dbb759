# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from functools import partial

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, split_every

from ..foundation.reason import clean_reason
from .reader import forget_readers

SLICE = 100


class BusinessDossierGrant(models.Model):
    """Access of one user to certain customers for a certain time (JJ-3.6.3). Written by the engine only.

    =============  ==========================================  ==================================================
    Action         Who                                         Restriction
    =============  ==========================================  ==================================================
    Read           the holder; manager, executive office,      the names of customers only to who may see them
                   auditor
    Give           the approver of an access request;          never to oneself, and only what one may see
                   the executive office without a request
    Revoke         executive office, department manager        with a reason; ends at once
    Give back      the holder                                  ends at once
    Write, delete  nobody who is not the engine
    =============  ==========================================  ==================================================
    """

    _name = "business.dossier.grant"
    _description = "Dossier Access Grant"
    _inherit = ["business.engine.mixin", "mail.thread"]
    _order = "id desc"
    _mail_post_access = "read"

    #=== FIELDS ===#

    name = fields.Char(string="Grant No.", required=True, readonly=True, copy=False, default="/")
    user_id = fields.Many2one(comodel_name="res.users", string="Holder", required=True, ondelete="restrict", index=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner", relation="business_dossier_grant_partner_rel", column1="grant_id",
        column2="partner_id", string="Customers",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    request_id = fields.Many2one(
        comodel_name="business.dossier.request", string="Access Request", ondelete="restrict", index="btree_not_null",
        help="Empty: the executive office gave the access by itself.",
    )
    reason = fields.Text(required=True)
    date_from = fields.Datetime(string="From", required=True)
    date_until = fields.Datetime(string="Until", required=True)
    approved_by_id = fields.Many2one(comodel_name="res.users", string="Approved by", required=True, ondelete="restrict")
    revoked_on = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one(comodel_name="res.users", string="Revoked by", readonly=True, ondelete="restrict")
    revoke_reason = fields.Text(readonly=True)
    reminded_on = fields.Datetime(readonly=True, help="When holder and approver were told that it ends soon.")
    expiry_told_on = fields.Datetime(readonly=True, help="When holder and approver were told that it has ended.")
    state = fields.Selection(
        selection=[("upcoming", "Upcoming"), ("active", "Active"), ("expired", "Expired"), ("revoked", "Revoked")],
        compute="_compute_state", search="_search_state",
    )
    can_revoke = fields.Boolean(compute="_compute_rights")
    can_give_back = fields.Boolean(compute="_compute_rights")

    _check_dates = models.Constraint("CHECK (date_until > date_from)", "An access ends after it has begun.")
    _holder_idx = models.Index("(user_id, date_until) WHERE revoked_on IS NULL")

    #=== COMPUTE METHODS ===#

    @api.model
    def _now(self):
        """The time by which the readers are found (reader.py), so that state and access never differ."""
        return fields.Datetime.now()

    @api.depends("date_from", "date_until", "revoked_on")
    def _compute_state(self):
        now = self._now()
        for grant in self:
            if grant.revoked_on:
                grant.state = "revoked"
            elif grant.date_until and grant.date_until <= now:
                grant.state = "expired"
            else:
                grant.state = "upcoming" if grant.date_from and grant.date_from > now else "active"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, standing = self._now(), Domain("revoked_on", "=", False)
        domains = {
            "revoked": ~standing,
            "expired": standing & Domain("date_until", "<=", now),
            "upcoming": standing & Domain("date_until", ">", now) & Domain("date_from", ">", now),
            "active": standing & Domain("date_until", ">", now) & Domain("date_from", "<=", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        answers = self._may_revoke()
        for grant in self:
            running = grant.state in ("upcoming", "active")
            grant.can_revoke = running and answers
            grant.can_give_back = running and grant.user_id == self.env.user

    @api.model
    def _may_revoke(self):
        """Whether the user answers for the access of others."""
        user = self.env.user
        return user.has_group("business_dept.group_executive_office") or user.has_group(
            "business_dept.group_department_manager"
        )

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            for vals in vals_list:
                vals["name"] = self.env["ir.sequence"].next_by_code("business.dossier.grant") or "/"
        # who approves does not go on receiving mail of it
        grants = super(BusinessDossierGrant, self.with_context(mail_create_nosubscribe=True)).create(vals_list)
        forget_readers(self.env)
        return grants.with_env(self.env)

    def write(self, vals):
        result = super().write(vals)
        forget_readers(self.env)
        return result

    #=== ACTION METHODS ===#

    def action_revoke(self, reason=None):
        """End the access of somebody at once (JJ-3.6.3).

        :param str reason: why; a wizard asks when it is missing
        """
        self.check_access("read")
        if not self._may_revoke():
            self.env["business.control.mixin"]._refuse_on(self, "approval.out_of_turn", self.env._(
                "The executive office and the department manager revoke access. Your own you give back.",
            ))
        if reason is None:
            return {
                "type": "ir.actions.act_window",
                "res_model": "business.dossier.grant.revoke",
                "view_mode": "form",
                "target": "new",
                "name": self.env._("Revoke Access"),
                "context": {"default_grant_ids": self.ids},
            }
        reason = clean_reason(reason)
        if not reason:
            raise UserError(self.env._("A reason is needed: the holder has to know why the access ends."))
        self._end(reason)
        for grant in self.sudo():
            if grant.user_id != self.env.user:
                grant._tell(grant.user_id, lambda env, grant=grant: (
                    env._("Access revoked: %s", grant.name),
                    env._("%(user)s has revoked your access: %(reason)s", user=self.env.user.name, reason=reason),
                ))
        return True

    def action_give_back(self):
        """End one's own access before its time."""
        self.check_access("read")
        if self.user_id != self.env.user:
            self.env["business.control.mixin"]._refuse_on(self, "approval.out_of_turn", self.env._(
                "Only the holder gives access back.",
            ))
        self._end(self.env._("Given back by the holder."))
        return True

    def action_open_customers(self):
        """Open the customers of the grant, as far as the user may see them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers of %s", self.name),
            "res_model": "res.partner",
            "view_mode": "kanban,list,form",
            "domain": [("id", "in", self.partner_ids.ids)],
        }

    #=== BUSINESS METHODS ===#

    @api.model
    def _give(self, user, partners, reason, start, until, request=None):
        """Give somebody access, as the current user, who answers for it.

        :param user: ``res.users`` who gets it
        :param partners: ``res.partner``; their commercial entities count
        :param str reason: why
        :param datetime start: from when; empty or past: at once
        :param datetime until: to when
        :param request: the ``business.dossier.request`` that was approved; empty when nobody asked
        :return: the grant, in sudo
        """
        company = request.company_id if request else self.env.company
        start = max(start or self._now(), self._now())
        partners = partners.sudo().commercial_partner_id
        self._check_give(user.sudo(), partners, reason, start, until, company)
        grant = self.sudo().create({
            "user_id": user.id,
            "partner_ids": [Command.set(partners.ids)],
            "company_id": company.id,
            "request_id": request.id if request else False,
            "reason": reason,
            "date_from": start,
            "date_until": until,
            "approved_by_id": self.env.uid,
        })
        # no names: it goes out by mail
        grant._tell(user, lambda env: (
            env._("Access granted: %s", grant.name),
            env._("%(user)s has given you access to customer dossiers until %(until)s. Open the grant to see whose.",
                  user=self.env.user.name, until=format_datetime(env, grant.date_until)),
        ))
        return grant

    @api.model
    def _check_give(self, user, partners, reason, start, until, company):
        """Nobody gives access to himself (IC-7), to outsiders, beyond the time allowed, or to what he may not see."""
        if user == self.env.user:
            self.env["business.control.mixin"]._refuse_on(self.browse(), "approval.own_decision", self.env._(
                "Nobody gives access to himself. Make an access request; a colleague in the executive office decides.",
            ))
        if not user.active or user.share or company not in user.company_ids:
            raise UserError(self.env._("Access is given to employees of %s only.", company.name))
        if not partners:
            raise UserError(self.env._("Pick the customers that the access is for."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason stays with the grant."))
        longest = company.dossier_grant_max_days
        if not until or until <= start or until > start + timedelta(days=longest):
            raise UserError(self.env._("Access ends after it has begun, and after %s days at the latest.", longest))
        self._check_sees(partners)

    @api.model
    def _check_sees(self, partners):
        """Who opens a door may go through it himself: customers and their dossiers are readable to the current user."""
        partners = partners.with_env(self.env(su=False)).commercial_partner_id
        dossiers = partners.sudo().with_context(active_test=False).dossier_ids.sudo(False)
        if not all(partners.mapped("dossier_visible")) or not all(dossiers.mapped("is_readable")):
            raise UserError(self.env._("You cannot give access to customers whom you may not see yourself (JJ-3.6.2)."))

    def _end(self, reason):
        """End running grants at once, as the current user."""
        over = self.filtered(lambda grant: grant.state not in ("upcoming", "active"))
        if over:
            raise UserError(self.env._("%s has ended already.", ", ".join(over.mapped("name"))))
        grants = self.sudo()
        grants.write({"revoked_on": self._now(), "revoked_by_id": self.env.uid, "revoke_reason": reason})
        text = self.env._("Ended by %(user)s: %(reason)s", user=self.env.user.name, reason=reason)
        grants._message_log_batch(bodies=dict.fromkeys(grants.ids, text), author_id=self.env.user.partner_id.id)

    def _tell(self, users, compose):
        """Notify people of this grant, each in his own language.

        :param users: ``res.users``
        :param compose: function of an environment that makes subject and text
        """
        self.ensure_one()
        for user in users.sudo().filtered("active"):
            grant = self.sudo().with_context(lang=user.lang, tz=user.tz)
            subject, text = compose(grant.env)
            grant.message_notify(partner_ids=user.partner_id.ids, subject=subject, body=text)

    #=== CRON ===#

    @api.model
    def _cron_follow_up(self):
        """Tell holder and approver once that access ends soon, and once that it has ended."""
        now = self._now()
        running = Domain("state", "=", "active") & Domain("reminded_on", "=", False)
        soon = self.search(running & Domain.OR(
            Domain("company_id", "in", companies.ids) & Domain("date_until", "<=", now + timedelta(days=days))
            for days, companies in self.env["res.company"].search([]).grouped("dossier_reminder_days").items() if days
        ))
        ended = self.search(Domain("state", "=", "expired") & Domain("expiry_told_on", "=", False))
        self.env["ir.cron"]._commit_progress(remaining=len(soon) + len(ended))
        for grants, field_name, compose in (
            (soon, "reminded_on", self._compose_ends_soon), (ended, "expiry_told_on", self._compose_has_ended),
        ):
            for ids in split_every(SLICE, grants.ids):
                part = self.browse(ids)
                part.write({field_name: now})
                for grant in part:
                    grant._tell(grant.user_id | grant.approved_by_id, partial(compose, grant))
                if not self.env["ir.cron"]._commit_progress(processed=len(part)):
                    return

    @api.model
    def _compose_ends_soon(self, grant, env):
        return env._("Access ends soon: %s", grant.name), env._(
            "The access of %(user)s to customer dossiers ends on %(until)s. Who still needs it asks again.",
            user=grant.user_id.name, until=format_datetime(env, grant.date_until),
        )

    @api.model
    def _compose_has_ended(self, grant, env):
        return env._("Access has ended: %s", grant.name), env._(
            "The access of %(user)s to customer dossiers ended on %(until)s.",
            user=grant.user_id.name, until=format_datetime(env, grant.date_until),
        )
