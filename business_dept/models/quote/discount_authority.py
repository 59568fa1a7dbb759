# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

#: how far below the price list each post may go when a company begins, in percent
SHIPPED = (
    ("group_salesperson", 3.0),
    ("group_deputy_manager", 8.0),
    ("group_department_manager", 15.0),
    ("group_executive_office", 30.0),
)


class BusinessDiscountAuthority(models.Model):
    """How far below the price list the holders of a post may sell on their own (JJ-1.2.1, JJ-1.1.4).

    +-----------------------+---------------------------------------------------+----------------------------+
    | Action                | Who                                               | Restriction                |
    +=======================+===================================================+============================+
    | Read                  | posts that sell, auditor                          | companies of the user      |
    | Create, edit, archive | regulation administrator, executive office        | traced in the chatter      |
    | Delete                | nobody: archive it, so that the trace stays       |                            |
    +-----------------------+---------------------------------------------------+----------------------------+
    """

    _name = "business.discount.authority"
    _description = "Discount Authority"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, max_discount, id"
    _rec_name = "group_id"
    _allow_sudo_commands = False

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade",
        tracking=True,
    )
    group_id = fields.Many2one(
        comodel_name="res.groups", string="Post", required=True, index=True, ondelete="cascade", tracking=True,
        domain=lambda self: [("privilege_id", "=", self.env.ref("business_dept.privilege_business_department").id)],
    )
    max_discount = fields.Float(
        string="Up to (%)", digits=(5, 2), tracking=True,
        help="Percent below the price list that holders of this post may give without asking. Several posts: the greatest.",
    )

    _post_company_uniq = models.Constraint(
        "UNIQUE (company_id, group_id)", "This post has its authority in the company already; change that one.",
    )
    _check_max_discount = models.Constraint(
        "CHECK (max_discount >= 0 AND max_discount <= 100)", "The authority of a post lies between 0 and 100 %.",
    )

    @api.model
    def _create_for_companies(self, companies=None):
        """Give the shipped authorities to the companies that have none.

        :param companies: ``res.company`` recordset, all companies by default
        """
        if companies is None:
            companies = self.env["res.company"].sudo().search([])
        Authority = self.sudo().with_context(active_test=False, tracking_disable=True, mail_create_nolog=True)
        given = Authority.search([("company_id", "in", companies.ids)]).company_id
        Authority.create([
            {"company_id": company.id, "group_id": self.env.ref(f"business_dept.{name}").id, "max_discount": percent}
            for company in companies - given
            for name, percent in SHIPPED
        ])

    @api.model
    def _get_of_company(self, company):
        """The authorities of a company, smallest first, in sudo."""
        return self.sudo().search_fetch(
            [("company_id", "=", company.id)], ["group_id", "max_discount"], order="max_discount, id",
        )

    def _get_percent(self, user):
        """The greatest of these authorities that a person holds through their posts; 0 without any.

        :param user: ``res.users``, may be empty
        :rtype: float
        """
        groups = set(user.sudo()._get_group_ids()) if user else set()
        return max((row.max_discount for row in self if row.group_id.id in groups), default=0.0)
