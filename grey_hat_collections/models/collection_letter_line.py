from odoo import fields, models


class CollectionLetterLine(models.Model):
    """What one letter says about one open item."""

    _name = "collection.letter.line"
    _description = "What a Letter Says about an Item"
    _inherit = ["collection.door"]
    _log_access = False
    _order = "date_due, id"

    letter_id = fields.Many2one("collection.letter", required=True, ondelete="cascade", index=True)
    item_id = fields.Many2one("account.move.line", string="Open Item", ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one(related="letter_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(string="Number", help="Of the invoice; it stays should the item be entered anew.")
    date_due = fields.Date(string="Due")
    amount = fields.Monetary(help="What the letter asks for of the item, in company currency.")
    step_id = fields.Many2one(
        "collection.policy.step",
        ondelete="restrict",
        help="The step of the ladder that the letter is for this item. Empty: the item is listed, and stays where it is.",
    )


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    line_ids = fields.One2many(
        "collection.letter.line", "letter_id", string="Items", readonly=True, help="What it asks for, item by item."
    )

    def _store_pdf(self):
        """What is printed is noted item by item as well; what has left stays noted as it left."""
        result = super()._store_pdf()
        if not (self.sent_at and self.line_ids):
            self._note_lines()
        return result

    def _note_lines(self):
        """Note what this letter says about each item, in place of what was noted before."""
        self.ensure_one()
        items = self._items_asked()[self.id] if self._asks_for_items() else ()
        step = self.step_id if self.kind != "courtesy" else self.step_id.browse()
        named = {one.item for one in self.case_id._named_by(step, items)} if step else set()
        lines = self.env["account.move.line"].browse([item.id for item in items])
        self.line_ids.unlink()
        self.env["collection.letter.line"].create(
            [
                {
                    "letter_id": self.id,
                    "item_id": item.id,
                    "name": line.move_name,
                    "date_due": item.due,
                    "amount": self._asked(item),
                    "step_id": step.id if item.id in named else False,
                }
                for item, line in zip(items, lines, strict=True)
            ]
        )
