from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, html2plaintext

from ...wizard.letter import first_run
from ..common import MONDAY, TwoCompaniesCommon, days_ago

#: What stays of a look at what would happen: the page.
THE_PAGE = {"collection_first_run", "collection_first_run_line"}


@tagged("post_install", "-at_install")
class TestFirstRun(TwoCompaniesCommon):
    """What would happen is tried out by the rules and taken back. Today is Monday, 2 March 2026.

    Acme owes 500.00 for 10 days, Bolt 300.00 for 40 and has no e-mail address, Crane nothing but 20.00, Dune 80.00 without any
    address, Early only what is not due yet.
    """

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)
        self.company.collection_min_amount = 50
        nowhere = {"email": False, "street": False, "city": False, "zip": False}
        self.acme = self._owes("Acme", 500, 10)
        self.bolt = self._owes("Bolt", 300, 40, email=False)
        self.crane = self._owes("Crane", 20, 10)
        self.dune = self._owes("Dune", 80, 5, **nowhere)
        self.early = self._customer("Early")
        self._invoice(self.early, 900, self._day(9))
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if it had been booked before the add-on came
        self.Run = self.env["collection.first.run"].with_user(self.manager)

    def _owes(self, name, amount, days, **values):
        partner = self._customer(name, **values)
        self._invoice(partner, amount, days_ago(days))
        return partner

    def _look(self):
        run = self.Run.browse(self.Run._open()["res_id"])
        self.env.invalidate_all()
        return run

    def _rows(self):
        """How many rows each table has, and where each sequence stands."""
        self.env.flush_all()
        tables = {
            model._table
            for model in self.env.registry.values()
            if not model._abstract and model._auto and model._table not in THE_PAGE
        }
        counts = {
            table: self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table)))[0][0]
            for table in sorted(tables)
        }
        for sequence in self.env["ir.sequence"].search([]):
            counts[f"next of {sequence.code}"] = sequence.number_next_actual
        return counts

    def _told(self, run):
        return {line.partner_id.name: line for line in run.line_ids}

    def test_what_it_says_of_each_customer(self):
        lines = self._told(self._look())
        self.assertEqual(set(lines), {"Acme", "Bolt", "Dune"})
        first = self.standard.step_ids[0]
        self.assertRecordValues(
            lines["Acme"] | lines["Bolt"] | lines["Dune"],
            [
                {
                    "amount": 500,
                    "days_overdue": 10,
                    "outcome": "letter",
                    "channel": "email",
                    "step_id": first.id,
                    "user_id": self.collector.id,
                    "reason": False,
                },
                {
                    "amount": 300,
                    "days_overdue": 40,
                    "outcome": "letter",
                    "channel": "post",
                    "step_id": first.id,
                    "user_id": self.collector.id,
                    "reason": "On paper: no e-mail address is on file",
                },
                {
                    "amount": 80,
                    "days_overdue": 5,
                    "outcome": "held",
                    "channel": False,
                    "step_id": first.id,
                    "user_id": self.collector.id,
                    "reason": "Not deliverable yet: check the address",
                },
            ],
        )

    def test_what_it_says_of_all(self):
        summary = self._text(self._look())
        self.assertIn("To chase, in USD 3 $ 880.00", summary)
        self.assertIn("Too little for a case 1 $ 20.00", summary)
        self.assertIn("Cases opened 3", summary)
        self.assertIn("Letter 1 Friendly reminder · E-mail", summary)
        self.assertIn("1 Friendly reminder · Postal Mail", summary)
        self.assertIn("Held 1 Not deliverable yet: check the address", summary)
        self.assertIn("Collector 3 Cora Lector", summary)

    def _text(self, run):
        return " ".join(html2plaintext(run.summary.replace("</td>", " </td>").replace("</th>", " </th>")).split())

    def test_nothing_remains(self):
        before = self._rows()
        self._look()
        self.assertEqual(self._rows(), before)
        self.assertFalse(self.Case.search([("partner_id", "in", (self.acme | self.bolt | self.dune).ids)]))
        self.assertFalse(self.env.cr.precommit.data.get("collection.case.undecided"))

    def test_what_was_done_before_in_the_same_transaction_stays(self):
        self.acme.comment = "Kept"
        called = []
        self.env.cr.postcommit.add(lambda: called.append("kept"))
        waiting = len(self.env.cr.postcommit._funcs)
        self._look()
        self.assertEqual(len(self.env.cr.postcommit._funcs), waiting, "no e-mail of what was tried out is sent")
        self.assertIn("Kept", self.acme.comment)

    def test_it_is_what_the_run_then_does(self):
        told = self._told(self._look())
        letters = {name for name, line in told.items() if line.outcome == "letter"}
        amounts = {name: line.amount for name, line in told.items()}
        self._daily_run(MONDAY)
        cases = self.Case.search([("partner_id", "in", [line.partner_id.id for line in told.values()])])
        self.assertEqual({case.partner_id.name: case.amount_chased for case in cases}, amounts)
        sent_to = cases.filtered(
            lambda case: case.pending_letter_id.delivery_note != "nowhere" and case.pending_letter_id
        )
        self.assertEqual(set(sent_to.partner_id.mapped("name")), letters)

    def test_it_says_what_a_run_of_today_has_left(self):
        self._daily_run(MONDAY)
        run = self._look()
        self.assertFalse(run.line_ids)
        self.assertFalse(run.may_start)
        self.assertIn("Cases opened 0", self._text(run))

    def test_what_our_side_holds_is_counted_by_what_is_wrong(self):
        self.company.collection_gate_no_bank = "stop"
        run = self._look()
        self.assertEqual({line.outcome for line in run.line_ids}, {"held"})
        self.assertIn(f"Held 3 {self.company.name} has no bank account on file", self._text(run))

    def test_a_foreign_currency_is_told_in_its_own(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        self._invoice(self.acme, 100, days_ago(3), currency_id=euro.id)
        self.env.flush_all()
        self.env.cr.precommit.clear()
        summary = self._text(self._look())
        self.assertIn("To chase, in USD 3 $ 880.00", summary)
        self.assertIn("To chase, in EUR 1 100.00", summary.replace("€", "").replace("  ", " "))

    def test_above_its_bound_it_tries_out_a_sample_and_says_so(self):
        with patch.object(first_run, "MOST", 2):
            run = self._look()
        self.assertEqual(set(self._told(run)), {"Acme", "Bolt"}, "those overdue longest")
        summary = self._text(run)
        self.assertIn("Sample 2 of 3", summary)
        self.assertIn("To chase, in USD 3 $ 880.00", summary)
        self.assertIn("Cases opened 3", summary)

    def test_another_company_is_untouched_and_unseen(self):
        self._invoice_of_the_other(self.acme, 70, days_ago(5))
        self.env.flush_all()
        self.env.cr.precommit.clear()
        run = self._look()
        self.assertEqual(run.company_id, self.company)
        self.assertEqual(self._told(run)["Acme"].amount, 500)
        self.assertFalse(self.Case.search([("company_id", "=", self.other.id)]))

    def test_who_may_look(self):
        for user in (self.collector, self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["collection.first.run"].with_user(user)._open()
        run = self._look()
        with self.assertRaises(AccessError):
            run.with_user(self.collector).read(["summary"])
        colleague = self.manager.copy({"login": "boss2", "name": "Other Manager"})
        with self.assertRaises(AccessError):
            run.line_ids.with_user(colleague).read(["partner_id"])

    def test_the_list_is_exported_as_lists_are(self):
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        run = self._look()
        action = run.action_preview_list()
        lines = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        rows = lines.export_data(["partner_id/name", "amount", "outcome", "step_id/name"])["datas"]
        self.assertIn(["Bolt", 300.0, "Letter", "Friendly reminder"], rows)

    def test_names_are_text_wherever_they_stand(self):
        self.collector.name = "<b>Cora</b>"
        self.assertIn("&lt;b&gt;Cora&lt;/b&gt;", str(self._look().summary))
