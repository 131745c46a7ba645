from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageDetails(PageCommon):
    """Who is written to, in which language, and how."""

    def _propose(self, **typed):
        return self._do(
            "contact",
            **{
                "name": "Paula Payable",
                "email": "paula@acme.example",
                "type": "accounts_payable",
                "person": "Ada",
                **typed,
            },
        )

    # -- Contacts ------------------------------------------------------------------------------------------------

    def test_a_contact_is_written_only_when_accepted(self):
        self.collector.group_ids += self.env.ref("base.group_partner_manager")
        self._come_by_link()
        self._propose()
        self.assertFalse(self.acme.child_ids)
        [mail] = self._confirmations()
        self.assertFalse(self._confirmations("paula@acme.example"), "Nothing goes to an address that was typed")
        self.assertIn("/undo/", mail.body_html)
        answer = self._answers()
        self.assertEqual(answer.state, "waits")
        self.assertIn("Proposes a contact", "".join(self.case.activity_ids.mapped("summary")))
        answer.with_user(self.collector).action_accept()
        [contact] = self.acme.child_ids
        self.assertEqual(
            (contact.name, contact.email, contact.type), ("Paula Payable", "paula@acme.example", "accounts_payable")
        )
        self.assertEqual(answer.state, "accepted")
        self.assertFalse(self.case.activity_ids.filtered(lambda one: "Proposes" in (one.summary or "")))
        with self.assertRaises(UserError):
            answer.with_user(self.collector).action_accept()

    def test_a_contact_may_be_declined(self):
        self._come_by_link()
        self._propose()
        self._answers().with_user(self.collector).action_decline()
        self.assertFalse(self.acme.child_ids)
        self.assertEqual(self._answers().state, "done")

    def test_who_has_no_business_with_the_case_decides_nothing(self):
        self._come_by_link()
        self._propose()
        for user in (self.stranger, self.accountant):
            with self.assertRaises(AccessError):
                self._answers().with_user(user).action_accept()

    def test_contacts_that_nobody_can_be(self):
        self._come_by_link()
        for typed in ({"name": ""}, {"email": "not an address"}, {"email": ""}, {"type": "private"}, {"person": ""}):
            with self.subTest(typed):
                self.assertEqual(self._propose(**typed).status_code, 422)

    # -- Wishes --------------------------------------------------------------------------------------------------

    def test_wishes_hold_at_once_and_are_undone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._come_by_link()
        answer = self._do("wishes", lang="fr_FR", channel="paper", person="Ada")
        self.assertEqual((self.acme.lang, self.acme.collection_no_email), ("fr_FR", True))
        self.assertIn('lang="fr-FR"', answer.text)
        [mail] = self._confirmations()
        address = self._undo_address(mail)
        self.url_open(address, data={"csrf_token": self._csrf(self.url_open(address))})
        self.env.invalidate_all()
        self.assertEqual((self.acme.lang, self.acme.collection_no_email), ("en_US", False))

    def test_no_emails_means_paper(self):
        self._come_by_link()
        self._do("wishes", channel="paper", person="Ada")
        self.assertEqual(self.acme._collection_delivery()[self.acme.id]["channel"], "post")
        self._do("ask", words="And now?")
        self.assertEqual(len(self._confirmations()), 1, "Only the wish itself was confirmed by e-mail")
        self._do("wishes", channel="email", person="Ada")
        self.assertEqual(self.acme._collection_delivery()[self.acme.id]["channel"], "email")

    def test_paper_needs_an_address(self):
        self.acme.write({"street": False, "zip": False, "city": False})
        self._come_by_link()
        self.assertEqual(self._do("wishes", channel="paper", person="Ada").status_code, 422)
        self.assertFalse(self.acme.collection_no_email)

    def test_a_language_that_is_not_offered(self):
        self._come_by_link()
        self.assertEqual(self._do("wishes", lang="xx_XX", person="Ada").status_code, 422)

    def test_wishes_give_no_rest(self):
        self._come_by_link()
        self._do("wishes", person="Ada")
        self.assertFalse(self.case.last_reply_date)
        self.assertFalse(self.case.note_ids.answered)
