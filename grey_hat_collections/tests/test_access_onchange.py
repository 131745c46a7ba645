"""What a form answers while it is filled in, and what dialogs make of it: nothing about records that the user may not read.

No field is named here: all models and fields are found in the registry, so that a new one is tried as well.
"""

from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.base.incoming import RELATIONAL, is_ours
from .access_common import PEOPLE, SECRET, AccessCommon, models_of_ours
from .test_access_matrix import UndoneError

#: The rules that hide records of the house are written to the log each time.
QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
#: Odoo's own.
STAMPED = {"create_uid", "write_uid"}
#: Amounts of the records that _one_of_each makes: of the invoice, its referral, its promise, its plan and its dispute.
AMOUNTS = (500.0, 450.0, 100.0, 300.0, 50.0)

#: Records whose names tell of a customer.
NAMED = ("account.move", "collection.case", "collection.dispute", "collection.letter", "collection.plan")


@tagged("post_install", "-at_install")
class TestAccessOnchange(AccessCommon):
    """Every relational field of ours, given what is out of reach: typed, proposed by the address, in a line, in a record."""

    def _begin(self):
        super()._begin()
        for letter, found in self.records.items():
            letters = found["collection.letter"]
            found["ir.attachment"] = letters.attachment_id
            found["res.company"] = self.cases[letter].company_id
            found["res.users"] = self.abroad if letter == "x" else self.collector
        self.secrets = {letter: self._secrets(letter) for letter in self.records}

    # -- The table -----------------------------------------------------------------------------------------------

    def _fields_of_ours(self):
        """By model, the fields that name records and are ours to answer for."""
        found = {}
        for name, model in sorted(self.env.items()):
            fields = [field for field in model._fields.values() if field.type in RELATIONAL and is_ours(model, field)]
            if fields and not model._abstract:
                found[name] = [field for field in fields if field.name not in STAMPED]
        return found

    def _out_of_reach(self, person, comodel):
        """A record of ``comodel`` that this person may not read, and the letter that says whose it is."""
        for letter, found in self.records.items():
            record = found.get(comodel)
            if record and not self._as(person, record).has_access("read"):
                return letter, record[:1]
        return None, None

    def test_every_model_has_the_door(self):
        """Those that only read a view have none: nobody makes a record of them."""
        doors = self.env["collection.door"]
        open_wide = [
            name
            for name in {*self._fields_of_ours(), *models_of_ours(self.env)}
            if self.env[name]._auto and not isinstance(self.env[name], type(doors))
        ]
        self.assertFalse(open_wide, "Inherit collection.door, or add the model to doors.py")

    @mute_logger(*QUIET)
    def test_forms_tell_nothing_out_of_reach(self):
        """Each field as each person: refused, or nothing of the record is in the answer."""
        tried = refused = 0
        for model, fields in self._fields_of_ours().items():
            for person in PEOPLE:
                mine = self._as(person, self.env[model])
                own = self._own(mine)
                if not (own or mine.has_access("create")):
                    continue  # a form answers to those who may save it
                spec = self._spec(mine)
                for field in fields:
                    letter, record = self._out_of_reach(person, field.comodel_name)
                    for way, call in self._ways(mine, own, field, record, spec) if record else ():
                        tried += 1
                        with self.subTest(field, person=person, whose=letter, way=way):
                            refused += self.assertTellsNothing(call, letter)
        self.assertGreater(tried, 500)
        self.assertGreater(refused, 500)

    @mute_logger(*QUIET)
    def test_forms_do_not_answer_others(self):
        for model in self._fields_of_ours():
            for person in PEOPLE:
                mine = self._as(person, self.env[model])
                if not mine.has_access("create"):
                    with self.subTest(model, person=person), self.assertRaises(AccessError):
                        mine.onchange({}, [], {"display_name": {}})

    @mute_logger(*QUIET)
    def test_nothing_is_made_with_what_is_out_of_reach(self):
        """Everything else of a new record is one's own; what comes of it is read."""
        refused = set()
        for model, fields in self._fields_of_ours().items():
            for person in PEOPLE:
                mine = self._as(person, self.env[model])
                needed = mine.has_access("create") and self._needed(mine)
                if not needed:
                    continue
                for field in fields:
                    letter, record = self._out_of_reach(person, field.comodel_name)
                    if record and not field.related:
                        value = record.id if field.type == "many2one" else [Command.link(record.id)]
                        with self.subTest(field, person=person, whose=letter):
                            values = needed | {field.name: value}
                            if self.assertTellsNothing(lambda m=mine, v=values: self._made(m, v), letter, own=True):
                                refused.add(str(field))
        self.assertGreater(len(refused), 40)

    def _made(self, model, values):
        made = model.create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        return made.web_read(self._spec(model))

    def _own(self, model):
        """A record of the model that this user may change."""
        user = model.env.user
        own = user if model._name == "res.users" else self.records["o"].get(model._name, model)[:1].with_env(model.env)
        return own if own and (own == user or own.has_access("write")) else model

    def _ways(self, model, own, field, record, spec):
        """How a form can be given a record, as (name, call)."""
        many = field.type != "many2one"
        value = [Command.link(record.id)] if many else record.id
        other = [Command.set([str(record.id)])] if many else {"id": record.id}
        proposed = {f"default_{field.name}": value}
        if model.has_access("create"):
            yield "typed", lambda: model.onchange({field.name: value}, [field.name], spec)
            yield "otherwise", lambda: model.onchange({field.name: other}, [field.name], spec)
            yield "proposed", lambda: model.with_context(**proposed).onchange({}, [], spec)
        if own:
            yield "on a record", lambda: own.onchange({field.name: value}, [field.name], spec)

    def _spec(self, model, depth=1):
        """All that a form can ask of us, with the names of what is linked and the fields of lines."""
        spec = {}
        for name, field in model._fields.items():
            if not is_ours(model, field) or field.type == "binary" or not model._has_field_access(field, "read"):
                continue
            spec[name] = {}
            if field.type == "many2one":
                spec[name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                lines = self.env[field.comodel_name].with_env(model.env)
                ours = lines._name.startswith("collection.")
                spec[name] = {"fields": self._spec(lines, depth - 1) if depth and ours else {"display_name": {}}}
        return spec

    def assertTellsNothing(self, call, letter, *, own=False):
        """
        :param own: amounts of one's own records may be in the answer
        :return: whether it was refused
        """
        self.env.invalidate_all()
        answer, refused = None, False
        try:
            with suppress(UndoneError), self.cr.savepoint():
                answer = call()
                raise UndoneError
        except UserError as error:
            answer, refused = str(error), isinstance(error, (AccessError, MissingError))
        told = str(answer)
        found = [words for words in self.secrets[letter] if words in told]
        found += [amount for amount in AMOUNTS if not own and amount in self._amounts_in(answer)]
        self.assertFalse(found, told)
        return refused

    def _secrets(self, letter):
        """What only the records of one customer are called, and what is said on them."""
        named = {whose: {found[model].display_name for model in NAMED} for whose, found in self.records.items()}
        name = self.cases[letter].partner_id.name
        return {f"{SECRET} {name}", f"REF {name}"} | named.pop(letter).difference(*named.values())

    def _amounts_in(self, answer):
        """The fractional numbers anywhere in an answer."""
        if isinstance(answer, float):
            return {answer}
        if isinstance(answer, dict):
            answer = list(answer.values())
        if isinstance(answer, (list, tuple)):
            return {amount for part in answer for amount in self._amounts_in(part)}
        return set()
