from base64 import b64encode

from odoo import fields, models
from reportlab.graphics.barcode import createBarcodeDrawing

#: The picture of a code, in points; a telephone reads it from a hand's breadth.
CODE_SIZE = {"width": 62, "height": 62}
#: While a letter is made that leaves, its link is made as well; whoever only reads one makes none.
MAKING = "collection_makes_page_link"
#: Where the tokens of letters wait that are being made in this transaction.
TOKENS = "collection.page.tokens"


class CollectionLetter(models.Model):
    """Each letter carries a personal link to the page of its customer: e-mail and PDF the same."""

    _inherit = "collection.letter"

    page_link_ids = fields.One2many(
        "collection.page.link",
        "letter_id",
        string="Links",
        readonly=True,
        groups="grey_hat_collections.group_collector",
        help="The links to the customer's page that this letter has carried.",
    )

    def _store_pdf(self):
        """A letter that is made anew has another link; that of a try which has not left stops working."""
        if self.state == "queued":
            self._forget_page_links()
        return super()._store_pdf()

    def _forget_page_links(self):
        self.sudo().page_link_ids._revoke()  # links are written by the rules
        self.env.cr.precommit.data.get(TOKENS, {}).pop(self.id, None)

    def _has_page(self):
        """Whether this letter leads to the page of its customer: while it is made, where the house shows one."""
        return (
            bool(self.env.context.get(MAKING)) and self.company_id.sudo().collection_page
        )  # what a house shows is no secret

    def _make_pdf(self, keeper, name):
        return super(CollectionLetter, self.with_context(**{MAKING: True}))._make_pdf(keeper, name)

    def _as_it_leaves(self):
        return super(CollectionLetter, self.with_context(**{MAKING: True}))._as_it_leaves()

    def _page_address(self):
        """The address of the page, with the link of this letter: made when it is first asked for, the same until the transaction
        ends. An empty string where there is none.
        """
        self.ensure_one()
        if not self._has_page():
            return ""
        links = self.env["collection.page.link"].sudo()  # a letter leads to the page of whom it is written to
        tokens = self.env.cr.precommit.data.setdefault(TOKENS, {})
        token = tokens.get(self.id)
        if not token or not links._find(links._fingerprint(token)):
            token = tokens[self.id] = links._make_link(self.partner_id, self.company_id, self)
        return links._address(token)

    def _create_mail(self):
        """The frame of the e-mail shows the way to the page."""
        self.ensure_one()
        making = self.with_context(**{MAKING: True})
        known = making.with_context(collection_page_address=making._page_address())
        return super(CollectionLetter, known)._create_mail()

    def _page_code(self):
        """The picture of a code that opens the page, ready to stand in a letter; an empty string where there is no page."""
        address = self._page_address()
        if not address:
            return ""
        drawing = createBarcodeDrawing("QR", value=address, barLevel="M", barBorder=0, **CODE_SIZE)
        return f"data:image/svg+xml;base64,{b64encode(drawing.asString('svg').encode()).decode()}"
