from odoo import api, models
from odoo.exceptions import AccessError

from .incoming import OURS, RELATIONAL, Incoming, is_ours

#: Whoever groups by a file or by an e-mail in the queue of Odoo sees names that mean nothing.
FILES = ("ir.attachment", "mail.mail")


class CollectionDoor(models.AbstractModel):
    """What comes in from outside is looked at before anything is made of it: by creating, by writing, by default, and while a
    form is filled in, where nothing is saved and everything is computed.

    - Records that are named (``base/incoming.py``) may be read by whoever names them: much of what is shown of them is
      computed in superuser mode.
    - Days, numbers and texts are such as a person can mean (``base/limits.py``).
    - What follows from the rest is not typed.

    All models of ours inherit this, and those of others that have fields of ours, for these fields alone.
    """

    _name = "collection.door"
    _description = "Write Guard Mixin"
    #: Fields that nobody types although they are stored, besides those that are computed.
    _kept_by_rules = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self.check_access("create")
            for vals in vals_list:
                self._check_typed(vals)
            self._check_incoming(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self.browse().check_access("write")
            self._check_typed(vals)
            self._check_incoming([vals])
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """What is proposed may come from the address of the page, too."""
        defaults = super().default_get(fields)
        if not self.env.su:
            self.browse()._check_incoming([defaults])
        return defaults

    def _valid_field_parameter(self, field, name):
        """``for_rules``: what is stored means something to the rules alone."""
        return name == "for_rules" or super()._valid_field_parameter(field, name)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """To group by, people are offered what they know: nothing of the rules, no files and no fingerprints."""
        result = super().fields_get(allfields, attributes)
        if not self._name.startswith("collection."):
            return result
        for name, described in result.items():
            if "groupable" in described and (
                getattr(self._fields[name], "for_rules", False)
                or self._fields[name].comodel_name in FILES
                or "sha256" in name
            ):
                described["groupable"] = False
        return result

    def onchange(self, values, field_names, fields_spec):
        if self.env.su:
            return super().onchange(values, field_names, fields_spec)
        shown = self._shown_out_of_reach(values)
        changed = [name for name in field_names if name not in shown]
        if field_names and not changed:
            return {}  # without a field that has changed, it would be the first call for a new record
        values = {name: value for name, value in values.items() if name not in shown}
        self._check_incoming([values])
        return super().onchange(values, changed, fields_spec)

    # -- Looking -------------------------------------------------------------------------------------------------

    def _check_incoming(self, vals_list):
        """Refuse what these records, or new ones, must not be given.

        :raises AccessError: for a record that this user may not read
        :raises ValidationError: for what nobody can mean
        """
        if not self._is_within_reach(vals_list):
            for records in self._incoming(vals_list, news_only=True):
                records.check_access("read")

    def _is_within_reach(self, vals_list):
        """Whether all records that are named may be read."""
        return all(records.has_access("read") for records in self._incoming(vals_list))

    def _incoming(self, vals_list, **kwargs):
        incoming = Incoming(self.env, **kwargs)
        for vals in vals_list:
            incoming.look_at(self, vals)
        return incoming.named()

    def _shown_out_of_reach(self, values):
        """Fields of a form that are only shown, and name what this user may not read: they are worked out anew."""
        shown = filter(self._is_shown, values)
        return {name for name in shown if not self._is_within_reach([{name: values[name]}])}

    def _is_shown(self, name):
        """Whether a field is ours, names records, and is worked out whenever it is shown."""
        field = self._fields.get(name)
        names_records = field and field.type in RELATIONAL and is_ours(self, field)
        return names_records and field.compute and field.readonly and not field.store

    def _check_typed(self, vals):
        """:raises AccessError: for what follows from other fields of a record"""
        if self._transient or not self._name.startswith(OURS):
            return
        for name in vals:
            field = self._fields.get(name)
            if field and (name in self._kept_by_rules or (field.compute and field.readonly and field.store)):
                raise AccessError(
                    self.env._(
                        "%(record)s: “%(field)s” is set automatically and cannot be edited. Leave it out.",
                        record=self.env["ir.model"]._get(self._name).name,
                        field=field._description_string(self.env),
                    )
                )
