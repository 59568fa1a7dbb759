# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

BOUNDS = [("maximum", "At most"), ("minimum", "At least"), ("range", "Between")]


class BusinessEnvironmentLimit(models.Model):
    """What of waste water, gas or solid waste is allowed at a place, and how much green there is at least (SM-4.6).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Create, edit            | safety officer                         | traced; what was measured before keeps    |
    |                         |                                        | the limit of its time                     |
    | Delete                  | nobody: archived                       |                                           |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.environment.limit"
    _description = "Environmental Limit"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, medium, name, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    medium = fields.Selection(
        selection=[("water", "Waste water"), ("gas", "Waste gas"), ("solid", "Solid waste"), ("greening", "Greening")],
        string="Environmental Category", required=True, tracking=True)
    name = fields.Char(string="Parameter", required=True, translate=True, tracking=True)
    unit = fields.Char(required=True, tracking=True)
    bound = fields.Selection(
        selection=BOUNDS, string="Kind of Limit", required=True, default="maximum", tracking=True)
    minimum = fields.Float(string="Lower Limit", digits=(16, 3), tracking=True)
    maximum = fields.Float(string="Upper Limit", digits=(16, 3), tracking=True)
    source = fields.Char(string="Laid Down In", tracking=True, help="The standard or licence that sets the limit.")
    clause_ids = fields.Many2many(
        comodel_name="business.regulation.clause", relation="business_environment_limit_clause_rel", string="Clauses")
    date_from = fields.Date(
        string="Recorded Since", required=True, tracking=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="From the month of this day on there is a record of every month.")
    due_day = fields.Integer(
        required=True, default=5, tracking=True, help="Day of the following month by which it is recorded.")
    active = fields.Boolean(default=True, tracking=True)
    record_ids = fields.One2many(comodel_name="business.environment.record", inverse_name="limit_id", string="Records")

    _check_range = models.Constraint("CHECK (bound != 'range' OR minimum <= maximum)", "The least is not more than the most.")
    _check_due_day = models.Constraint("CHECK (due_day BETWEEN 1 AND 28)", "The day is one that every month has: 1 to 28.")
