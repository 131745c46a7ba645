from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestDeliveryNotes(CollectionCommon):
    """Who opts out of e-mail gets paper, or a call where there is no address for paper; letter and case say so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instead = cls.env.ref("grey_hat_collections.mail_activity_type_call_instead")
        cls.check = cls.env.ref("grey_hat_collections.mail_activity_type_address")

    def _note(self, record):
        return dict(record._fields["delivery_note"]._description_selection(self.env)).get(record.delivery_note)

    def test_letters_and_cases_say_why_it_is_paper(self):
        self.env["mail.blacklist"].sudo()._add("black@customer.example")
        for name, values, note in (
            ("Plain", {}, None),
            ("Paper", {"collection_no_email": True}, "On paper: customer opted out of e-mails"),
            ("Black", {}, "On paper: the e-mail address is blacklisted"),
            ("Nomail", {"email": False}, "On paper: no e-mail address is on file"),
        ):
            with self.subTest(name):
                case, letter = self._reminded_customer(name, **values)
                self.assertEqual((self._note(case), self._note(letter)), (note, note))

    def test_an_opt_out_between_writing_and_sending_turns_the_letter_into_paper(self):
        _case, letter = self._reminded_customer()
        self.assertEqual((letter.channel, letter.delivery_note), ("email", False))
        self.env["mail.blacklist"].sudo()._add("acme@customer.example")
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.channel, letter.delivery_note), ([], "post", "blacklisted"))
        self.assertTrue(letter.attachment_id, "It can be printed")

    def test_without_a_postal_address_a_call_takes_the_place_of_the_letter(self):
        case, letter = self._reminded_customer(collection_no_email=True, street=False)
        self.assertFalse(letter, "No letter waits for an address that is not there")
        self.assertEqual(self._note(case), "By phone: customer opted out of e-mails, and no postal address is on file")
        self.assertEqual(
            case.decision,
            "“Friendly reminder” must be done by phone, due on March 2, 2026: customer opted out of e-mails, and no postal "
            "address is on file.",
        )
        self.assertEqual(case.next_action, "Call instead of writing")
        self.assertRecordValues(
            case.activity_ids,
            [
                {
                    "activity_type_id": self.instead.id,
                    "user_id": self.collector.id,
                    "summary": "Call instead of “Friendly reminder”: customer opted out of e-mails, and no postal address "
                    "is on file",
                }
            ],
        )
        for days in (1, 2):
            self._daily_run(self._day(days))
        self.assertEqual((len(case.activity_ids), case.step_id.id), (1, False), "Nobody was warned yet")

        with self._on(self._day(3), "10:00"):
            case.activity_ids.with_user(self.collector).action_done()
        self.env.invalidate_all()
        self.assertRecordValues(case, [{"step_date": self._day(3), "pending_step_id": False, "unanswered_count": 1}])
        self.assertEqual(case.step_id.name, "Friendly reminder")

    def test_the_call_may_be_logged_like_any_other(self):
        case, _letter = self._reminded_customer(collection_no_email=True, street=False)
        with self._on(MONDAY, "10:00"):
            self.env["collection.log.contact"].with_user(self.collector).create(
                {"case_id": case.id, "outcome": "left_message", "next_date": self._day(2)}
            ).action_log()
        self.env.invalidate_all()
        self.assertEqual((case.step_id.name, case.unanswered_count), ("Friendly reminder", 1))
        case.sudo()._recount_contacts()
        self.assertEqual(case.unanswered_count, 1)

    def test_an_opt_out_before_sending_turns_the_letter_into_a_call(self):
        case, letter = self._reminded_customer(street=False)
        case.partner_id.collection_no_email = True
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state, letter.delivery_note), ([], "cancelled", "call"))
        self.assertEqual(
            letter.cancel_reason,
            "The customer opted out of e-mails, and no postal address is on file: a call takes its place.",
        )
        self.assertEqual(case.activity_ids.activity_type_id, self.instead)
        self.assertEqual(case.pending_step_id.name, "Friendly reminder")

    def test_who_wants_no_calls_either_needs_an_address(self):
        case, letter = self._reminded_customer(collection_no_email=True, street=False, collection_no_call=True)
        self._send(MONDAY)
        self.assertEqual((letter.state, self._note(letter)), ("failed", "Not deliverable yet: check the address"))
        self.assertEqual(case.activity_ids.activity_type_id, self.check)
        self.assertFalse(case.step_id)

    def test_a_settled_account_takes_the_call_back(self):
        case, _letter = self._reminded_customer(collection_no_email=True, street=False)
        self._customer_pays(case, day=MONDAY)
        self.assertFalse(case.activity_ids)

    def test_a_courtesy_reminder_that_fails_is_told_to_somebody(self):
        """It belongs to no case, so the question is asked on the customer."""
        self.company.collection_courtesy_days = 5
        acme = self._customer(email=False, street=False)
        with self._on(MONDAY, "01:00"):
            self._invoice(acme, 100, self._day(4))
            self._settle_transaction()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        letter = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertEqual(letter.state, "failed")
        self.assertEqual(acme.activity_ids.user_id, self.collector)
        self.assertIn("was not delivered", acme.activity_ids.summary)
