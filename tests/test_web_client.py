# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The web client with everything installed, in a real browser: a script that fails to load fails this."""

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestWebClient(HttpCase):
    def test_the_web_client_opens_without_an_error(self):
        self.browser_js(
            "/odoo", "console.log('test successful')", ready="!!document.querySelector('.o_main_navbar')",
            login="admin")
