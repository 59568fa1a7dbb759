# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import fields, models


class ResCompany(models.Model):
    """What day it is in a company: deadlines are days of its own time zone, whoever asks and whatever job runs."""

    _inherit = "res.company"

    def _get_local_time(self, moment=None):
        """A moment on the clock of the company.

        :param datetime moment: in UTC; now when missing
        :return: an aware datetime
        """
        zone = self.resource_calendar_id.tz or self.partner_id.tz or "UTC"
        return (moment or fields.Datetime.now()).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))

    def _format_local(self, moment):
        """A moment on the clock of the company, for paper: ``2026-11-27 09:30``; empty when there is none."""
        return self._get_local_time(moment).strftime("%Y-%m-%d %H:%M") if moment else ""

    def _get_local_day(self, moment=None):
        """The day of a moment in the company.

        :param datetime moment: in UTC; now when missing
        :rtype: date
        """
        return self._get_local_time(moment).date()

    def _get_local_midnight(self):
        """When today began in the company.

        :return: a naive datetime in UTC
        """
        return self._get_local_time().replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC).replace(tzinfo=None)
