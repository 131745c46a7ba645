"""Every model and every method of ours, tried as everybody: a table that a person can check, held against what Odoo answers."""

import inspect
from contextlib import suppress

from odoo import Command, fields
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
from .common import MONDAY

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
collection.change.cases        rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.confirm.delivery    rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.dispute             ruc      ruc      ruc      ruc      ruc      ru       ru       ru       ruc      .        .
collection.dispute.line        rucd     rucd     rucd     rucd     rucd     r        r        r        rucd     .        .
collection.dispute.report      r        r        r        r        r        r        .        .        r        .        .
collection.dispute.resolution     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     .        .
collection.dispute.resolution.line rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     .        .
collection.give.back           .        .        rucd     .        .        .        .        .        rucd     .        .
collection.first.run           .        .        r        .        .        .        .        .        r        .        .
collection.first.run.line      .        .        r        .        .        .        .        .        r        .        .
collection.guide.line          r        r        rucd     r        r        r        .        .        rucd     .        .
collection.hold                rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.approve.kind        rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.invoice.copies      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.letter              ru       ru       ru       r        r        r        .        .        ru       .        .
collection.letter.exemption    r        r        rucd     .        .        .        .        .        rucd     .        .
collection.letter.line         r        r        r        r        r        r        .        .        r        .        .
collection.letter.preview      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.log.contact         rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.mark                r        r        r        r        r        r        .        .        r        .        .
collection.match               .        .        .        rucd     rucd     .        .        .        rucd     .        .
collection.note                ruc      ruc      ruc      r        r        r        .        .        ruc      .        .
collection.page.answer         r        r        r        r        r        r        .        .        r        .        .
collection.page.link           r        r        r        .        .        .        .        .        r        .        .
collection.page.visit          .        .        .        .        .        .        .        .        .        .        .
collection.plan                rc       rc       rc       r        r        r        .        .        rc       .        .
collection.plan.wizard         rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.plan.wizard.line    rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.policy              r        r        rucd     r        r        r        r        r        rucd     .        .
collection.policy.step         r        r        rucd     r        r        r        r        r        rucd     .        .
collection.mark.delivered      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.mark.mailed         rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.mark.mailed.line    rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.mail.piece          ru       ru       ru       r        r        r        .        .        ru       .        .
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
collection.send.documents      rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.set.reason          rucd     rucd     rucd     .        .        .        .        .        rucd     .        .
collection.stage               r        r        rucd     r        r        r        r        r        rucd     .        .
collection.wording             r        r        rucd     r        r        r        .        .        rucd     .        .
collection.undo                .        .        .        .        .        .        .        .        .        .        .
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
collection.letter.exemption    ocu      ocu      ocu/ocu  .        .        .        .        .        x/x      .        .
collection.letter.line         ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.mark                ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.note                ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
collection.page.answer         ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.page.link           ocu      ocu      ocu      .        .        .        .        .        x        .        .
collection.page.visit          .        .        .        .        .        .        .        .        .        .        .
collection.plan                ou       ocu      ocu      ocu      ocu      ocu      .        .        x        .        .
collection.policy              ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
collection.policy.step         ocu      ocu      ocu/ocu  ocu      ocu      ocu      ocu      ocu      x/x      .        .
collection.mail.piece             ou/ou    ocu/ocu  ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
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
collection.wording             ocu      ocu      ocu/ocu  ocu      ocu      ocu      .        .        x/x      .        .
"""
#: What the groups allow on models of Odoo that tell of more than customers: read, update, create, delete.
RIGHTS_IN_ODOO = """
                             collector lead     manager  accountant adviser  auditor  stranger admin    abroad   guest    public
account.account                r        r        r        r        rucd     r        r        r        rucd     .        .
account.bank.statement         .        .        .        r        r        r        .        .        r        .        .
account.bank.statement.line    .        .        .        r        r        r        .        .        r        .        .
account.full.reconcile         .        .        .        rucd     rucd     r        .        .        rucd     .        .
account.journal                r        r        r        r        rucd     r        .        .        rucd     .        .
account.move                   r        r        r        rucd     rucd     r        .        .        rucd     r        .
account.move.line              r        r        r        rucd     rucd     r        .        .        rucd     r        .
account.partial.reconcile      .        .        .        rucd     rucd     r        .        .        rucd     .        .
account.payment                r        r        r        rucd     rucd     r        .        .        rucd     .        .
account.payment.method.line    r        r        r        rucd     rucd     r        r        r        rucd     .        .
mail.activity                  rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     rucd     .        .
res.partner.bank               rucd     rucd     rucd     r        r        r        r        rucd     rucd     .        .
"""
#: Which of their records each may read (r) and write (w).
REACH_IN_ODOO = """
                             collector lead     manager  accountant adviser  auditor  stranger admin    abroad   guest    public
