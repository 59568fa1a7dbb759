# Part of business_dept. See LICENSE file for full copyright and licensing details.
import secrets

from odoo import SUPERUSER_ID, http
from odoo.http import request

from .anonymous import MARK, limiter

LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
COUNTED = f"{MARK}.counted"
MOST_WORDS = 64 * 1024
"""Bytes of a request that carries no photos."""


class SafetyReport(http.Controller):
    """The public page on which anybody reports a hazard, and sees with the return code what became of it (SM-4.2.2, SD-12).

    Who asks was cut off before these methods run (``anonymous.py``): they have no session, no user and no address. So there is
    nothing that a forged request of another site could misuse, and no token against it: such a token needs a session, which
    would tell one reporter from another. What a stranger's script could send is limited instead.
    """

    #=== ROUTES ===#

    @http.route("/safety/report/<string:token>", type="http", auth="public", methods=["GET", "POST"], csrf=False,
                save_session=False, sitemap=False)
    def report(self, token, **post):
        """The form of a company or place, and what is sent by it.

        :param str token: of the page
        :param post: what was typed; the photos are read from the request itself
        """
        env = self._get_env()
        page, place = env["business.safety.report.page"]._find(token)
        if not page:
            return self._answer(env, "safety_report_unknown", status=404)
        if not page.is_open:
            return self._answer(env, "safety_report_closed", {"page": page, "place": place})
        if request.httprequest.method != "POST":
            return self._answer_form(env, page, place, {})
        typed = {name: value for name, value in post.items() if isinstance(value, str)}
        source = request.httprequest.environ[MARK]
        if not request.httprequest.environ.get(COUNTED):  # tried again after a conflict with another report
            if limiter.is_full(source, "report", page.source_hour_limit):
                return self._answer_form(env, page, place, typed, {"form": "often"}, status=429)
            limiter.count(source, "report")
            request.httprequest.environ[COUNTED] = True
        photos = self._read_photos(page)
        code, errors = env["business.safety.report"]._submit(page, place, typed, photos)
        if errors:
            status = 429 if errors.get("form") == "full" else 400
            return self._answer_form(env, page, place, typed, errors, has_photos=bool(photos), status=status)
        return self._answer(env, "safety_report_thanks", {"page": page, "place": place, "code": code})

    def _read_photos(self, page):
        """The contents of the photos that were sent, but for what is too much of them.

        :param page: ``business.safety.report.page``, whose limits count
        :rtype: list[bytes]
        """
        photos = []
        for file in request.httprequest.files.getlist("photos")[:page.photo_count_limit + 1]:
            file.seek(0)  # of several files of one name Odoo rewinds the first only when it tries again
            if content := file.read(page.photo_size_limit * 1024 * 1024 + 1):
                photos.append(content)
        return photos

    @http.route(["/safety/report", "/safety/report/progress"], type="http", auth="public", methods=["GET", "POST"],
                csrf=False, save_session=False, sitemap=False)
    def progress(self, code="", answer=None, **_post):
        """What became of a report; the code comes in the body only, never in an address.

        :param str code: the return code
        :param str answer: to the question of the safety officer
        """
        env = self._get_env()
        if request.httprequest.method != "POST" or not isinstance(code, str):
            return self._answer(env, "safety_report_code", {"error": ""})
        source = request.httprequest.environ[MARK]
        pages = env["business.safety.report.page"]
        limit = min(pages.search([]).mapped("code_hour_limit"), default=10)
        if limiter.is_full(source, "code", limit):
            return self._answer(env, "safety_report_code", {"error": env._(
                "Too many wrong codes came from your connection. Please try again in an hour.")}, status=429)
        report = env["business.safety.report"]._find_by_code(code)
        if not report:
            limiter.count(source, "code")
            return self._answer(env, "safety_report_code", {"error": env._(
                "We do not know this code. Please compare it with what you noted: 16 letters and digits.")}, status=404)
        error = report._answer(answer) if isinstance(answer, str) else None
        report.invalidate_recordset()
        return self._answer(env, "safety_report_progress", {
            **report._get_progress(), "code": code, "answer": answer if error else "",
            "error": error and self._get_messages(env).get(error),
            "is_answered": isinstance(answer, str) and not error,
        }, status=400 if error else 200)

    #=== BEFORE THE BODY IS READ ===#

    def _refuse_large(self, args):
        """Answer a request that is larger than the page takes, or does not say how large it is; nothing of it is read.

        :param dict args: of the route
        :return: the response, or ``None`` for a request that may go on
        """
        env, most = self._get_env(), MOST_WORDS
        page = place = env["business.safety.report.page"]
        if "token" in args:
            page, place = page._find(args["token"])
            most = page._get_max_bytes() if page else 0
        request.httprequest.max_content_length = most
        length = request.httprequest.content_length
        if length is not None and length <= most:
            return None
        if not page:
            return self._answer(env, "safety_report_unknown" if "token" in args else "safety_report_code", {"error": ""}, 413)
        return self._answer(env, "safety_report_large", {"page": page, "place": place, "message": env._(
            "The photos are too large together: at most %(count)s of %(size)s MB each. Go back, what you typed is still in the "
            "form, and choose fewer or smaller ones.", count=page.photo_count_limit, size=page.photo_size_limit)}, status=413)

    #=== ANSWERS ===#

    def _get_env(self):
        """The system's environment in the language of the page; the public user only opens the door."""
        installed = dict(request.env["res.lang"].sudo().get_installed())
        language = LANGUAGES[request.httprequest.environ["HTTP_ACCEPT_LANGUAGE"]]
        request.update_env(user=SUPERUSER_ID, su=True, context={
            "lang": language if language in installed else "en_US", "tz": "UTC"})
        return request.env

    def _answer_form(self, env, page, place, typed, errors=None, has_photos=False, status=200):
        """The form, with what was typed and what is wrong with it."""
        messages = self._get_messages(env, page)
        return self._answer(env, "safety_report_form", {
            "page": page, "place": place, "typed": typed, "categories": env["business.safety.report"]._get_categories(),
            "errors": {name: messages[reason] for name, reason in (errors or {}).items()},
            "stamp": env["business.safety.report"]._make_stamp(page, place), "has_photos": has_photos,
        }, status=status)

    def _get_messages(self, env, page=None):
        """What each reason of a refusal says."""
        phone = page.phone if page else ""
        call = env._("If it cannot wait, call %s.", phone) if phone else env._(
            "If it cannot wait, tell the safety officer in person or by phone.")
        return {
            "missing": env._("Please write here what you have seen."),
            "long": env._("This is too long. Please shorten it."),
            "unasked": env._("No question waits for an answer. Perhaps you have answered it already."),
            "count": env._("At most %s photos, please.", page.photo_count_limit if page else 0),
            "size": env._("A photo is larger than %s MB.", page.photo_size_limit if page else 0),
            "type": env._("Only photos in the formats JPEG, PNG and WebP are taken."),
            "pixels": env._("A picture has too many pixels. Please send it in a smaller size."),
            "broken": env._("A photo cannot be read. Please take it again or leave it out."),
            "stamp": env._("The form was sent too fast, or was open for too long. Please check it and send it again."),
            "often": env._("Many reports came from your connection within the hour. Please try again in an hour. %s", call),
            "full": env._("More reports came in than the page takes for now. Please try again later. %s", call),
        }

    def _answer(self, env, template, values=None, status=200):
        """A page that stands alone: it loads nothing, stores nothing, and tells no other page where one comes from."""
        nonce = secrets.token_urlsafe(12)
        language = "zh" if env.lang == "zh_CN" else "en"
        installed = dict(env["res.lang"].get_installed())
        body = env["ir.qweb"]._render(f"business_dept.{template}", {
            "nonce": nonce, "language": language, "path": request.httprequest.path,
            "other": ("en", "English") if language == "zh" else ("zh", "中文") if "zh_CN" in installed else None,
            **(values or {}),
        })
        return request.make_response(body, status=status, headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
            ("X-Robots-Tag", "noindex, nofollow"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Content-Security-Policy",
             f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data: blob:; "
             "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        ])
