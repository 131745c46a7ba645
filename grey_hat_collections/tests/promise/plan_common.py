"""What the stories about payment plans are told with."""

from ..common import MONDAY, CollectionCommon

CALL = "grey_hat_collections.mail_activity_type_promise"
REVIEW = "grey_hat_collections.mail_activity_type_review"
APPROVAL = "grey_hat_collections.mail_activity_type_plan"


class PlanCommon(CollectionCommon):
    """A customer who owes 900.00 since ten days, and plans over it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_thank_kept": False, "collection_instalment_reminder_days": 3})

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=900)
        self.acme = self.case.partner_id
        self.invoice = self.acme.invoice_ids

    def _make_plan(self, user=None, case=None, **terms):
        """A plan that the collector makes, on Monday unless the day is frozen already; monthly from 9 March on."""
        case = case or self.case
        terms = {
            "case_id": case.id,
            "amount": 900,
            "date_first": self._day(7),
            "rhythm": "monthly",
            "count": 6,
            **terms,
        }
        if "instalment" in terms:
            del terms["count"]
            terms["sized_by"] = "size"
        plan = self.env["collection.plan"].with_user(user or self.collector).create(terms)
        plan.action_start()
        self._settle_transaction()
        self.env.invalidate_all()
        return plan.sudo()

    def _plan(self, **terms):
        with self._on(MONDAY, "10:00"):
            return self._make_plan(**terms)

    def _receive_on(self, amount, day, clock="11:00"):
        with self._on(day, clock):
            payment = self._pay(self.invoice, amount, day)
            self._settle_transaction()
            self.env.invalidate_all()
        return payment

    def _calls(self, xmlid=CALL, case=None):
        return (case or self.case).activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(xmlid)
        )

    def _plain(self, text):
        """``text`` with plain spaces."""
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def _schedule_of(self, plan):
        return [
            (promise.number, promise.date_promised.isoformat(), promise.amount)
            for promise in plan.promise_ids.sorted("number")
        ]
