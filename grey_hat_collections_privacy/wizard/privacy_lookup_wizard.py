from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.grey_hat_collections.models.privacy.privacy import Person


class PrivacyLookupWizard(models.TransientModel):
    """Odoo's look-up of personal data finds what collections hold of a person, in words, too."""

    _inherit = "privacy.lookup.wizard"

    collection_person = fields.Json(help="Whom it has looked for, as the contacts were then.")

    def _get_query_models_blacklist(self):
        """Of what is ours, we say ourselves where a person is named."""
        return [*super()._get_query_models_blacklist(), *self.env["collection.privacy"]._searched()]

    def _get_query(self):
        privacy = self.env["collection.privacy"]
        query = super()._get_query()
        person = privacy._person(self.name, self.email)
        self.collection_person = {
            "partner_ids": person.partner_ids,
            "names": person.names,
            "phones": person.phones,
        }
        return SQL("%s UNION ALL %s", query, privacy._query(person))

    def _collection_person(self):
        """Whom this look-up was about, also where the contact has another name by now."""
        told = self.collection_person or {}
        return Person(**{name: tuple(values) for name, values in told.items()})


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        """What is ours is a record of what was decided about an account: it stays, without what it says of the person."""
        ours = self._collection_lines()
        ours._collection_clear()
        return super(PrivacyLookupWizardLine, self - ours).action_unlink() if self - ours else None

    def action_unlink_all(self):
        """The same for many at once."""
        self._collection_lines()._collection_clear()
        return super().action_unlink_all()

    def _collection_lines(self):
        """The lines about records of ours, and about messages, activities and files on them."""
        ours = self.env["collection.privacy"]._models()
        on_ours = set()
        for name, field in (("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")):
            ids = self.filtered(lambda line, name=name: line.res_model == name).mapped("res_id")
            # sudo: whoever looks up personal data may know on which kind of record it is
            found = (
                self.env[name].sudo().with_context(active_test=False).search([("id", "in", ids), (field, "in", ours)])
            )
            on_ours.update((name, record_id) for record_id in found.ids)
        return self.filtered(
            lambda line: not line.is_unlinked and (line.res_model in ours or (line.res_model, line.res_id) in on_ours)
        )

    def _collection_clear(self):
        for wizard, lines in self.grouped("wizard_id").items():
            found = defaultdict(list)
            for line in lines:
                found[line.res_model].append(line.res_id)
            self.env["collection.privacy"]._clear(found, wizard._collection_person())
            for line in lines:
                line.execution_details = self.env._(
                    "Cleared %(record)s #%(number)s", record=line.res_model_id.name, number=line.res_id
                )
                line.is_unlinked = True
