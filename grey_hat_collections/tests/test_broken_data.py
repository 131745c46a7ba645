"""Customers whose data are broken, each in its own way: the others are served, and what is wrong is said with the way out."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.extras import Json

from ..models.base.activity_types import CALLBACK_XMLID, REPLY_XMLID
from ..models.case.case_step import REVIEW_XMLID
from .common import MONDAY, TwoCompaniesCommon, days_ago

LOGGERS = (
    "odoo.addons.grey_hat_collections.models.base.batch",
    "odoo.addons.grey_hat_collections.models.base.outgoing",
    "odoo.addons.mail.models.mail_render_mixin",
)


@tagged("post_install", "-at_install")
class TestBrokenData(TwoCompaniesCommon):
    """Three sound customers among those whose data somebody has broken."""

    def test_one_broken_customer_harms_no_other(self):
        sound = self.Case.union(
            *(self._overdue_customer(f"Sound {number}", **self._payable_contact()) for number in range(3))
        )
        broken = {}
        for name in dir(self):
            if name.startswith("_break_"):
                case = self._overdue_customer(name.removeprefix("_break_").replace("_", " ").capitalize())
                broken[name] = case
        self.env.flush_all()
        told = {name: getattr(self, name)(case) for name, case in broken.items()}
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger(*LOGGERS):
            for number in (0, 1):
                self._daily_run(self._day(number))
                self._send(self._day(number))
        for case in sound:
            self.assertFalse(case.last_error)
            self.assertEqual(
                (case.letter_ids.state, case.step_id.name), ("sent", "Friendly reminder"), case.display_name
            )
        for name, case in broken.items():
            said, wanted = self._said(case), told[name]
            with self.subTest(name.removeprefix("_break_")):
                self.assertLess(len(said), 1500, "a person can read it")
                self.assertNotIn("Traceback", said)
                self.assertTrue(case.state == "closed" or (case.next_action and case.next_action_date))
                if wanted:
                    self.assertIn(wanted, said)
                else:
                    self.assertFalse(case.last_error)
                    self.assertEqual(case.letter_ids.mapped("state"), ["sent"], said)

    def test_a_customer_whose_collector_has_left_is_not_forgotten(self):
        case = self._overdue_customer()
        self._break_user_archived(case)
        for number in (0, 7):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        self.assertEqual(case.pending_step_id.name, "Call")
        self.assertTrue(case.activity_ids.user_id.active, "somebody who is here is asked")

    def test_a_company_that_was_archived_rests_and_harms_no_other(self):
        case = self._overdue_customer()
        self._invoice_of_the_other(case.partner_id, 40, days_ago(10))
        self._settle_transaction()
        resting = self.Case.search([("company_id", "=", self.other.id)])
        self.assertEqual(resting.balance, 40)
        self.other.active = False
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual((case.letter_ids.state, case.balance), ("sent", 500))
        self.assertFalse(resting.letter_ids, "nothing goes out in the name of a company that is closed")

    def test_what_the_rules_cannot_do_without_is_not_deleted(self):
        """One click in the settings stopped the daily run for everybody."""
        case = self._overdue_customer()
        kinds = (
            self.env["mail.activity.type"]
            .search([])
            .filtered(lambda kind: kind.get_external_id()[kind.id].startswith("grey_hat_collections."))
        )
        self.assertGreater(len(kinds), 15)
        for kind in kinds:
            with (
                self.subTest(kind.name),
                self.assertRaisesRegex(UserError, f"“{kind.name}”.*[Aa]rchive"),
                self.cr.savepoint(),
            ):
                kind.unlink()
        kinds.active = False
        self._daily_run(MONDAY)
        self.assertEqual((case.letter_ids.state, case.last_error), ("queued", False))

    def _said(self, case):
        """All that a collector reads about a case."""
        letters = case.letter_ids
        return "\n".join(
            filter(
                None,
                [
                    case.last_error,
                    *letters.mapped("failure_reason"),
                    *letters.mapped("cancel_reason"),
                    *case.activity_ids.mapped("summary"),
                    case.decision,
                ],
            )
        )

    # -- What may be broken --------------------------------------------------------------------------------------

    def _own_ladder(self, case):
        """A policy for this customer alone."""
        policy = self.standard.sudo().copy({"name": f"Ladder of {case.partner_id.name}"})
        case.partner_id.collection_policy_id = policy
        case.with_user(self.manager).policy_id = policy
        return policy

    def _set(self, record, **values):
        """Written past all that Odoo checks, as an import or another program does."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(f'UPDATE {record._table} SET "{name}" = %s WHERE id IN %s', [value, tuple(record.ids)])
        self.env.invalidate_all()

    def _break_no_address(self, case):
        case.partner_id.write({"email": False, "street": False, "city": False, "zip": False})
        return "neither an e-mail address nor a postal address"

    def _break_not_an_address(self, case):
        case.partner_id.write({"email": "Ask Ada, she knows", "street": False})
        return "neither an e-mail address nor a postal address"

    def _break_no_rate(self, case):
        currency = self.setup_other_currency("EUR", rates=[])
        with self._on(days_ago(10)):
            self._invoice(case.partner_id, 70, days_ago(10), currency_id=currency.id)
        currency.rate_ids.unlink()
        self._set(currency, active=False)

    def _break_template_deleted(self, case):
        self.env.ref("grey_hat_collections.mail_template_promise").unlink()
        with self._on(MONDAY, "01:00"):
            promises = self.env["collection.promise"].with_user(self.collector)
            promises.create({"case_id": case.id, "amount": 500, "date_promised": self._day(9)})
        return "has no e-mail template. Choose one on its step, or cancel the letter."

    def _break_template_broken(self, case):
        step = self._own_ladder(case).step_ids[0]
        body = f"""<p t-out="1 // (object.partner_id.id != {case.partner_id.id})"/>"""
        step.mail_template_id = step.mail_template_id.copy({"body_html": body})
        return "Failed to render"

    def _break_policy_archived(self, case):
        self._own_ladder(case).active = False

    def _break_policy_without_steps(self, case):
        self._own_ladder(case).step_ids.unlink()
        return "Choose one, so that there is a next step."

    def _break_no_policy(self, case):
        self._set(case, policy_id=None)
        return "No policy applies to this customer."

    def _break_no_language(self, case):
        case.partner_id.lang = False
        self._set(case.partner_id, lang="xx_XX")

    def _break_no_such_zone(self, case):
        self._set(case.partner_id, tz="Mars/Olympus")

    def _break_partner_archived(self, case):
        case.partner_id.active = False

    def _break_partner_merged(self, case):
        other = self._customer("Whom it was merged into")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((case.partner_id | other).ids, other)

    def _break_partner_became_a_contact(self, case):
        case.partner_id.write({"is_company": False, "parent_id": self._customer("Parent").id})
        return "Settled"

    def _break_own_parent(self, case):
        self._set(case.partner_id, commercial_partner_id=None)

    def _break_user_archived(self, case):
        user = new_test_user(self.env, "left", "grey_hat_collections.group_collector", company_id=self.company.id)
        case.sudo().user_id = user
        user.active = False

    def _break_day_of_a_call(self, case):
        self._ask_on(case, CALLBACK_XMLID, "9999-12-31")
        return "9999"

    def _break_day_of_an_answer(self, case):
        self._ask_on(case, REPLY_XMLID, "9999-12-31")
        return "9999"

    def _break_day_of_a_call_long_ago(self, case):
        self._ask_on(case, CALLBACK_XMLID, "0001-01-01")
        return "on January 1, 1."

    def _break_day_of_a_review(self, case):
        self._ask_on(case, REVIEW_XMLID, "9999-12-31")

    def _break_review_that_was_done_in_days_to_come(self, case):
        self._set(self._ask_on(case, REVIEW_XMLID, str(MONDAY)), active=False, date_done="9999-12-31")

    def _break_hold(self, case):
        self._set(case, state="hold", hold_until="9999-12-31", hold_reason="They move house")
        return "9999"

    def _break_promise_date(self, case):
        with self._on(MONDAY, "01:00"):
            promises = self.env["collection.promise"].with_user(self.collector)
            promise = promises.create({"case_id": case.id, "amount": 500, "date_promised": self._day(9)})
            self._settle_transaction()
        self._set(promise, date_promised="9999-12-31", date_deadline="9999-12-31", tolerance_days=2_912_101)
        return "9999"

    def _break_details_of_a_decision(self, case):
        odd = {"amount_chased": "much", "when": "someday", "since": [1], "check": {}, "count": "some", "9": None}
        self._set(case, decision_code="our_side", decision_details=Json(odd))

    def _break_details_that_are_none(self, case):
        self._set(case, decision_code="promised", decision_details=Json([["amount_promised"], 7]))

    def _ask_on(self, case, xmlid, day):
        """The rules have asked for it, on a day that nobody can have meant."""
        with self._on(MONDAY, "01:00"):
            case.sudo()._ask(
                lambda case: {
                    "activity_type_id": self.env.ref(xmlid).id,
                    "summary": "As agreed",
                    "user_id": case.user_id.id,
                }
            )
        asked = case._asked(xmlid)
        self._set(asked, date_deadline=day)
        return asked

    def _break_no_due_date(self, case):
        items = self._items(case.partner_id.invoice_ids)
        self._set(items, date_maturity=None)
        self._set(items.move_id, invoice_date_due=None)

    def _break_no_invoice_date(self, case):
        self._set(case.partner_id.invoice_ids, invoice_date=None)
        return "never reached the customer"
