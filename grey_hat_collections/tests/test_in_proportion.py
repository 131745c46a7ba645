"""What people do takes as much as it is worth: lists, documents of the books, large plans, and texts without an end."""

import json
from datetime import timedelta
from unittest.mock import patch

from lxml import etree
from odoo import Command
from odoo.tests import tagged

from ..models.agency.referral_packet import as_file_name
from ..models.base.printed import NAME, TEXT
from .agency.handover_common import HandOverCommon
from .common import MONDAY, days_ago
from .dispute.dispute_common import DisputeCommon
from .promise.plan_common import PlanCommon
from .query_common import QueryCommon

#: Rows of a page, and of a short one.
PAGE, SHORT = 80, 10
#: The columns of a list of invoices that are ours.
OURS = ("chase_state", "collection_promise_date")
#: As long as nobody's name is.
ENDLESS = 60_000


@tagged("post_install", "-at_install")
class TestPageOfInvoices(QueryCommon):
    """A list of invoices with our columns."""

    def setUp(self):
        super().setUp()
        self._all_open()
        self.company.collection_promise_tolerance_days = 0
        self.moves = self.partners.invoice_ids
        self.assertGreaterEqual(len(self.moves) + 20, PAGE)

    def _specification(self, without=()):
        """What a browser asks of each row, our columns among it unless they are left out."""
        list_view = self.env.ref("account.view_out_invoice_tree")
        arch = etree.fromstring(self.env["account.move"].get_view(list_view.id, "list")["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        self.assertLess(set(OURS), names)
        return {
            name: {"fields": {"display_name": {}}} if self.env["account.move"]._fields[name].relational else {}
            for name in sorted(names - set(without))
            if name in self.env["account.move"]._fields
        }

    def _queries(self, specification, limit):
        moves = self.env["account.move"].with_context(default_move_type="out_invoice")
        domain = [("id", "in", self.moves.ids)]
        moves.web_search_read(domain, specification, limit=limit)  # what is read once in the life of a server
        return self._count(lambda: moves.web_search_read(domain, specification, limit=limit))

    def test_our_columns_take_one_query(self):
        plain = self._specification(without=OURS)
        self.assertEqual(self._queries(self._specification(), PAGE), self._queries(plain, PAGE) + 1)

    def test_a_page_takes_no_more_than_a_few_rows(self):
        self._credit_note(self.partners[2], 10, days_ago(3))
        self._credit_note(self.partners[40], 10, days_ago(3))
        self.env.flush_all()
        plain = self._specification(without=OURS)
        few, many = (self._queries(self._specification(), limit) for limit in (SHORT, PAGE))
        self.assertLessEqual(many, self._queries(plain, PAGE) + 2, "One query more where somebody has a credit")
        self.assertLessEqual(many - self._queries(plain, PAGE), few - self._queries(plain, SHORT) + 1)

    def test_of_very_many_customers_with_credits_as_well(self):
        for partner in self.partners:
            self._credit_note(partner, 10, days_ago(3))
        found = self.moves.mapped("chase_state")
        with patch("odoo.addons.grey_hat_collections.models.case.ledger_listed.PAGE", 5):
            self.env.invalidate_all()
            self.assertEqual(self.moves.mapped("chase_state"), found)
        self.assertEqual(set(found), {"chased"})


@tagged("post_install", "-at_install")
class TestDocumentsOfTheBooks(QueryCommon):
    """Posting, paying, reconciling and their opposites: what collections add to them, in queries."""

    #: For a customer of whom nothing concerns collections; one more where the books have to be read for the telling.
    NO_CONCERN = 3
    #: For a customer with a case, the decision included.
    WITH_CASE = 13

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = cls.env["res.partner"].create([{"name": f"Fresh {number}"} for number in range(2)])

    def setUp(self):
        super().setUp()
        self._all_open()
        self._cases(self.many)._run_day()  # letters wait: no step is due
        self._settle_transaction()

    def _draft(self, partner, kind="out_invoice", due=20):
        day = MONDAY + timedelta(days=due)
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": partner.id,
                "invoice_date": MONDAY,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Service", "price_unit": 100, "tax_ids": []})],
            }
        )

    def _posted(self, partner, **values):
        move = self._draft(partner, **values)
        move.action_post()
        return move

    def _paid(self, partner, **values):
        move = self._posted(partner, **values)
        self._register(move)
        return move

    def _register(self, move):
        dialog = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        dialog.create({})._create_payments()

    def _entry(self, _partner):
        accounts = self.company_data["default_account_expense"], self.company_data["default_account_revenue"]
        sides = ({"debit": 5}, {"credit": 5})
        return self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create({"name": "Entry", "account_id": account.id, **side})
                    for account, side in zip(accounts, sides, strict=True)
                ],
            }
        )

    def _bank_line(self, partner):
        move = self._posted(partner)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "payment_ref": "Transfer",
                "partner_id": partner.id,
                "amount": 100,
                "date": MONDAY,
            }
        )
        return move, line

    def _reconcile(self, pair):
        move, line = pair
        _liquidity, suspense, _other = line._seek_for_lines()
        item = self._items(move)
        suspense.account_id = item.account_id
        (suspense | item).reconcile()

    def _added(self, prepare, work, partner):
        """How many queries more ``work`` takes on a cold cache, until it is committed, for being told to collections."""
        counts = []
        for told in (False, True, False, True):
            with self.env.cr.savepoint() as undo:
                prepared = prepare(partner)
                self._settle_transaction()
                with patch.object(type(self.env["collection.case"]), "_ledger_changed", self._ledger_changed(told)):
                    counts.append(self._count(lambda prepared=prepared: (work(prepared), self._settle_transaction())))
                undo.rollback()
                self.env.invalidate_all()
        return counts[3] - counts[2]  # the first two have read what is read once

    def _ledger_changed(self, told):
        return type(self.env["collection.case"])._ledger_changed if told else lambda *_arguments: None

    def _happenings(self):
        return {
            "post an invoice": (self._draft, lambda move: move.action_post()),
            "pay it": (self._posted, self._register),
            "reconcile a line of the bank": (self._bank_line, self._reconcile),
            "unreconcile": (self._paid, lambda move: self._items(move).remove_move_reconcile()),
            "back to draft": (self._posted, lambda move: move.button_draft()),
        }

    def test_for_a_customer_of_whom_nothing_concerns_collections(self):
        for name, (prepare, work) in self._happenings().items():
            with self.subTest(name):
                self.assertLessEqual(self._added(prepare, work, self.fresh[:1]), self.NO_CONCERN)

    def test_for_a_customer_with_a_case(self):
        for name, (prepare, work) in self._happenings().items():
            with self.subTest(name):
                self.assertLessEqual(self._added(prepare, work, self.many[:1]), self.WITH_CASE)

    def test_what_is_no_receivable_is_told_to_nobody(self):
        happenings = {
            "post a bill": (lambda partner: self._draft(partner, kind="in_invoice"), lambda move: move.action_post()),
            "pay a bill": (lambda partner: self._posted(partner, kind="in_invoice"), self._register),
            "post an entry": (self._entry, lambda move: move.action_post()),
        }
        for name, (prepare, work) in happenings.items():
            with self.subTest(name):
                self.assertLessEqual(self._added(prepare, work, self.many[:1]), 0)

    def test_an_invoice_that_is_not_due_decides_nothing(self):
        case = self._cases(self.many[:1])
        balance, look = case.balance, case.next_decision_date
        decide = type(self.cases)._facts
        asked = []

        def noting(cases, items=None):
            asked.extend(cases.ids)
            return decide(cases, items)

        with patch.object(type(self.cases), "_facts", noting):
            self._posted(self.many[:1])
            self._settle_transaction()
            self.assertEqual((case.balance, case.next_decision_date), (balance + 100, look))
            self.assertNotIn(case.id, asked)
            self._posted(self.many[:1], due=-1)
            self._settle_transaction()
        self.assertIn(case.id, asked, "What is overdue changes what is asked for")

    def test_whom_it_concerns(self):
        """A case, a promise or something overdue: each is reason enough to look; a contact stands for its customer."""
        asked = self.many[:1] | self.many[1].child_ids | self.fresh
        concerned, _promisers = self.cases._concerned(asked.ids, self.company)
        self.assertEqual(concerned, self.many[:2])
        self._posted(self.fresh[:1], due=-1)
        self.env.flush_all()
        concerned, _promisers = self.cases._concerned(asked.ids, self.company)
        self.assertEqual(concerned, self.many[:2] | self.fresh[:1])
        self._settle_transaction()
        self.assertTrue(self._cases(self.fresh[:1]), "Overdue as it is, it opens a case at once")


