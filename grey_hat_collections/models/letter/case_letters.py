from odoo import fields, models

from ..base.activity_types import ADDRESS_XMLID, CALL_INSTEAD_XMLID, LETTER_XMLID


class CollectionCase(models.Model):
    """The letters of a case, and what they have to do with the life of its steps (``case/case_step.py``)."""

    _inherit = "collection.case"

    letter_ids = fields.One2many("collection.letter", "case_id", string="Letters")
    pending_letter_id = fields.Many2one(
        "collection.letter",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The letter of the step in progress; empty if a call or other work takes its place.",
        for_rules=True,
    )

    def write(self, vals):
        """What is no longer under way has no letter under way."""
        if "pending_step_id" in vals and not vals["pending_step_id"]:
            vals = {**vals, "pending_letter_id": False}
        return super().write(vals)

    # -- Begun ---------------------------------------------------------------------------------------------------

    def _ask_for_steps(self, amounts):
        """Queue the letters of the steps that have begun; call whom no letter would reach."""
        with_letter = self.filtered(lambda case: case.pending_step_id.letter_kind)
        delivery = with_letter.partner_id._collection_delivery()
        to_call = with_letter.filtered(lambda case: delivery[case.partner_id.id]["delivery_note"] == "call")
        (with_letter - to_call)._queue_step_letters(delivery, amounts)
        result = super()._ask_for_steps(amounts)
        if to_call:
            to_call._ask_to_call_instead()
            to_call._decide_later()  # says why it is a call
        return result

    def _queue_step_letters(self, delivery, amounts):
        """Queue the letters of the steps under way.

        :param delivery: how a letter reaches each customer; see ``res.partner._collection_delivery``
        :param amounts: see :meth:`_begin_steps`
        """
        for company, cases in self.grouped("company_id").items():
            vals_list = [
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": company.id,
                    "kind": case.pending_step_id.letter_kind,
                    "step_id": case.pending_step_id.id,
                    "round": case.round,
                    "amount": case.amount_chased,
                }
                for case in cases
            ]
            letters = self.env["collection.letter"]
            letters._ask_for_what_they_name(vals_list, company.currency_id, amounts)
            letters = letters._queue(vals_list, delivery, company.currency_id)
            self._bulk_write(
                ("pending_letter_id",), {case.id: (letter.id,) for case, letter in zip(cases, letters, strict=True)}
            )
            letters.filtered("to_approve").case_id._decide_later()  # says whom it waits for

    def _ask_to_call_instead(self):
        """Ask for a call in place of a letter that the customer would not get; done, it counts as the step. A step that
        asks for a call anyway needs no second one.
        """
        call = self.env.ref(CALL_INSTEAD_XMLID)
        silent = self.filtered(lambda case: case.pending_step_id.activity_type_id.category != "phonecall")
        silent._ask(
            lambda case: {
                "activity_type_id": call.id,
                "summary": case._in_language_of(case.user_id).env._(
                    "Call instead of “%s”: customer opted out of e-mails, and no postal address is on file",
                    case._in_language_of(case.user_id).pending_step_id.name,
                ),
                "user_id": case.user_id.id,
            }
        )

    def _step_activity_types(self):
        types = super()._step_activity_types()
        instead = self._activity_type(CALL_INSTEAD_XMLID)
        for case in self.filtered(lambda case: case.pending_step_id.letter_kind):
            types[case.id] |= instead
        return types

    # -- Under way -----------------------------------------------------------------------------------------------

    def _pending_letters(self):
        """Letters of the steps under way that have not gone out, whether they wait or failed."""
        if not self:
            return self.env["collection.letter"]
        letters = self.filtered("pending_step_id").pending_letter_id
        letters.fetch(
            ["case_id", "create_date", "handover_at", "send_after", "state", "step_id", "to_approve", "write_date"]
        )
        return letters.filtered(lambda letter: letter.state in ("queued", "failed"))

    def _with_work_left(self):
        waiting = {letter.case_id.id for letter in self._pending_letters()}
        return super()._with_work_left() | waiting | self._without_last_call()

    def _out_of_hand(self):
        """A letter that is with the mail server at this moment cannot be had back: its step is taken when the mail server has
        answered.
        """
        leaving = self._pending_letters().filtered(lambda letter: letter._is_leaving())
        return super()._out_of_hand() | leaving.case_id

    def _give_up_work(self, reason):
        self._pending_letters()._cancel(reason)
        return super()._give_up_work(reason)

    def _letter_facts(self):
        """What the engine has to know of the letters under way: names and values of its facts by case id."""
        facts = {}
        for letter in self._pending_letters():
            day_of = letter.case_id.company_id._collection_date
            if letter.to_approve:
                facts[letter.case_id.id] = {"letter_to_approve": day_of(letter.create_date)}
            elif letter.state == "queued":
                facts[letter.case_id.id] = {"letter_queued_for": day_of(letter.send_after)}
            else:
                facts[letter.case_id.id] = {"letter_failed_on": day_of(letter.write_date)}
        return facts

    # -- Taken ---------------------------------------------------------------------------------------------------

    def _complete_sent_steps(self):
        """Complete the steps whose letter has left the house, should the work have been cut short in between."""
        self.pending_letter_id.fetch(["state"])
        self.filtered(lambda case: case.pending_letter_id.state == "sent")._complete_steps()._note_attempt()

    def _complete_interrupted_steps(self):
        """Complete the steps whose letter left the house when the work was cut short, and see what comes next."""
        self._complete_sent_steps()
        taken = self.filtered(lambda case: not case.pending_step_id)
        taken._withdraw_asked_by(ADDRESS_XMLID, LETTER_XMLID)
        taken._decide_later()

    def _named_in_writing(self):
        """A letter has named what its lines say."""
        letters = self.pending_letter_id.filtered(lambda letter: letter.state == "sent")
        for letter in letters.filtered(lambda one: not one.line_ids):
            letter._note_lines()  # it left without having been printed here
        return super()._named_in_writing() | {
            letter.case_id.id: (
                {"letter_id": letter.id},
                [(line.item_id.id, line.step_id.id) for line in letter.line_ids if line.item_id and line.step_id],
            )
            for letter in letters
        }

    # -- Taken back ----------------------------------------------------------------------------------------------

    def _message_receive_bounce(self, email, partner):
        """The customer's mail server returned a letter that had left the house: nobody was warned by it."""
        result = super()._message_receive_bounce(email, partner)
        if not self.env.context.get("collection_report"):  # see letter/mail_thread.py
            for case in self.sudo():  # an incoming message may be handled with the rights of a guest
                sent = case.letter_ids.filtered(lambda letter: letter.state == "sent" and letter.channel == "email")
                sent.filtered(lambda letter: email in letter._emails_used())[:1]._note_returned({email})
        return result

    def _note_returned(self, letter, told):
        """``letter`` did not arrive; its step comes again if it was the last, unless the same letter is in the post."""
        if letter._is_in_post():
            self._ask_to_check_address(told)
            return
        if letter.round == self.round and self.state == "open":
            self._take_back_notice(letter)
            self._take_back_step(letter)
        letter._fail(told)

    def _take_back_step(self, letter):
        """``letter`` did not reach the customer after all: its step is under way again, unless another one is already."""
        self.ensure_one()
        ladder = self.policy_id.step_ids
        if self.pending_step_id or letter.step_id not in ladder or not self._is_last_word(letter):
            return
        values = {
            "pending_step_id": letter.step_id.id,
            "pending_letter_id": letter.id,
            "unanswered_count": max(0, self.unanswered_count - 1),
        }
        self._take_back_marks(letter)
        if letter.step_id == self.step_id and not self._has_item_at(letter.step_id):
            values["step_id"] = self.policy_id._step_before(letter.step_id).id
        self.write(values)

    def _take_back_marks(self, letter):
        """``letter`` has not reached the customer: it has named nothing."""
        self.env["collection.mark"].sudo().search([("letter_id", "in", letter.ids)]).unlink()  # made by the rules only

    def _take_up_step(self, letter):
        """``letter`` waits to be sent again: so is its step under way, unless another one is."""
        cases = self.filtered(lambda case: case.state == "open" and not case.pending_step_id)
        cases.filtered(lambda case: letter.step_id in case.policy_id.step_ids).write(
            {"pending_step_id": letter.step_id.id, "pending_letter_id": letter.id}
        )

    def _is_last_word(self, letter):
        """Whether no later step has named what ``letter`` has."""
        self.ensure_one()
        named = self.env["collection.mark"].sudo().search([("letter_id", "=", letter.id)])  # read by the rules
        latest = named._latest(named.mapped("item_id"))
        if not named:
            return letter.step_id == self.step_id
        return any(latest[one.item_id][0] == one.step_id.id for one in named)

    # -- Asking people -------------------------------------------------------------------------------------------

    def _ask_to_check_address(self, reason):
        """Tell the collector that nothing can be delivered to this customer."""
        self._ask_anew(ADDRESS_XMLID, reason)

    def _ask_to_see_to_letter(self, reason):
        """Tell the collector that a letter could not be made."""
        self._ask_anew(LETTER_XMLID, reason)
