"""Every model and every method of ours, tried as everybody: a table that a person can check, held against what Odoo answers."""

import inspect
from contextlib import suppress

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .access_common import (
    ADDON,
    PEOPLE,
    SECRET,
    WHOSE,
    AccessCommon,
    as_table,
    models_of_ours,
    public_methods,
    read_table,
)

#: What the groups allow on each model: read, update, create, delete. A new model needs a row here.
RIGHTS = """
                             collector lead     manager  accountant adviser  auditor  stranger admin    abroad   guest    public
collection.agency              r        r        rucd     r        r        r        .        .        rucd     .        .
collection.agency.commission   r        r        rucd     r        r        r        .        .        rucd     .        .
collection.agency.feedback     ruc      ruc      rucd     r        r        r        .        .        rucd     .        .
collection.agency.message      r        r        r        r        r        r        .        .        r        .        .
collection.agency.report       r        r        r        r        r        r        .        .        r        .        .
collection.agency.secret       .        .        .        .        .        .        .        .        .        .        .
collection.case                ru       ru       ru       r        r        r        .        .        ru       .        .
collection.confirm.delivery    rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.dispute             ruc      ruc      ruc      ruc      ruc      ru       ru       ru       ruc      .        .
collection.dispute.line        rucd     rucd     rucd     rucd     rucd     r        r        r        rucd     .        .
collection.dispute.report      r        r        r        r        r        r        .        .        r        .        .
collection.dispute.verdict     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     .        .
collection.dispute.verdict.line rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     .        .
collection.give.back           .        .        rucd     .        .        .        .        .        rucd     .        .
collection.guide.line          r        r        rucd     r        r        r        .        .        rucd     .        .
collection.hold                rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.invoice.copies      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.letter              ru       ru       ru       r        r        r        .        .        ru       .        .
collection.log.contact         rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.match               .        .        .        rucd     rucd     .        .        .        rucd     .        .
collection.note                ruc      ruc      ruc      r        r        r        .        .        ruc      .        .
collection.plan                rc       rc       rc       r        r        r        .        .        rc       .        .
collection.plan.wizard         rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.plan.wizard.line    rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.policy              r        r        rucd     r        r        r        r        r        rucd     .        .
collection.policy.step         r        r        rucd     r        r        r        r        r        rucd     .        .
collection.post.delivered      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.post.letters        rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.post.letters.line   rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.posting             ru       ru       ru       r        r        r        .        .        ru       .        .
collection.promise             rc       rc       rc       r        r        r        .        .        rc       .        .
collection.promise.share       r        r        r        r        r        r        .        .        r        .        .
collection.reason              r        r        rucd     r        r        r        r        r        rucd     .        .
collection.refresh             .        .        .        .        .        .        .        .        .        .        .
collection.refer               .        .        rucd     .        .        .        .        .        rucd     .        .
collection.refer.item          .        .        rucd     .        .        .        .        .        rucd     .        .
collection.refer.point         .        .        rucd     .        .        .        .        .        rucd     .        .
collection.referral            r        r        rd       r        r        r        .        .        rd       .        .
collection.referral.line       r        r        r        r        r        r        .        .        r        .        .
collection.referral.override   r        r        r        r        r        r        .        .        r        .        .
collection.referral.payment    r        r        r        r        r        r        .        .        r        .        .
collection.remittance          .        .        r        rucd     rucd     r        .        .        rucd     .        .
collection.remittance.line     .        .        r        rucd     rucd     r        .        .        rucd     .        .
collection.returned.mail       rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.service.level       r        r        rucd     r        r        .        .        .        rucd     .        .
collection.set.reason          rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.stage               r        r        rucd     r        r        r        r        r        rucd     .        .
"""
#: Whose records of each model may be read / written: own, the colleague's, unassigned, of the other company (x).
REACH = """
                             collector lead     manager  accountant adviser  auditor  stranger admin    abroad   guest    public
collection.agency              ocu      ocu      ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.agency.commission   ocu      ocu      ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.agency.feedback     ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.agency.message      ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.agency.report       ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.agency.secret       .        .        .        .        .        .        .        .        .        .        .
collection.case                ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.dispute             ou/ou    ocu/ocu  ocu/ocu  ocu/ocu  ocu/ocu  ocu      .        .        x/x      .        .
collection.dispute.line        ou/ou    ocu/ocu  ocu/ocu  ocu/ocu  ocu/ocu  ocu      .        .        x/x      .        .
collection.dispute.report      ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.guide.line          ocu      ocu      ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.letter              ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.note                ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.plan                ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.policy              ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
collection.policy.step         ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
collection.posting             ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.promise             ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.promise.share       ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.reason              ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
collection.refresh             .        .        .        .        .        .        .        .        .        .        .
collection.referral            ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.referral.line       ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.referral.override   ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.referral.payment    ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.remittance          .        .        ocu      ocu/ocu  ocu/ocu  ocu      .        .        x/x      .        .
collection.remittance.line     .        .        ocu      ocu/ocu  ocu/ocu  ocu      .        .        x/x      .        .
collection.service.level       ocu      ocu      ocu/ocu  ocu      ocu      .        .        .        x/x      .        .
collection.stage               ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
"""
#: What Odoo itself calls on any model; its rights are in the tables.
OF_ODOO = frozenset({"address_get", "copy_data", "create", "default_get", "onchange", "unlink", "write"})
#: Who calls each method, and on whose record: people who have no business with it.
INTRUDERS = (
    ("collector", "c"),
    ("abroad", "o"),
    ("stranger", "o"),
    ("admin", "o"),
    ("guest", "o"),
    ("public", "o"),
)
#: What a customer with an access to the portal may know of what we add: their own data, and how amounts are written.
FOR_CUSTOMERS = {"type", "collection_no_email", "collection_no_post", "collection_no_call", "collection_do_not_contact"}


