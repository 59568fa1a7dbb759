# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class BusinessDossierLine(models.AbstractModel):
    """A line of a dossier: read, taken out and changed as the dossier is."""

    _name = "business.dossier.line"
    _description = "Line of a Dossier"
    _inherit = ["business.dossier.guarded"]

    def _get_secret_dossiers(self, reading=False):
        return self.sudo().dossier_id._filter_secret()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._log_presence("added")
        return lines

    def write(self, vals):
        with self.env["business.dossier.change"]._watch(self, vals):
            return super().write(vals)

    def unlink(self):
        self._log_presence("removed")
        return super().unlink()

    def _log_presence(self, kind):
        """Log lines that come or go, with what they say."""
        Change = self.env["business.dossier.change"]
        texts = Change._describe(self, Change._get_watched(self))
        Change._log([
            {
                "dossier_id": line.dossier_id.id, "kind": kind, "line": line._get_change_line(), "label": self._description,
                "new" if kind == "added" else "old": "; ".join(text for text in texts[line.id].values() if text),
            }
            for line in self.sudo()
        ])

    def _get_changed_dossiers(self):
        """``{id of the line: dossier}``, see ``business.dossier.change``."""
        return {line.id: line.dossier_id for line in self.sudo()}

    def _get_change_line(self):
        return self.display_name

    def _is_change_copied(self, fname):
        return False
