# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from .payment_history import ImportedCustomers


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """EXTENDS 'base': take the customers that the import of payment history has found for all rows at once."""
        customers = self.env.context.get("business_imported_customers")
        if isinstance(customers, ImportedCustomers) and subfield is None and field.name == "partner_id":
            partner_id = customers.get(str(value).strip())
            if partner_id:
                return partner_id, []
        return super().db_id_for(model, field, subfield, value, savepoint)
