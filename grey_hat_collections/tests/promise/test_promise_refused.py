from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..common import MONDAY
from .promise_common import THURSDAY, PromiseCase


@tagged("post_install", "-at_install")
class TestPromiseRefused(PromiseCase):
    """A promise that makes no sense is refused in one sentence that names it and the way out."""

    def test_more_than_is_owed(self):
        with self.assertRaisesRegex(
            ValidationError, r"600\.00 for 03/06/2026 is more than Acme owes: .*500\.00 is open"
        ):
            self._promise(600)

    def test_more_than_is_left_to_promise(self):
        self._promise(300)
        with self.assertRaisesRegex(ValidationError, "is already promised"):
            self._promise(201)
        self._promise(200)

    def test_a_day_that_has_passed(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._promise(due=MONDAY - timedelta(days=1))

    def test_a_day_that_nobody_means(self):
        with self.assertRaisesRegex(ValidationError, "Acme: 12/31/9999 is more than ten years away"):
            self._promise(due="9999-12-31")

    def test_a_promise_of_nothing_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._promise(0)

    def test_an_item_of_somebody_else(self):
        other = self._overdue_customer("Other", 100)
        invoice = self.env["account.move"].search([("partner_id", "=", other.partner_id.id)])
        with self.assertRaisesRegex(ValidationError, "is not an open item of Acme"):
            self._promise(100, item_ids=[Command.set(self._item(invoice).ids)])

    def test_a_settled_case(self):
        with self._at(MONDAY, "08:00"):
            self._pay(self.invoice)
            self._settle_transaction()
        with self.assertRaisesRegex(ValidationError, "the case is settled"):
            self._promise()

    def test_what_is_judged_cannot_be_typed(self):
        forged = {"tolerance_days": 2_912_101, "tolerance_amount": 4, "user_id": self.manager.id, "state": "kept"}
        for name, value in forged.items():
            with self.subTest(name), self.assertRaisesRegex(AccessError, "follows from the ledger and the settings"):
                self._promise(**{name: value})
        promise = self._promise()
        with self.assertRaises(AccessError):
            promise.with_user(self.collector).write({"state": "kept"})
        with self.assertRaises(AccessError):
            promise.with_user(self.manager).write({"amount": 1})

    def test_a_case_of_a_colleague(self):
        self.case.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._promise()

    def test_a_fulfilled_one_is_not_withdrawn(self):
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        with self.assertRaisesRegex(UserError, "was kept"):
            promise.with_user(self.collector).action_withdraw()