class UndoneError(Exception):
    """Takes back what was tried."""


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessCommon):
    """Groups, records, methods, dialogs and fields."""

    def test_what_the_groups_allow(self):
        letters = {"r": "read", "u": "write", "c": "create", "d": "unlink"}
        rows = {
            name: {
                person: "".join(
                    letter for letter, right in letters.items() if self._as(person, model).has_access(right)
                )
                for person in PEOPLE
            }
            for name, model in models_of_ours(self.env).items()
        }
        self.assertTable(rows, RIGHTS)

    def test_whose_records_are_within_reach(self):
        rows = {}
        for name, model in models_of_ours(self.env).items():
            if model._transient:
                continue  # Odoo shows a dialog to nobody but whoever opened it
            for letter in WHOSE:
                self.assertTrue(self.records[letter].get(name), f"{name}: there is no record to try; see _one_of_each")
            rows[name] = {person: self._reach(person, name) for person in PEOPLE}
        self.assertTable(rows, REACH)

    def _reach(self, person, name):
        cells = [
            "".join(letter for letter in WHOSE if self._as(person, self.records[letter][name]).has_access(right))
            for right in ("read", "write")
        ]
        return "/".join(cells).rstrip("/")

    def assertTable(self, rows, expected):
        expected = read_table(expected)
        self.assertEqual(set(rows), set(expected), "A model without a row, or a row without a model")
        differing = {name: cells for name, cells in rows.items() if cells != expected[name]}
        self.assertFalse(differing, f"Change the table only where this is right:\n{as_table(differing)}")

    # -- Methods -------------------------------------------------------------------------------------------------

    def test_no_method_serves_an_intruder(self):
        """Each method that can be called from outside refuses, or does and tells nothing."""
        tried = 0
        for name, model in self.env.items():
            for method in set(public_methods(model)) - OF_ODOO:
                if model._abstract or model._transient:
                    continue  # inherited by the others, or a dialog; see below
                self.assertIn(name, self.records["o"], f"{name}.{method}: there is no record to try")
                for person, whose in INTRUDERS:
                    tried += 1
                    with self.subTest(f"{name}.{method}", person=person):
                        self.assertNothing(self._as(person, self.records[whose][name]), method)
        self.assertGreater(tried, 300)

    def test_an_auditor_changes_nothing(self):
        for name, record in self.records["o"].items():
            for method in set(public_methods(record)) - OF_ODOO:
                with self.subTest(f"{name}.{method}"):
                    _told, written = self._try(self._as("auditor", record), method)
                    self.assertFalse(written)

    def assertNothing(self, record, method):
        told, written = self._try(record, method)
        self.assertFalse(written, "rows were written")
        self.assertNotIn(SECRET, told)

    def _try(self, record, method):
        """What a method answers, as text, and how many rows it writes; it is taken back. A refusal answers nothing."""
        function = getattr(record, method)
        blanks = [
            {}
            for one in inspect.signature(function).parameters.values()
            if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
        ]
        self.env.invalidate_all()
        before = self._rows_written()
        told = ""
        try:
            with self.cr.savepoint():
                told = str(function(*blanks))
                self.env.flush_all()
                raise UndoneError
        except UndoneError:
            return told, self._rows_written() - before
        except AccessError:
            return "", 0
        except UserError as error:
            return str(error), 0

    # -- Dialogs -------------------------------------------------------------------------------------------------

    def test_no_dialog_opens_on_what_is_out_of_reach(self):
        """Whoever may open dialogs gets none about the record of somebody else, and nothing done by one."""
        tried = set()
        for name, model in models_of_ours(self.env).items():
            if not model._transient:
                continue
            for person, whose in (("collector", "c"), ("manager", "x"), ("accountant", "x")):
                if not self._as(person, model).has_access("create"):
                    continue
                values = self._values_of_dialog(model, person, whose)
                with self.subTest(name, person=person):
                    tried.add(name)
                    self.assertDialogRefused(self._as(person, model), values)
        self.assertGreater(len(tried), 12)

    def assertDialogRefused(self, model, values):
        """A dialog about one record does not open; one that is given several, or finds them itself, does nothing with them."""
        about = [name for name in values if model._fields[name].comodel_name in self.records["o"]]
        single = [name for name in about if model._fields[name].type == "many2one"]
        with suppress(AccessError, UndoneError), self.cr.savepoint():
            dialog = model.create(values)
            self.env.flush_all()
            self.assertFalse(single, "it opened")
            self.assertNotIn(SECRET, str(dialog.read()))
            for method in set(public_methods(model)) - OF_ODOO if about else ():
                self.assertRaises(AccessError, getattr(dialog, method))
            raise UndoneError

    def _values_of_dialog(self, model, person, whose):
        """What a dialog is made with, all its records those of ``whose``."""
        values = {}
        for name, field in model._fields.items():
            if field.compute or field.related:
                continue
            if field.comodel_name in self.records[whose] and field.type in ("many2one", "many2many"):
                record = self.records[whose][field.comodel_name]
                values[name] = record.id if field.type == "many2one" else record.ids
            elif field.required and field.type == "many2one" and self.env[field.comodel_name]._transient:
                parent = self.env[field.comodel_name]
                values[name] = self._as(person, parent).create(self._values_of_dialog(parent, person, "o")).id
            elif field.required and field.type in ("char", "text"):
                values[name] = "x"
            elif field.required and field.type == "date":
                values[name] = fields.Date.to_string(self._day(1))
            elif field.required and field.type == "selection":
                values[name] = field.get_values(self.env)[0]
        return values

    # -- Fields that we add to the models of others --------------------------------------------------------------

    def test_customers_and_passers_by_read_nothing_of_ours(self):
        """A customer with an access to the portal reads invoices, the own card and the company; not what we think of them."""
        mine = self.records["o"]
        self.guest.partner_id.parent_id = mine["res.partner"]
        mine["account.move"].message_subscribe(self.guest.partner_id.ids)
        mine["res.partner"].collection_policy_id = self.standard
        self.assertTrue(self._as("guest", mine["account.move"]).read(["name"]), "the customer's own invoice")
        for person in ("guest", "public"):
            user = self._user(person)
            for record in (mine["account.move"], mine["account.move.line"], mine["res.partner"], user, self.company):
                for name, field in record._fields.items():
                    if ADDON in field._modules and name not in FOR_CUSTOMERS:
                        with self.subTest(field, person=person):
                            self.assertFalse(self._seen(person, record, name))

    def _seen(self, person, record, name):
        self.env.invalidate_all()
        try:
            return self._as(person, record).read([name])[0].get(name)
        except AccessError:
            return None
