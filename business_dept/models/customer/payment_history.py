# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ImportedCustomers(dict):
    """Customers found for the texts of an import file: ``{text: partner id}``.

    A class of its own, so that nothing a client sends in a context can pass for it.
    """


class BusinessPaymentHistory(models.Model):
    """An invoice that was settled before the company worked with Odoo (JJ-4.2).

    Invoices still open belong into Odoo's own opening entries, so the date of settlement is required. The rows are
    read with Odoo's own import screen; how they count is described at
    `business.credit.profile._fetch_behaviour`.

    =================  =======================================  ==============================
    Action             Group                                    Restriction
    =================  =======================================  ==============================
    Read               posts that deal with customers           companies of the user
    Create (import)    salesperson, department manager, finance companies of the user
    Change             finance                                  logged in the chatter
    Delete             finance                                  logged at the customer
    =================  =======================================  ==============================
    """

    _name = "business.payment.history"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _description = "Imported Payment History"
    _order = "invoice_date desc, id desc"
    _rec_name = "invoice_number"
    _rec_names_search = ["invoice_number", "partner_id"]
    _check_company_auto = True
    _allow_sudo_commands = False

    #=== FIELDS ===#

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, index=True, ondelete="restrict",
        tracking=True, check_company=True,
        help="In a file: the internal reference, the tax number or the exact name of the customer.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Commercial Entity", store=True, precompute=True,
        index=True,
    )
    invoice_number = fields.Char(required=True, tracking=True)
    invoice_date = fields.Date(required=True, tracking=True)
    due_date = fields.Date(required=True, tracking=True)
    settled_date = fields.Date(
        string="Settlement Date", required=True, tracking=True, help="The day on which the whole invoice was settled.",
    )
    amount = fields.Monetary(required=True, tracking=True, help="Amount of the invoice, taxes included.")
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id,
        tracking=True,
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_company_currency = fields.Monetary(
        string="Amount in Company Currency", currency_field="company_currency_id",
        compute="_compute_amount_company_currency", store=True, precompute=True,
        help="Converted at the rate of the invoice date.",
    )
    disputed = fields.Boolean(tracking=True, help="The customer disputed the invoice. For information only.")
    days_late = fields.Integer(
        compute="_compute_days_late", store=True, precompute=True, aggregator="avg",
        help="Days from the due date to the settlement, 0 when settled in time.",
    )
    note = fields.Text()

    _invoice_unique = models.UniqueIndex(
        "(company_id, commercial_partner_id, invoice_number)",
        "This invoice number of this customer is there already.",
    )
    _check_amount = models.Constraint("CHECK (amount > 0)", "The amount of an invoice must be above 0.")
    _check_due_date = models.Constraint(
        "CHECK (due_date >= invoice_date)", "The due date cannot be before the invoice date."
    )
    _check_settled_date = models.Constraint(
        "CHECK (settled_date >= invoice_date)", "The settlement cannot be before the invoice date."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("amount", "currency_id", "company_id", "invoice_date")
    def _compute_amount_company_currency(self):
        rates = {}
        for row in self:
            company = row.company_id
            target = company.currency_id
            if not row.currency_id or row.currency_id == target:
                row.amount_company_currency = row.amount
                continue
            date = row.invoice_date or fields.Date.context_today(row)
            key = (row.currency_id, company, date)
            if key not in rates:
                rates[key] = row.currency_id._get_conversion_rate(row.currency_id, target, company, date)
            row.amount_company_currency = target.round(row.amount * rates[key])

    @api.depends("due_date", "settled_date")
    def _compute_days_late(self):
        for row in self:
            late = row.due_date and row.settled_date and (row.settled_date - row.due_date).days
            row.days_late = max(0, late or 0)

    #=== CONSTRAINT METHODS ===#

    @api.constrains("settled_date")
    def _check_settled_date_past(self):
        today = fields.Date.context_today(self)
        if any(row.settled_date > today for row in self):
            raise ValidationError(self.env._(
                "A settlement lies in the future. Invoices that are still open belong into Odoo's own accounting."
            ))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """Rows come by the thousand: changes are logged in the chatter, the creation is not.

        An empty currency, as in a file whose column was left blank, is the company's.
        """
        Company = self.env["res.company"]
        vals_list = [
            vals if vals.get("currency_id") or "currency_id" not in vals else {
                **vals,
                "currency_id": (Company.browse(vals.get("company_id")) or self.env.company).currency_id.id,
            }
            for vals in vals_list
        ]
        quiet = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, mail_notrack=True, tracking_disable=True
        )
        return super(BusinessPaymentHistory, quiet).create(vals_list).with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_log(self):
        """Leave a line at the customer for what is deleted: the row's own chatter goes with it."""
        lines = {}
        for row in self:
            lines.setdefault(row.commercial_partner_id, []).append(row.invoice_number)
        for partner, numbers in lines.items():
            partner._message_log(body=self.env._(
                "Imported payment history deleted: invoices %(numbers)s", numbers=", ".join(numbers)
            ))

    #=== IMPORT ===#

    @api.model
    def get_import_templates(self):
        """EXTENDS 'base_import': a template with the columns in the user's language."""
        suffix = "_zh_CN" if (self.env.lang or "").startswith("zh") else ""
        return [{
            "label": self.env._("Import Template for Payment History"),
            "template": f"/business_dept/static/xls/payment_history{suffix}.xlsx",
        }]

    @api.model
    def load(self, fields, data):
        """EXTENDS 'base': find the customers of all rows at once, and name every wrong row before anything is made.

        Customers are found by internal reference, tax number or exact name. Those not found are errors, in the form
        for which the import screen offers to create them; then they are made, in one go, as companies with the text
        of the file as internal reference and as name.

        The import screen hands a long file over in several goes; each is given all rows that are left, and all are
        looked at, so that a wrong row near the end refuses the file before its beginning is committed.
        """
        rows = data
        column = {name: index for index, name in enumerate(fields)}
        customers = ImportedCustomers()
        if "partner_id" in column:
            index = column["partner_id"]
            texts = list(dict.fromkeys(text for row in rows if (text := str(row[index]).strip())))
            customers, ambiguous = self._find_customers(texts)
            missing = [text for text in texts if text not in customers and text not in ambiguous]
            if missing and self._may_create_customers():
                partners = self.env["res.partner"].create(
                    [{"name": text, "ref": text, "is_company": True} for text in missing]
                )
                customers.update(zip(missing, partners.ids, strict=True))
                missing = []
            messages = self._check_customers(rows, index, missing, ambiguous)
        else:
            messages = []
        messages += self._check_rows(rows, column, customers)
        if any(message["type"] == "error" for message in messages):
            return {"ids": False, "messages": messages, "nextrow": 0}
        return super(
            BusinessPaymentHistory, self.with_context(business_imported_customers=customers)
        ).load(fields, data)

    @api.model
    def _may_create_customers(self):
        """Tell whether the user chose to create unknown customers on the import screen, and may."""
        chosen = (self.env.context.get("name_create_enabled_fields") or {}).get("partner_id")
        return bool(chosen) and self.env["res.partner"].has_access("create")

    @api.model
    def _find_customers(self, texts):
        """Find customers by internal reference, then tax number, then exact name; three statements at most.

        A text that fits several customers in the same way is ambiguous, unless one of them is the commercial entity
        of the others.

        :param list texts: as they stand in the file
        :return: ``{text: partner id}`` of those found, and the set of ambiguous texts
        """
        found, ambiguous = ImportedCustomers(), set()
        Partner = self.env["res.partner"]
        company = Domain("company_id", "in", [False, self.env.company.id])
        left = list(texts)
        for field in ("ref", "vat", "name"):
            if not left:
                break
            by_text = {}
            for partner in Partner.search_fetch(
                company & Domain(field, "in", left), [field, "commercial_partner_id"]
            ):
                by_text.setdefault(partner[field].strip(), Partner.browse())
                by_text[partner[field].strip()] |= partner
            for text, partners in by_text.items():
                commercial = partners.commercial_partner_id
                if len(commercial) == 1:
                    found[text] = (commercial if commercial in partners else partners[0]).id
                else:
                    ambiguous.add(text)
            left = [text for text in left if text not in found and text not in ambiguous]
        return found, ambiguous

    @api.model
    def _check_customers(self, rows, index, missing, ambiguous):
        """Return an error for each row whose customer is unknown, or not the only one.

        :param int index: the column of the customer
        """
        if not missing and not ambiguous:
            return []
        missing, messages = set(missing), []
        for number, row in enumerate(rows):
            text = str(row[index]).strip()
            if text in missing:
                message = self.env._(
                    "Customer '%(name)s' is not known by internal reference, tax number or name. "
                    "Choose 'Create new values' to create the customers that are missing.", name=text[:50],
                )
            elif text in ambiguous:
                message = self.env._(
                    "Customer '%(name)s' fits several customers: give the internal reference.", name=text[:50],
                )
            else:
                continue
            messages.append(self._prepare_import_error(number, "partner_id", message, value=text[:50]))
        return messages

    @api.model
    def _check_rows(self, rows, column, customers):
        """Return an error for each row that cannot be right: dates, amount, number twice. One statement at most.

        :param dict column: ``{field name: index}``
        :param dict customers: ``{text: partner id}``
        """
        messages = []

        def text(row, name):
            return str(row[column[name]] or "").strip() if name in column else ""

        def date(row, name):
            value = row[column[name]] if name in column else None
            try:
                return fields.Date.to_date(value) if value else None
            except ValueError:
                return None

        def error(number, name, message, **values):
            messages.append(self._prepare_import_error(number, name, message, **values))

        # rows of an imported file are counted as the spreadsheet counts them, the headers being its first
        first = 2 if self.env.context.get("import_file") else 1
        seen = {}
        for number, row in enumerate(rows):
            line = number + first
            for name in ("partner_id", "invoice_number", "invoice_date", "due_date", "settled_date", "amount"):
                if not text(row, name):
                    error(number, name, self.env._(
                        "Row %(row)s: '%(field)s' is empty.", row=line, field=self._get_label(name)
                    ))
            issued, due, settled = date(row, "invoice_date"), date(row, "due_date"), date(row, "settled_date")
            if issued and due and due < issued:
                error(number, "due_date", self.env._(
                    "Row %(row)s: due on %(due)s, before the invoice of %(issued)s.", row=line, due=due, issued=issued
                ))
            if issued and settled and settled < issued:
                error(number, "settled_date", self.env._(
                    "Row %(row)s: settled on %(settled)s, before the invoice of %(issued)s.",
                    row=line, settled=settled, issued=issued,
                ))
            if settled and settled > fields.Date.context_today(self):
                error(number, "settled_date", self.env._(
                    "Row %(row)s: settled on %(settled)s, which lies in the future. Invoices that are still open "
                    "belong into Odoo's own accounting.", row=line, settled=settled,
                ))
            if amount := text(row, "amount"):
                try:
                    if float(amount) <= 0:
                        error(number, "amount", self.env._(
                            "Row %(row)s: the amount is %(amount)s, it must be above 0.", row=line, amount=amount
                        ))
                except ValueError:
                    error(number, "amount", self.env._(
                        "Row %(row)s: '%(amount)s' is not a number.", row=line, amount=amount
                    ))
            partner, invoice = customers.get(text(row, "partner_id")), text(row, "invoice_number")
            if partner and invoice:
                seen.setdefault((partner, invoice), []).append(number)

        partners = {
            partner.id: partner.commercial_partner_id.id
            for partner in self.env["res.partner"].browse({partner for partner, _invoice in seen})
        }
        by_key = {}
        for (partner, invoice), numbers in seen.items():
            by_key.setdefault((partners[partner], invoice), []).extend(numbers)
        for (_partner, invoice), numbers in by_key.items():
            for number in numbers[1:]:
                error(number, "invoice_number", self.env._(
                    "Row %(row)s: invoice %(invoice)s of this customer stands in row %(first)s already.",
                    row=number + first, invoice=invoice, first=numbers[0] + first,
                ))
        existing = self.sudo().search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("commercial_partner_id", "in", list(set(partners.values()))),
                ("invoice_number", "in", list({invoice for _partner, invoice in by_key})),
            ],
            ["commercial_partner_id", "invoice_number"],
        ) if by_key else self.browse()
        for row in existing:
            for number in by_key.get((row.commercial_partner_id.id, row.invoice_number), ()):
                error(number, "invoice_number", self.env._(
                    "Row %(row)s: invoice %(invoice)s of this customer was imported before.",
                    row=number + first, invoice=row.invoice_number,
                ))
        return sorted(messages, key=lambda message: message["record"])

    @api.model
    def _get_label(self, name):
        """Return the label of a field in the user's language."""
        return self._fields[name].get_description(self.env, ["string"])["string"]

    @api.model
    def _prepare_import_error(self, number, name, message, **values):
        """Return an error as the import screen takes it.

        :param int number: index of the row, from 0
        :param str name: the field
        """
        return {
            "type": "error", "rows": {"from": number, "to": number}, "record": number, "field": name,
            "field_name": self._get_label(name), "message": message, **values,
        }
