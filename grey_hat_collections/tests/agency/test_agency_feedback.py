from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY, SecurityCommon
from .agency_common import AgencyCommon


@tagged("post_install", "-at_install")
class TestAgencyFeedback(AgencyCommon, SecurityCommon):
    """An agency speaks in our name: what customers say about it is written down, and complaints are answered."""

    def _begin(self):
        super()._begin()
        self.mine = self._referred("Mine")
        self.theirs = self._referred("Theirs")
        self.theirs.case_id.sudo().user_id = self.colleague

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _record(self, user, referral, **values):
        return (
            self.env["collection.agency.feedback"]
            .with_user(user)
            .create(
                {
                    "agency_id": self.agency.id,
                    "partner_id": referral.partner_id.id,
                    "said": "They called at seven in the morning.",
                    **values,
                }
            )
        )

    def test_a_complaint_is_the_manager_s_to_look_into(self):
        complaint = self._record(self.collector, self.mine, referral_id=self.mine.id)
        self.assertEqual((complaint.user_id, complaint.date, complaint.kind), (self.collector, MONDAY, "complaint"))
        activity = complaint.sudo().activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.summary, "Mine has complained about Harbour Receivables: investigate and answer")
        complaint.with_user(self.manager).write({"answer": "Apologised; hours agreed anew.", "answered_on": MONDAY})
        self.assertFalse(complaint.sudo().activity_ids)

    def test_praise_asks_nobody(self):
        praise = self._record(self.collector, self.mine, kind="praise")
        self.assertFalse(praise.sudo().activity_ids)
        praise.kind = "complaint"
        self.assertEqual(len(praise.sudo().activity_ids), 1, "It was none after all")
        praise.said = "They called at six."
        self.assertEqual(len(praise.sudo().activity_ids), 1)

    def test_a_collector_records_about_own_customers(self):
        self._record(self.collector, self.mine)
        with self.assertRaises(AccessError):
            self._record(self.collector, self.theirs)

    def test_a_collector_sees_what_own_customers_say(self):
        self._record(self.manager, self.mine)
        self._record(self.manager, self.theirs)
        for user, names in (
            (self.collector, {"Mine"}),
            (self.colleague, {"Theirs"}),
            (self.lead, {"Mine", "Theirs"}),
            (self.accountant, {"Mine", "Theirs"}),
        ):
            seen = self.env["collection.agency.feedback"].with_user(user).search([("agency_id", "=", self.agency.id)])
            self.assertEqual(set(seen.partner_id.mapped("name")), names, user.login)

    def test_only_managers_delete(self):
        complaint = self._record(self.collector, self.mine)
        with self.assertRaises(AccessError):
            complaint.unlink()
        with self.assertRaises(AccessError):
            complaint.with_user(self.accountant).answer = "Nothing"
        complaint.with_user(self.manager).unlink()

    def test_somebody_who_works_there_may_have_said_it(self):
        ada = self.env["res.partner"].create({"name": "Ada", "parent_id": self.mine.partner_id.id})
        complaint = self._record(self.collector, self.mine, partner_id=ada.id, referral_id=self.mine.id)
        self.assertEqual(complaint.sudo().case_id, self.mine.case_id)

    def test_it_is_about_a_referral_of_that_customer_to_that_agency(self):
        with self.assertRaisesRegex(ValidationError, "is not a referral of Mine to Harbour"):
            self._record(self.manager, self.mine, referral_id=self.theirs.id)

    def test_nobody_answers_before_it_was_said(self):
        with self.assertRaisesRegex(ValidationError, "has an answer dated before the feedback"):
            self._record(self.manager, self.mine, answered_on=self._day(-1))

    def test_without_a_reviewing_manager_another_one_is_asked(self):
        self.company.collection_manager_id = False
        self.env["res.users"].sudo().search([("id", "!=", self.manager.id)]).sudo().write(
            {"group_ids": [Command.unlink(self.env.ref("grey_hat_collections.group_manager").id)]}
        )
        complaint = self._record(self.collector, self.mine)
        self.assertEqual(complaint.sudo().activity_ids.user_id, self.manager)
