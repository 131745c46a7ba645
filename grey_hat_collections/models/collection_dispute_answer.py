from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.misc import format_amount, format_date

from ..engine import disputes as engine
from .collection_dispute import ANSWERED, OPEN
from .exact import exact

ANSWER_XMLID = "grey_hat_collections.mail_activity_type_dispute"
COMMITMENT_XMLID = "grey_hat_collections.mail_activity_type_commitment"
LATE_XMLID = "grey_hat_collections.mail_activity_type_late_answer"
CREDIT_XMLID = "grey_hat_collections.mail_activity_type_credit_note"

#: Working days that a customer has to pay what was not upheld, as proposed.
NEW_DUE_DAYS = 10


class CollectionDispute(models.Model):
    """Our side of a dispute: who is asked, when that is late, what we answer, and what follows for the customer."""

    _inherit = "collection.dispute"

    is_credit_prepared = fields.Boolean(
        compute="_compute_is_credit_prepared", compute_sudo=True, help="A draft credit note waits to be posted."
    )

    @api.depends("credit_note_ids.state")
    def _compute_is_credit_prepared(self):
        for dispute in self:
            dispute.is_credit_prepared = "draft" in dispute.credit_note_ids.mapped("state")

    # -- From the first day on -----------------------------------------------------------------------------------

    def _begin(self):
        """Ask for an answer, and leave in peace what is disputed. Needs superuser mode."""
        self._ask_owner()
        for case, disputes in self.filtered("case_id").grouped("case_id").items():
            for dispute in disputes:
                case._message_log(body=dispute._headline())

    def _headline(self):
        """The dispute in a line, with a link, for the chatter of its case."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return Markup("%s: %s, %s. %s") % (
            self._get_html_link(title=self.name),
            kinds[self.kind],
            format_amount(self.env, self.amount, self.currency_id),
            self.description,
        )

    def _account_changed(self):
        """Bring figures and decisions of these customers up to date. Needs superuser mode."""
        cases = self.env["collection.case"]
        for company, disputes in self.grouped("company_id").items():
            cases._refresh(company, disputes.partner_id)
        self.case_id.exists()._decide()

    def _ask_owner(self):
        """One activity to answer, and one to do what we promised, each for whoever answers. Needs superuser mode."""
        self._withdraw_activities(ANSWER_XMLID, COMMITMENT_XMLID)
        for dispute in self:
            owner = dispute.user_id
            reader = dispute.with_context(lang=owner.lang or self.env.lang).env
            if dispute.state in OPEN:
                dispute._ask(
                    ANSWER_XMLID,
                    owner,
                    reader._(
                        "Answer %(customer)s: %(dispute)s", customer=dispute.partner_id.name, dispute=dispute.name
                    ),
                    dispute.date_answer_due,
                )
            if dispute.commitment_state == "open" and dispute.state != "withdrawn":
                dispute._ask(COMMITMENT_XMLID, owner, dispute.commitment, dispute.commitment_date)

    def _ask(self, xmlid, user, summary, deadline=None):
        """Ask ``user`` for something about this dispute, without a mail."""
        self.ensure_one()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            xmlid,
            date_deadline=deadline or self.company_id._collection_today(),
            summary=summary,
            user_id=user.id or self.env.uid,
            automated=True,
        )

    def _withdraw_activities(self, *xmlids):
        """Take back what was asked for by the rules and is not needed any more. Needs superuser mode."""
        kinds = self.env["mail.activity.type"].union(*(self.env.ref(xmlid) for xmlid in xmlids))
        self.activity_ids.filtered(lambda one: one.automated and one.activity_type_id in kinds).unlink()

    @api.model
    def _tell_of_late_answers(self, companies):
        """Part of the daily run: an answer of ours that is late goes to the manager of whoever owes it, once for each day
        that was set. The customer's clock does not run meanwhile.
        """
        late = self.search(self._domain_late(companies)).filtered(
            lambda dispute: dispute.late_told_for != dispute.date_answer_due
        )
        late._withdraw_activities(LATE_XMLID)
        for dispute in late:
            manager = dispute._manager()
            reader = dispute.with_context(lang=manager.lang or self.env.lang).env
            dispute._ask(
                LATE_XMLID,
                manager,
                reader._(
                    "%(owner)s owes %(customer)s an answer since %(date)s (%(dispute)s). Help, or answer yourself",
                    owner=dispute.user_id.name,
                    customer=dispute.partner_id.name,
                    date=format_date(reader, dispute.date_answer_due),
                    dispute=dispute.name,
                ),
            )
            dispute.late_told_for = dispute.date_answer_due

    def _manager(self):
        """Who is told when the answer is late: the manager named for the kind, else the reviewing manager of collections."""
        self.ensure_one()
        level = self.env["collection.service.level"]._level_of(self.kind, self.company_id)
        return level.manager_id or self.company_id.collection_manager_id or self.case_id.user_id or self.user_id

    # -- The answer ----------------------------------------------------------------------------------------------

    def _answer(self, upheld, finding, date_due_new=None, write_letter=True):
        """Give our answer: the case comes back for a look, what we uphold is credited, the rest is due anew.

        :param dict upheld: what we uphold of each line, in the line's currency; what is not named is rejected
        :param str finding: what we found, in words that the customer reads
        :param datetime.date date_due_new: by then the rest is to be paid; needed unless all is upheld
        :param bool write_letter: send the customer our answer
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in OPEN:
            raise UserError(self.env._("%s was answered already. Reopen it to change the answer.", self.display_name))
        amounts = {line: upheld.get(line, 0) for line in self.line_ids}
        for line, amount in amounts.items():
            if not amount >= 0 or line.currency_id.compare_amounts(amount, line.amount) > 0:
                raise UserError(
                    self.env._(
                        "%(item)s: what we uphold lies between nothing and %(disputed)s, which is disputed.",
                        item=line.number,
                        disputed=format_amount(self.env, line.amount, line.currency_id),
                    )
                )
        disputed = sum(exact(line.amount) for line in amounts)
        verdict = engine.verdict(disputed, sum(exact(amount) for amount in amounts.values()))
        today = self.company_id._collection_today()
        if verdict is engine.Verdict.UPHELD:
            date_due_new = None
        elif not date_due_new or date_due_new < today:
            raise UserError(
                self.env._(
                    "%s: enter a new due date from today on, so that the customer has time to pay the rest.",
                    self.display_name,
                )
            )
        dispute = self.sudo()  # the answer is written by the rules; access was checked
        for line, amount in amounts.items():
            line.sudo().amount_upheld = amount
        dispute.write(
            {
                "state": verdict.value,
                "finding": finding,
                "date_due_new": date_due_new,
                "date_decided": today,
                "decided_by_id": self.env.uid,
            }
        )
        dispute._withdraw_activities(ANSWER_XMLID, LATE_XMLID)
        self._see_to_credit()
        dispute._case_comes_back()
        if dispute.case_id and verdict is not engine.Verdict.REJECTED:
            dispute.case_id._take_steps_back(1, self.env._("A dispute was answered in the customer's favour."))
        if write_letter:
            dispute._queue_letter()
        dispute._account_changed()

    def _case_comes_back(self):
        """The pause is over: a day for a look before any step. Needs superuser mode."""
        self.case_id._abandon_step(self.env._("The dispute was answered."))
        self.case_id._grant_a_look()

    def _queue_letter(self):
        """Write our answer to the customer. Needs superuser mode."""
        self.ensure_one()
        self.letter_id = self.env["collection.letter"].create(
            {
                "case_id": self.case_id.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "kind": "verdict",
                "dispute_id": self.id,
                "amount": self.amount - self.amount_upheld,
            }
        )

    def action_answer(self):
        """Open the dialog in which we decide and answer."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer %s", self.name),
            "res_model": "collection.dispute.verdict",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_withdraw(self):
        """The customer takes it back: nothing was wrong. A day is left for a look before anything is asked for."""
        self.check_access("write")
        for dispute in self:
            if dispute.state not in OPEN:
                raise UserError(
                    self.env._("%s was answered already. There is nothing to withdraw.", dispute.display_name)
                )
        disputes = self.sudo()  # states are written by the rules; access was checked
        for company, of_company in disputes.grouped("company_id").items():
            of_company.write(
                {
                    "state": "withdrawn",
                    "date_decided": company._collection_today(),
                    "decided_by_id": self.env.uid,
                }
            )
        disputes._withdraw_activities(ANSWER_XMLID, COMMITMENT_XMLID, LATE_XMLID)
        disputes._case_comes_back()
        disputes._account_changed()
        return True

    def action_reopen(self):
        """The answer was wrong, or the customer insists: the clock is on us again. A credit note that was prepared stays."""
        self.check_access("write")
        closed = self.filtered(lambda dispute: dispute.state not in OPEN)
        disputes = closed.sudo()  # states are written by the rules; access was checked
        disputes.letter_id.filtered(lambda letter: letter.state == "queued")._cancel(
            self.env._("The dispute was reopened.")
        )
        disputes.line_ids.amount_upheld = 0
        for company, of_company in disputes.grouped("company_id").items():
            of_company.write(
                {
                    "state": "in_progress",
                    "date_decided": False,
                    "decided_by_id": False,
                    "date_due_new": False,
                    "is_credited": False,
                    "letter_id": False,
                    "date_answer_due": company._collection_working_day(1),
                }
            )
        disputes._withdraw_activities(CREDIT_XMLID)
        disputes._ask_owner()
        cases = disputes.env["collection.case"]  # one that has followed a settled one takes the dispute up
        cases.union(*cases._open_cases_of(disputes.partner_id, disputes.company_id).values())._take_up_disputes()
        disputes._account_changed()
        return True

    def action_commitment_done(self):
        """We did what we promised the customer."""
        self.check_access("write")
        for company, disputes in self.sudo().grouped("company_id").items():  # written by the rules; access was checked
            waiting = disputes.filtered(lambda dispute: dispute.commitment_state == "open")
            waiting.commitment_done_on = company._collection_today()
            waiting._withdraw_activities(COMMITMENT_XMLID)
        self.sudo().case_id._decide()
        return True

    # -- The credit note -----------------------------------------------------------------------------------------

    def _see_to_credit(self):
        """Prepare credit notes for what we uphold, with the rights of the user; else ask accounting to."""
        self.ensure_one()
        if not self.sudo().amount_to_credit:  # in company currency, of items the owner may not read
            return
        if self.env["account.move"].has_access("create"):
            self.action_prepare_credit_notes()
        else:
            self.sudo()._ask_accounting()

    def _ask_accounting(self):
        """Ask whoever keeps the books for a credit note. Needs superuser mode."""
        self._withdraw_activities(CREDIT_XMLID)
        accountant = self.company_id._collection_accountant() or self.company_id.collection_manager_id or self.user_id
        reader = self.with_context(lang=accountant.lang or self.env.lang).env
        summary = reader._(
            "Credit %(amount)s to %(customer)s (%(dispute)s)",
            amount=format_amount(reader, self.amount_to_credit, self.currency_id),
            customer=self.partner_id.name,
            dispute=self.name,
        )
        self._ask(CREDIT_XMLID, accountant, summary)

    def action_prepare_credit_notes(self):
        """Prepare a draft credit note for each invoice of which something is to be credited, by Odoo's own reversal. One that
        was taken back is corrected itself.
        """
        self.ensure_one()
        self.check_access("read")
        to_credit = {}
        for line in self.line_ids.filtered(lambda line: line.amount_waiting and line.move_id.state == "posted"):
            move = line.move_id
            to_credit[move] = to_credit.get(move, 0) + line.amount_waiting
        prepared = self.credit_note_ids.filtered(lambda note: note.state == "draft").reversed_entry_id
        notes = self.env["account.move"]
        for move, amount in to_credit.items():
            if self.state in ANSWERED and move.is_invoice(include_receipts=True) and move not in prepared:
                notes |= self._prepare_credit_note(move, amount)
        dispute = self.sudo()  # asked for by the rules
        dispute._withdraw_activities(CREDIT_XMLID)
        if any(not move.is_invoice(include_receipts=True) for move in to_credit):
            dispute._ask_accounting()  # an opening balance has no credit note: a person corrects the books
        return self.action_open_credit_notes() if self.credit_note_ids else True

    def _prepare_credit_note(self, move, amount):
        """A draft that credits ``amount`` of an invoice, by Odoo's own reversal.

        Of a part, the lines are scaled so that taxes follow; accounting sees what it is about and may write it otherwise.
        """
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"reason": f"{kinds[self.kind]} ({self.name})", "journal_id": move.journal_id.id})
        )
        reversal.refund_moves()
        note = reversal.new_move_ids
        note.collection_dispute_id = self
        if move.currency_id.compare_amounts(amount, note.amount_total) < 0:
            lines = note.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            share = amount / note.amount_total
            note.invoice_line_ids = [Command.update(line.id, {"price_unit": line.price_unit * share}) for line in lines]
        note.message_post(
            body=self.env._(
                "Prepared for %(dispute)s: %(amount)s of %(invoice)s is to be credited. %(finding)s",
                dispute=self._get_html_link(),
                amount=format_amount(self.env, amount, move.currency_id),
                invoice=move.name,
                finding=self.finding or "",
            )
        )
        return note

    def action_open_credit_notes(self):
        """Show the credit notes that were prepared for this dispute."""
        self.ensure_one()
        notes = self.credit_note_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", notes.ids)],
        }
        return action | {"view_mode": "form", "res_id": notes.id} if len(notes) == 1 else action

    def action_mark_credited(self):
        """What we upheld is in the books by another way, such as a credit note for several invoices. Accounting or a manager
        says so, because from then on what is left of the items is asked for.
        """
        self.check_access("write")
        may_say = self.env.user.has_group("grey_hat_collections.group_manager")
        if not may_say and not self.env["account.move"].has_access("create"):
            raise AccessError(
                self.env._(
                    "%s: only accounting or a collections manager can say that it is credited. Ask one of them.",
                    self[:1].display_name,
                )
            )
        disputes = self.filtered(lambda dispute: dispute.state in ANSWERED).sudo()  # written by the rules
        disputes.is_credited = True
        disputes._withdraw_activities(CREDIT_XMLID)
        disputes._account_changed()
        return True
