"""Customers who look at their account, over HTTP: what the browser asks for, without a browser."""

from datetime import timedelta

from lxml import html
from odoo import fields
from odoo.tests import HttpCase, new_test_user

from ..common import TwoCompaniesCommon

PAGE = "/my/balance"


class PageCommon(TwoCompaniesCommon, HttpCase):
    """Acme owes 500.00 since ten days and 80.00 that is not due; Beta owes 300.00. The clock of a server cannot be frozen, so the
    story happens in these days.
    """

    def _begin(self):
        super()._begin()
        self.today = fields.Date.today()
        self.company.collection_sent_since = self.today + timedelta(days=1)
        self.acme, self.beta = self._customer("Acme"), self._customer("Beta")
        self.overdue = self._invoice(self.acme, 500, self.today - timedelta(days=10))
        self.later = self._invoice(self.acme, 80, self.today + timedelta(days=20))
        self.theirs = self._invoice(self.beta, 300, self.today - timedelta(days=5))
        self._settle_transaction()
        self.case = self._case(self.acme)
        self.links = self.env["collection.page.link"].sudo()
        self.env.flush_all()

    def _portal_user(self, partner, login="acme"):
        return new_test_user(self.env, login, "base.group_portal", partner_id=partner.id, name=partner.name)

    def _token(self, partner=None, company=None):
        return self.links._make_link(partner or self.acme, company or self.company)

    def _come_by_link(self, token=None):
        """A passer-by opens a link; what is shown is in the answer."""
        self.authenticate(None, None)
        return self.url_open(f"{PAGE}/open/{token or self._token()}")

    def _page(self, answer):
        """The page as text without spaces, and as a tree."""
        tree = html.fromstring(answer.content)
        main = tree.xpath("//*[contains(@class, 'o_collection_page')]")[0]
        return " ".join(main.text_content().split()), tree

    def _csrf(self, answer):
        """The token that a form of this page would send along."""
        return (
            html.fromstring(answer.content).xpath("//script[contains(., 'csrf_token')]")[0].text_content().split('"')[1]
        )
