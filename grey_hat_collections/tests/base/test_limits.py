"""Days, numbers and texts that nobody can mean: no field of ours takes them, and what one does take harms nothing.

No field is named here: all of them are found in the registry, so that a new one is tried as well.
"""

from contextlib import suppress
from datetime import datetime, time, timedelta
from math import inf, nan

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...models.base.incoming import is_ours
from ...models.base.limits import FARTHEST, LARGEST, LONGEST, LONGEST_AGO, MOST
from ..access_common import AccessCommon
from ..test_access_matrix import UndoneError

#: Who types.
WHO = ("collector", "manager", "accountant", "admin")
#: What is refused everywhere.
ABSURD = {
    "date": ("9999-12-31", "0001-01-01"),
    "datetime": ("9999-12-31 23:59:59", "0001-01-01 00:00:00"),
    "integer": (10**12, -(10**12), 2**31 - 1),
    "float": (nan, inf, -inf, 1e300),
    "monetary": (nan, inf, -inf, 1e300),
    "char": ("x" * 10**6,),
    "text": ("x" * 10**6,),
    "html": (f"<p>{'x' * 10**6}</p>",),
}
#: What Odoo keeps itself.
OF_ODOO = ("create_date", "create_uid", "id", "write_date", "write_uid")
#: Only read on the form, and a manager corrects it all the same.
SAID_BY_MANAGERS = ("collection.note.user_id",)
QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.sql_db", "odoo.models")


@tagged("post_install", "-at_install")
class TestLimits(AccessCommon):
    """Whatever a person may type, tried at the edge and beyond."""

    # -- What may be typed ---------------------------------------------------------------------------------------

    def _places(self, person):
        """Where this person may type: (what to write to, what a new record needs besides, the fields)."""
        for name, model in sorted(self.env.items()):
            typed = [field for field in model._fields.values() if self._is_typed(model, field)]
            if not typed or model._abstract:
                continue
            mine = self._as(person, model)
            own = self._own(person, name)
            typed = [field for field in typed if mine._has_field_access(field, "write")]
            if own and own.has_access("write"):
                yield own, {}, typed
            elif mine.has_access("create") and (needed := self._needed(mine)) is not None:
                yield mine, needed, typed

    def _is_typed(self, model, field):
        return field.type in ABSURD and is_ours(model, field) and not field.readonly and field.name in model._fields

    def _own(self, person, name):
        known = {"res.company": self.company, "res.partner": self.cases["o"].partner_id}
        record = known.get(name) or self.records["o"].get(name)
        return record and self._as(person, record[:1])

    # -- Trying --------------------------------------------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_what_nobody_means_is_refused(self):
        tried = set()
        for person in WHO:
            for record, needed, typed in self._places(person):
                for field in typed:
                    for value in ABSURD[field.type]:
                        with self.subTest(field, person=person, value=str(value)[:20]):
                            tried.add(str(field))
                            self.assertRefused(lambda r=record, v=needed | {field.name: value}: self._type(r, v))
                            self.assertRefused(lambda r=record, f=field, v=value: self._fill_in(r, f, v))
        self.assertGreater(len(tried), 100)

    def _type(self, record, values):
        if record:
            return record.write(values)
        return record.create(values)

    def _fill_in(self, record, field, value):
        return record.onchange({field.name: value}, [field.name], {field.name: {}})

    def assertRefused(self, call):
        """One plain sentence or two say why not."""
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            call()
            self.env.flush_all()
        told = str(refused.exception)
        self.assertTrue(told.endswith("."), told)
        self.assertLess(len(told), 600)

    @mute_logger(*QUIET)
    def test_what_is_taken_at_the_edge_harms_no_night(self):
        """One kind of edge after the other in every field, as far as it is taken; then the night."""
        today = fields.Date.context_today(self.env.user)
        first, last = today - LONGEST_AGO, today + FARTHEST
        days = {"least": first, "most": last, "below": first + timedelta(days=1)}
        for edge, day in days.items():
            number = {"least": -MOST, "most": MOST, "below": -1}[edge]
            amount = {"least": -LARGEST, "most": LARGEST, "below": -1.0}[edge]
            edges = {"date": day, "datetime": datetime.combine(day, time()), "float": amount, "monetary": amount}
            edges |= {kind: "x" * length for kind, length in LONGEST.items()}
            with self.subTest(edge), suppress(UndoneError), self.cr.savepoint():
                taken = self._type_everywhere(edges, number)
                self.assertGreater(taken, 10)
                self._daily_run(self._day(1))
                self.assertFalse(self.cases["o"].last_error)
                self.assertEqual(self.cases["o"].run_date, self._day(1))
                raise UndoneError

    def _type_everywhere(self, edges, number):
        """Type the edge into each field by itself; what is not taken is left as it is.

        :return: how many fields took it
        """
        taken = 0
        for person in WHO:
            for record, needed, typed in self._places(person):
                for field in typed:
                    days = "days" in field.name.split("_")
                    limit = FARTHEST.days
                    integer = max(-limit, min(limit, number)) if days else number
                    value = integer if field.type == "integer" else edges[field.type]
                    with suppress(UserError, IntegrityError), self.cr.savepoint():
                        self._type(record, needed | {field.name: value})
                        self.env.flush_all()
                        taken += 1
        return taken

    # -- What is not typed at all --------------------------------------------------------------------------------

    def test_what_follows_from_the_rest_is_not_typed(self):
        """Stored fields that people do not fill in are refused, or the record takes no notice of them."""
        for person in ("collector", "manager", "accountant"):
            for name, record in self.records["o"].items():
                if not name.startswith("collection.") or not record._auto:
                    continue
                record = self._as(person, record[:1])
                for field in record._fields.values():
                    if not (is_ours(record, field) and field.readonly and field.store) or field.type == "one2many":
                        continue
                    if field.name in OF_ODOO or str(field) in SAID_BY_MANAGERS:
                        continue
                    with self.subTest(field, person=person), suppress(UndoneError), self.cr.savepoint():
                        self.assertNotTaken(record, field)
                        raise UndoneError

    def assertNotTaken(self, record, field):
        before = record.sudo()[field.name]
        value = self._another(field, before)
        with suppress(AccessError, UserError):
            record.write({field.name: value})
            self.assertEqual(record.sudo()[field.name], before)

    def _another(self, field, before):
        """Another value than ``before``."""
        if field.type == "boolean":
            return not before
        if field.type == "selection":
            return next(value for value in field.get_values(self.env) if value != before)
        if field.type in ("integer", "float", "monetary"):
            return before + 1
        if field.type == "date":
            return self._day(5)
        if field.type == "datetime":
            return datetime.combine(self._day(5), time())
        if field.type == "many2one":
            return False if before else self.env[field.comodel_name].sudo().search([], limit=1).id
        if field.type == "many2many":
            return [Command.set([] if before else self.env[field.comodel_name].sudo().search([], limit=1).ids)]
        return "typed"
