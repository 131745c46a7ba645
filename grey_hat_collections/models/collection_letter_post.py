from odoo import fields, models

from .collection_posting import IN_POST, moment_of


class CollectionLetter(models.Model):
    """Letters in the post: those on paper, and final notices that go by e-mail as well."""

    _inherit = "collection.letter"

    posting_ids = fields.One2many("collection.posting", "letter_id", string="In the Post", readonly=True)

    # -- Becoming a posting --------------------------------------------------------------------------------------

    def _goes_by_post(self):
        """Whether this letter is posted: it is on paper, or a final notice whose posting the company wants to prove."""
        self.ensure_one()
        return self.channel == "post" or (self.kind == "final_notice" and self.company_id.collection_post_final_notice)

    def _prepare_posting(self):
        """The PDF is about to be made: this letter waits to be posted, to the address of today. Needs superuser mode."""
        self.ensure_one()
        if self.state != "queued" or self._is_in_post():
            return
        waiting = self.posting_ids.filtered(lambda posting: posting.state == "to_post")
        values = self._posting_values() if self._goes_by_post() else None
        if not values:
            waiting._cancel(self.env._("The letter does not go by post any more."))
        elif waiting:
            waiting.write(values)
        else:
            self.env["collection.posting"].create({"letter_id": self.id, **values})

    def _posting_values(self):
        """Where this letter is posted to, as a posting keeps it; None without a postal address that may be used."""
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

    # -- What the posting means to the letter --------------------------------------------------------------------

    def _is_in_post(self):
        """Whether this letter was posted and has not come back."""
        return any(posting.state in IN_POST for posting in self.posting_ids)

    def _is_mailing(self):
        """Whether the e-mail of this letter is still to go: the paper follows it."""
        return self.channel == "email" and self.state == "queued"

    def _mailing_first(self):
        return self.env._("%s goes by e-mail first and has not left yet. Post it afterwards.", self.display_name)

    def _left_by_post(self, day):
        """These letters were posted on ``day``. Those that had not left before have left now: on paper, and also where the
        e-mail has failed. Needs superuser mode.
        """
        leaving = self.filtered(lambda letter: letter.state in ("queued", "failed"))
        for letter in leaving.filtered(lambda letter: letter.channel == "email"):
            address = letter.posting_ids.filtered(lambda posting: posting.state in IN_POST).address
            letter.write({"channel": "post", "address_used": ", ".join(address.splitlines())})
        for company, letters in leaving.grouped("company_id").items():
            letters.write({"state": "sent", "sent_at": moment_of(company, day), "failure_reason": False})
        self.posting_ids._tell_letters()
        self._complete_step()

    def action_mark_sent(self):
        """A letter on paper that is marked as sent is in the post."""
        result = super().action_mark_sent()
        by_post = self.sudo().filtered(lambda letter: letter.channel == "post" and letter.state == "sent")
        for company, letters in by_post.grouped("company_id").items():
            waiting = letters.posting_ids.filtered(lambda posting: posting.state == "to_post")
            waiting.write({"state": "posted", "date_posted": company._collection_today()})
        return result

    def write(self, vals):
        """What a person notes about a letter on paper is noted of its posting."""
        result = super().write(vals)
        if not self.env.su and {"tracking_ref", "delivered_on"} & set(vals):
            for letter in self.sudo().filtered(
                lambda letter: letter.channel == "post"
            ):  # a posting is part of its letter
                posting = letter.posting_ids.filtered(lambda posting: posting.state in IN_POST)
                told = {"posting_ref": letter.tracking_ref, "date_delivered": letter.delivered_on}
                posting.write(told | {"state": "delivered" if letter.delivered_on else "posted"})
        return result

    def _cancel(self, reason):
        """A letter that is taken back is not posted either."""
        result = super()._cancel(reason)
        self.sudo().posting_ids.filtered(lambda posting: posting.state == "to_post")._cancel(reason)
        return result
