from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from ...models.base.printed import printed
from ..base.once import once

#: The e-mail with the documents.
MESSAGE = "grey_hat_collections.mail_invoice_copies"
STATEMENT = "grey_hat_collections.action_report_statement_case"
#: More PDFs make an e-mail that many servers refuse.
MAX_COPIES = 50


class CollectionInvoiceCopies(models.TransientModel):
    """E-mail a customer the documents asked for in a call: copies of invoices, the statement, or both. What is sent can be
    looked at first: the message stands in the dialog, the PDFs open as one.
    """

    _name = "collection.invoice.copies"
    _description = "Send Documents"
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
    item_ids = fields.Many2many(
        "account.move.line",
        string="Ticked Items",
        help="The open items that were ticked in the list of the case: their invoices are proposed.",
    )
    with_statement = fields.Boolean(string="Statement of Account", help="All that is open, as of today.")
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

    preview = fields.Html(
        compute="_compute_preview", string="Message", help="The e-mail, in the language of the reader."
    )

    @api.depends("case_id", "item_ids")
    def _compute_move_ids(self):
        """Propose the invoices of the ticked items; where one is overdue and nothing is ticked, that one."""
        for wizard in self:
            items = wizard.case_id._items_meant(wizard.item_ids)
            wizard.move_ids = items.move_id.filtered(lambda move: move.is_sale_document())

    @api.depends("contact_id", "move_ids", "with_statement")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = (
                self.env["ir.qweb"]._render(MESSAGE, wizard._message_values()) if wizard.contact_id else False
            )

    def _message_values(self):
        """What the e-mail is written with; for the preview and the message alike."""
        contact = self.contact_id._origin
        return {
            "contact": contact,
            "reader": self.env["collection.statement"]._greeted(contact),
            "numbers": [printed(move.name) for move in self.move_ids._origin],
            "with_statement": self.with_statement,
            "user": self.env.user,
        }

    def _check_documents(self):
        """Say what is missing before anything is made."""
        if not (self.move_ids or self.with_statement):
            raise UserError(
                self.env._(
                    "Choose at least one invoice, or the statement, to send to %s.", self.customer_id.display_name
                )
            )
        if self.move_ids.commercial_partner_id - self.customer_id or self.move_ids.company_id - self.case_id.company_id:
            raise UserError(
                self.env._(
                    "Some invoices do not belong to %s. Remove them and send again.", self.customer_id.display_name
                )
            )
        if len(self.move_ids) > MAX_COPIES:
            raise UserError(
                self.env._(
                    "%(count)s invoices are too many for one e-mail. Choose up to %(limit)s, or send the statement.",
                    count=len(self.move_ids),
                    limit=MAX_COPIES,
                )
            )
        self.move_ids.check_access("read")

    def _documents(self):
        """Name and content of each PDF, the statement first.

        :rtype: list[tuple[str, bytes]]
        """
        documents = []
        if self.with_statement:
            report = self.env["ir.actions.report"]
            content, _format = report._render_qweb_pdf(STATEMENT, self.case_id.ids)
            name = self.env._("Statement %s.pdf", fields.Date.to_string(self.case_id.company_id._collection_today()))
            documents.append((name, content))
        # sudo: the report reads more of the books than the collector may; these invoices themselves may be read
        return documents + [move._collection_copy() for move in self.move_ids.sudo()]

    def action_preview(self):
        """Open what would be sent, all PDFs as one."""
        self.ensure_one()
        self.case_id.check_access("read")
        self._check_documents()
        content = merge_pdf([content for _name, content in self._documents()])
        preview = self.env["ir.attachment"].create(
            {"name": self.env._("Preview.pdf"), "raw": content, "res_model": self._name, "res_id": self.id}
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{preview.id}", "target": "new"}

    @once
    def action_send(self):
        """Send the chosen documents to the contact; the case keeps the message."""
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        self._check_documents()
        if not self.contact_id.email:
            raise UserError(
                self.env._("%s has no e-mail address. Add one or choose another contact.", self.contact_id.display_name)
            )
        language = self.with_context(lang=self.contact_id.lang or self.env.lang)
        only_statement = self.with_statement and not self.move_ids
        case.message_post_with_source(
            MESSAGE,
            render_values=self._message_values(),
            partner_ids=self.contact_id.ids,
            subject=language.env._("Your statement of account")
            if only_statement
            else language.env._("Copies of your invoices"),
            attachments=self._documents(),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="grey_hat_collections.mail_frame",
            email_add_signature=False,  # it ends with the name of who sends it
        )
        # sudo: that the customer has them now is all that is written on the invoices
        self.move_ids.sudo().filtered(lambda move: not move.is_move_sent).is_move_sent = True
        return {"type": "ir.actions.act_window_close"}
