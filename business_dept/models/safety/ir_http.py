# Part of business_dept. See LICENSE file for full copyright and licensing details.
import werkzeug.exceptions

from odoo import models
from odoo.http import request

from ...controllers.anonymous import MARK, PATH, cut_off, is_report_path


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        """EXTENDS base: a request for the report page that was not cut off beforehand begins anew, with nothing done.

        That is the first request which a process answers, when loading the addon is part of the answer, and a path with a
        language in front. The browser sends the same once more.
        """
        rule, args = super()._match(path)
        environ = request.httprequest.environ
        if is_report_path(rule.rule) and MARK not in environ:
            request.session.can_save = False
            where = f"{PATH}/{args['token']}" if "token" in args else rule.rule
            cut_off(environ)
            werkzeug.exceptions.abort(request.redirect(where, code=307))
        return rule, args

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """EXTENDS base: what is too large for the report page is refused before its body is read."""
        super()._pre_dispatch(rule, args)
        if not is_report_path(rule.rule) or request.httprequest.method != "POST":
            return
        if response := rule.endpoint.func.__self__._refuse_large(args):
            werkzeug.exceptions.abort(response)

    def session_info(self):
        """EXTENDS web: where the page of each company is, so that who opens it from here asks the server nothing before."""
        info = super().session_info()
        if self.env.user._is_internal():
            pages = self.env["business.safety.report.page"].sudo().search([
                ("company_id", "in", self.env.user.company_ids.ids), ("is_open", "=", True)])
            info["safety_report_paths"] = {page.company_id.id: page._get_path() for page in pages}
        return info
