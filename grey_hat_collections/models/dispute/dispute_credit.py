from itertools import product

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.misc import format_amount

from ..base.actions import open_form
from .dispute_states import ANSWERED

#: So many lines of a credit note are tried to give what was upheld to the cent.
LINES_TO_MEET = 4
CREDIT_XMLID = "grey_hat_collections.mail_activity_type_credit_note"


class CollectionDispute(models.Model):
    """The credit note for what we uphold: prepared by Odoo's own reversal, by whoever may, else asked of accounting."""

    _inherit = "collection.dispute"

    is_credit_prepared = fields.Boolean(
        compute="_compute_is_credit_prepared", compute_sudo=True, help="A draft credit note waits to be posted."
    )

    @api.depends("credit_note_ids.state")
    def _compute_is_credit_prepared(self):
        for dispute in self:
            dispute.is_credit_prepared = "draft" in dispute.credit_note_ids.mapped("state")

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
        self._withdraw_asked_by(CREDIT_XMLID)
        company = self.company_id
        accountant = company._collection_accountant() or company._collection_reviewer() or self.user_id
        reader = self._in_language_of(accountant).env
        summary = reader._(
            "Credit %(amount)s to %(customer)s (%(dispute)s)",
            amount=format_amount(reader, self.amount_to_credit, self.currency_id),
            customer=self.partner_id.name,
            dispute=self.name,
        )
        needed = self.env.ref(CREDIT_XMLID)
        self._ask(lambda dispute: {"activity_type_id": needed.id, "user_id": accountant.id, "summary": summary})

    def action_prepare_credit_notes(self):
        """Prepare a draft credit note for each invoice of which something is to be credited, by Odoo's own reversal. One that
        was taken back is corrected itself.
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in ANSWERED:
            raise UserError(self.env._("%s is not answered yet: decide on it first.", self.display_name))
        to_credit = {}
        for line in self.line_ids.filtered(lambda line: line.amount_waiting and line.move_id.state == "posted"):
            move = line.move_id
            to_credit[move] = to_credit.get(move, 0) + line.amount_waiting
        prepared = self.credit_note_ids.filtered(lambda note: note.state == "draft").reversed_entry_id
        notes = self.env["account.move"]
        for move, amount in to_credit.items():
            if move.is_invoice(include_receipts=True) and move not in prepared:
                notes |= self._prepare_credit_note(move, amount)
        dispute = self.sudo()  # asked for by the rules
        dispute._withdraw_asked_by(CREDIT_XMLID)
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
            self._meet(note, lines, amount)
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

    @api.model
    def _meet(self, note, lines, amount):
        """Rounding may have left a draft some cents off: its largest lines take them, as far as their taxes let them. To some
        amounts no price leads; what the credit note gives then counts as what we upheld.
        """

        def off():
            return note.currency_id.round(amount - note.amount_total)

        largest = lines.filtered("price_total").sorted(lambda line: -abs(line.price_total))[:LINES_TO_MEET]
        for line, more in product(largest, (1, 2)):
            if not (before := off()):
                return
            price = line.price_unit
            line.price_unit = price * (line.price_total + more * before) / line.price_total
            if abs(off()) >= abs(before):
                line.price_unit = price

    def action_open_credit_notes(self):
        """Show the credit notes that were prepared for this dispute."""
        self.ensure_one()
        notes = self.credit_note_ids
        title = self.env._("Credit Notes")
        if len(notes) == 1:
            return open_form(notes, title)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", notes.ids)],
        }

    def action_mark_credited(self):
        """What we upheld is in the books by another way, such as a credit note for several invoices. Accounting or a manager
        says so, because from then on what is left of the items is asked for.
        """
        self.check_access("write")
        may_say = self.env.user.has_group("grey_hat_collections.group_manager")
        if not may_say and not self.env["account.move"].has_access("create"):
            raise AccessError(
                self.env._(
                    "%s: only accounting or a collections manager can mark it as credited. Ask one of them.",
                    self[:1].display_name,
                )
            )
        disputes = self.filtered(lambda dispute: dispute.state in ANSWERED).sudo()  # written by the rules
        disputes.is_credited = True
        disputes._withdraw_asked_by(CREDIT_XMLID)
        disputes._account_changed()
        return True
