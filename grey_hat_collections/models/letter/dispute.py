from odoo import fields, models


class CollectionDispute(models.Model):
    """Our answer to a dispute, written to the customer."""

    _inherit = "collection.dispute"

    letter_id = fields.Many2one("collection.letter", readonly=True, string="Answer to the Customer")

    def _tell_answer(self):
        result = super()._tell_answer()
        for dispute in self:
            dispute.letter_id = self.env["collection.letter"].create(
                {
                    "case_id": dispute.case_id.id,
                    "partner_id": dispute.partner_id.id,
                    "company_id": dispute.company_id.id,
                    "kind": "resolution",
                    "dispute_id": dispute.id,
                    "amount": dispute.amount - dispute.amount_upheld,
                    **self.env["collection.letter"]._by_hand(),  # who answers says so to the customer
                }
            )
        return result

    def _take_answer_back(self):
        """What has not left does not leave."""
        result = super()._take_answer_back()
        waiting = self.letter_id.filtered(lambda letter: letter.state == "queued")
        waiting._cancel(self.env._("The dispute was reopened."))
        self.letter_id = False
        return result
