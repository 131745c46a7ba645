from odoo import fields, models
from odoo.exceptions import UserError

from .mail_piece import IN_POST, moment_of


class CollectionLetter(models.Model):
    """Letters in the post: those on paper, and final notices that go by e-mail as well."""

    _inherit = "collection.letter"

    piece_ids = fields.One2many("collection.mail.piece", "letter_id", string="Mail Pieces", readonly=True)

    # -- Becoming a mail piece ----------------------------------------------------------------------------------------

    def _goes_by_post(self):
        """Whether this letter is mailed: it is on paper, or a final notice whose mailing the company wants to prove."""
        self.ensure_one()
        return self.channel == "post" or (self.kind == "final_notice" and self.company_id.collection_post_final_notice)

    def _prepare_mail_piece(self):
        """The PDF is about to be made: this letter waits to be mailed, to the address of today. Needs superuser mode."""
        self.ensure_one()
        if self.state != "queued" or self._is_in_post():
            return
        waiting = self.piece_ids.filtered(lambda piece: piece.state == "to_mail")
        values = self._mail_piece_values() if self._goes_by_post() else None
        if not values:
            waiting._cancel(self.env._("The letter no longer goes by postal mail."))
            return
        values |= self._said_on_paper()[self.id]
        if waiting:
            former = waiting.attachment_id
            own = {"attachment_id": False, "sha256": False, "amount": False}
            waiting.write({**values, **own, **waiting._to_be_printed_again()})
            former.unlink()
        else:
            self.env["collection.mail.piece"].create({"letter_id": self.id, **values})

    def _mail_piece_values(self):
        """Where this letter is mailed to, as a mail piece keeps it; None without a postal address that may be used."""
        self.ensure_one()
        addressee = self.partner_id._collection_postal_addressee(self.contact_id or self.partner_id)
        if not addressee:
            return None
        documents = self.env["collection.statement"]
        reader = self.contact_id or documents._reader(self.partner_id)
        head = documents._letterhead(self.partner_id, reader, self.company_id, self.lang)
        country = addressee.country_id or self.company_id.country_id
        return {
            "address": "\n".join(" ".join(line.split()) for line in head["names"] + head["address"]),
            "recipient": head["names"][0] if head["names"] else "",
            "zip": addressee.zip or "",
            "country_code": country.code or "",
        }

    # -- What the paper says -------------------------------------------------------------------------------------

    def _said_on_paper(self):
        """What these letters say of open items if they are printed today, by id, as their mail pieces keep it: ``asked`` and
        ``listed``, each an amount in company currency by the id of an item.
        """
        letters = self._anew()
        asking = letters.filtered(lambda letter: letter._asks_for_items())
        items = asking._items_chased()
        named = asking._named(items)
        said = {letter.id: {"asked": {}, "listed": {}} for letter in letters}
        for letter in asking:
            for item in items[letter.id]:
                part = "asked" if item.id in named[letter.id] else "listed"
                said[letter.id][part][str(item.id)] = letter.currency_id.round(letter._asked(item))
        return said

    def _look_again(self):
        """Bring the figures of this customer into line with the ledger. Needs superuser mode.

        :return: why this letter must not leave; None when it may
        """
        self.env["collection.case"]._refresh(self.company_id, self.partner_id)
        return self.cancel_reason if self.state == "cancelled" else self._obstacle()

    def _asks_otherwise(self):
        """Whether this letter still waits here and says something else by now than its PDF. Needs superuser mode."""
        if self.state != "queued" or self._is_leaving() or not self._asks_for_items():
            return False
        waiting = self.piece_ids.filtered(lambda piece: piece.state == "to_mail")
        if waiting:
            return waiting._says_otherwise(self._said_on_paper()[self.id])
        return bool(self.currency_id.compare_amounts(self.amount, self._amount_asked()))

    # -- What the mail piece means to the letter ----------------------------------------------------------------------

    def _is_in_post(self):
        """Whether this letter was mailed and has not come back."""
        return any(piece.state in IN_POST for piece in self.piece_ids)

    def _is_mailing(self):
        """Whether the e-mail of this letter is still to go: the paper follows it."""
        return self.channel == "email" and self.state == "queued"

    def _mailing_first(self):
        return self.env._("%s goes by e-mail first and has not been sent yet. Mail it afterwards.", self.display_name)

    def _left_by_post(self, day):
        """These letters were mailed on ``day``. Those that had not left before have left now: on paper, and also where the
        e-mail has failed. Needs superuser mode.
        """
        leaving = self.filtered(lambda letter: letter.state in ("queued", "failed"))
        for letter in leaving.filtered(lambda letter: letter.channel == "email"):
            piece = letter.piece_ids.filtered(lambda piece: piece.state in IN_POST)
            letter.write({"channel": "post", "address_used": ", ".join(piece.address.splitlines())})
            if piece.attachment_id:
                letter.amount = piece.amount
        for company, letters in leaving.grouped("company_id").items():
            letters.write({"state": "sent", "sent_at": moment_of(company, day), "failure_reason": False})
        self.piece_ids._tell_letters()
        self._complete_step()

    def action_mark_sent(self):
        """A letter on paper that is marked as sent is in the post. One that says what is not so any more is not: it is named."""
        self.check_access("write")
        refused = self.sudo()._not_to_be_mailed()  # what stops a letter hangs on books and cases
        letters = self.filtered(lambda letter: letter.id not in refused)
        if refused and not letters:
            raise UserError("\n".join(refused.values()))
        result = super(CollectionLetter, letters).action_mark_sent()
        by_post = letters.sudo().filtered(lambda letter: letter.channel == "post" and letter.state == "sent")
        for company, of_company in by_post.grouped("company_id").items():
            waiting = of_company.piece_ids.filtered(lambda piece: piece.state == "to_mail")
            waiting.write({"state": "mailed", "date_mailed": company._collection_today()})
        if not refused:
            return result
        return self.env["collection.mail.piece"]._told_of_refused(len(letters), list(refused.values()))

    def _not_to_be_mailed(self):
        """Why some of these letters on paper must not be marked as sent today, in sentences that name them, by id."""
        on_paper = self.filtered(lambda letter: letter.channel == "post" and letter.state in ("queued", "failed"))
        refused = {}
        for company, letters in on_paper.grouped("company_id").items():
            waiting = letters.piece_ids.filtered(lambda piece: piece.state == "to_mail")
            refused |= waiting._not_to_be_mailed(company._collection_today())
        pieces = self.env["collection.mail.piece"].browse(refused)
        return {piece.letter_id.id: refused[piece.id] for piece in pieces}

    def write(self, vals):
        """What a person notes about a letter on paper is noted of its mail piece."""
        result = super().write(vals)
        if not self.env.su and {"tracking_ref", "delivered_on"} & set(vals):
            for letter in self.sudo().filtered(
                lambda letter: letter.channel == "post"
            ):  # a mail piece is part of its letter
                piece = letter.piece_ids.filtered(lambda piece: piece.state in IN_POST)
                told = {"certified_number": letter.tracking_ref, "date_delivered": letter.delivered_on}
                piece.write(told | {"state": "delivered" if letter.delivered_on else "mailed"})
        return result

    def _cancel(self, reason):
        """A letter that is taken back is not mailed either."""
        result = super()._cancel(reason)
        self.sudo().piece_ids.filtered(lambda piece: piece.state == "to_mail")._cancel(reason)
        return result
