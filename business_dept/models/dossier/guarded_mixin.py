# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models

#: what names a record and tells nothing of it
NAMES = frozenset({"id", ".id", "display_name"})


class BusinessDossierGuarded(models.AbstractModel):
    """A model that holds what may be secret of a customer: reading it is logged, taking it out needs the right.

    It stands where all doors of reading meet: ``read``, ``search_read``, ``web_read`` and whatever reads through another
    record go through ``_read_format``; every export goes through ``_export_rows``.
    """

    _name = "business.dossier.guarded"
    _description = "Guarded Content of a Dossier"

    #=== WHAT A MODEL SAYS OF ITSELF ===#

    def _get_secret_dossiers(self, reading=False):
        """The secret dossiers that these records tell of.

        :param reading: whether they are to be read; those whose reading need not be logged again may be left out
        :return: ``business.dossier`` in the user's environment
        """
        return self.env["business.dossier"]

    def _get_secret_fields(self, fnames):
        """Those of the fields that tell what is secret."""
        return set(fnames) - NAMES

    #=== DOORS ===#

    def _log_guarded_reading(self, fnames):
        if not self.env.su and self and (content := self._get_secret_fields(fnames)):
            self.env["business.dossier.access"]._log_reading(
                self._get_secret_dossiers(reading=True), self._name, content,
            )

    def _take_out(self, kind, fnames=()):
        """Take these records out of the system, see ``business.dossier.access``."""
        if not self.env.su and self:
            self.env["business.dossier.access"]._take_out(self._get_secret_dossiers(), kind, self._name, fnames)

    def _read_format(self, fnames, load="_classic_read"):
        """EXTENDS 'base': reading what is secret is logged."""
        self._log_guarded_reading(fnames)
        return super()._read_format(fnames, load)

    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        """EXTENDS 'base': grouping by what is secret reads it."""
        self._log_guarded_grouping(domain, [*groupby, *aggregates])
        return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """EXTENDS 'base': grouping by what is secret reads it."""
        self._log_guarded_grouping(domain, [*aggregates, *(spec for groupby in grouping_sets for spec in groupby)])
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _log_guarded_grouping(self, domain, specs):
        fnames = {spec.partition(":")[0].partition(".")[0] for spec in specs if spec != "__count"}
        if not self.env.su and self._get_secret_fields(fnames):
            self.search(domain)._log_guarded_reading(fnames)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """EXTENDS 'base': an export of another model comes here for the fields of its relations."""
        paths = {"/".join(path) for path in fields if path}
        if _is_toplevel_call or self._get_secret_fields({path.partition("/")[0] for path in paths}):
            self._take_out("export", paths)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def copy_data(self, default=None):
        """EXTENDS 'base': a copy is a way out, and so are the values for one."""
        self._take_out("copy")
        return super().copy_data(default)
