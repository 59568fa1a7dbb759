# Part of business_dept. See LICENSE file for full copyright and licensing details.
import base64
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...policy.qr_code import qr_svg
from ..foundation.forgery import refuse_forged, without_forged_defaults

TOKEN = re.compile("[A-Za-z0-9_-]{20,40}")
SALT = "business_dept.safety_report_salt"


def make_token(*_model):
    """A token that nobody guesses: 144 bits."""
    return secrets.token_urlsafe(18)


class BusinessSafetyReportTokenMixin(models.AbstractModel):
    """What has a page of its own to report hazards on: a company or a place, found by an unguessable address."""

    _name = "business.safety.report.token.mixin"
    _description = "With a Report Page"

    _engine_fields = frozenset({"report_token"})

    report_token = fields.Char(
        string="Report Page Token", default=make_token, readonly=True, copy=False, groups="base.group_user",
        help="Part of the address of the page, and of the code on its poster.")
    report_url = fields.Char(string="Address of the Report Page", compute="_compute_report_url")
    report_qr = fields.Binary(string="Code to Scan", compute="_compute_report_url")

    _report_token_unique = models.UniqueIndex("(report_token) WHERE report_token IS NOT NULL")

    @api.depends("report_token")
    def _compute_report_url(self):
        for record in self:
            record.report_url = record.get_base_url() + record._get_path() if record.report_token else False
            record.report_qr = record.report_url and base64.b64encode(qr_svg(record.report_url).encode())

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        return super(BusinessSafetyReportTokenMixin, without_forged_defaults(self)).create(vals_list)

    def write(self, vals):
        refuse_forged(self, [vals])
        return super().write(vals)

    def _init_column(self, column_name):
        """EXTENDS base: every row that is there already has a token of its own."""
        if column_name != "report_token":
            return super()._init_column(column_name)
        table = SQL.identifier(self._table)
        rows = self.env.execute_query(SQL("SELECT id FROM %s WHERE report_token IS NULL", table))
        if rows:
            self.env.cr.execute(SQL(
                "UPDATE %s SET report_token = made.token FROM (VALUES %s) AS made (id, token) WHERE made.id = %s.id", table,
                SQL(", ").join(SQL("(%s, %s)", record_id, make_token()) for (record_id,) in rows), table))
        return None

    def action_renew_report_token(self):
        """Give the page another address: the posters that hang are void (SM-4.2.2).

        :raise AccessError: for who is no safety officer of the company
        """
        self.check_access("read")
        for record in self:
            if not self.env.user._is_safety_officer(record.company_id):
                raise AccessError(self.env._("The address of a report page is renewed by the safety officer."))
            record.sudo().report_token = make_token()
        return True

    def _get_path(self):
        """The path of the page on this server."""
        self.ensure_one()
        return f"/safety/report/{self.report_token}"


