from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.base.printed import printed
from ..base.once import once


class CollectionInvoiceCopies(models.TransientModel):
    """E-mail copies of the invoices that a customer asked for."""

    _name = "collection.invoice.copies"
    _description = "Send Invoice Copies"
    _inherit = ["collection.case.dialog"]

    contact_id = fields.Many2one(
        "res.partner",
        string="To",
        required=True,
        compute="_compute_contact_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'child_of', customer_id)]",
        help="Who gets the copies.",
    )
    customer_id = fields.Many2one(related="case_id.partner_id")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', customer_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund'))]",
    )

    @api.depends("case_id")
    def _compute_contact_id(self):
        for wizard in self:
            wizard.contact_id = wizard.case_id.contact_id

    @api.depends("case_id")
    def _compute_move_ids(self):
        """Propose the invoices that are overdue."""
        for wizard in self:
            overdue = wizard.case_id.open_item_ids.filtered(lambda line: line.collection_days_overdue > 0)
            wizard.move_ids = overdue.move_id.filtered(lambda move: move.is_sale_document())

    @once
    def action_send(self):
        """Send the chosen invoices to the contact; the case keeps the message."""
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        if not self.move_ids:
            raise UserError(self.env._("Choose at least one invoice to send to %s.", self.customer_id.display_name))
        if self.move_ids.commercial_partner_id - self.customer_id or self.move_ids.company_id - case.company_id:
            raise UserError(
                self.env._(
                    "Some invoices do not belong to %s. Remove them and send again.", self.customer_id.display_name
                )
            )
        if not self.contact_id.email:
            raise UserError(
                self.env._("%s has no e-mail address. Add one or choose another contact.", self.contact_id.display_name)
            )
        self.move_ids.check_access("read")
        # sudo: the report reads more of the books than the collector may; these invoices themselves may be read
        copies = [move._collection_copy() for move in self.move_ids.sudo()]
        case.message_post_with_source(
            "grey_hat_collections.mail_invoice_copies",
            render_values={
                "contact": self.contact_id,
                "reader": printed(self.contact_id.name),
                "numbers": [printed(move.name) for move in self.move_ids],
                "user": self.env.user,
            },
            partner_ids=self.contact_id.ids,
            subject=self.env._("Copies of your invoices"),
            attachments=copies,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        # sudo: that the customer has them now is all that is written on the invoices
        self.move_ids.sudo().filtered(lambda move: not move.is_move_sent).is_move_sent = True
        return {"type": "ir.actions.act_window_close"}
