"""What the stories of a customer who asks to be forgotten are told with."""

import re
from unittest.mock import patch

from markupsafe import Markup
from odoo import Command
from odoo.tools import SQL

from ..agency.handover_common import HandOverCommon

NAME, EMAIL, PHONE = 'Zacharias "Zac" Quillfeather & Söhne', "z.quillfeather@ink.example", "+1 555 010-7788"
STREET = "Nibgasse"
#: What a person is known by, however it is written.
TRACES = re.compile(r"quillfeather|zacharias|nibgasse|5550107788|555\W*010\W*7788", re.IGNORECASE)
#: Tables of Odoo's, as far as they hold what hangs on our records.
HANGS = {
    "ir_attachment": "COALESCE(res_model, '') NOT IN ('account.move', 'res.partner')",
    "mail_activity": "starts_with(res_model, 'collection.')",
    "mail_message": "starts_with(model, 'collection.')",
}
OF_OUR_MESSAGES = "mail_message_id IN (SELECT id FROM mail_message WHERE starts_with(model, 'collection.'))"
HANGS_ON_MESSAGES = dict.fromkeys(("mail_mail", "mail_notification", "mail_tracking_value"), OF_OUR_MESSAGES)


class PrivacyCommon(HandOverCommon):
    """A customer with an agency, named in every place in which people write something, and a scan that finds each."""

    @classmethod
    def default_env_context(cls):
        return {}  # alterations are tracked

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.privacy = cls.env["collection.privacy"]
        cls.admin = cls.env.ref("base.user_admin")

    def _begin(self):
        super()._begin()
        referral = self._with_agency(
            NAME, email=EMAIL, phone=PHONE, street=STREET, city="Ink", zip="4711", country_id=self.env.ref("base.us").id
        )
        self.referral, self.case, self.quill = referral, referral.case_id, referral.partner_id
        self.quill.collection_delivery_address = EMAIL
        with self._on(self._day(1), "10:00"):
            self._say_everything()
            self._settle_transaction()

    def _say_everything(self):
        """Write down in every place what people write: each names the customer."""
        case, told = self.case.sudo(), f"{NAME} of {STREET}, {EMAIL}, {PHONE}"
        common = {"case_id": case.id, "partner_id": self.quill.id, "company_id": self.company.id}
        letter = case.letter_ids[:1]
        letter.write({"address_used": told, "addresses_returned": told, "failure_reason": told, "cancel_reason": told})
        letter.came_back = told
        letter.piece_ids.write({"cancel_reason": told, "receipt_name": "receipt.jpg", "receipt": "cGFwZXI="})
        note = self.env["collection.note"].sudo().create({**common, "outcome": "reached", "note": told})
        self._settle_transaction()
        note.note = f"{told}, who was kind"  # a correction is tracked
        item = self._items(self.quill.invoice_ids)
        dispute = (
            self.env["collection.dispute"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "kind": "quantity",
                    "description": told,
                    "commitment": f"We call {NAME}",
                    "commitment_date": self._day(3),
                    "line_ids": [Command.create({"item_id": item.id, "amount": 10})],
                    "attachment_ids": [Command.create({"name": f"{NAME}.jpg", "raw": b"a photograph"})],
                }
            )
        )
        dispute.finding = told
        promise = (
            self.env["collection.promise"]
            .sudo()
            .create({"case_id": case.id, "amount": 20, "date_promised": self._day(4)})
        )
        promise.withdraw_reason = told
        self.env["collection.agency.feedback"].sudo().create(
            {"agency_id": self.agency.id, "partner_id": self.quill.id, "said": told, "answer": told}
        )
        self.env["collection.agency.message"]._queue(
            self.referral, "contact", {"referral": self.referral.name, "word": told, "disputes": False}
        )
        self.referral.write({"end_reason": told})
        self.env["collection.referral.override"].sudo().create(
            {"referral_id": self.referral.id, "point": "last_call", "sentence": told, "reason": told}
        )
        answers = self.env["collection.page.answer"]
        said = {"nonce": "n" * 20, "words": told, "person": NAME}
        answer = answers._submit("ask", self.quill, self.company, posted=said)
        answer.write({"told": told, "proposal": {"name": NAME, "email": EMAIL}})
        told_already = self.env["collection.agency.message"]._queue(self.referral, "recall", {"referral": "x"}).sudo()
        told_already.write({"state": "cancelled", "cancel_reason": told, "failure_reason": told})
        plans = self.env["collection.plan"].sudo()
        with patch.object(type(plans), "_check_against_account"):  # made before the agency came
            plan = plans.create(
                {"case_id": case.id, "amount": 20, "date_first": self._day(7), "rhythm": "monthly", "count": 2}
            )
        plan.write({"state": "cancelled", "end_reason": told})
        case.message_post(body=Markup("<p>%s</p> called") % NAME, subject=NAME, message_type="comment")
        case.message_post(
            body=Markup("<p>I am the one</p>"), author_id=self.quill.id, email_from=EMAIL, message_type="email"
        )
        told_by = case.message_post(body=told, subject=told)
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": told_by.id,
                "mail_email_address": EMAIL,
                "notification_type": "email",
                "failure_reason": told,
            }
        )
        case.activity_schedule(
            "mail.mail_activity_data_call", summary=f"Call {NAME}", note=told, user_id=self.manager.id
        )
        done = case.activity_schedule("mail.mail_activity_data_call", summary=NAME, user_id=self.manager.id)
        done.action_feedback(feedback=told)
        self._mail_of(letter, told)

    def _mail_of(self, letter, told):
        """What is left of the e-mail that carried a letter."""
        letter.mail_mail_id = self.env["mail.mail"].create(
            {
                "subject": told,
                "body_html": told,
                "email_to": f'"{NAME}" <{EMAIL}>',
                "headers": told,
                "state": "sent",
                "model": "collection.case",
                "res_id": letter.case_id.id,
            }
        )

    def _settle(self):
        """The customer pays, the agency hears of it, and nothing is left to do."""
        self._hand_over(self._day(1), "11:00")
        self._customer_pays(self.case, day=self._day(2))
        self._daily_run(self._day(3))
        self._hand_over(self._day(3))
        self._send(self._day(3))
        self.assertEqual((self.case.state, self.referral.state), ("closed", "recovered"))

    def _overwrite_contact(self):
        self.quill.write(
            {"name": "Nobody", "email": False, "phone": False, "street": False, "zip": False, "city": False}
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def _traces(self):
        """Table, column and id of every text of collections, and of what hangs on it, in which the customer is known."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT c.table_name, c.column_name
                     FROM information_schema.columns c
                     JOIN information_schema.tables t USING (table_schema, table_name)
                    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
                      AND c.data_type IN ('text', 'character varying', 'json', 'jsonb')
                      AND (starts_with(c.table_name, 'collection_') OR c.table_name = ANY(%s)
                           OR starts_with(c.column_name, 'collection_'))
                 ORDER BY 1, 2""",
                [*HANGS, *HANGS_ON_MESSAGES],
            )
        )
        transient = {model._table for model in self.env.registry.values() if model._transient}
        return [
            (table, column, record_id)
            for table, column in columns
            if table not in transient
            for record_id, text in self.env.execute_query(
                SQL(
                    "SELECT id, %s::text FROM %s WHERE %s",
                    SQL.identifier(column),
                    SQL.identifier(table),
                    SQL(HANGS.get(table) or HANGS_ON_MESSAGES.get(table) or "TRUE"),
                )
            )
            if text and TRACES.search(text)
        ]
