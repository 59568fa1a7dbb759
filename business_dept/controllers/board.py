# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import http
from odoo.http import request

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
}


SHOWN = 5
"""Hazards that fit on a screen at once; nobody scrolls on a wall, so the board turns its pages."""
SECONDS, SECONDS_PAGE = 60, 20


class SafetyBoard(http.Controller):
    @http.route("/safety/board/<string:token>", type="http", auth="public", methods=["GET"], readonly=True, sitemap=False)
    def board(self, token, lang=None, page="", **_kwargs):
        """The supervised hazards of a company for a screen on the wall, without a login (SM-4.2.3).

        :param str token: of the company
        :param str lang: ``zh_CN`` or ``en_US``; else the language of the browser
        :param str page: number of the page, when there are more hazards than a screen shows
        """
        company = request.env["res.company"].sudo().search([("safety_board_token", "=", token)], limit=1) if token else None
        if not company:
            return request.not_found()
        installed = dict(request.env["res.lang"].sudo().get_installed())
        code = next((code for code in (lang, request.default_lang(), company.partner_id.lang) if code in installed), "en_US")
        company = company.with_context(lang=code, tz=company.partner_id.tz or "Asia/Shanghai", allowed_company_ids=company.ids)
        board = company._get_safety_board()
        hazards = board["hazards"]
        pages = max(1, -(-len(hazards) // SHOWN))
        number = next((shown for shown in range(1, pages + 1) if str(shown) == page), 1)
        values = {
            **board,
            "hazards": hazards[(number - 1) * SHOWN:number * SHOWN], "page": number, "pages": pages,
            "refresh": f"{SECONDS_PAGE};url=/safety/board/{token}?lang={code}&page={number % pages + 1}" if pages > 1 else SECONDS,
            "company": company.name, "lang": code, "token": token,
            "languages": [(name, installed[name]) for name in ("zh_CN", "en_US") if name in installed and name != code],
        }
        body = Markup("<!DOCTYPE html>\n") + company.env["ir.qweb"]._render("business_dept.safety_board", values)
        return request.make_response(body, headers=[
            ("Content-Type", "text/html; charset=utf-8"), *HEADERS.items()])
