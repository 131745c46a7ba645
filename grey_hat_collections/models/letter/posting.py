from datetime import datetime, time

import pytz
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
IN_POST = ("posted", "delivered")
#: What people may write; the rest is written by the rules.
TYPED = frozenset({"posting_ref", "receipt", "receipt_name"})


class CollectionPosting(models.Model):
    """One letter in the post: which address, which number, on which day, and what became of it.

    What is posted is the very PDF that the letter keeps. The reference of the posting is printed on it as a bar code, by
    which returned mail is found.
    """

    _name = "collection.posting"
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
            ("to_post", "To Mail"),
            ("posted", "Mailed"),
            ("delivered", "Delivered"),
            ("returned", "Returned"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="to_post",
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
    posting_ref = fields.Char(
        string="Certified Mail No.",
        copy=False,
        help="The postal service's number for this letter, typed or scanned, to track what happened to it.",
    )
    printed_at = fields.Datetime(
        string="Printed", readonly=True, copy=False, help="When it was last printed for mailing."
    )
    date_posted = fields.Date(
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
    receipt_name = fields.Char(copy=False)

    _unique_name = models.UniqueIndex("(company_id, name)", "A mail piece with this reference already exists.")
    _unique_posting = models.UniqueIndex(
        "(letter_id) WHERE state IN ('to_post', 'posted', 'delivered')", "This letter already has an active mail piece."
    )
    _unique_posting_ref = models.UniqueIndex(
        "(company_id, posting_ref) WHERE posting_ref IS NOT NULL",
        "Two letters cannot have the same certified mail number. Check the receipts.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        letters = self.env["collection.letter"].browse([vals["letter_id"] for vals in vals_list])
        counts = {letter.id: len(letter.posting_ids) for letter in letters}
        for letter, vals in zip(letters, vals_list, strict=True):
            counts[letter.id] += 1
            vals["name"] = letter.name if counts[letter.id] == 1 else f"{letter.name}-{counts[letter.id]}"
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (frozen := set(vals) - TYPED):
            raise UserError(
                self.env._(
                    "%(posting)s is a record of what was mailed: %(fields)s cannot be edited. Use the buttons.",
                    posting=self[:1].display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(frozen)),
                )
            )
        if "posting_ref" in vals:
            vals = vals | {"posting_ref": (vals["posting_ref"] or "").strip() or False}
        result = super().write(vals)
        if {"posting_ref", "date_delivered", "state"} & set(vals):
            self._tell_letters()
        return result

    def _tell_letters(self):
        """Letters on paper say themselves which number they have and when they arrived: those of the latest posting."""
        by_post = self.sudo().letter_id.filtered(lambda letter: letter.channel == "post")  # written by the rules
        for letter in by_post:
            posting = letter.posting_ids.filtered(lambda posting: posting.state != "cancelled").sorted("id")[-1:]
            told = {"tracking_ref": posting.posting_ref, "delivered_on": posting.date_delivered}
            if posting and told != {name: letter[name] for name in told}:
                letter.write(told)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for posting in self:
            raise UserError(self.env._("%s is a record of what was mailed and must be kept.", posting.display_name))

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_mark_posted(self):
        """Open the dialog that says that these letters were posted; without a choice, all that were printed."""
        postings = self.filtered(lambda posting: posting.state == "to_post")
        if not self:
            postings = self.search([("state", "=", "to_post"), ("printed_at", "!=", False)])
        if not postings:
            raise UserError(self.env._("No printed letter is waiting to be mailed. Print the letters first."))
        postings.check_access("write")
        postings = self.search([("id", "in", postings.ids)])  # in posting order
        dialog = self.env["collection.post.letters"].create(
            {"line_ids": [fields.Command.create({"posting_id": posting.id}) for posting in postings]}
        )
        return dialog._action_open(self.env._("Mark as Mailed"))

    def action_mark_delivered(self):
        """Open the dialog that asks on which day the letter arrived, and for the scan of the receipt."""
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["collection.post.delivered"].create({"posting_id": self.id})
        return dialog._action_open(self.env._("Delivered: %s", self.name))

    def action_mark_returned(self):
        """Open the dialog that records returned mail, about this letter if there is one."""
        reference = self.ensure_one().name if self else False
        dialog = self.env["collection.returned.mail"].create({"reference": reference})
        return dialog._action_open(self.env._("Returned Mail"))

    def action_post_again(self):
        """Post the same letter once more, to the address that is on file now."""
        self.ensure_one()
        self.check_access("write")
        again = self.sudo()._post_again()  # postings are made by the rules
        return open_form(again)

    def action_cancel(self):
        """Take letters out of the pile; one that goes by nothing but the post is cancelled itself."""
        self.check_access("write")
        waiting = self.filtered(lambda posting: posting.state == "to_post")
        waiting.letter_id.filtered(lambda letter: letter.channel == "post" and letter.state == "queued").action_cancel()
        waiting.filtered(lambda posting: posting.state == "to_post")._cancel(
            self.env._("Cancelled by %s.", self.env.user.name)
        )
        return True

    # -- States --------------------------------------------------------------------------------------------------

    def _cancel(self, reason):
        """These letters are not posted any more."""
        self.sudo().write({"state": "cancelled", "cancel_reason": reason})  # written by the rules only

    def _mark_posted(self, day, numbers=None):
        """These letters were posted on ``day``. Those that somebody has marked meanwhile stay as they are, and so do those that
        were withdrawn, or say what is not so any more.

        :param dict numbers: certified numbers by id of the posting
        :return: why some were not marked, in sentences that name them
        :raises UserError: with these sentences, where nothing could be marked
        """
        self.check_access("write")
        self._check_not_ahead(day)
        waiting, refused = self._lock_waiting()
        refused |= waiting._not_to_be_posted(day)
        postings = waiting.filtered(lambda posting: posting.id not in refused)
        if refused and not postings:
            raise UserError("\n".join(refused.values()))
        numbers = numbers or {}
        for posting in postings.filtered(lambda posting: numbers.get(posting.id)):
            posting.posting_ref = numbers[posting.id]
        postings.write({"state": "posted", "date_posted": day})
        postings.letter_id._left_by_post(day)
        return list(refused.values())

    def _lock_waiting(self):
        """Those of these that wait to be posted, locked, and sentences about those that were withdrawn, by id; see
        :meth:`_mark_posted`.

        :raises UserError: when a colleague is at one
        """
        postings = self.sudo()  # written by the rules; the caller has checked access
        withdrawn = postings.filtered(lambda posting: posting.state == "cancelled")
        waiting = postings.filtered(lambda posting: posting.state == "to_post")
        locked = waiting.try_lock_for_update()
        if locked != waiting:
            raise UserError(
                self.env._(
                    "A colleague is working on %s this very moment. Try again in a minute.",
                    (waiting - locked)[:1].display_name,
                )
            )
        return waiting, {posting.id: posting._withdrawn() for posting in withdrawn}

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
        self._check_after_posting(day)
        self.sudo().write({"state": "delivered", "date_delivered": day})  # written by the rules only

    def _mark_returned(self, day, reason):
        """This letter came back on ``day``. The step is not taken back, an e-mail may have arrived; somebody looks after the
        address.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in IN_POST:
            raise UserError(self.env._("%s is not in the mail, so it cannot have been returned.", self.display_name))
        self._check_after_posting(day)
        posting = self.sudo()  # written by the rules only
        posting.write({"state": "returned", "date_returned": day, "return_reason": reason, "date_delivered": False})
        reasons = dict(self._fields["return_reason"]._description_selection(self.env))
        posting.letter_id._tell_undelivered(
            self.env._(
                "%(letter)s was returned by the postal service: %(reason)s. Check the address, then mail it again",
                letter=posting.name,
                reason=reasons[reason],
            )
        )

    def _check_after_posting(self, day):
        if not self.date_posted <= day <= self.company_id._collection_today():
            raise UserError(
                self.env._(
                    "%(posting)s was mailed on %(posted)s. Choose that date or a later one, up to today.",
                    posting=self.display_name,
                    posted=format_date(self.env, self.date_posted),
                )
            )

    def _post_again(self):
        """A new posting of the same letter, to the address on file. Needs superuser mode.

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
        live = letter.posting_ids.filtered(lambda posting: posting.state in ("to_post", *IN_POST))
        if live:
            return live  # the button was pressed twice
        values = letter._posting_values()
        if not values:
            raise UserError(self._no_address())
        if values["address"] == self.address and self.return_reason in WRONG_ADDRESS:
            raise UserError(
                self.env._(
                    "%(customer)s: the address on file is still the one from which %(posting)s was returned. Correct it, then "
                    "mail the letter again.",
                    customer=self.partner_id.display_name,
                    posting=self.name,
                )
            )
        self.flush_recordset(["state"])  # makes room for the new one
        return self.create({"letter_id": letter.id, **values})

    # -- Finding -------------------------------------------------------------------------------------------------

    @api.model
    def _find(self, reference):
        """The posting with this reference or certified number, among those that the user may see. Of a letter that was posted
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
                ("posting_ref", "=ilike", escape_psql(reference)),
            ],
            limit=1,
        )
        again = found.letter_id.posting_ids.filtered(lambda posting: posting.state in IN_POST)
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
    noon = company._collection_timezone().localize(datetime.combine(day, time(12)))
    return noon.astimezone(pytz.utc).replace(tzinfo=None)
