from datetime import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import escape_psql
from odoo.tools.misc import format_date

from ..base.actions import open_form

RETURN_REASONS = [
    ("moved", "Moved"),
    ("unknown", "Unknown at the address"),
    ("incomplete", "Address incomplete"),
    ("refused", "Not accepted"),
    ("not_collected", "Not collected"),
    ("other", "Another reason"),
]
#: After these the same address would only bring the letter back again.
WRONG_ADDRESS = ("moved", "unknown", "incomplete")
#: The letter has left and has not come back.
IN_POST = ("mailed", "delivered")
#: What people may write; the rest is written by the rules.
TYPED = frozenset({"certified_number", "receipt", "receipt_name"})


class CollectionMailPiece(models.Model):
    """One letter in the post: which address, which number, on which day, and what became of it.

    What is mailed is the very PDF that the letter keeps. The reference of the mail piece is printed on it as a bar code, by
    which returned mail is found.
    """

    _name = "collection.mail.piece"
    _description = "Mail Piece"
    _inherit = ["collection.door", "collection.numbered", "collection.workable"]
    _order = "country_code, zip, recipient, id"
    _check_company_auto = True

    name = fields.Char(
        string="Reference", required=True, readonly=True, copy=False, help="Scan it, or type it, to find returned mail."
    )
    letter_id = fields.Many2one(
        "collection.letter", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    case_id = fields.Many2one(related="letter_id.case_id", store=True, index=True)
    partner_id = fields.Many2one(related="letter_id.partner_id", store=True, index=True, string="Customer")
    company_id = fields.Many2one(related="letter_id.company_id", store=True, index=True)
    kind = fields.Selection(related="letter_id.kind", string="Letter Kind")
    user_id = fields.Many2one(related="letter_id.user_id", string="Signed By")
    letter_state = fields.Selection(related="letter_id.state", string="State of the Letter")
    state = fields.Selection(
        [
            ("to_mail", "To Mail"),
            ("mailed", "Mailed"),
            ("delivered", "Delivered"),
            ("returned", "Returned"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="to_mail",
        index=True,
        readonly=True,
        copy=False,
    )

    # Where to
    address = fields.Text(required=True, readonly=True, help="Name and address, as printed.")
    recipient = fields.Char(readonly=True, help="The name on the envelope, by which letters to one town are sorted.")
    zip = fields.Char(string="Postal Code", readonly=True)
    country_code = fields.Char(string="Country", readonly=True, help="Letters to one country are sorted together.")

    # Proof
    certified_number = fields.Char(
        string="Certified Mail No.",
        copy=False,
        help="The postal service's number for this letter, typed or scanned, to track what happened to it.",
    )
    printed_at = fields.Datetime(
        string="Printed", readonly=True, copy=False, help="When it was last printed for mailing."
    )
    date_mailed = fields.Date(
        string="Mailed",
        readonly=True,
        copy=False,
        help="The customer's days after a final notice count from this date.",
    )
    date_delivered = fields.Date(string="Delivered", readonly=True, copy=False)
    date_returned = fields.Date(string="Returned", readonly=True, copy=False)
    return_reason = fields.Selection(
        RETURN_REASONS, readonly=True, copy=False, help="The reason given by the postal service."
    )
    cancel_reason = fields.Char(readonly=True, copy=False)
    receipt = fields.Binary(attachment=True, copy=False, help="The scan of the postal receipt, as later proof.")
    receipt_name = fields.Char(copy=False, for_rules=True)

    _unique_name = models.UniqueIndex("(company_id, name)", "A mail piece with this reference already exists.")
    _unique_piece = models.UniqueIndex(
        "(letter_id) WHERE state IN ('to_mail', 'mailed', 'delivered')", "This letter already has an active mail piece."
    )
    _unique_certified_number = models.UniqueIndex(
        "(company_id, certified_number) WHERE certified_number IS NOT NULL",
        "Two letters cannot have the same certified mail number. Check the receipts.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        letters = self.env["collection.letter"].browse([vals["letter_id"] for vals in vals_list])
        counts = {letter.id: len(letter.piece_ids) for letter in letters}
        for letter, vals in zip(letters, vals_list, strict=True):
            counts[letter.id] += 1
            vals["name"] = letter.name if counts[letter.id] == 1 else f"{letter.name}-{counts[letter.id]}"
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (frozen := set(vals) - TYPED):
            raise UserError(
                self.env._(
                    "%(piece)s is a record of what was mailed: %(fields)s cannot be edited. Use the buttons.",
                    piece=self[:1].display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(frozen)),
                )
            )
        if "certified_number" in vals:
            vals = vals | {"certified_number": (vals["certified_number"] or "").strip() or False}
        result = super().write(vals)
        if {"certified_number", "date_delivered", "state"} & set(vals):
            self._tell_letters()
        return result

    def _tell_letters(self):
        """Letters on paper say themselves which number they have and when they arrived: those of the latest mail piece."""
        by_post = self.sudo().letter_id.filtered(lambda letter: letter.channel == "post")  # written by the rules
        for letter in by_post:
            piece = letter.piece_ids.filtered(lambda piece: piece.state != "cancelled").sorted("id")[-1:]
            told = {"tracking_ref": piece.certified_number, "delivered_on": piece.date_delivered}
            if piece and told != {name: letter[name] for name in told}:
                letter.write(told)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for piece in self:
            raise UserError(self.env._("%s is a record of what was mailed and must be kept.", piece.display_name))

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_mark_mailed(self):
        """Open the dialog that says that these letters were mailed; without a choice, all that were printed."""
        pieces = self.filtered(lambda piece: piece.state == "to_mail")
        if not self:
            pieces = self.search([("state", "=", "to_mail"), ("printed_at", "!=", False)])
        if not pieces:
            raise UserError(self.env._("No printed letter is waiting to be mailed. Print the letters first."))
        pieces.check_access("write")
        pieces = self.search([("id", "in", pieces.ids)])  # in mailing order
        dialog = self.env["collection.mark.mailed"].create(
            {"line_ids": [fields.Command.create({"piece_id": piece.id}) for piece in pieces]}
        )
        return dialog._action_open(self.env._("Mark as Mailed"))

    def action_mark_delivered(self):
        """Open the dialog that asks on which day the letter arrived, and for the scan of the receipt."""
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["collection.mark.delivered"].create({"piece_id": self.id})
        return dialog._action_open(self.env._("Delivered: %s", self.name))

    def action_mark_returned(self):
        """Open the dialog that records returned mail, about this letter if there is one."""
        reference = self.ensure_one().name if self else False
        dialog = self.env["collection.returned.mail"].create({"reference": reference})
        return dialog._action_open(self.env._("Returned Mail"))

    def action_mail_again(self):
        """Post the same letter once more, to the address that is on file now."""
        self.ensure_one()
        self.check_access("write")
        again = self.sudo()._mail_again()  # mail pieces are made by the rules
        return open_form(again)

    def action_cancel(self):
        """Take letters out of the pile; one that goes by nothing but the post is cancelled itself."""
        self.check_access("write")
        waiting = self.filtered(lambda piece: piece.state == "to_mail")
        waiting.letter_id.filtered(lambda letter: letter.channel == "post" and letter.state == "queued").action_cancel()
        waiting.filtered(lambda piece: piece.state == "to_mail")._cancel(
            self.env._("Cancelled by %s.", self.env.user.name)
        )
        return True

    # -- States --------------------------------------------------------------------------------------------------

    def _cancel(self, reason):
        """These letters are not mailed any more."""
        self.sudo().write({"state": "cancelled", "cancel_reason": reason})  # written by the rules only

    def _mark_mailed(self, day, numbers=None):
        """These letters were mailed on ``day``. Those that somebody has marked meanwhile stay as they are, and so do those that
        were withdrawn, or say what is not so any more.

        :param dict numbers: certified numbers by id of the mail piece
        :return: why some were not marked, in sentences that name them
        :raises UserError: with these sentences, where nothing could be marked
        """
        self.check_access("write")
        self._check_not_ahead(day)
        waiting, refused = self._lock_waiting()
        refused |= waiting._not_to_be_mailed(day)
        pieces = waiting.filtered(lambda piece: piece.id not in refused)
        if refused and not pieces:
            raise UserError("\n".join(refused.values()))
        numbers = numbers or {}
        for piece in pieces.filtered(lambda piece: numbers.get(piece.id)):
            piece.certified_number = numbers[piece.id]
        pieces.write({"state": "mailed", "date_mailed": day})
        pieces.letter_id._left_by_post(day)
        return list(refused.values())

    def _lock_waiting(self):
        """Those of these that wait to be mailed, locked, and sentences about those that were withdrawn, by id; see
        :meth:`_mark_mailed`.

        :raises UserError: when a colleague is at one
        """
        pieces = self.sudo()  # written by the rules; the caller has checked access
        withdrawn = pieces.filtered(lambda piece: piece.state == "cancelled")
        waiting = pieces.filtered(lambda piece: piece.state == "to_mail")
        locked = waiting.try_lock_for_update()
        if locked != waiting:
            raise UserError(
                self.env._(
                    "A colleague is working on %s this very moment. Try again in a minute.",
                    (waiting - locked)[:1].display_name,
                )
            )
        return waiting, {piece.id: piece._withdrawn() for piece in withdrawn}

    def _check_not_ahead(self, day):
        """Nothing is in the post before its day."""
        if any(day > company._collection_today() for company in self.company_id):
            raise UserError(
                self.env._("Mark a letter as mailed once it is in the mail. Choose today or an earlier date.")
            )

    def _mark_delivered(self, day):
        """The post says that this letter arrived on ``day``."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in IN_POST:
            raise UserError(self.env._("%s is not in the mail, so it cannot have been delivered.", self.display_name))
        self._check_after_mailing(day)
        self.sudo().write({"state": "delivered", "date_delivered": day})  # written by the rules only

    def _mark_returned(self, day, reason):
        """This letter came back on ``day``. The step is not taken back, an e-mail may have arrived; somebody looks after the
        address.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in IN_POST:
            raise UserError(self.env._("%s is not in the mail, so it cannot have been returned.", self.display_name))
        self._check_after_mailing(day)
        piece = self.sudo()  # written by the rules only
        piece.write({"state": "returned", "date_returned": day, "return_reason": reason, "date_delivered": False})
        reasons = dict(self._fields["return_reason"]._description_selection(self.env))
        piece.letter_id._tell_undelivered(
            self.env._(
                "%(letter)s was returned by the postal service: %(reason)s. Check the address, then mail it again",
                letter=piece.name,
                reason=reasons[reason],
            )
        )

    def _check_after_mailing(self, day):
        if not self.date_mailed <= day <= self.company_id._collection_today():
            raise UserError(
                self.env._(
                    "%(piece)s was mailed on %(mailed)s. Choose that date or a later one, up to today.",
                    piece=self.display_name,
                    mailed=format_date(self.env, self.date_mailed),
                )
            )

    def _mail_again(self):
        """A new mail piece of the same letter, to the address on file. Needs superuser mode.

        :raises UserError: where there is none, or still the one that the letter came back from
        """
        letter = self.letter_id
        if self.state not in ("returned", "cancelled") or letter.state != "sent":
            raise UserError(
                self.env._(
                    "%s was neither returned nor removed from the batch. Only such letters can be mailed again.",
                    self.display_name,
                )
            )
        live = letter.piece_ids.filtered(lambda piece: piece.state in ("to_mail", *IN_POST))
        if live:
            return live  # the button was pressed twice
        values = letter._mail_piece_values()
        if not values:
            raise UserError(self._no_address())
        if values["address"] == self.address and self.return_reason in WRONG_ADDRESS:
            raise UserError(
                self.env._(
                    "%(customer)s: the address on file is still the one from which %(piece)s was returned. Correct it, then "
                    "mail the letter again.",
                    customer=self.partner_id.display_name,
                    piece=self.name,
                )
            )
        self.flush_recordset(["state"])  # makes room for the new one
        return self.create({"letter_id": letter.id, **values})

    # -- Finding -------------------------------------------------------------------------------------------------

    @api.model
    def _find(self, reference):
        """The mail piece with this reference or certified number, among those that the user may see. Of a letter that was mailed
        again, the one that is in the post.
        """
        reference = (reference or "").strip()
        if not reference:
            return self.browse()
        found = self.search(
            [
                ("state", "!=", "cancelled"),
                "|",
                ("name", "=ilike", escape_psql(reference)),
                ("certified_number", "=ilike", escape_psql(reference)),
            ],
            limit=1,
        )
        again = found.letter_id.piece_ids.filtered(lambda piece: piece.state in IN_POST)
        return found if found.state in IN_POST else again[:1] or found

    @api.model
    def _not_found(self, reference):
        """That nothing has this reference, in a sentence."""
        return self.env._(
            "No letter that you may see has the reference or number “%s”. Read it again from the letter, or search the register "
            "for the name on the envelope.",
            reference,
        )


def moment_of(company, day):
    """Noon of ``day`` at the company, in UTC as it is stored; now, if that is today."""
    if day == company._collection_today():
        return fields.Datetime.now()
    return company._collection_moment(day, time(12))
