# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTrainFare(models.Model):
    """What the train costs between two places: the measure of an unapproved flight (TE-2.4)."""

    _name = "business.train.fare"
    _description = "Train Fare"
    _order = "from_id, to_id, class_id, date_from desc, id desc"

    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    from_id = fields.Many2one(comodel_name="business.travel.place", string="From", required=True, ondelete="restrict")
    to_id = fields.Many2one(comodel_name="business.travel.place", string="To", required=True, ondelete="restrict")
    class_id = fields.Many2one(comodel_name="business.transport.class", string="Class", required=True, ondelete="restrict")
    date_from = fields.Date(string="Since", required=True)
    amount = fields.Monetary(string="Fare", required=True)
