# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_employee_fields_to_sync(self):
        """EXTENDS hr: the screen of a user follows him to any time zone, but the noon by which his allowance is counted is set
        by who keeps the employees (TE-3.1)."""
        names = super()._get_employee_fields_to_sync()
        if self.env.su or self.env.user.has_group("hr.group_hr_user"):
            return names
        return [name for name in names if name != "tz"]


class HrEmployee(models.Model):
    """Who travels: his clock, his managers, his region."""

    _inherit = "hr.employee"

    travel_state_ids = fields.Many2many(
        comodel_name="res.country.state", relation="hr_employee_travel_state_rel", column1="employee_id", column2="state_id",
        string="Region: Provinces", groups="hr.group_hr_user",
        help="Where he travels (RG-3.3). No province and no place: anywhere.",
    )
    travel_place_ids = fields.Many2many(
        comodel_name="business.travel.place", relation="hr_employee_travel_place_rel", column1="employee_id",
        column2="place_id", string="Region: Places", groups="hr.group_hr_user",
    )

    # === CLOCK === #

    def _get_travel_zone(self):
        """The time zone by whose clock somebody's days and noon are told (TE-3.1)."""
        self.ensure_one()
        employee = self.sudo()
        return ZoneInfo(
            employee.tz or employee.user_id.tz or employee.company_id.resource_calendar_id.tz or "UTC")

    def _get_travel_time(self, moment):
        """A moment on somebody's clock.

        :param datetime moment: in UTC, naive
        :return: naive local time
        """
        return moment.replace(tzinfo=UTC).astimezone(
            self._get_travel_zone() if self else UTC).replace(tzinfo=None)

    def _get_utc_time(self, moment):
        """The moment that somebody's clock shows.

        :param datetime moment: naive local time
        :return: in UTC, naive
        """
        return moment.replace(tzinfo=self._get_travel_zone() if self else UTC).astimezone(UTC).replace(tzinfo=None)

    def _format_travel_time(self, moment):
        """A moment on somebody's clock, as paper shows it."""
        return self._get_travel_time(moment).strftime("%Y-%m-%d %H:%M") if moment else ""

    # === PEOPLE === #

    def _is_led_by(self, user):
        """Whether a user is somebody's manager, or that of his department or of one above it.

        :param user: ``res.users``
        """
        self.ensure_one()
        employee = self.sudo()
        if employee.user_id == user:
            return False
        if employee.parent_id.user_id == user:
            return True
        department = employee.department_id
        while department:
            if department.manager_id.user_id == user:
                return True
            department = department.parent_id
        return False

    def _is_companion_of(self, requester):
        """Whether somebody may be taken along: of the same department, or the manager."""
        self.ensure_one()
        department = requester.department_id
        return bool(
            (department and self.department_id == department)
            or self in (requester.parent_id, department.manager_id)
        )

    # === REGION === #

    def _get_places_outside_region(self, places):
        """Those of some places that are outside somebody's region (RG-3.3).

        :param places: ``business.travel.place``
        """
        self.ensure_one()
        employee = self.sudo()
        if not (employee.travel_state_ids or employee.travel_place_ids):
            return places.browse()
        return places.filtered(lambda place: (
            place not in employee.travel_place_ids and place.state_id not in employee.travel_state_ids))

    def _describe_region(self):
        """Somebody's region in words."""
        employee = self.sudo()
        return ", ".join([*employee.travel_state_ids.mapped("name"), *employee.travel_place_ids.mapped("name")])
