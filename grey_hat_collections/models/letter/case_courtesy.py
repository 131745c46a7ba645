from odoo import api, models


class CollectionCase(models.Model):
    """A word before something falls due."""

    _inherit = "collection.case"

    @api.model
    def _queue_courtesy_letters(self, companies):
        """Remind customers of what falls due soon, once for each due date, where a company wishes to.

        Customers with an open case hear from us through it.
        """
        letters = self.env["collection.letter"]
        for company in companies.filtered("collection_courtesy_days"):
            due = self._not_held(self.env["collection.ledger"]._falling_due(company, company.collection_courtesy_days))
            partners = self.env["res.partner"].browse([partner_id for partner_id, _due, _amount in due])
            in_case = {partner_id for partner_id, _company in self._open_cases_of(partners, company)}
            reminded = {
                (letter.partner_id.id, letter.reference_date)
                for letter in letters.search(
                    [
                        ("company_id", "=", company.id),
                        ("kind", "=", "courtesy"),
                        ("reference_date", ">", company._collection_today()),
                    ]
                )
            }
            unwilling = set(partners._collection_unwilling().ids)
            values = {}
            for partner_id, day, amount in due:
                if partner_id not in in_case | unwilling and (partner_id, day) not in reminded:
                    letter = {
                        "partner_id": partner_id,
                        "company_id": company.id,
                        "kind": "courtesy",
                        "reference_date": day,
                        "amount": amount,
                    }
                    values.setdefault(partner_id, []).append(letter)
            partners.browse(values)._work_on_each(
                lambda some, values=values: letters.create([one for partner in some for one in values[partner.id]]),
                lambda partner, error, company=company: partner._collection_ask_to_look(company, error),
            )
