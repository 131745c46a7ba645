from odoo import api, models
from odoo.fields import Domain


class CollectionActivityMixin(models.AbstractModel):
    """A record of a company on which the rules ask people for something."""

    _name = "collection.activity.mixin"
    _description = "Activity Mixin"

    def _ask(self, values):
        """Create one activity for each record, with the mark of the rules and without mail to the assignee. Needs superuser
        mode.

        :param values: function of a record giving ``activity_type_id``, ``summary``, ``user_id`` of its activity, and
            ``date_deadline`` where that is another day than today
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        self.mapped("display_name")  # an activity looks its record's name up by itself, one by one if it were not known
        today = {company: company._collection_today() for company in self.company_id}
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "date_deadline": today[record.company_id],
                    "automated": True,
                    "collection_asked": True,
                    **values(record),
                }
                for record in self
            ]
        )

    def _asked(self, *xmlids):
        """What the rules have asked about these records and nobody has done yet, in superuser mode.

        :param xmlids: the types of activities; all of them where none is named
        """
        activities = self.env["mail.activity"].sudo()  # what the rules have asked is theirs
        domain = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        if xmlids:
            domain &= Domain("activity_type_id", "in", [self._activity_type(xmlid).id for xmlid in xmlids])
        return activities.search(domain & Domain("collection_asked", "=", True))

    def _withdraw_asked_by(self, *xmlids):
        """Take back what the rules have asked by these types of activities and is not needed any more."""
        self._asked(*xmlids).unlink()

    @api.model
    def _activity_type(self, xmlid):
        """A type of activities that came with the add-on; known without a query. A mistake of the caller: ValueError."""
        return self.env["mail.activity.type"].browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid, True))

    def _in_language_of(self, user):
        return self.with_context(lang=user.lang or self.env.lang)
