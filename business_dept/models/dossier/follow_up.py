# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Dossiers are kept current: visits, key dates, what nobody has looked at for long (JJ-3.5.2.2, TS-3.3.4)."""
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

SLICE = 500
VISIT = "business_dept.mail_activity_type_dossier_visit"
STALE = "business_dept.mail_activity_type_dossier_stale"
OCCASION = "business_dept.mail_activity_type_dossier_occasion"
OCCASION_DAYS = 7


class ResCompany(models.Model):
    _inherit = "res.company"

    dossier_visit_notice_days = fields.Integer(
        string="Announce Visits (Days Before)", default=3, help="The responsible salesperson gets a to-do so early.",
    )
    dossier_visit_interval_days = fields.Integer(
        string="Next Visit After (Days)", default=30, help="Proposed when a visit is recorded.",
    )
    dossier_dormant_months = fields.Integer(
        string="Dormant After (Months)", default=12,
        help="A customer without an order, an invoice, a visit or a change of the dossier for so long becomes dormant; "
             "the next confirmed order makes him a customer again. 0: never.",
    )


class BusinessDossier(models.Model):
    _inherit = "business.dossier"

    visit_reminded_for = fields.Date(copy=False, readonly=True, groups="base.group_system", help="Visit announced already.")
    stale_noted_on = fields.Date(copy=False, readonly=True, groups="base.group_system", help="Last noted as out of date.")

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("touched_on", None)
        return super().create(vals_list)

    def write(self, vals):
        """Another date of the visit ends the reminder of the old one; when it was touched is not for a client to say."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "touched_on"}
        result = super().write(vals)
        if "next_visit_date" in vals:
            self._end_activities(VISIT)
            self.sudo().filtered("visit_reminded_for").visit_reminded_for = False
        return result

    def _touch(self):
        """EXTENDS the change log: what somebody has changed is up to date."""
        self._end_activities(STALE)
        return super()._touch()

    def _end_activities(self, xmlid):
        """Take away open reminders whose cause is gone."""
        self.env["mail.activity"].sudo().search([
            ("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", self.env.ref(xmlid).id),
        ]).unlink()

    #=== ACTION METHODS ===#

    def action_record_visit(self):
        """Ask what the visit brought, and when the next one is due."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window", "name": self.env._("Record Visit"), "res_model": "business.dossier.visit",
            "view_mode": "form", "target": "new", "context": {"default_dossier_id": self.id},
        }

    #=== BUSINESS METHODS ===#

    def _record_visit(self, date, note, next_date):
        """Keep a visit: the date moves on, the next one is set, the note stays in the chatter."""
        self.ensure_one()
        self.write({
            "last_visit_date": max(date, self.last_visit_date or date), "next_visit_date": next_date,
        })
        self.message_post(body=self.env._(
            "Visit on %(date)s: %(note)s", date=format_date(self.env, date), note=note,
        ), subtype_xmlid="mail.mt_note")

    @api.model
    def _cron_follow_up(self):
        """Remind of visits and key dates, note what is out of date. A transaction per slice; the next run goes on."""
        Cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        for step in (self._remind_of_visits, self._remind_of_occasions, self._note_stale, self._find_dormant):
            while done := step(today):
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    def _remind_of_visits(self, today):
        """Announce visits of the coming days once each.

        :return: how many
        """
        dossiers = self._select(SQL(
            """
            SELECT dossier.id
              FROM business_dossier dossier
              JOIN res_company company ON company.id = dossier.company_id
             WHERE dossier.active AND dossier.user_id IS NOT NULL
               AND dossier.next_visit_date <= %s::date + company.dossier_visit_notice_days
               AND dossier.visit_reminded_for IS DISTINCT FROM dossier.next_visit_date
             ORDER BY dossier.id LIMIT %s
            """, today, SLICE,
        ))
        self._remind(VISIT, [(dossier, dossier.next_visit_date, "") for dossier in dossiers])
        dossiers._mark(SQL("visit_reminded_for = next_visit_date"))
        return len(dossiers)

    def _remind_of_occasions(self, today):
        """Announce key dates of the coming week once each.

        :return: how many
        """
        self.env["business.dossier.occasion"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(SQL(
            """
            WITH this_year AS (
                SELECT id, dossier_id, reminded_for, yearly, date AS first, (date + make_interval(
                           years => (EXTRACT(YEAR FROM %(today)s::date) - EXTRACT(YEAR FROM date))::int))::date AS date
                  FROM business_dossier_occasion
            ), coming AS (
                SELECT id, dossier_id, reminded_for,
                       CASE WHEN NOT yearly OR first > %(today)s::date THEN first
                            WHEN date < %(today)s::date THEN (first + make_interval(
                                years => (EXTRACT(YEAR FROM %(today)s::date) - EXTRACT(YEAR FROM first))::int + 1))::date
                            ELSE date END AS date
                  FROM this_year
            )
            SELECT coming.id, coming.dossier_id, coming.date
              FROM coming
              JOIN business_dossier dossier ON dossier.id = coming.dossier_id AND dossier.active
             WHERE coming.date BETWEEN %(today)s::date AND %(today)s::date + %(days)s
               AND coming.reminded_for IS DISTINCT FROM coming.date AND dossier.user_id IS NOT NULL
             ORDER BY coming.id LIMIT %(slice)s
            """, today=today, days=OCCASION_DAYS, slice=SLICE,
        ))
        if not rows:
            return 0
        dossiers = self.browse([row[1] for row in rows])
        occasions = self.env["business.dossier.occasion"].browse([row[0] for row in rows])
        self._remind(OCCASION, [
            (dossier, row[2], occasion.name) for dossier, occasion, row in zip(dossiers, occasions, rows, strict=True)
        ])
        self.env.execute_query(SQL(
            "UPDATE business_dossier_occasion AS occasion SET reminded_for = coming.date::date"
            "  FROM unnest(%s, %s::date[]) AS coming(id, date) WHERE occasion.id = coming.id RETURNING occasion.id",
            occasions.ids, [row[2] for row in rows],
        ))
        occasions.invalidate_model(["reminded_for"])
        return len(rows)

    def _note_stale(self, today):
        """Note dossiers that nobody has changed for too long, once in each such period.

        :return: how many
        """
        control = self.env["business.control"]._get_by_code("dossier.stale")
        Event = self.env["business.control.event"]
        for company in self.env["res.company"].search([]):
            mode, days = control._get_mode(company), int(control._get_threshold(company))
            if mode == "off" or days <= 0:
                continue
            dossiers = self._select(SQL(
                """
                SELECT id FROM business_dossier
                 WHERE active AND company_id = %s AND touched_on < %s
                   AND (stale_noted_on IS NULL OR stale_noted_on <= touched_on)
                 ORDER BY id LIMIT %s
                """, company.id, today - timedelta(days=days), SLICE,
            ))
            if not dossiers:
                continue
            self._remind(STALE, [(dossier, today, "") for dossier in dossiers if dossier.user_id])
            Event._log([
                Event._prepare_event(control, mode, "noted", dossier, message=self.env._(
                    "Nobody has changed the dossier since %s.", format_date(self.env, dossier.touched_on),
                ), amount=(today - dossier.touched_on).days)
                for dossier in dossiers
            ])
            dossiers._mark(SQL("stale_noted_on = %s", today))
            return len(dossiers)
        return 0

    def _find_dormant(self, today):
        """Customers of whom nothing was heard for the months that the company has set are dormant.

        :return: how many
        """
        self.env["sale.order"].flush_model()
        self.env["account.move"].flush_model()
        dossiers = self._select(SQL(
            """
            SELECT dossier.id
              FROM business_dossier dossier
              JOIN res_company company ON company.id = dossier.company_id AND company.dossier_dormant_months > 0
             CROSS JOIN LATERAL (
                SELECT (%(today)s::date - make_interval(months => company.dossier_dormant_months))::date AS date) since
             WHERE dossier.active AND dossier.qualification = 'customer' AND dossier.touched_on < since.date
               AND (dossier.last_visit_date IS NULL OR dossier.last_visit_date < since.date)
               AND NOT EXISTS (SELECT FROM sale_order ord JOIN res_partner partner ON partner.id = ord.partner_id
                                WHERE partner.commercial_partner_id = dossier.partner_id AND ord.state = 'sale'
                                  AND ord.date_order >= since.date)
               AND NOT EXISTS (SELECT FROM account_move move
                                WHERE move.commercial_partner_id = dossier.partner_id AND move.state = 'posted'
                                  AND move.move_type = 'out_invoice' AND move.invoice_date >= since.date)
             ORDER BY dossier.id LIMIT %(slice)s
            """, today=today, slice=SLICE,
        ))
        if dossiers:
            dossiers.write({"qualification": "dormant"})
        return len(dossiers)

    def _select(self, query):
        """The dossiers that a query finds."""
        self.env["res.company"].flush_model()
        self.flush_model()
        return self.browse([dossier_id for dossier_id, in self.env.execute_query(query)])

    def _mark(self, assignment):
        """Keep what was done, so that it is not done twice; by a statement for all, without a trace in the chatter."""
        if self:
            self.flush_recordset()
            self.env.execute_query(SQL(
                "UPDATE business_dossier SET %s WHERE id = ANY(%s) RETURNING id", assignment, self.ids,
            ))
            self.invalidate_recordset(["visit_reminded_for", "stale_noted_on"])

    def _remind(self, xmlid, what):
        """Give the responsible salespeople a to-do, in their language.

        :param str xmlid: activity type
        :param list what: ``(dossier, deadline, summary)``; without a summary, the type's own
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref(xmlid)
        own = {lang: kind.with_context(lang=lang).summary for lang in {row[0].user_id.lang for row in what}}
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": kind.id, "summary": summary or own[dossier.user_id.lang], "automated": True,
                "date_deadline": deadline, "res_model_id": model_id, "res_id": dossier.id, "user_id": dossier.user_id.id,
            }
            for dossier, deadline, summary in what
        ])


class BusinessDossierOccasion(models.Model):
    _inherit = "business.dossier.occasion"

    reminded_for = fields.Date(copy=False, readonly=True, groups="base.group_system", help="Day announced already.")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """EXTENDS 'base': another salesperson takes all of it over."""
        former, partners = {}, self
        if "user_id" in vals:
            self.check_access("write")
            former = {partner: partner.user_id for partner in self.sudo()}
            partners = self._as_handling()  # he may lose sight of the customer in the middle of it
        result = super(ResPartner, partners).write(vals)
        self._hand_over({partner: user for partner, user in former.items() if user and user != partner.user_id})
        return result

    def _hand_over(self, former):
        """To-dos go to the new salesperson; the former one is no follower any more, or he would go on reading.

        :param dict former: ``{customer: res.users}``
        """
        dossiers = self.env["business.dossier"].sudo().with_context(active_test=False).search([
            ("partner_id", "in", [partner.id for partner in former]),
        ])
        for user, of_user in dossiers.grouped(lambda dossier: former[dossier.partner_id]).items():
            family = self.sudo().with_context(active_test=False).search([
                ("commercial_partner_id", "in", of_user.partner_id.ids),
            ])
            activities = self.env["mail.activity"].sudo().search(Domain("user_id", "=", user.id) & Domain.OR([
                Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
                for records in (of_user, family)
            ]))
            for successor, to_do in activities.grouped(lambda activity: self._get_successor(activity)).items():
                if successor:
                    to_do.with_context(mail_activity_quick_update=True).user_id = successor
                else:
                    to_do.unlink()
            for records in (of_user, family):
                records.message_unsubscribe(partner_ids=user.partner_id.ids)

    def _get_successor(self, activity):
        """The salesperson who is responsible now for the customer of an activity."""
        record = self.env[activity.res_model].sudo().browse(activity.res_id)
        customer = record if record._name == "res.partner" else record.partner_id
        return customer.commercial_partner_id.user_id
