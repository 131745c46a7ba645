from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.misc import format_amount, format_date

from ...engine.decision import Reason
from ...engine.guide import Call, compose
from ..base.printed import printed
from ..dispute.dispute_states import OPEN
from ..ledger.account_key import account_key, by_account

#: So many contacts without an answer are a situation of their own; after one reminder silence is quite usual.
SEVERAL = 2

#: A kept promise is thanked for in a call within so many days.
RECENT_DAYS = 30

#: Kinds of stage at which others speak for us, or nothing is left to say: lines for every stage are not meant for them.
SILENT_KINDS = ("referred", "settled")

#: What the state of a promise means to the guide.
PROMISE_SITUATIONS = {
    "open": "promise_open",
    "kept": "promise_kept",
    "light": "promise_light",
    "broken": "promise_missed",
}


class CollectionCase(models.Model):
    """What to say in a call: the lines of the guide that fit the case, with its own figures in them."""

    _inherit = "collection.case"

    call_guide = fields.Html(
        compute="_compute_call_guide",
        help="What to say, ask and know in this call. Collections managers maintain the lines: Configuration, Call Guide.",
    )

    @api.depends(
        "note_ids.mood",
        "dispute_ids.state",
        "promise_ids.amount",
        "promise_ids.date_promised",
        "promise_ids.state",
        "amount_chased",
        "amount_credit",
        "amount_under_way",
        "decision_code",
        "hold_until",
        "is_first_case",
        "last_contact_date",
        "last_reply_date",
        "oldest_due_date",
        "partner_id",
        "reason_id",
        "stage_id",
        "state",
        "unanswered_count",
    )
    @api.depends_context("lang", "uid")
    def _compute_call_guide(self):
        guide = self.env["collection.guide.line"]
        lines = guide.search([]).grouped("company_id")
        shared = lines.get(self.env["res.company"], guide)
        told = {company: (shared | lines.get(company, guide))._guide_lines() for company in self.company_id}
        order = guide._fields["situation"].get_values(self.env)
        situations = self._guide_situations()
        oldest = self._guide_oldest_invoices()
        for case in self:
            words = case._guide_words()
            call = Call(
                stage=case.stage_id.id,
                words={**words, "oldest_invoice": oldest.get(case.id)},
                situations=sorted(situations[case.id], key=order.index),
                mood=case._guide_mood(),
                ours=case.stage_id.kind not in SILENT_KINDS,
                asks="amount" in words,
            )
            page = case._guide_page(compose(told.get(case.company_id, ()), call), call.mood)
            case.call_guide = (case._guide_reason() + (page or Markup())) or False

    # -- What the case knows -------------------------------------------------------------------------------------

    def _guide_situations(self):
        """The situations of each case, by id of the case; values of ``collection.guide.line.situation``.

        :rtype: dict[int, set[str]]
        """
        known = {}
        for case in self:
            signs = {
                "our_side": case.decision_code == Reason.OUR_SIDE.value,
                "disputed": any(dispute.state in OPEN for dispute in case.dispute_ids),
                "on_hold": case.state == "hold",
                "letter_returned": case.decision_code == "letter_failed",
                "under_way": case.amount_under_way > 0,
                "answered": case.last_reply_date and not case.unanswered_count,
                "credit": case.amount_credit > 0,
                "unanswered": case.unanswered_count >= SEVERAL,
                "first_time": case.is_first_case,
            }
            promise = case._guide_promise()
            promised = PROMISE_SITUATIONS.get(promise[3]) if promise else None
            known[case.id] = {name for name, holds in signs.items() if holds} | ({promised} if promised else set())
        return known

    def _guide_promise(self):
        """The promise that the call is about: (amount, currency, date, state), or None.

        Of several that are open, the next one; else the last one that was given, unless it was kept long ago.
        """
        self.ensure_one()
        given = self.promise_ids.filtered(lambda promise: promise.state != "withdrawn")
        running = given.filtered(lambda promise: promise.state == "open").sorted("date_promised")
        promise = running[:1] or given.sorted(lambda promise: (promise.date_made, promise.id))[-1:]
        if promise.state == "kept":
            age = self.company_id._collection_today() - promise.date_received
            promise = promise if age.days <= RECENT_DAYS else promise.browse()
        if not promise:
            return None
        missing = promise.amount_outstanding if promise.state == "broken" else promise.amount
        return missing, promise.currency_id, promise.date_promised, promise.state

    def _guide_mood(self):
        """The customer's mood in the last conversation, a value of ``collection.guide.line.mood``, or None."""
        self.ensure_one()
        return self.note_ids.filtered("mood")[:1].mood or None

    def _guide_oldest_invoices(self):
        """The number of the oldest item that is asked for, by id of the case.

        :rtype: dict[int, str]
        """
        owed = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id)
        items = {
            account: of_account[0].id
            for account, of_account in by_account(one for one in owed if one.chased > 0).items()
        }
        numbers = {line.id: printed(line.move_name) for line in self.env["account.move.line"].browse(items.values())}
        keys = {case.id: account_key(case) for case in self}
        return {case_id: numbers[items[key]] for case_id, key in keys.items() if key in items}

    def _guide_words(self):
        """The words in braces as the reader writes them; without those that have nothing to say.

        On hold, or left to people, nothing is asked for, so ``amount`` is silent then. ``contact`` is a person: nobody says
        hello to a company.
        """
        self.ensure_one()
        contact = self.contact_id
        asks = self.state == "open" and not self._left_to_people_since() and self.decision_code != Reason.OUR_SIDE.value
        disputes = self.dispute_ids.filtered(lambda dispute: dispute.state in OPEN)
        amount, currency, day, _state = self._guide_promise() or (0, self.currency_id, None, None)
        money = {
            "amount": (self.amount_chased if asks else 0, self.currency_id),
            "credit": (self.amount_credit, self.currency_id),
            "under_way": (self.amount_under_way, self.currency_id),
            "disputed": (sum(disputes.mapped("amount")), self.currency_id),
            "promise_amount": (amount, currency),
        }
        days = {
            "oldest_due": self.oldest_due_date,
            "last_contact": self.last_contact_date,
            "last_reply": self.last_reply_date,
            "hold_until": self.hold_until,
            "promise_date": day,
        }
        words = {
            "contact": not contact.is_company and printed(contact.name),
            "customer": printed(self.partner_id.name),
            "collector": printed(self.env.user.name),
            "company": printed(self.company_id.name),
            "days_overdue": self.days_overdue and str(self.days_overdue),
            "unanswered": self.unanswered_count and str(self.unanswered_count),
            **{name: format_date(self.env, day, date_format="long") for name, day in days.items() if day},
            **{
                name: format_amount(self.env, value, unit)
                for name, (value, unit) in money.items()
                if unit.compare_amounts(value, 0) > 0
            },
        }
        return {name: word for name, word in words.items() if word}

    # -- The page ------------------------------------------------------------------------------------------------

    def _guide_page(self, composed, mood):
        """The texts of each section (plain text) as HTML: what is said on one side, what helps on the other.

        What to do with an angry customer is folded away until it is needed; after an angry conversation it is open.
        """
        if not composed:
            return False
        headings = dict(self.env["collection.guide.line"]._fields["section"]._description_selection(self.env))
        parts = {section: self._guide_list(texts) for section, texts in composed.items()}
        shown = Markup("<p class='o_collection_guide_heading'>%s</p>%s")
        folded = Markup("<details><summary class='o_collection_guide_heading'>%s</summary>%s</details>")
        pages = {
            section: (folded if section == "angry" and mood != "angry" else shown) % (headings[section], part)
            for section, part in parts.items()
        }
        column = Markup("<div class='col-md-6'>%s</div>")
        sides = [("opening", "question"), ("facts", "angry")]
        return Markup("<div class='row'>%s</div>") % Markup().join(
            column % Markup().join(pages[section] for section in side if section in pages)
            for side in sides
            if any(section in pages for section in side)
        )

    def _guide_reason(self):
        """What helps where the customer has given a reason, as HTML: it stands before all else while we speak to them."""
        self.ensure_one()
        reason = self.reason_id
        if not reason or self.stage_id.kind in SILENT_KINDS:
            return Markup()
        texts = [reason.guide] if reason.guide else []
        if reason.plan_first and self.plan_state not in ("draft", "active"):
            texts.append(self.env._("Offer a payment plan first: choose Make a Plan."))
        heading = Markup("<p class='o_collection_guide_heading'>%s</p>") % reason.name
        return heading + (self._guide_list(texts) if texts else Markup())

    @api.model
    def _guide_list(self, texts):
        """Texts as a list, a single one without a bullet; whatever they hold is escaped."""
        lines = (Markup("<br>").join(text.splitlines()) for text in texts)
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("<ul class='%s'>%s</ul>") % ("list-unstyled" if len(texts) == 1 else "", items)
