from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..base.odd_json import as_dict


class CollectionMailPiece(models.Model):
    """Paper is as true as an e-mail: before it is printed, and before it is marked as mailed, the ledger is looked at again.

    While nothing of a letter has left, its own file is made anew. Once its e-mail has left, that file stays as evidence, and
    the paper gets a file of its own, which asks for the amount of its day under the same number.
    """

    _inherit = "collection.mail.piece"

    currency_id = fields.Many2one(related="letter_id.currency_id")
    asked = fields.Json(
        string="Chased Amounts",
        readonly=True,
        copy=False,
        help="The amounts requested in the printed version: one in company currency for each open item.",
    )
    listed = fields.Json(
        readonly=True,
        copy=False,
        help="What the printed version lists as also open: an amount in company currency for each item.",
    )
    print_again = fields.Boolean(
        readonly=True, copy=False, help="It has changed since it was printed: what was printed must not be mailed."
    )
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Printed Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The PDF that is mailed, if it differs from what the e-mail said.",
    )
    sha256 = fields.Char(
        string="SHA-256", readonly=True, copy=False, help="Fingerprint of the printed version, if it has its own file."
    )
    amount = fields.Monetary(
        readonly=True, copy=False, help="The amount requested in the printed version, if it has its own file."
    )

    def action_open_paper(self):
        """Open the PDF that is mailed, or was."""
        self.ensure_one()
        self.check_access("read")
        paper = self.sudo()._paper()  # the PDF belongs to the letter, which may be read
        if not paper:
            raise UserError(
                self.env._("%s has not been created yet: the next sending run will do so.", self.display_name)
            )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{paper.id}?download=true", "target": "new"}

    def _paper(self):
        """The file that is mailed: that of the letter, unless the paper has its own."""
        return self.attachment_id or self.letter_id.attachment_id

    # -- Looking at the ledger again -----------------------------------------------------------------------------

    def _look_again(self):
        """Bring the figures of these customers into line with the ledger. Needs superuser mode.

        :return: why some of these must not be mailed, in sentences that name them, by id
        """
        waiting = self.filtered(lambda piece: piece.state == "to_mail")
        self.env["collection.case"]._refresh(waiting.company_id, waiting.partner_id)
        withdrawn = waiting.filtered(lambda piece: piece.state != "to_mail")  # its account is settled
        obstacles = (waiting - withdrawn)._obstacles()
        return {
            **{piece.id: piece._withdrawn() for piece in withdrawn},
            **{piece_id: sentence for piece_id, sentence in obstacles.items() if sentence},
        }

    def _withdrawn(self):
        return self.env._(
            "%(piece)s was withdrawn: %(reason)s Remove it from the batch.",
            piece=self.display_name,
            reason=self.cancel_reason or "",
        )

    def _bring_up_to_date(self):
        """Make those papers anew whose letters ask for something else by now, or go elsewhere. Needs superuser mode.

        :return: which could not be made, in sentences that name them, by id
        """
        left = {}
        said = self.letter_id._said_on_paper()
        for piece in self.filtered(
            lambda piece: piece._says_otherwise(said[piece.letter_id.id]) or piece._goes_elsewhere()
        ):
            try:
                with self.env.cr.savepoint():
                    piece._make_anew(said[piece.letter_id.id])
            except UserError as error:
                left[piece.id] = self.env._(
                    "%(letter)s could not be recreated: %(reason)s", letter=piece.display_name, reason=error
                )
        return left

    def _says_otherwise(self, said):
        """Whether the letter asks for something else than the paper says, or lists something else.

        :param dict said: what it says now; see ``collection.letter._said_on_paper``
        """
        asked, listed = self._asked_when_made(said["asked"]), self._amounts(self.listed)
        return self._differs(asked, said["asked"], {*asked, *said["asked"]}) or self._differs(
            listed, said["listed"], {*listed, *said["listed"]}
        )

    def _goes_elsewhere(self):
        """Whether there is another address on file by now, or none."""
        values = self.letter_id._mail_piece_values()
        return not values or values["address"] != self.address

    def _differs(self, before, now, items):
        return any(self.currency_id.compare_amounts(before.get(item, 0.0), now.get(item, 0.0)) for item in items)

    @staticmethod
    def _amounts(noted):
        return {item: amount for item, amount in as_dict(noted).items() if isinstance(amount, (int, float))}

    def _asked_when_made(self, asked):
        """What the paper asks for, by item. Of one that was made before this was noted, only the sum is known."""
        if self.asked is not False and self.asked is not None:
            return self._amounts(self.asked)
        amount = self.amount if self.attachment_id else self.letter_id.amount
        same = not asked or not self.currency_id.compare_amounts(amount, sum(asked.values()))
        return asked if same else {"": amount}

    def _make_anew(self, said):
        """The paper says what is so today, to the address of today. Needs superuser mode."""
        letter = self.letter_id
        values = letter._mail_piece_values()
        if not values:
            raise UserError(self._no_address())
        if letter.channel == "post" and letter.state == "queued":  # nothing of it has left
            letter.amount = letter._amount_asked()
            letter._store_pdf()
            return
        former = self.attachment_id
        self.write({**values, **said, "amount": sum(said["asked"].values()), **self._to_be_printed_again()})
        paper, fingerprint = letter._anew(self)._make_pdf(self, f"{self.name}-paper")
        self.write({"attachment_id": paper.id, "sha256": fingerprint})
        former.unlink()

    def _to_be_printed_again(self):
        """What a new file means to a paper that was printed already."""
        return {"print_again": self.print_again or bool(self.printed_at), "printed_at": False}

    def _no_address(self):
        return self.env._(
            "There is no postal address on file for %s that may be used. Enter one, then mail the letter again.",
            self.partner_id.display_name,
        )

    # -- Before it is marked as mailed ---------------------------------------------------------------------------

    def _not_to_be_mailed(self, day):
        """Why some of these cannot have been mailed on ``day``, or must not be, in sentences that name them, by id. What was
        mailed before today has left, whatever has become of it since. Needs superuser mode.
        """
        refused = {piece.id: sentence for piece in self if (sentence := piece._not_leaving(day))}
        today = self.filtered(lambda one: one.id not in refused and day == one.company_id._collection_today())
        refused |= today._look_again()
        today = today.filtered(lambda piece: piece.id not in refused)
        said = today.letter_id._said_on_paper()
        return refused | {
            piece.id: sentence for piece in today if (sentence := piece._untrue(said[piece.letter_id.id]))
        }

    def _not_leaving(self, day):
        """Why this letter cannot have been mailed on ``day``; None where it can."""
        written = self.company_id._collection_date(self.create_date)
        if day < written:
            return self.env._(
                "%(piece)s was written on %(written)s and cannot have been mailed before. Choose a later date.",
                piece=self.display_name,
                written=format_date(self.env, written),
            )
        if self.letter_id._is_mailing():
            return self.letter_id._mailing_first()
        if self.print_again:
            return self.env._(
                "%s has changed since it was printed. Print it again and mail the new version.", self.display_name
            )
        return None

    @api.model
    def _told_of_refused(self, mailed, sentences):
        """A notification: so many letters were marked as mailed, the others were not, and why."""
        title = self.env._("%(mailed)s marked as mailed, %(left)s not", mailed=mailed, left=len(sentences))
        return self._told_of_left(title, sentences, {"type": "ir.actions.client", "tag": "soft_reload"})

    @api.model
    def _told_of_left(self, title, sentences, action):
        """A notification that stays until it is read, about what was left and why; ``action`` comes after it."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": title,
                "message": "\n".join(sentences),
                "next": action,
            },
        }

    def _untrue(self, said):
        """The sentence about a paper that says what is not so any more; None where it is true. An item that has become due since
        makes nothing untrue.
        """
        asked = said["asked"]
        before = self._asked_when_made(asked)
        if self._differs(before, asked, before):
            money = self.env["collection.statement"]._phrasing(self.env.lang).money
            return self.env._(
                "%(letter)s asks for %(before)s, but only %(now)s is chased now. Print it again and mail the new version.",
                letter=self.display_name,
                before=money(sum(before.values()), self.currency_id),
                now=money(sum(asked.get(item, 0.0) for item in before), self.currency_id),
            )
        listed = self._amounts(self.listed)
        if self._differs(listed, asked | said["listed"], listed):
            return self.env._(
                "%s lists items as open that have been settled, at least in part, since then. Print it again and mail the new "
                "version.",
                self.display_name,
            )
        return None
