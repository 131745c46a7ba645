from odoo import api, fields, models

#: Kinds of letters of a step that ask for the items that they name, and only list what else is asked for. A statement shows the
#: whole account.
NAMING = ("reminder", "final_notice")


class CollectionLetterLine(models.Model):
    """What one letter says about one open item."""

    _name = "collection.letter.line"
    _description = "Letter Line for an Item"
    _inherit = ["collection.door"]
    _log_access = False
    _order = "date_due, id"

    letter_id = fields.Many2one("collection.letter", required=True, ondelete="cascade", index=True)
    item_id = fields.Many2one("account.move.line", string="Open Item", ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one(related="letter_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(string="Number", help="Of the invoice; kept even if the item is re-entered.")
    date_due = fields.Date(string="Due")
    amount = fields.Monetary(
        help="The amount of the item chased on that day, in company currency; by the letter, if it includes the item."
    )
    step_id = fields.Many2one(
        "collection.policy.step",
        ondelete="restrict",
        help="The policy step that the letter represents for this item. Empty: the item is only listed and stays at its step.",
    )


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    line_ids = fields.One2many(
        "collection.letter.line",
        "letter_id",
        string="Items",
        readonly=True,
        help="What it asks for and what it lists as also open, item by item.",
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
        items = self._items_chased() if self._asks_for_items() else {self.id: []}
        named = self._named(items)[self.id]
        items = items[self.id]
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
                    "step_id": named.get(item.id, False),
                }
                for item, line in zip(items, lines, strict=True)
            ]
        )

    # -- Which items it is about ---------------------------------------------------------------------------------

    def _names_items(self):
        """Whether this letter asks for the items that it names, and only lists what else is asked for."""
        return bool(self.step_id) and self.kind in NAMING

    def _named(self, items):
        """What these letters ask for, by their ids: by id of the item the id of the step for which it is named, False for none.
        What a letter only lists is left out.

        :param items: what each could ask for, by its id; see :meth:`_items_chased`
        """
        steps = self._steps_of(items)
        return {
            letter.id: steps[letter.id]
            if letter._names_items()
            else {item.id: steps[letter.id].get(item.id, False) for item in items[letter.id]}
            for letter in self
        }

    def _steps_of(self, items):
        """The ids of the steps for which these letters name items, by ids of letter and item. What has left has named what its
        lines say; for all others it is found out anew, at once.
        """
        found = {letter.id: letter._named_when_it_left(items[letter.id]) for letter in self}
        written = self.filtered(lambda letter: found[letter.id] is None)
        # sudo: what a letter is about follows from its case and ladder, whoever prints it
        asked = [(letter.case_id, letter.step_id, items[letter.id]) for letter in written.sudo()]
        return found | dict(zip(written.ids, self.env["collection.case"]._named_by_letters(asked), strict=True))

    def _named_when_it_left(self, items):
        """See :meth:`_steps_of`; None for a letter of a step that has not left, or whose step is still to be taken. One that left
        before this was noted has named all that it asked for.
        """
        self.ensure_one()
        if not self.step_id or self.kind == "courtesy":
            return {}
        if self.sent_at and self.line_ids:
            return {line.item_id.id: line.step_id.id for line in self.line_ids if line.item_id and line.step_id}
        if self.sent_at and self != self.sudo().case_id.pending_letter_id:  # sudo: see _steps_of
            return {item.id: self.step_id.id for item in items}
        return None

    def _named_for_its_step(self, items, named):
        """The items among these that this letter was written for: without what rides along, and what it only lists.

        :param named: what it asks for; see :meth:`_named`
        """
        return [item for item in items if not self._names_items() or named.get(item.id) == self.step_id.id]

    @api.model
    def _ask_for_what_they_name(self, vals_list, currency, known):
        """Put into the values of new letters of steps what they ask for: what they name, not all that is asked for.

        :param known: by case id, where somebody has decided on it just now
        """
        naming = [vals for vals in vals_list if vals["kind"] in NAMING]
        for vals in naming:
            vals["amount"] = currency.round(float(known.get(vals["case_id"], 0)))
        naming = [vals for vals in naming if vals["case_id"] not in known]
        cases = self.env["collection.case"].browse(vals["case_id"] for vals in naming)
        steps = self.env["collection.policy.step"].browse(vals["step_id"] for vals in naming)
        items = cases._asked_items() if cases else {}
        asked = [(case, step, items[case.id]) for case, step in zip(cases, steps, strict=True)]
        for vals, (_case, _step, of_case), named in zip(naming, asked, cases._named_by_letters(asked), strict=True):
            vals["amount"] = currency.round(sum(item.chased for item in of_case if item.id in named))
