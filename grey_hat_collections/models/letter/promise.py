from odoo import fields, models

from ..ledger.account_key import owner_key


class CollectionPromise(models.Model):
    """What is written to customers about their promises: a confirmation, a reminder of an instalment, thanks."""

    _inherit = "collection.promise"

    confirmation_letter_id = fields.Many2one("collection.letter", string="Confirmation", readonly=True)

    def _begin_watch(self):
        """Confirm what was promised just now, where the company wishes to."""
        result = super()._begin_watch()
        today = {company: company._collection_today() for company in self.company_id}
        fresh = self.filtered(lambda promise: promise.date_made == today[promise.company_id] and not promise.plan_id)
        fresh._queue_confirmation()
        return result

    def _take_back(self, reason):
        result = super()._take_back(reason)
        self.confirmation_letter_id.filtered(lambda letter: letter.state == "queued")._cancel(reason)
        return result

    def _reward(self):
        """Thank for what was kept: one thank-you for all that a customer has kept since yesterday; instalments are thanked for
        at the end of a plan.
        """
        result = super()._reward()
        worth_a_letter = self.filtered(
            lambda promise: (
                promise.company_id.collection_thank_kept
                and (not promise.plan_id or promise.plan_id.state == "completed")
            )
        )
        last = {}
        for promise in worth_a_letter.sorted("id"):
            last[owner_key(promise)] = promise
        self.browse().union(*last.values())._queue_letter("thanks")
        return result

    def _queue_confirmation(self):
        """Confirm new promises by e-mail where the company wishes to."""
        wished = self.filtered(lambda promise: promise.company_id.collection_confirm_promises)
        for letter in wished._queue_letter("promise"):
            letter.promise_id.confirmation_letter_id = letter

    def _queue_letter(self, kind):
        """Queue an e-mail about each of these promises; customers who get no e-mail get none of this.

        :return: the letters
        """
        delivery = self.partner_id._collection_delivery()
        unwilling = self.partner_id._collection_unwilling()
        return self.env["collection.letter"].create(
            [
                {
                    "case_id": promise.case_id.id,
                    "partner_id": promise.partner_id.id,
                    "company_id": promise.company_id.id,
                    "user_id": promise.user_id.id or promise.case_id.user_id.id,
                    "promise_id": promise.id,
                    "kind": kind,
                    "amount": promise._amount_of_letter(),
                }
                for promise in self
                if delivery[promise.partner_id.id]["channel"] == "email"
                and delivery[promise.partner_id.id]["address"]
                and promise.partner_id not in unwilling
            ]
        )

    def _amount_of_letter(self):
        """What a letter about this promise is about, in company currency."""
        self.ensure_one()
        company = self.company_id
        if self.currency_id == company.currency_id:
            return self.amount
        return self.currency_id._convert(self.amount, company.currency_id, company, self.date_made)
