from odoo import api, models


class CollectionCaseFact(models.AbstractModel):
    """A record that decisions on cases depend on: where it changes, the next daily run decides on them anew."""

    _name = "collection.case.fact"
    _description = "Decision Fact Mixin"
    _inherit = ["collection.door"]
    #: The fields that count; making or deleting a record always does.
    _facts_of_case = frozenset()
    #: Whether they also say where a case is in the window for an agency.
    _moves_window = False

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._facts_changed(records._cases_to_look_at())
        return records

    def write(self, vals):
        if self._facts_of_case.isdisjoint(vals):
            return super().write(vals)
        cases = self._cases_to_look_at()
        result = super().write(vals)
        self._facts_changed(cases | self._cases_to_look_at())
        return result

    def unlink(self):
        cases = self._cases_to_look_at()
        result = super().unlink()
        self._facts_changed(cases.exists())
        return result

    def _facts_changed(self, cases):
        cases._look_again(window=self._moves_window)

    def _cases_to_look_at(self):
        """The cases that these records count for; a setting says so by a search."""
        return self.sudo().case_id  # whoever may change the fact need not see the case