class BusinessSafetyReportPage(models.Model):
    """The public page of a company on which anybody reports a hazard (SM-4.2.2, SD-12).

    +--------------------+-------------------------------+---------------------------------------+
    | Action             | Who                           | Restriction                           |
    +====================+===============================+=======================================+
    | Read               | every employee                | companies of the user                 |
    | Texts, limits      | safety officer, administrator | traced                                |
    |                    | of regulations                |                                       |
    | Another address    | safety officer                | voids the posters                     |
    | Create             | the system, with the company  | one per company                       |
    +--------------------+-------------------------------+---------------------------------------+
    """

    _name = "business.safety.report.page"
    _description = "Report Page"
    _inherit = ["business.safety.report.token.mixin", "business.traced.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "company_id"
    _rec_name = "company_id"

    #=== FIELDS ===#

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True, ondelete="cascade")
    is_open = fields.Boolean(
        string="Open", default=True, tracking=True, help="Closed: the page says whom to tell, and takes no report.")
    phone = fields.Char(
        string="Phone of the Safety Officer", tracking=True,
        help="Shown on the page and on the posters, for what cannot wait, and when the page takes no more reports.")
    welcome = fields.Text(string="Words at the Top", translate=True, help="Shown above the form. Plain text.")
    place_hour_limit = fields.Integer(string="Reports per Place and Hour", default=20, tracking=True)
    place_day_limit = fields.Integer(string="Reports per Place and Day", default=60, tracking=True)
    company_hour_limit = fields.Integer(string="Reports per Hour", default=60, tracking=True)
    company_day_limit = fields.Integer(string="Reports per Day", default=200, tracking=True)
    source_hour_limit = fields.Integer(
        string="Reports per Connection and Hour", default=6, tracking=True,
        help="How often the same network address may report. The address is not kept: it is counted in memory under a name "
             "that changes every hour, by each process of the server by itself. People behind one company network share one "
             "address.")
    code_hour_limit = fields.Integer(
        string="Wrong Return Codes per Connection and Hour", default=10, tracking=True)
    photo_count_limit = fields.Integer(string="Photos per Report", default=6, tracking=True)
    photo_size_limit = fields.Integer(string="Largest Photo (MB)", default=10, tracking=True)

    _company_unique = models.UniqueIndex("(company_id)", "A company has one report page; its places have their own addresses.")
    _check_limits = models.Constraint(
        "CHECK (place_hour_limit > 0 AND place_day_limit > 0 AND company_hour_limit > 0 AND company_day_limit > 0 "
        "AND source_hour_limit > 0 AND code_hour_limit > 0)",
        "Every limit is at least 1. To take no reports at all, close the page.")
    _check_photos = models.Constraint(
        "CHECK (photo_count_limit BETWEEN 0 AND 20 AND photo_size_limit BETWEEN 1 AND 20)",
        "At most 20 photos of at most 20 MB.")

    #=== ACTION METHODS ===#

    def action_open_report_page(self):
        """Open the page as the public sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._get_path(), "target": "new"}

    #=== BUSINESS METHODS ===#

    @api.model
    def _make_pages(self):
        """Give every company its page, and the database its salt. Called when the addon comes and when a company is made."""
        self = self.sudo()
        missing = self.env["res.company"].search([("safety_report_page_ids", "=", False)])
        self.create([{"company_id": company.id} for company in missing])
        parameters = self.env["ir.config_parameter"]
        if not parameters.get_param(SALT):
            parameters.set_param(SALT, secrets.token_urlsafe(32))

    @api.model
    def _get_salt(self):
        """The secret of this database with which codes and stamps are made."""
        return self.env["ir.config_parameter"].sudo().get_param(SALT)

    @api.model
    def _find(self, token):
        """The page behind an address, in two statements.

        :param str token: as it came in
        :return: page of the company and the place, both in sudo and empty when there is none; a page that is closed is found
        """
        pages, places = self.sudo().browse(), self.env["business.safety.place"].sudo().browse()
        if not TOKEN.fullmatch(token):
            return pages, places
        if page := pages.search([("report_token", "=", token)], limit=1):
            return page, places
        place = places.search([("report_token", "=", token), ("active", "=", True)], limit=1)
        return pages.search([("company_id", "=", place.company_id.id)], limit=1) if place else pages, place

    def _get_max_bytes(self):
        """How large a whole request may be: all photos, and the words."""
        return self.photo_count_limit * self.photo_size_limit * 1024 * 1024 + 256 * 1024

    def _get_poster(self):
        """What the printed poster shows, in both languages."""
        self.ensure_one()
        return {"company": self.company_id.name, "place": "", "phone": self.phone or "", "url": self.report_url,
                "qr": self.report_qr.decode()}


class BusinessSafetyPlace(models.Model):
    _name = "business.safety.place"
    _inherit = ["business.safety.place", "business.safety.report.token.mixin"]

    def _get_poster(self):
        """What the printed poster of a place shows."""
        self.ensure_one()
        page = self.env["business.safety.report.page"].sudo().search([("company_id", "=", self.company_id.id)], limit=1)
        return {"company": self.company_id.sudo().name, "place": self.complete_name, "phone": page.phone or "",
                "url": self.report_url, "qr": self.report_qr.decode()}


class ResCompany(models.Model):
    _inherit = "res.company"

    safety_report_page_ids = fields.One2many(
        comodel_name="business.safety.report.page", inverse_name="company_id", string="Report Page")

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["business.safety.report.page"]._make_pages()
        return companies