activity.abroad                .        .        .        .        .        .        .        .        rw       .        .
activity.colleague             .        rw       rw       r        r        r        .        .        .        .        .
activity.own                   rw       rw       rw       r        r        r        .        .        .        .        .
bill                           .        .        .        rw       rw       r        .        .        .        .        .
bill.lines                     .        .        .        rw       rw       r        .        .        .        .        .
invoice                        r        r        r        rw       rw       r        .        .        .        .        .
invoice.lines                  r        r        r        rw       rw       r        .        .        .        .        .
journal.abroad                 .        .        .        .        .        .        .        .        rw       .        .
journal.bank                   .        .        .        r        rw       r        .        .        .        .        .
journal.cash                   .        .        .        r        rw       r        .        .        .        .        .
journal.misc                   .        .        .        r        rw       r        .        .        .        .        .
journal.purchase               .        .        .        r        rw       r        .        .        .        .        .
journal.sale                   r        r        r        r        rw       r        .        .        .        .        .
matching.bill                  .        .        .        rw       rw       r        .        .        rw       .        .
matching.invoice               .        .        .        rw       rw       r        .        .        rw       .        .
payment.entry                  r        r        r        rw       rw       r        .        .        .        .        .
payment.entry.bank             .        .        .        rw       rw       r        .        .        .        .        .
payment.entry.item             r        r        r        rw       rw       r        .        .        .        .        .
payment.paid                   .        .        .        rw       rw       r        .        .        .        .        .
payment.received               r        r        r        rw       rw       r        .        .        .        .        .
salaries                       .        .        .        rw       rw       r        .        .        .        .        .
salaries.lines                 .        .        .        rw       rw       r        .        .        .        .        .
statement                      .        .        .        r        r        r        .        .        .        .        .
statement.entry                r        r        r        rw       rw       r        .        .        .        .        .
statement.line                 .        .        .        r        r        r        .        .        .        .        .
"""
#: What Odoo itself calls on any model; its rights are in the tables.
OF_ODOO = frozenset(
    {"address_get", "copy_data", "create", "default_get", "fields_get", "name_search", "onchange", "unlink", "write"}
)
#: What makes what it shows in a savepoint of its own and rolls that back; see ``letter/test_letter_preview.py``.
UNDONE = frozenset({"collection.letter.look"})
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
        names = models_of_ours(self.env)
        self.assertTable({name: {person: self._rights(person, name) for person in PEOPLE} for name in names}, RIGHTS)

    def _rights(self, person, name):
        letters = {"r": "read", "u": "write", "c": "create", "d": "unlink"}
        model = self._as(person, self.env[name])
        return "".join(letter for letter, right in letters.items() if model.has_access(right))

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

    # -- Models of Odoo that tell of more than customers ---------------------------------------------------------

    def test_what_the_groups_allow_in_odoo(self):
        rows = {name: {person: self._rights(person, name) for person in PEOPLE} for name in read_table(RIGHTS_IN_ODOO)}
        self.assertTable(rows, RIGHTS_IN_ODOO)

    def test_what_is_within_reach_in_odoo(self):
        letters = {"r": "read", "w": "write"}
        rows = {
            name: {
                person: "".join(letter for letter, right in letters.items() if self._as(person, one).has_access(right))
                for person in PEOPLE
            }
            for name, one in self._records_of_odoo().items()
        }
        self.assertTable(rows, REACH_IN_ODOO)

    def _records_of_odoo(self):
        """What lies beside the customers' documents, by what it is called in the table."""
        journals = {
            kind: self.company_data[f"default_journal_{kind}"] for kind in ("sale", "purchase", "bank", "cash", "misc")
        }
        invoice = self.records["o"]["account.move"]
        bill = self._invoice(self._customer("Supplier"), 900, MONDAY, move_type="in_invoice")
        salaries = self._salaries(4000, MONDAY)
        received, paid = self._pay(invoice, 10), self._pay(bill)
        self._bank_pays(invoice, 20)
        line = self.env["account.bank.statement.line"].search([("amount", "=", 20)], limit=1)
        statement = self.env["account.bank.statement"].create({"name": "January", "line_ids": [Command.set(line.ids)]})
        account = self.env["res.partner.bank"].create({"acc_number": "1", "partner_id": self.company.partner_id.id})
        journals["bank"].bank_account_id = account
        return {
            **{f"journal.{kind}": journal for kind, journal in journals.items()},
            "journal.abroad": self.other_data["default_journal_sale"],
            "matching.invoice": self._items(invoice).matched_credit_ids[:1],
            "matching.bill": bill.line_ids.matched_debit_ids[:1],
            "statement": statement,
            "statement.line": line,
            "statement.entry": line.move_id,
            "payment.received": received,
            "payment.paid": paid,
            "payment.entry": received.move_id,
            "payment.entry.bank": received.move_id.line_ids - self._items(received.move_id),
            "payment.entry.item": self._items(received.move_id),
            "invoice": invoice,
            "invoice.lines": invoice.line_ids,
            "bill": bill,
            "bill.lines": bill.line_ids,
            "salaries": salaries,
            "salaries.lines": salaries.line_ids,
            "activity.own": self.records["o"]["mail.activity"],
            "activity.colleague": self.records["c"]["mail.activity"],
            "activity.abroad": self.records["x"]["mail.activity"],
        }

    def test_a_journal_tells_collectors_nothing_of_the_bank(self):
        """Neither by its name in a search, nor by a group of a report, nor by a field of a document."""
        bank = self.company_data["default_journal_bank"]
        invoice = self.records["o"]["account.move"]
        payment = self._as("collector", self._pay(invoice, 10))
        journals = self._as("collector", self.env["account.journal"])
        self.assertEqual(set(journals.search([]).mapped("type")), {"sale"})
        self.assertFalse(journals.name_search(bank.name, operator="="))
        self.assertFalse(journals.search([("bank_account_id", "!=", False)]))
        for name in ("current_statement_balance", "kanban_dashboard", "kanban_dashboard_graph", "bank_acc_number"):
            with self.subTest(name), self.assertRaises(AccessError), self.cr.savepoint():
                payment.journal_id.read([name])
        for model, domain in (
            ("account.payment", [("journal_id.name", "=", bank.name)]),
            ("account.move", [("journal_id.bank_account_id.acc_number", "!=", False)]),
            ("account.move.line", [("journal_id.type", "=", "bank")]),
        ):
            with self.subTest(model):
                self.assertFalse(self._as("collector", self.env[model]).search(domain))

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
                    self.assertFalse(written and f"{name}.{method}" not in UNDONE)

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
