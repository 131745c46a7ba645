from odoo import api, fields, models

from ..contact.note import UNANSWERED

#: So many of the latest events are shown, of so many days.
SHOWN, DAYS = 60, 730
#: Outcomes of contacts that were none.
NOT_REACHED = (*UNANSWERED, "wrong_number")
#: What of the page has an event of its own.
TOLD_ELSEWHERE = ("disputes", "promised")


class CollectionPage(models.AbstractModel):
    """What has happened between the customer and us, as both know it: what was sent, said, promised and answered."""

    _inherit = "collection.page"

    @api.model
    def _events(self, partner, company, words):
        """The latest events, the last one first: ``day``, ``icon``, ``title``, ``text``, and ``letter`` where there is a PDF."""
        since = fields.Date.subtract(company._collection_today(), days=DAYS)
        account = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        events = [
            *self._letters_sent(account, company, since),
            *self._contacts(account, company, since),
            *self._promises_made(account, since, words),
            *self._disputes_raised(account, since, words),
        ]
        events.sort(key=lambda event: event["day"], reverse=True)
        return [{**event, "day": words.date(event["day"])} for event in events[:SHOWN]]

    @api.model
    def _letters_sent(self, account, company, since):
        letters = self.env["collection.letter"].search(
            [*account, ("state", "=", "sent"), ("sent_at", ">=", since)], order="sent_at desc, id desc", limit=SHOWN
        )
        kinds = self._letter_titles()
        by_mail, by_post = self.env._("by e-mail to %s"), self.env._("by postal mail")
        return [
            {
                "day": company._collection_date(letter.sent_at),
                "icon": "fa-envelope-o" if letter.channel == "email" else "fa-file-text-o",
                "title": kinds[letter.kind],
                "text": by_mail % (letter.address_used or "") if letter.channel == "email" else by_post,
                "letter": letter.id if letter.attachment_id else False,
            }
            for letter in letters
        ]

    @api.model
    def _letter_titles(self):
        """What each kind of letter is to the customer."""
        _ = self.env._
        return {
            "courtesy": _("A note before your due date"),
            "reminder": _("Reminder"),
            "statement": _("Statement of account"),
            "final_notice": _("Final notice"),
            "promise": _("We confirmed what you promised"),
            "thanks": _("Thank you for your payment"),
            "plan": _("Your payment plan"),
            "instalment": _("A note before your instalment"),
            "resolution": _("Our answer to you"),
            "settled": _("Thank you: all is settled"),
        }

    @api.model
    def _contacts(self, account, company, since):
        """Who spoke with whom, never what was noted."""
        notes = self.env["collection.note"].search(
            [
                *account,
                ("date", ">=", since),
                ("outcome", "not in", NOT_REACHED),
                "|",
                ("channel", "in", ("call", "visit")),
                "&",
                ("channel", "=", "portal"),
                ("outcome", "not in", TOLD_ELSEWHERE),
            ],
            order="date desc, id desc",
            limit=SHOWN,
        )
        titles = {
            "call": self.env._("We spoke on the phone"),
            "visit": self.env._("We met"),
            "portal": self.env._("You wrote to us on this page"),
        }
        return [
            {
                "day": company._collection_date(note.date),
                "icon": "fa-globe" if note.channel == "portal" else "fa-phone",
                "title": titles[note.channel],
                "text": "" if note.channel == "portal" or note.contact_id.is_company else note.contact_id.name or "",
            }
            for note in notes
        ]

    @api.model
    def _promises_made(self, account, since, words):
        promises = self.env["collection.promise"].search(
            [*account, ("date_made", ">=", since)], order="date_made desc, id desc", limit=SHOWN
        )
        return [
            {
                "day": promise.date_made,
                "icon": "fa-handshake-o",
                "title": self.env._(
                    "You promised %(amount)s for %(day)s",
                    amount=words.money(promise.amount, promise.currency_id),
                    day=words.date(promise.date_promised),
                ),
                "text": self._promise_in_words(promise, words),
            }
            for promise in promises
        ]

    @api.model
    def _promise_in_words(self, promise, words):
        """What became of a promise."""
        _ = self.env._
        received = words.money(promise.amount_received, promise.currency_id)
        return {
            "open": _("Nothing more is asked for until then."),
            "kept": _("It arrived. Thank you."),
            "late": _("It arrived on %s. Thank you.", words.date(promise.date_received)),
            "light": _("%s of it arrived.", received),
            "broken": _("It has not arrived."),
            "withdrawn": _("It was withdrawn."),
        }[promise.state]

    @api.model
    def _disputes_raised(self, account, since, words):
        disputes = self.env["collection.dispute"].search(
            [*account, ("date_raised", ">=", since)], order="date_raised desc, id desc", limit=SHOWN
        )
        kinds = dict(self.env["collection.dispute"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "day": dispute.date_raised,
                "icon": "fa-comment-o",
                "title": self.env._(
                    "You told us: %(kind)s, %(amount)s",
                    kind=kinds[dispute.kind],
                    amount=words.money(dispute.amount, dispute.currency_id),
                ),
                "text": self._dispute_in_words(dispute, words),
            }
            for dispute in disputes
        ]

    @api.model
    def _dispute_in_words(self, dispute, words):
        """What became of a dispute, with our answer."""
        _ = self.env._
        if dispute.state == "withdrawn":
            return _("You took it back.")
        if not dispute.date_decided:
            return _("We answer by %s.", words.date(dispute.date_answer_due))
        return _(
            "Our answer of %(day)s: %(answer)s", day=words.date(dispute.date_decided), answer=dispute.finding or ""
        )
