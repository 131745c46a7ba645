from collections import defaultdict

from odoo.exceptions import AccessError
from odoo.fields import Command

from . import limits

ADDON = "grey_hat_collections"
#: How the names of our models begin.
OURS = "collection."
#: Fields that name records.
RELATIONAL = ("many2one", "one2many", "many2many", "reference", "many2one_reference")


def is_ours(model, field):
    """Whether a field is ours to answer for: on a model of ours, added by us, or naming records of ours."""
    return model._name.startswith(OURS) or ADDON in field._modules or (field.comodel_name or "").startswith(OURS)


class Incoming:
    """What is in values that come from outside, as far as we answer for it; in lines and in records that are yet to be made
    as well. It is found out before anything is made of the values.

    ``ids`` are those of the records that are named, by model.
    """

    def __init__(self, env, *, news_only=False):
        """:param news_only: leave out what a record names already: whoever may read it may name that again"""
        self.env = env
        self.news_only = news_only
        self.ids = defaultdict(set)

    def named(self):
        """The records that were named, a recordset for each model."""
        return [self.env[model].browse(ids) for model, ids in self.ids.items() if ids]

    def look_at(self, record, values):
        """Take down what ``values`` of a record, or of a new one of its model, name.

        :raises ValidationError: for what nobody can mean
        """
        if not record._origin:
            values = self._by_default(record) | values
        for name, value in values.items():
            field = record._fields.get(name)
            if not field or not value:
                continue
            if is_ours(record, field):
                limits.check(record, field, value)
            if field.type in ("reference", "many2one_reference"):
                self._look_at_reference(record, field, value, values)
            elif field.type in RELATIONAL:
                self._look_at_relation(record, field, value)
        return self

    def _by_default(self, model):
        """What a new record would be given by the context of the call, which comes from outside as well."""
        proposed = {
            key.removeprefix("default_"): value for key, value in self.env.context.items() if key[:8] == "default_"
        }
        return {name: value for name, value in proposed.items() if name in model._fields}

    def _look_at_reference(self, record, field, value, values):
        if self._is_known_reference(record, field, value, values):
            return
        if field.type == "many2one_reference":
            value = f"{values.get(field.model_field) or record[field.model_field]},{value}"
        model, _comma, number = str(value).partition(",")
        if model in self.env and (is_ours(record, field) or model.startswith(OURS)):
            self.ids[model].update(self._ids(number))

    def _is_known_reference(self, record, field, value, values):
        """Whether a record names this already, and the model of it stays what it was."""
        if not self.news_only or not record._origin:
            return False
        model_stays = field.type == "reference" or not {field.model_field, f"{field.model_field}_id"} & set(values)
        return model_stays and set(record.mapped(field.name)) == {value}

    def _look_at_relation(self, record, field, value):
        comodel = self.env[field.comodel_name]
        ids = self._in_many2one(comodel, value) if field.type == "many2one" else self._in_commands(comodel, value)
        if is_ours(record, field):
            known = set(record[field.name].ids) if self.news_only and record._origin else set()
            self.ids[comodel._name].update(set(ids) - known)

    def _in_many2one(self, comodel, value):
        """The ids in the value of one record: an id, an id with a name, or values with an id among them."""
        if isinstance(value, dict):
            ids = self._ids(value.get("id"))
            self.look_at(comodel.browse(ids), value)
            return ids
        return self._ids(*value[:1]) if isinstance(value, (list, tuple)) else self._ids(value)

    def _in_commands(self, comodel, commands):
        """The ids in a list of commands, of ids or of values."""
        found = []
        for command in commands if isinstance(commands, (list, tuple)) else [commands]:
            if isinstance(command, dict):
                command = Command.create(command)
            elif not isinstance(command, (list, tuple)):
                command = Command.link(command)
            code, line, values = (*command, None, None)[:3]
            if code == Command.CREATE:
                self.look_at(comodel, values or {})
            elif code in (Command.UPDATE, Command.LINK):
                ids = self._ids(line)
                self.look_at(comodel.browse(ids), values or {})
                found += ids
            elif code == Command.SET:
                found += self._ids(*(values or ()))
        return found

    def _ids(self, *values):
        """The ids among ``values``; the made-up names of lines that are not saved yet are left out.

        :raises AccessError: where the database might take for an id what is none
        """
        found = []
        for value in values:
            if not value or (isinstance(value, str) and value.startswith("virtual")):
                continue
            try:
                found.append(int(value))
            except (TypeError, ValueError):
                raise AccessError(self.env._("There is no record “%s”. Open the page again.", value)) from None
        return found
