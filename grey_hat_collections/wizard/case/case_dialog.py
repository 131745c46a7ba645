from odoo import api, fields, models

from ...models.base.actions import open_form


class CollectionCaseDialog(models.AbstractModel):
    """A dialog about one case. What it proposes is computed in superuser mode, so it opens only for those who read the case."""

    _name = "collection.case.dialog"
    _description = "Case Dialog"
    _inherit = ["collection.dialog"]
    _about = "case_id"

    case_id = fields.Many2one("collection.case", required=True, readonly=True)


class CollectionReasonDialog(models.AbstractModel):
    """A dialog about one case in which the reason for not paying may be chosen; it knows what was noted when it was opened."""

    _name = "collection.reason.dialog"
    _description = "Customer Reason Dialog"
    _inherit = ["collection.case.dialog"]

    reason_id = fields.Many2one(
        "collection.reason",
        compute="_compute_reason_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    known_reason_id = fields.Many2one(
        "collection.reason",
        compute="_compute_known_reason_id",
        store=True,
        precompute=True,
        readonly=False,
        help="What was noted when the dialog was opened.",
    )

    @api.depends("case_id")
    def _compute_reason_id(self):
        for dialog in self:
            dialog.reason_id = dialog.case_id.reason_id

    @api.depends("case_id")
    def _compute_known_reason_id(self):
        for dialog in self:
            dialog.known_reason_id = dialog.case_id.reason_id


class CollectionMailPieceDialog(models.AbstractModel):
    """A dialog about letters in the post, opened by a button that has made it."""

    _name = "collection.mail.piece.dialog"
    _description = "Mail Piece Dialog"
    _inherit = ["collection.door", "collection.once"]

    date = fields.Date(
        string="Day", required=True, default=lambda self: self.env.company._collection_today(), help="Not after today."
    )

    def _action_open(self, title):
        return open_form(self, title) | {"target": "new"}
