# Part of business_dept. See LICENSE file for full copyright and licensing details.
from base64 import b64encode

from odoo import models

from ...policy.qr_code import qr_svg


class BusinessSafetyPermit(models.Model):
    """The permit as it hangs at the place of work: on one page, with a code that leads to the record."""

    _inherit = "business.safety.permit"

    def _get_qr_image(self):
        """A QR code of the address of the permit, as an image that a page carries in itself.

        :rtype: str
        """
        self.ensure_one()
        drawing = qr_svg(f"{self.get_base_url()}/odoo/safety-permits/{self.id}")
        return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"

    def _get_worker_rows(self):
        """The workers, and the certificates that the kind of work asks for.

        :return: list of ``(name, certificates)``
        """
        self.ensure_one()
        permit = self.sudo()
        day = permit.company_id._get_local_day(permit.date_from)
        held = self.env["business.safety.qualification"].sudo().search([
            ("employee_id", "in", permit.worker_ids.ids), ("type_id", "in", permit.type_id.qualification_type_ids.ids),
            ("date_from", "<=", day), "|", ("date_to", "=", False), ("date_to", ">=", day),
        ])
        return [
            (worker.name, ", ".join(
                " ".join(filter(None, (item.type_id.name, item.number))) for item in held if item.employee_id == worker))
            for worker in permit.worker_ids
        ]
