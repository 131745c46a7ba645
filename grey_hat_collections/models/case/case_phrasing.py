import logging

from odoo import api, models
from odoo.tools.misc import format_amount, format_date

from ..base.odd_json import as_dict

_logger = logging.getLogger(__name__)

#: Reasons that wait for something outside: on the day announced, a person looks.
LOOKED_AT = {
    "below_minimum",
    "covered",
    "disputed",
    "do_not_contact",
    "ladder_done",
    "no_policy",
    "not_warned",
    "on_hold",
    "referred",
    "released",
    "stopped",
    "under_way",
}

#: Details of a decision that are names; other text is a day.
NAMES = ("agency", "check", "subject")


class CollectionCase(models.Model):
    """The reason of a decision as a sentence, in the language of whoever reads it."""

    _inherit = "collection.case"

    @api.model
    def _decision_sentences(self):
        """One sentence for each reason. ``step`` is the next step; what else may be named is in its ``Decision``."""
        _ = self.env._
        return {
            "settled": _("Settled: nothing is overdue."),
            "settled_but_for": _("Closed: the remaining amount is too small to chase."),
            "on_hold": _("On hold until %(until)s: %(hold_reason)s"),
            "released": _("Hold ended, please review: from tomorrow the next step is “%(step)s”."),
            "released_until": _("Hold ended, please review: after %(look_day)s the next step is “%(step)s”."),
            "promise_missed": _(
                "A promise was not kept in full. Call before anything else, due on %(when)s; “%(step)s” waits."
            ),
            "reply_unread": _("The customer replied on %(since)s. Nothing is sent until someone has read it."),
            "callback": _("Waiting: we agreed to call the customer on %(when)s."),
            "call_again": _("No answer yet. The next attempt is on %(when)s; then “%(step)s” follows."),
            "referred": _("With %(agency)s since %(since)s: the agency acts for us."),
            "covered": _("Waiting: all that is overdue is promised, disputed, under way or covered by credits."),
            "promised": _("Waiting: %(amount_promised)s promised for %(promise_date)s."),
            "promised_in_parts": _(
                "Waiting: %(amount_promised)s is promised, %(amount_next)s of it for %(promise_date)s."
            ),
            "promise_past": _(
                "Waiting: %(amount_promised)s was promised and has not arrived yet; the plan is still active."
            ),
            "disputed": _("Waiting for our answer: %(amount_disputed)s is disputed."),
            "disputed_until": _(
                "Waiting for our answer, due on %(when)s: %(amount_disputed)s is disputed. Chasing is paused until we answer."
            ),
            "new_due_date": _("Waiting: after our answer, %(amount_disputed)s is due on %(when)s."),
            "stopped": _("No automatic letters or calls since %(since)s: %(reason)s. A person decides."),
            "our_side": _("“%(step)s” is on hold: %(finding)s"),
            "under_way": _("Waiting: a payment of %(amount_under_way)s is under way."),
            "below_minimum": _("Waiting: %(amount_chased)s is below the minimum of %(amount_minimum)s for “%(step)s”."),
            "do_not_contact": _("Not contacted: the customer asked us not to. “%(step)s” would be due."),
            "to_approve": _("“%(pending_step)s” has been waiting for approval since %(since)s."),
            "letter_queued": _("“%(pending_step)s” is ready and will be sent on %(when)s."),
            "letter_failed": _("“%(pending_step)s” could not be delivered. Check the address, then send it again."),
            "activity_pending": _("“%(pending_step)s” is waiting to be done, due on %(when)s."),
            "call_instead": _(
                "“%(pending_step)s” must be done by phone, due on %(when)s: customer opted out of e-mails, and no postal "
                "address is on file."
            ),
            "answered": _("Waiting: the customer replied on %(since)s. “%(step)s” is due on %(when)s at the earliest."),
            "contact_budget": _(
                "Waiting: limit reached with %(count)s contacts in %(days)s days. “%(step)s” is due on %(when)s."
            ),
            "closed_day": _("“%(step)s” is due; contacts resume on %(when)s."),
            "not_yet_due": _("Waiting: “%(step)s” is due on %(when)s."),
            "too_soon": _(
                "Waiting: after “%(last_step)s” on %(since)s the customer has until %(when)s, then “%(step)s” is due."
            ),
            "not_warned": _(
                "“%(step)s” waits: no final notice was sent before it. Move the card back to a milder stage; the policy needs a "
                "final notice before this step."
            ),
            "step_due": _("“%(step)s” is due: overdue since %(since)s."),
            "ladder_done": _("All steps have been taken. A person decides how to proceed."),
            "no_policy": _("No policy applies to this customer. Choose one, so that there is a next step."),
        }

    @api.depends(
        "decision_code",
        "decision_details",
        "hold_reason",
        "next_step_id",
        "pending_step_id",
        "released_on",
        "step_id",
    )
    @api.depends_context("lang")
    def _compute_decision(self):
        sentences = self._decision_sentences()
        for case in self:
            code, details = case.decision_code, as_dict(case.decision_details)
            if code == "promised" and "promise_date" not in details:
                code = "promise_past"  # the last instalment of a plan, within its days of grace
            elif code == "promised" and "amount_next" in details:
                code = "promised_in_parts"
            elif code == "activity_pending" and not case.pending_step_id.activity_type_id:
                code = "call_instead"
            elif code == "released" and case.released_on and case.released_on > case.company_id._collection_today():
                code = "released_until"
            elif code == "disputed" and "when" in details:
                code = "disputed_until"
            elif code == "settled" and "remnant" in details:
                code = "settled_but_for"
            sentence = sentences.get(code)
            if sentence:
                case.decision = sentence % case._decision_words()
            else:
                case.decision = self.env._("New: will be reviewed in the next daily run.")

    @api.depends("decision_code", "next_step_id", "pending_step_id", "state")
    @api.depends_context("lang")
    def _compute_next_action(self):
        named = {
            "promise_missed": self.env._("Ask about the promise"),
            "reply_unread": self.env._("Read the reply"),
            "callback": self.env._("Call as agreed"),
            "call_again": self.env._("Call again"),
            "promised": self.env._("Check whether the payment has arrived"),
            "our_side": self.env._("Check our side"),
            "to_approve": self.env._("Approve the letter"),
            "new_due_date": self.env._("Check whether the payment has arrived"),
        }
        for case in self:
            if case.state == "closed":
                case.next_action = False
            elif case.decision_code == "letter_failed":
                case.next_action = self.env._("Check the address")
            elif case.decision_code in named:
                case.next_action = named[case.decision_code]
            elif case.decision_code in LOOKED_AT:
                case.next_action = self.env._("Review case")
            elif case.decision_code == "activity_pending" and not case.pending_step_id.activity_type_id:
                case.next_action = self.env._("Call instead of writing")
            elif case.pending_step_id:
                case.next_action = case.pending_step_id.activity_summary or case.pending_step_id.name
            else:
                case.next_action = case.next_step_id.name or self.env._("Review case")

    def _decision_words(self):
        """The words of the sentence: amounts, dates and names as the reader writes them."""
        self.ensure_one()
        words = {
            "step": (self.next_step_id or self._following_step()).name or self.env._("Review"),
            "pending_step": self.pending_step_id.name or self.next_step_id.name or "",
            "last_step": self.step_id.name or "",
            "hold_reason": self.hold_reason or "",
            "look_day": format_date(self.env, self.released_on, date_format="long"),
        }
        for name, value in as_dict(self.decision_details).items():
            try:
                words[name] = self._detail_in_words(name, value)
            except (ArithmeticError, TypeError, ValueError):
                _logger.warning("%s: %s of its decision is %r", self, name, value)
        return _Words(words)

    def _detail_in_words(self, name, value):
        if name in NAMES:
            return value
        if name.startswith("amount"):
            return format_amount(self.env, float(value), self.currency_id)
        return format_date(self.env, value, date_format="long") if isinstance(value, str) else value


class _Words(dict):
    """Words of a sentence; one that is not known is left blank rather than breaking a screen."""

    def __missing__(self, key):
        return "…"
