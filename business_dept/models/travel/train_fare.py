# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

TRAINS = ("train", "high_speed")


class BusinessTrainFare(models.Model):
    """What the train costs between two places: the measure of an unapproved flight (TE-2.4).

    A fare holds from its day on until the next one, and for the way back too unless that has fares of its own.
    """

    _name = "business.train.fare"
    _description = "Train Fare"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "from_id, to_id, class_id, date_from desc, id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    from_id = fields.Many2one(
        comodel_name="business.travel.place", string="From Place", required=True, ondelete="restrict", tracking=True)
    to_id = fields.Many2one(
        comodel_name="business.travel.place", string="To Place", required=True, ondelete="restrict", tracking=True)
    place_id = fields.Many2one(
        comodel_name="business.travel.place", compute="_compute_place_id", search="_search_place_id",
        help="At either end.",
    )
    class_id = fields.Many2one(
        comodel_name="business.transport.class", required=True, ondelete="restrict", tracking=True,
        domain=[("mode", "in", TRAINS)],
    )
    date_from = fields.Date(
        string="Since", required=True, tracking=True, default=lambda self: fields.Date.context_today(self))
    amount = fields.Monetary(string="Fare", required=True, tracking=True)

    _check_amount = models.Constraint("CHECK (amount > 0)", "A fare is more than nothing.")
    _check_ends = models.Constraint("CHECK (from_id <> to_id)", "A ride goes from one place to another.")
    _unique_fare = models.UniqueIndex(
        "(company_id, from_id, to_id, class_id, date_from)", "There is a fare for these places and this class since this day.")

    # === COMPUTE METHODS === #

    @api.depends("from_id", "to_id", "class_id")
    def _compute_display_name(self):
        for fare in self:
            fare.display_name = f"{fare.from_id.name or ''} – {fare.to_id.name or ''}, {fare.class_id.name or ''}"

    def _compute_place_id(self):
        self.place_id = False  # for searching only

    def _search_place_id(self, operator, value):
        if operator not in ("in", "any", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        return ["|", ("from_id", operator, value), ("to_id", operator, value)]

    # === CONSTRAINT METHODS === #

    @api.constrains("class_id")
    def _check_class(self):
        for fare in self:
            if fare.class_id.mode not in TRAINS:
                raise ValidationError(self.env._("%s is no train.", fare.class_id.display_name))

    # === BUSINESS METHODS === #

    @api.model
    def _get_fares(self, company, rides):
        """The fares of rides, in one statement. A fare of the very direction comes before one of the way back.

        :param company: ``res.company``
        :param rides: iterable of ``(from place, to place, transport class, date)``
        :return: ``{ride: amount}`` in the currency of the company; rides without a known fare are missing
        :rtype: dict
        """
        rides = list(dict.fromkeys(rides))
        if not rides:
            return {}
        places = {place.id for start, end, _means, _date in rides for place in (start, end)}
        fares = {}
        for fare in self.sudo().search_fetch([
            ("company_id", "=", company.id), ("from_id", "in", list(places)), ("to_id", "in", list(places)),
            ("class_id", "in", list({means.id for _start, _end, means, _date in rides})),
        ], ["from_id", "to_id", "class_id", "date_from", "amount"], order="date_from desc, id desc"):
            fares.setdefault((fare.from_id.id, fare.to_id.id, fare.class_id.id), []).append(fare)
        found = {}
        for ride in rides:
            start, end, means, date = ride
            for ends in ((start.id, end.id), (end.id, start.id)):
                known = (fare.amount for fare in fares.get((*ends, means.id), ()) if fare.date_from <= date)
                if (amount := next(known, None)) is not None:
                    found[ride] = amount
                    break
        return found
