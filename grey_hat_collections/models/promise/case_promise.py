from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_amount, format_date

from ..base.activity_types import PROMISE_CALL_XMLID
from ..base.to_decimal import to_decimal
from ..case.case_step import REVIEW_XMLID
from .promise import MISSED
from .promise_judge import NOT_REWARDED


class CollectionCase(models.Model):
    """What the customer has promised, and what the case makes of it."""

    _inherit = "collection.case"

    promise_ids = fields.One2many("collection.promise", "case_id", string="Promises")
    promise_date = fields.Date(
        compute="_compute_promise_date",
        string="Promised For",
        help="The first day for which something is promised that has not arrived yet.",
    )
    promise_amount = fields.Monetary(
        compute="_compute_promise_date", string="Expected Next", help="What is promised for that day."
    )
    broken_count = fields.Integer(
        compute="_compute_broken_count", string="Broken Promises", help="Promises of this case that were broken."
    )
    promises_pause = fields.Boolean(
        compute="_compute_broken_count", help="Whether a new promise pauses the case without a manager's approval."
    )

    @api.depends("promise_ids.state", "promise_ids.date_promised", "promise_ids.amount_expected")
    def _compute_promise_date(self):
        expected = self._next_promises([("state", "=", "open")])
        for case in self:
            promises = expected[case.id]
            case.promise_date = promises[:1].date_promised
            case.promise_amount = sum(promises.mapped("amount_expected"))

    def _next_promises(self, domain):
        """The promises of each case that are due first among those that fit ``domain``, by case id."""
        found = {case.id: self.env["collection.promise"] for case in self}
        promises = self.env["collection.promise"].search(
            [("case_id", "in", self.ids), *domain], order="date_promised, id"
        )
        for promise in promises:
            first = found[promise.case_id.id]
            if not first or first[0].date_promised == promise.date_promised:
                found[promise.case_id.id] |= promise
        return found

    @api.depends("promise_ids.state")
    def _compute_broken_count(self):
        broken = self.promise_ids._broken_by_case()
        for case in self:
            limit = case.company_id.collection_broken_limit
            case.broken_count = broken.get(case.id, 0)
            case.promises_pause = not limit or case.broken_count < limit

    def _promise_facts(self):
        """What is promised next of that which pauses the cases: the facts ``promise_*`` of each, by its id."""
        facts = {}
        for case_id, promises in self._next_promises([("state", "=", "open"), ("pauses", "=", True)]).items():
            facts[case_id] = {
                "promise_date": promises[:1].date_promised or None,
                "promise_deadline": min(promises.mapped("date_deadline"), default=None),
                "promise_amount": to_decimal(sum(promises.mapped("amount_expected"))),
            }
        return facts

    def _whose_promise_is_held(self):
        """Those of these cases of which somebody holds an open promise: it may not be judged yet, so nothing is decided."""
        promises = self.env["collection.promise"].search([("case_id", "in", self.ids), ("state", "=", "open")])
        return (promises - promises.try_lock_for_update(allow_referencing=True)).case_id

    def _promises_to_reward(self):
        """The promises of these cases that were kept and are not rewarded yet: somebody held the case when all others were."""
        return self.env["collection.promise"].search([("case_id", "in", self.ids), *NOT_REWARDED])

    def _judge_what_was_held(self):
        """Refresh those of these cases of which a promise is still open after its day: somebody held it when all were judged."""
        promises = self.env["collection.promise"].search([("case_id", "in", self.ids), ("state", "=", "open")])
        for company, of_company in promises.grouped("company_id").items():
            today = company._collection_today()
            self._refresh(
                company, of_company.filtered(lambda promise, day=today: promise.date_deadline < day).partner_id
            )

    @api.model
    def _domain_news_of_promises(self):
        """Cases of promises that have become something else since their collectors were told about them."""

        def to_sql(model, alias, _query):
            promises = model.env["collection.promise"]
            promises.flush_model(["case_id", "state", "state_asked"])
            return SQL(
                """EXISTS (SELECT FROM collection_promise promise
                            WHERE promise.case_id = %s AND promise.state IS DISTINCT FROM promise.state_asked)""",
                SQL.identifier(alias, "id"),
            )

        return Domain.custom(to_sql=to_sql)

    # -- Calls about promises ------------------------------------------------------------------------------------

    def _withdraw_answered_calls(self):
        """A new agreement over everything answers what became of the promise that was missed: nobody has to call about it."""
        answered = self.filtered(
            lambda case: case.amount_promised and case.currency_id.compare_amounts(case.amount_chased, 0) <= 0
        )
        self.env["mail.activity"].sudo().search(  # what the rules have asked is theirs
            [("res_model", "=", self._name), ("res_id", "in", answered.ids), ("collection_promise_id", "!=", False)]
        ).unlink()

    def _ask_about_promises(self):
        """Ask the collectors to call about promises that were missed since they were last told; withdraw the calls whose
        reason has gone. One call for a customer, however many instalments were missed; a look at the case instead where the
        customer wants no contact, or the customer's reason leaves the case to people. While all that is left is disputed,
        nobody asks: the answer is ours to give first.
        """
        promises = self.env["collection.promise"].search([("case_id", "in", self.ids)])
        disputed = self.filtered(lambda case: case.amount_disputed and not (case.amount_chased or case.amount_promised))
        news = promises.filtered(
            lambda promise: (
                promise.state != promise.state_asked and not (promise.state in MISSED and promise.case_id in disputed)
            )
        )
        if not news:
            return
        call, review = self.env.ref(PROMISE_CALL_XMLID), self.env.ref(REVIEW_XMLID)
        unwilling = self.partner_id._collection_unwilling()
        left_alone = self.filtered(lambda case: case.partner_id in unwilling or case._left_to_people_since())
        pending = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("collection_promise_id", "!=", False)]
        )
        pending_of = {activity.res_id: activity for activity in pending}
        to_ask = {}
        for case, changed in news.grouped("case_id").items():
            missed = changed.filtered(lambda promise: promise.state in MISSED)
            known = pending_of.get(case.id, pending.browse())
            still_missed = (known.collection_promise_id - changed).filtered(lambda promise: promise.state in MISSED)
            about = (missed | still_missed).sorted("date_promised")[:1]
            if not about:
                known.unlink()
            elif known:
                known.write({"summary": case._promise_question(about), "collection_promise_id": about.id})
            elif case.state != "referred":
                to_ask[case] = about
        self.browse([case.id for case in to_ask])._ask(
            lambda case: {
                "activity_type_id": (review if case in left_alone else call).id,
                "summary": case._promise_question(to_ask[case]),
                "user_id": case.user_id.id,
                "collection_promise_id": to_ask[case].id,
            }
        )
        for state, promises in news.grouped("state").items():
            promises.state_asked = state

    def _promise_question(self, promise):
        """What to ask about a missed promise, politely, in the language of the collector."""
        reader = self._in_language_of(self.user_id).env
        words = {
            "amount": format_amount(reader, promise.amount, promise.currency_id),
            "received": format_amount(reader, promise.amount_received, promise.currency_id),
            "missing": format_amount(reader, promise.amount_outstanding, promise.currency_id),
            "date": format_date(reader, promise.date_promised),
        }
        if promise.state == "late":
            return reader._(
                "%(amount)s arrived after %(date)s. Thank the customer, and ask what caused the delay", **words
            )
        if promise.state == "light":
            return reader._(
                "%(received)s of %(amount)s arrived by %(date)s. Thank the customer, and ask when the remaining %(missing)s "
                "will follow",
                **words,
            )
        return reader._("%(amount)s was expected on %(date)s. Ask on which day it was sent", **words)

    @api.model
    def _achieved_today(self):
        """Promises that the user was given today, with their amount; those in other currencies are counted only."""
        done = super()._achieved_today()
        promises = self.env["collection.promise"].search(
            [
                ("note_id.user_id", "=", self.env.uid),
                ("note_id.date", ">=", self.env.company._collection_day_began()),
                ("company_id", "=", self.env.company.id),
            ]
        )
        if promises:
            currency = self.env.company.currency_id
            own = promises.filtered(lambda promise: promise.currency_id == currency)
            amount = format_amount(self.env, sum(own.mapped("amount")), currency)
            done.append(
                self.env._("1 promise (%s)", amount)
                if len(promises) == 1
                else self.env._("%(count)s promises (%(amount)s)", count=len(promises), amount=amount)
            )
        return done
