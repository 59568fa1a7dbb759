# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .reader import get_reader

#: what this transaction has logged already: a form reads the dossier, its lines and its customer, and is opened once
LOGGED = "business_dept.dossier_logged"
#: what a day's reading is: the last 24 hours, whatever time zone a client says it is in
WINDOW = "24 hours"
READING = ("open", "read")
SLICE = 10_000


class BusinessDossierAccess(models.Model):
    """Who opened, read or took out secret dossiers, when and on what ground (JJ-3.5.1.4, RL-5.2). Append-only.

    One row is one act on any number of dossiers with the same ground.
    """

    _name = "business.dossier.access"
    _description = "Dossier Access Log"
    _inherit = ["business.append.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    #=== FIELDS ===#

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    kind = fields.Selection(
        selection=[
            ("open", "Opened"), ("read", "Read"), ("export", "Exported"), ("print", "Printed"), ("mail", "Mailed"),
            ("copy", "Copied"), ("vcard", "Taken as vCard"), ("removed", "Old rows removed"),
        ],
        required=True, readonly=True,
    )
    ground = fields.Selection(
        string="Ground of Access",
        selection=[
            ("own", "Own customer"), ("team", "Team"), ("whitelist", "Whitelist"), ("grant", "Grant"),
            ("off", "Control does not act"),
        ],
        readonly=True, help="Why the user could read them.",
    )
    grant_id = fields.Many2one(
        comodel_name="business.dossier.grant", readonly=True, ondelete="set null", index="btree_not_null",
    )
    dossier_id = fields.Many2one(
        comodel_name="business.dossier", readonly=True, ondelete="set null", index="btree_not_null",
        help="The dossier, when it was one.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, ondelete="set null", index="btree_not_null",
    )
    customer_count = fields.Integer(string="Dossiers", readonly=True)
    customer_ids = fields.Json(string="Customer IDs", readonly=True, help="Ids of the customers, for counting different ones.")
    model = fields.Char(string="Record Type", readonly=True)
    field_names = fields.Text(string="Fields", readonly=True)

    _user_date_idx = models.Index("(user_id, date)")
    _date_idx = models.Index("(date)")

    #=== BUSINESS METHODS: READING ===#

    @api.model
    def _log_reading(self, dossiers, model, fnames):
        """Log that the user reads secret dossiers; refuse when it is more than a day's work and the control says so.

        :param dossiers: ``business.dossier``, the secret ones among what is read
        :param str model: name of the model that is read
        :param fnames: names of the fields that are read
        """
        logged = self._get_logged()
        fresh = dossiers.filtered(lambda dossier: (self.env.uid, dossier.id) not in logged)
        if not fresh:
            return
        self._check_bulk_read(fresh)
        self._log_access(fresh, "open" if len(dossiers) == 1 else "read", model, fnames)
        logged.update((self.env.uid, dossier_id) for dossier_id in fresh.ids)

    def _get_logged(self):
        """``{(user id, dossier id)}`` whose reading was logged in this transaction."""
        cr = self.env.cr
        if LOGGED not in cr.cache:
            cr.cache[LOGGED] = set()
            cr.postcommit.add(lambda: cr.cache.pop(LOGGED, None))
            cr.postrollback.add(lambda: cr.cache.pop(LOGGED, None))
        return cr.cache[LOGGED]

    @api.model
    def _log_access(self, dossiers, kind, model, fnames):
        """Write the rows of one act: one for each company and ground, in one statement."""
        reader, batches = get_reader(self.env), defaultdict(list)
        dossiers = dossiers.sudo()
        for dossier in dossiers:
            ground = dossier._get_ground(reader)
            grant_id = reader.granted[dossier.partner_id.id] if ground == "grant" else False
            batches[dossier.company_id.id, ground, grant_id].append(dossier)
        names = ", ".join(sorted(fnames))
        self.sudo().create([
            {
                "user_id": self.env.uid, "company_id": company_id, "kind": kind, "ground": ground or False,
                "grant_id": grant_id, "model": model, "field_names": names, "customer_count": len(batch),
                "customer_ids": [dossier.partner_id.id for dossier in batch],
                "dossier_id": batch[0].id if len(batch) == 1 else False,
                "partner_id": batch[0].partner_id.id if len(batch) == 1 else False,
            }
            for (company_id, ground, grant_id), batch in batches.items()
        ])

    #=== BUSINESS METHODS: TOO MANY IN A DAY ===#

    @api.model
    def _check_bulk_read(self, dossiers):
        """The control ``dossier.bulk_read``: more different secret customers in a day than the work of a day needs."""
        control = self.env["business.control"]._get_by_code("dossier.bulk_read")
        Event = self.env["business.control.event"]
        for company, group in dossiers.sudo().grouped("company_id").items():
            mode, threshold = control._get_mode(company), control._get_threshold(company)
            if mode == "off" or threshold <= 0:
                continue
            before, known = self._count_read(group.partner_id)
            total = before + len(group) - known
            if total <= threshold or len(group) == known:
                continue
            message = self.env._(
                "%(user)s: %(count)s different secret customers in one day; %(limit)s are set as the limit.",
                user=self.env.user.name, count=total, limit=int(threshold),
            )
            stops = mode in ("approve", "block")
            first = not Event.sudo().search_count([
                ("control_id", "=", control.id), ("user_id", "=", self.env.uid), ("company_id", "=", company.id),
                ("date", ">=", "-1d"), ("outcome", "=", "refused" if stops else "noted"),
            ], limit=1)
            entry = {
                **Event._prepare_event(control, mode, "refused" if stops else "noted", self.browse(), message, amount=total),
                "company_id": company.id,
            }
            if not stops:
                if first:
                    Event._log([entry])
                    self._tell_bulk_read(entry)
                continue
            if first:
                Event._log_refusals([entry])
            self.env["business.control.mixin"]._raise_refusal(self.env._(
                "%(message)s Nothing more today; ask the executive office if your work needs it. [%(clause)s]",
                message=message, clause=control._get_citation(),
            ))

    def _count_read(self, partners):
        """How many different secret customers the user has read within a day, and how many of these are among them."""
        self.flush_model()
        (count, known), = self.env.execute_query(SQL(
            """
            SELECT COUNT(DISTINCT customer.id), COUNT(DISTINCT customer.id) FILTER (WHERE customer.id = ANY(%(partners)s))
              FROM business_dossier_access access,
                   LATERAL (SELECT value::int AS id FROM jsonb_array_elements_text(access.customer_ids)) customer
             WHERE access.user_id = %(user)s AND access.date >= %(now)s - %(window)s::interval
               AND access.customer_ids IS NOT NULL
            """,
            partners=partners.ids, user=self.env.uid, now=self.env.cr.now(), window=WINDOW,
        ))
        return count, known

    @api.model
    def _after_refusal(self):
        """Called when the events of refused readings have been written: tell who answers for the secrets."""
        control = self.env["business.control"]._get_by_code("dossier.bulk_read")
        for event in self.env["business.control.event"].sudo().search([
            ("control_id", "=", control.id), ("outcome", "=", "refused"), ("date", ">=", "-1M"),
        ]):
            self._tell_bulk_read({"company_id": event.company_id.id, "message": event.message})

    @api.model
    def _tell_bulk_read(self, entry):
        """Tell the executive office and the department manager of one event of ``dossier.bulk_read``."""
        control = self.env["business.control"]._get_by_code("dossier.bulk_read")
        company = self.env["res.company"].sudo().browse(entry["company_id"])
        Users = self.env["res.users"]
        people = Users._get_post_holders("business_dept.group_executive_office", company)
        people |= Users._get_post_holders("business_dept.group_department_manager", company)
        if people:
            control.message_notify(
                subject=control.name, body=entry["message"], partner_ids=people.partner_id.ids,
            )

    #=== BUSINESS METHODS: TAKING OUT ===#

    @api.model
    def _take_out(self, dossiers, kind, model, fnames):
        """The control ``dossier.take_out``: secret dossiers leave the system with the right for it only, and with a trace.

        :param dossiers: ``business.dossier``, the secret ones among what is taken out
        :param str kind: how: a key of the field ``kind``
        :param str model: name of the model that is taken out
        :param fnames: names of the fields that are taken out
        :raise ControlError: without the right
        """
        if self.env.su or not dossiers:
            return
        control = self.env["business.control"]._get_by_code("dossier.take_out")
        Event = self.env["business.control.event"]
        if not self.env.user.has_group("business_dept.group_dossier_take_out"):
            for company, group in dossiers.sudo().grouped("company_id").items():
                mode = control._get_mode(company)
                if mode == "off":
                    continue
                entry = {
                    **Event._prepare_event(
                        control, mode, "noted" if mode == "notify" else "refused",
                        group if len(group) == 1 else group.browse(), amount=len(group),
                        message=self.env._(
                            "%(kind)s: %(count)s secret customers; fields: %(fields)s.",
                            kind=dict(self._fields["kind"]._description_selection(self.env))[kind],
                            count=len(group), fields=", ".join(sorted(fnames)) or "–",
                        ),
                    ),
                    "company_id": company.id,
                }
                if mode == "notify":
                    Event._log([entry])
                    continue
                Event._log_refusals([entry])
                self.env["business.control.mixin"]._raise_refusal(self.env._(
                    "%(count)s of these customers are secret, and secret dossiers leave the system with the right “Take "
                    "Out” only. Leave them out, or ask the executive office. [%(clause)s]",
                    count=len(group), clause=control._get_citation(),
                ))
        if kind in ("export", "print", "copy", "vcard"):
            self._check_bulk_read(dossiers)
        self._log_access(dossiers, kind, model, fnames)

    #=== CRON ===#

    @api.model
    def _cron_remove_old(self):
        """Remove rows older than each company keeps them, in slices; one row says how many went."""
        for company in self.env["res.company"].search([("dossier_log_months", ">", 0)]):
            removed = 0
            while count := self._remove_slice(company):
                removed += count
                self.env["ir.cron"]._commit_progress(count)
            if removed:
                self.sudo().create([{
                    "kind": "removed", "user_id": self.env.uid, "company_id": company.id, "customer_count": removed,
                }])

    def _remove_slice(self, company):
        """Delete some old rows of a company, past the model that lets nobody delete.

        :return: how many
        """
        gone = self.env.execute_query(SQL(
            """
            DELETE FROM business_dossier_access WHERE id IN (
                SELECT id FROM business_dossier_access
                 WHERE company_id = %(company)s AND kind <> 'removed'
                   AND date < %(now)s - make_interval(months => %(months)s)
                 LIMIT %(slice)s)
            RETURNING id
            """,
            company=company.id, now=self.env.cr.now(), months=company.dossier_log_months, slice=SLICE,
        ))
        self.invalidate_model()
        return len(gone)
