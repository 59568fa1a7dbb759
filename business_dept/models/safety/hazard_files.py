# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Photos and evidence of hazards: whose files they are, and that nobody exchanges them later (SM-4.2.1)."""
from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class BusinessSafetyHazard(models.Model):
    _inherit = "business.safety.hazard"

    _engine_fields = frozenset({"former_evidence_ids"})

    former_evidence_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_hazard_former_evidence_rel",
        string="Evidence Before Reopening", readonly=True, copy=False)
    file_stamp = fields.Integer(
        readonly=True, copy=False,
        help="Written by every change of a file, so that a verification at that moment is tried anew.")
    file_digest = fields.Text(string="Files", compute="_compute_file_digest", compute_sudo=True)

    def _compute_file_digest(self):
        """Names and checksums of the files: their content is part of what is approved."""
        for hazard in self:
            files = (hazard.photo_ids | hazard.evidence_ids).sorted("id")
            hazard.file_digest = "\n".join(f"{file.name} {file.checksum or file.url or ''}" for file in files)

    def _take_files(self, name, commands, hidden=False):
        """The files that a client's commands mean, each his own or one that he may read.

        :param str name: of the field
        :param commands: as sent
        :param bool hidden: the files go into the name of the system, so that their owner does not tell who saw the hazard
        :return: ``ir.attachment``, in sudo, those that were there and new ones
        :raise AccessError: for a file that he may not read
        """
        Attachment = self.env["ir.attachment"]
        kept = self.sudo()[name] if self else Attachment.sudo()
        new = Attachment
        for command in commands or ():
            match tuple(command):
                case (Command.CREATE, _, dict(vals)):
                    new |= Attachment.create({key: vals[key] for key in ("name", "datas", "raw") if key in vals})
                case (Command.LINK, file_id, *_):
                    new |= Attachment.browse(file_id)
                case (Command.SET, _, ids):
                    new, kept = Attachment.browse(ids), kept.filtered(lambda file, ids=ids: file.id in ids)
                case (Command.UNLINK | Command.DELETE, file_id, *_):
                    kept = kept.filtered(lambda file, file_id=file_id: file.id != file_id)
                case (Command.CLEAR, *_):
                    kept = Attachment.sudo()
                case _:
                    raise UserError(self.env._("Add files or take them out; a file is not changed from here."))
        new = (new.sudo() - kept).sudo(False)
        if new and not new.sudo().exists() == new:
            raise AccessError(self.env._("A file that you chose is not there any more."))
        new.check_access("read")
        for file in new.sudo():
            is_own = file.create_uid == self.env.user and (
                not file.res_id or (file.res_model == self._name and file.res_id in self.ids))
            if is_own and not hidden:
                kept |= file
                continue
            # a copy: what lies elsewhere may be exchanged there
            kept |= file.with_user(SUPERUSER_ID if hidden else self.env.uid).sudo().copy(
                {"res_model": False, "res_id": False, "res_field": False, "public": False})
            if is_own:
                file.with_user(SUPERUSER_ID).unlink()
        return kept

    def _keep_files(self, name, files):
        """Attach files to the hazard, and let a verification at that moment know.

        :param str name: of the field
        :param files: ``ir.attachment``, in sudo
        """
        self.ensure_one()
        self._as_system().write({name: [Command.set(files.ids)], "file_stamp": self.sudo().file_stamp + 1})

    def _adopt_files(self):
        """The files of a hazard belong to it: whoever reads the hazard reads them."""
        for hazard in self._as_system():
            (hazard.photo_ids | hazard.evidence_ids).filtered(
                lambda file, hazard=hazard: (file.res_model, file.res_id) != (self._name, hazard.id)
            ).write({"res_model": self._name, "res_id": hazard.id})

    def _check_files_changed(self, files):
        """Refuse to change photos and evidence from outside the hazard, and let a verification at that moment know.

        :param files: ``ir.attachment``, in sudo
        :raise ControlError: the hazard is being verified or closed
        :raise AccessError: they are somebody else's matter
        """
        if self.env.su:
            return
        for hazard in self:
            secret = hazard.sudo()
            if files & secret.former_evidence_ids:
                hazard._refuse("safety.record_closed", self.env._(
                    "The evidence of %s from before it was reopened stays as it is.", secret.name))
            if names := [name for name in ("photo_ids", "evidence_ids") if files & secret[name]]:
                hazard._check_writable(names)
                hazard._as_system().write({"file_stamp": secret.file_stamp + 1})
