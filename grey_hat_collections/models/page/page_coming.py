from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..base.odd_json import as_dict
from ..dispute.dispute_states import OPEN

#: Kinds of letters that the page announces by name. Of what comes after them it says only that we will be in touch.
ANNOUNCED = ("reminder", "statement")


class CollectionPage(models.AbstractModel):
    """What comes next, in the words of the customer, and what we owe. Nothing here threatens."""

    _inherit = "collection.page"

    # -- What comes next, and what stops it ----------------------------------------------------------------------

    @api.model
    def _coming(self, case, items, words):
        """A sentence about what comes next, and what would stop it; an empty string where nothing comes."""
        if not case:
            return self._next_due(items, words)
        sentences = self._sentences_of_case(case, words)
        if case.decision_code in sentences:
            return sentences[case.decision_code]
        return self._next_step_in_words(case)

    @api.model
    def _next_due(self, items, words):
        """Nothing is overdue: what falls due next."""
        ahead = [item for item in items if item.residual > 0 and not item.days_overdue]
        if not ahead:
            return ""
        first = min(ahead, key=lambda item: item.due)
        amount = words.money(first.residual_currency, self.env["res.currency"].browse(first.currency_id))
        return self.env._(
            "Nothing is overdue. Next, %(amount)s falls due on %(day)s.", amount=amount, day=words.date(first.due)
        )

    @api.model
    def _sentences_of_case(self, case, words):
        """What the page says of a case that waits, by the code of its decision."""
        _ = self.env._
        details = as_dict(case.decision_details)
        day = words.date(fields.Date.to_date(details.get("when"))) if details.get("when") else ""
        until = words.date(case.hold_until)
        promised = details.get("promise_date")
        paused = _("We have paused our reminders for now.")
        return {
            "referred": "",
            "on_hold": _("We have paused our reminders until %s.", until) if until else paused,
            "promised": _("You promised a payment for %s. We wait for it.", words.date(fields.Date.to_date(promised)))
            if promised
            else _("You promised a payment. We wait for it."),
            "disputed": _("We are looking into what you told us, and answer by %s.", day)
            if day
            else _("We are looking into what you told us."),
            "new_due_date": _("After our answer, the amount is due on %s. Until then we ask for nothing more.", day),
            "under_way": _("Your payment is on its way. We wait for it."),
            "covered": _("All that is overdue is promised, in question, on its way or covered by credits. We wait."),
            "reply_unread": _("We have your message and read it first. Nothing is sent until then."),
            "callback": _("We call you on %s, as agreed.", day),
            "stopped": paused,
            "do_not_contact": paused,
            "our_side": _("We check something on our side first. Nothing is sent until then."),
            "below_minimum": _("The amount is small: we do not remind you of it for now."),
        }

    @api.model
    def _next_step_in_words(self, case):
        """The next step and its day. What is more than a reminder is not announced here: it comes with words of its own."""
        _ = self.env._
        step = case.pending_step_id or case.next_step_id
        day = case.next_action_date
        if not step or not day:
            return _("Is something not right? Tell us, and we look into it before anything else.")
        day = format_date(self.env, max(day, case.company_id._collection_today()), date_format="long")
        ending = _("unless you pay, tell us a day, or tell us that something is wrong")
        if step.letter_kind in ANNOUNCED:
            return _("A reminder on %(day)s, %(unless)s.", day=day, unless=ending)
        if not step.letter_kind and step.activity_type_id.category == "phonecall":
            return _("We call you on %(day)s, %(unless)s.", day=day, unless=ending)
        return _("We will contact you on %(day)s, %(unless)s.", day=day, unless=ending)

    # -- Our clock -----------------------------------------------------------------------------------------------

    @api.model
    def _owed(self, partner, company, words):
        """What we owe the customer: answers and what we promised, each with its day, and whether it is late."""
        account = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        disputes = self.env["collection.dispute"].search(
            [
                *account,
                "|",
                ("state", "in", OPEN),
                "&",
                ("commitment_date", "!=", False),
                ("commitment_done_on", "=", False),
            ],
            order="date_answer_due, id",
        )
        today = company._collection_today()
        owed = []
        for dispute in disputes:
            if dispute.state in OPEN and dispute.date_answer_due:
                owed.append(
                    {
                        "text": self.env._("Our answer about %s", self._disputed_items(dispute)),
                        "day": self.env._("by %s", words.date(dispute.date_answer_due)),
                        "is_late": dispute.date_answer_due < today,
                    }
                )
            if dispute.commitment and dispute.commitment_date and not dispute.commitment_done_on:
                owed.append(
                    {
                        "text": dispute.commitment,
                        "day": self.env._("by %s", words.date(dispute.commitment_date)),
                        "is_late": dispute.commitment_date < today,
                    }
                )
        return owed

    @api.model
    def _disputed_items(self, dispute):
        """The numbers of the items that a dispute is about."""
        return ", ".join(line._collection_number() for line in dispute.line_ids.item_id) or dispute.name
