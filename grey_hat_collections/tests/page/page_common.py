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

    # -- Doing ---------------------------------------------------------------------------------------------------

    def _form(self, kind, **query):
        """The form of an action, as a browser shows it: the answer, and what it would send by itself."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.url_open(f"{PAGE}/do/{kind}" + (f"?{words}" if words else ""))
        return answer, self._fields_of(answer)

    def _fields_of(self, answer):
        """What the form of a page sends where nobody types anything."""
        tree = html.fromstring(answer.content)
        sent = {}
        for field in tree.xpath("//form[@enctype]//*[@name]"):
            name = field.get("name")
            if field.tag == "select":
                chosen = field.xpath("option[@selected]") or field.xpath("option[1]")
                sent[name] = chosen[0].get("value")
            elif field.tag == "textarea":
                sent[name] = field.text or ""
            elif field.get("type") in ("radio", "checkbox"):
                if field.get("checked") is not None:
                    sent[name] = field.get("value")
            elif field.get("type") != "file":
                sent[name] = field.get("value") or ""
        return sent

    def _do(self, kind, *, files=(), query=None, **typed):
        """Fill in the form of an action and send it; the page that is shown then."""
        _answer, sent = self._form(kind, **(query or {}))
        return self._send_form(kind, {**sent, **typed}, files)

    def _send_form(self, kind, sent, files=()):
        attached = [("files", file) for file in files]
        answer = self.url_open(f"{PAGE}/do/{kind}", data=sent, files=attached or None)
        self.env.invalidate_all()
        return answer

    def _told(self, answer):
        """What the page says of what was done."""
        self.assertEqual(answer.status_code, 200, self._problem(answer))
        return " ".join(
            html.fromstring(answer.content)
            .xpath("//div[contains(@class, 'alert-success')]/p")[0]
            .text_content()
            .split()
        )

    def _problem(self, answer):
        """Why a form was not taken; an empty string where it was."""
        found = html.fromstring(answer.content).xpath("//*[@id='collection_problem']")
        return " ".join(found[0].text_content().split()) if found else ""

    def _answers(self, kind=None):
        answers = self.env["collection.page.answer"].sudo()
        return answers.search([("kind", "=", kind)] if kind else [])

    def _confirmations(self, address="acme@customer.example"):
        """The e-mails that wait for this address, as they were written."""
        return self.env["mail.mail"].sudo().search([("email_to", "=", address)], order="id")

    def _undo_address(self, mail):
        """Where *That was not us* of an e-mail leads."""
        [link] = [one for one in html.fromstring(mail.body_html).xpath("//a/@href") if "/undo/" in one]
        return link[link.index(PAGE) :]
