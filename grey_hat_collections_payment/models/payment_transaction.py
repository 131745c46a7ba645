from odoo import Command, fields, models


class PaymentTransaction(models.Model):
    """A payment from the customer's page: for just the items that were chosen there."""

    _name = "payment.transaction"
    _inherit = ["payment.transaction", "collection.door"]

    collection_selection_id = fields.Many2one(
        "collection.page.selection",
        string="Chosen Items",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="What the customer has chosen to pay, item by item.",
    )
    collection_line_ids = fields.One2many(related="collection_selection_id.line_ids", string="Items Paid Online")

    def write(self, vals):
        """What is on its way is not chased from this moment."""
        result = super().write(vals)
        if {"state", "payment_id", "collection_selection_id"} & set(vals):
            # sudo: whoever moves a payment may not read the books
            items = self.sudo().collection_selection_id.line_ids.item_id
            self.env["collection.ledger"]._changed(items)
        return result

    def _collection_selection(self):
        """What this transaction pays: a capture, what was chosen for the one that it is a part of; a refund nothing."""
        self.ensure_one()
        if self.collection_selection_id or self.operation != self.source_transaction_id.operation:
            return self.collection_selection_id
        return self.source_transaction_id.collection_selection_id

    def _create_payment(self, **extra_create_values):
        """Odoo applies a payment to all items of its invoices, the oldest first. This one goes to what was chosen; meanwhile Odoo
        sees no invoices, so that it takes nothing for a discount and applies nothing.
        """
        self.ensure_one()
        selection = self._collection_selection()
        if not selection:
            return super()._create_payment(**extra_create_values)
        invoices = selection._invoices()
        concerned = self | self.source_transaction_id
        named = {transaction: transaction.invoice_ids for transaction in concerned}
        concerned.invoice_ids = False
        values = {
            "destination_account_id": selection.account_id.id,
            "invoice_ids": [Command.set(invoices.ids)],
            **extra_create_values,
        }
        payment = super()._create_payment(**values)
        for transaction, moves in named.items():
            transaction.invoice_ids = moves
        selection._apply(payment)
        return payment