@tagged("post_install", "-at_install")
class TestLargePlan(PlanCommon):
    """A plan of many instalments over many items."""

    ITEMS, INSTALMENTS = 125, 104

    def _begin(self):
        super()._begin()
        with self._on(MONDAY, "09:00"):
            parts = tuple((100 / self.ITEMS, number % 7) for number in range(self.ITEMS))
            self.large = self._invoice_in_instalments(self.acme, 12000, days_ago(20), parts)
            self._settle_transaction()

    def _refresh(self):
        """How many queries a refresh of the customer takes, on a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Case.sudo()._refresh(self.company, self.acme)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_its_instalments_are_given_for_what_it_is_given_for(self):
        items = self._items(self.large)
        terms = {"amount": 12000, "rhythm": "weekly", "item_ids": [Command.set(items.ids)]}
        self.company.collection_plan_longest_days = 0
        with self._on(MONDAY, "10:00"):
            few = self._make_plan(**{**terms, "amount": 500, "count": 2})
            queries = self._refresh()
            few._end("cancelled", "Another one")
            plan = self._make_plan(**terms, count=self.INSTALMENTS)
            self._refresh()
            self.assertLessEqual(self._refresh(), queries, "as many queries for a hundred instalments as for two")
        promises = plan.promise_ids
        self.assertEqual(len(promises), self.INSTALMENTS)
        self.assertEqual(promises[-1]._given_for(), items)
        self.assertFalse(promises.item_ids, "no link from each instalment to each item")
        self.assertEqual(promises.share_ids.item_id, items)
        self.assertAlmostEqual(sum(promises.share_ids.mapped("amount")), 12000)
        self.assertLess(len(promises.share_ids), self.ITEMS + self.INSTALMENTS)


@tagged("post_install", "-at_install")
class TestTextWithoutEnd(HandOverCommon, DisputeCommon):
    """Whatever somebody has typed or imported, what is printed of it has an end."""

    LETTERS = ENDLESS * "x"

    def _endless(self, case):
        """Everything about the customer that is printed has so many letters."""
        partner = case.partner_id
        texts = ("name", "ref", "street", "street2", "city", "zip", "phone")
        partner.write(dict.fromkeys(texts, self.LETTERS))
        partner.child_ids.write({"name": self.LETTERS, "street": self.LETTERS, "city": self.LETTERS})
        partner.invoice_ids.write({"ref": self.LETTERS, "payment_reference": self.LETTERS})
        self._items(partner.invoice_ids).write({"name": self.LETTERS})
        self.collector.sudo().write({"name": self.LETTERS, "phone": self.LETTERS})
        self.company.partner_id.bank_ids.write({"acc_holder_name": self.LETTERS})
        self.env.flush_all()

    def assertEnds(self, told, most=NAME):
        """No run of the letters is longer than ``most``."""
        told = told.decode() if isinstance(told, bytes) else str(told)
        self.assertIn("…", told)
        self.assertNotIn((most + 1) * "x", told)

    def _html(self, name, records):
        content, _format = self.env["ir.actions.report"].sudo()._render_qweb_html(name, records.ids)
        return content

    def test_documents(self):
        case = self._final_case(**self._payable_contact())
        self._endless(case)
        with self._on(MONDAY, "10:00"):
            self.assertEnds(self._html("grey_hat_collections.report_statement", case.partner_id))
            letter = case.sudo().letter_ids.filtered(lambda letter: letter.kind == "final_notice")
            self.assertEnds(self._html("grey_hat_collections.report_letter", letter))
            for kind in ("reminder", "courtesy", "statement", "thanks"):
                values = {
                    "kind": kind,
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "user_id": self.collector.id,
                }
                letter = letter.create(
                    {**values, "company_id": self.company.id, "amount": 10, "reference_date": MONDAY}
                )
                with self.subTest(kind):
                    if kind != "thanks":
                        self.assertEnds(self._html("grey_hat_collections.report_letter", letter))
                    mail = letter._create_mail()
                    self.assertLessEqual(len(mail.subject), NAME)
                    self.assertNotIn((NAME + 1) * "x", str(mail.body_html))

    def test_letters_of_plans_and_answers(self):
        case = self._overdue_customer(**self._payable_contact())
        self._endless(case)
        documents = self.env["collection.statement"].sudo()
        letter = self.env["collection.letter"].sudo()
        with self._on(MONDAY, "10:00"):
            plan = (
                self.env["collection.plan"]
                .sudo()
                .create(
                    {
                        "case_id": case.id,
                        "amount": 100,
                        "date_first": MONDAY + timedelta(days=7),
                        "rhythm": "monthly",
                        "count": 2,
                        "item_ids": [Command.set(self._items(case.partner_id.invoice_ids).ids)],
                    }
                )
            )
            plan.approved_by_id = self.env.user
            plan._activate()
            self.assertEnds(self._html("grey_hat_collections.report_letter", plan.letter_id))
            reminder = letter.create(
                {
                    "kind": "promise",
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "promise_id": plan.promise_ids[0].id,
                }
            )
            self.assertEnds(reminder._promise_in_words()["covers"])
            self.assertTrue(documents._phrasing("en_US"))

    def test_what_is_said_in_a_dispute(self):
        case = self._overdue_customer()
        item = self._items(case.partner_id.invoice_ids)
        with self._on(MONDAY, "10:00"):
            dispute = (
                self.env["collection.dispute"]
                .sudo()
                .create(
                    {
                        "partner_id": case.partner_id.id,
                        "company_id": self.company.id,
                        "kind": "other",
                        "description": self.LETTERS,
                        "line_ids": [Command.create({"item_id": item.id, "amount": 10})],
                    }
                )
            )
            dispute.finding = self.LETTERS
            letter = (
                self.env["collection.letter"]
                .sudo()
                .create(
                    {
                        "kind": "resolution",
                        "case_id": case.id,
                        "partner_id": case.partner_id.id,
                        "company_id": self.company.id,
                        "dispute_id": dispute.id,
                    }
                )
            )
            self.assertEnds(self._html("grey_hat_collections.report_letter", letter), TEXT)
            self.assertEnds(letter._dispute_in_words()["finding"], TEXT)

    def test_address_pages_and_the_call_guide(self):
        case = self._final_case()
        piece = case.sudo().letter_ids.piece_ids
        self._endless(case)
        piece.address = f"{self.LETTERS}\n{self.LETTERS}"
        with self._on(MONDAY, "10:00"):
            self.assertEnds(self._html("grey_hat_collections.report_mail_piece", piece))
            self.assertLess(len(case.partner_id._collection_postal_address()), 10 * NAME)
            self.assertNotIn((NAME + 1) * "x", str(case.call_guide))

    def test_packets(self):
        with self._on(MONDAY, "10:00"):
            case = self._final_case()
            referral = self._refer(case)
            self._endless(case)
            self.assertEnds(json.dumps(referral._packet_facts(), ensure_ascii=False))
            name = as_file_name(f"{self.LETTERS}.pdf")
            self.assertTrue(name.endswith("x.pdf"))
            self.assertLessEqual(len(name), 200)
            self.assertLessEqual(len(as_file_name("\U0001f469" * ENDLESS).encode()), 200)
