import random
from datetime import timedelta
from decimal import Decimal

from odoo import Command

from ...engine import aging, disputes, under_way
from ...models.case.case_ledger import NOTHING
from ...models.case.ledger_listed import PRECEDENCE
from ...models.ledger.ledger import FIGURE_FIELDS
from ..common import MONDAY, TwoCompaniesCommon, days_ago


class RandomBooksCommon(TwoCompaniesCommon):
    """Random books of two companies, set against the engine after every event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2020-01-01", 0.5), (days_ago(60), 1 / 1.5), (days_ago(1), 0.8)]
        )

        cls.agency = (
            cls.env["collection.agency"].sudo().create({"partner_id": cls._customer("Agency").id, "company_id": False})
        )

    def _play_some(self, seeds):
        for seed in seeds:
            with self.subTest(seed=seed):
                self._play(random.Random(seed), events=18)

    def _play(self, rng, events):
        """Happenings of half a year, drawn by lot, each followed by a look at the books of both companies."""
        with self._on(MONDAY, "09:00"):
            parent = self._customer(f"Random {rng.random()}")
            partners = parent | self._customer("Contact", is_company=False, parent_id=parent.id)
            happenings = (
                [self._event_invoice] * 4
                + [self._event_instalments] * 2
                + [self._event_pay] * 4
                + [self._event_receive, self._event_credit_note, self._event_reverse, self._event_match] * 2
                + [self._event_unreconcile, self._event_unpost, self._event_exclude, self._event_opening]
                + [self._event_refund, self._event_pay_out, self._event_loan, self._event_leave_nothing]
                + [self._event_discount, self._event_hand_over] * 2
                + [self._event_dispute] * 6
                + [self._event_answer] * 6
            )
            story = []
            for _number in range(events):
                event = rng.choice(happenings)
                company, data = rng.choice([(self.company, self.company_data), (self.other, self.other_data)])
                story.append(f"{event.__name__} in {company.name}")
                event(rng, rng.choice(partners), company, data)
                self._settle_transaction()
                self.assertTies(parent)
                for each in (self.company, self.other):
                    self._assert_as_engine(parent, each, story)

    def _assert_as_engine(self, partner, company, story):
        """The statement, the plain reader and the engine agree on figures that were read here without the ledger."""
        branches = company._collection_branches() - company
        beside = [(self._engine_items(partner, branch), MONDAY) for branch in branches]
        expected = aging.figures(self._engine_items(partner, company), MONDAY, branches=beside)
        found = self._figures(partner, company)
        told = {
            **{
                name: getattr(expected, name)
                for name in aging.Figures.__dataclass_fields__
                if name.startswith("amount")
            },
            "balance": expected.balance,
            "amount_net_overdue": expected.amount_net_overdue,
            "oldest_due_date": expected.oldest_due_date,
            **{f"bucket_{number}": amount for number, amount in enumerate(expected.buckets)},
        }
        self.assertEqual(found, told, " → ".join(story))
        few, _asked = self.ledger._figures_of_few(company, partner).get((partner.id, company.id), NOTHING)
        self.assertEqual(dict(zip(FIGURE_FIELDS, few, strict=True)), told, " → ".join(story))
        self._assert_listed_as_open(partner, company, story)

    def _assert_listed_as_open(self, partner, company, story):
        """A list of invoices says of each what the statement for everybody says of its items."""
        items = self.ledger._open_items(partner, company)
        states = {}
        for item in items:
            states.setdefault(item.move_id, []).append(item.chase_state)
        expected = {move_id: min(found, key=PRECEDENCE.index) for move_id, found in states.items()}
        moves = self.env["account.move"].browse(expected)
        listed = self.ledger._listed(moves)
        self.assertEqual({move_id: one.state for move_id, one in listed.items()}, expected, " → ".join(story))
        plainly = self.ledger._states_of_items(partner, company)
        self.assertEqual(plainly, {item.id: item.chase_state for item in items}, " → ".join(story))

    def _engine_items(self, partner, company):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.id),
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            order="date_maturity, id",
        )
        items = []
        lines = lines.filtered(lambda line: line.amount_residual and line.amount_residual_currency)
        on_its_way = self._on_its_way(lines.filtered(lambda line: line.amount_residual > 0), "inbound")
        on_its_way |= self._on_its_way(lines.filtered(lambda line: line.amount_residual < 0), "outbound")
        for line in lines:
            residual = Decimal(str(line.amount_residual))
            cover = on_its_way.get(line, Decimal(0)) if residual > 0 else Decimal(0)
            spent = on_its_way.get(line, Decimal(0)) if residual < 0 else Decimal(0)
            held = (
                self.env["collection.referral.line"]
                .sudo()
                .search_count([("item_id", "=", line.id), ("apart", "=", True)])
            )
            refund = residual > 0 and line.payment_id.payment_type == "outbound"
            due = line.date_maturity or line.date
            excluded = line.no_followup or line.move_id.payment_state == "blocked" or self._is_late_discount(line)
            own, question = Decimal(str(line.amount_residual_currency)), self._question(line)
            disputed = Decimal(0)
            if residual > 0 and not excluded and not refund and not held:
                part = disputes.not_asked(own, question, MONDAY)
                disputed = min(residual - cover, round(residual * part / own, 2))
            items.append(
                aging.Item(
                    due=disputes.due_date(due, own, question) if residual > 0 else due,
                    due_before=due,
                    residual=residual,
                    excluded=excluded,
                    under_way=cover,
                    disputed=disputed,
                    spent=spent,
                    refund=refund,
                    currency=line.currency_id if line.currency_id != company.currency_id else None,
                    own=own,
                    number=line.id,
                    with_agency=residual > 0 and bool(held),
                )
            )
        return items

    def _question(self, line):
        """What the disputes about an item say, read from the records as people wrote them."""
        waiting = granted = Decimal(0)
        days = []
        for part in line.collection_dispute_line_ids.sudo():
            amount, upheld = Decimal(str(part.amount)), Decimal(str(part.amount_upheld))
            dispute = part.dispute_id
            if dispute.state in ("new", "in_progress"):
                waiting += amount
            elif dispute.state != "withdrawn":
                waiting += upheld if not dispute.is_credited else 0
                granted += amount - upheld
                days.append(dispute.date_due_new)
        return disputes.Question(waiting, granted, max(filter(None, days), default=None))

    def _on_its_way(self, lines, payment_type):
        """What payments without an entry are on their way for, read from the records, by item."""
        payments = lines.move_id.matched_payment_ids.filtered(
            lambda payment: (
                not payment.move_id and payment.state == "in_process" and payment.payment_type == payment_type
            )
        )
        rooms = [
            under_way.Room(
                line,
                line.date_maturity or line.date,
                line.currency_id,
                abs(Decimal(str(line.amount_residual_currency))),
                abs(Decimal(str(line.amount_residual))),
            )
            for line in lines
            if line.move_id in payments.invoice_ids
        ]
        return under_way.under_way(
            [
                under_way.Payment(
                    payment.id,
                    payment.currency_id,
                    Decimal(str(payment.amount)),
                    abs(Decimal(str(payment.amount_company_currency_signed))),
                    frozenset(lines.filtered(lambda line, payment=payment: line.move_id in payment.invoice_ids)),
                    {
                        line: Decimal(str(line.discount_amount_currency))
                        for line in lines
                        if line.discount_date
                        and line.discount_amount_currency
                        and line.amount_residual_currency == line.amount_currency
                        and payment.date <= line.discount_date + timedelta(days=3)
                    },
                )
                for payment in payments
            ],
            rooms,
            Decimal("0.01"),
        )

    def _is_late_discount(self, line):
        """Whether all that is left is a discount, and what was paid came in money and not more than three days late."""
        if not line.discount_date or not line.discount_amount_currency or line.amount_residual_currency <= 0:
            return False
        discount = line.currency_id.round(line.amount_currency - line.discount_amount_currency)
        paid = line.matched_credit_ids.filtered("debit_amount_currency").credit_move_id
        return line.amount_residual_currency <= discount and all(
            (credit.payment_id or credit.statement_line_id) and credit.date <= line.discount_date + timedelta(days=3)
            for credit in paid
        )

    def _day(self, rng):
        return MONDAY + timedelta(days=rng.randint(-150, 20))

    def _amount(self, rng):
        return rng.randint(100, 99999) / 100

    def _values(self, rng, company, data):
        currency = rng.choice([company.currency_id, company.currency_id, self.euro])
        return {"company_id": company.id, "journal_id": data["default_journal_sale"].id, "currency_id": currency.id}

    def _open_invoices(self, partner, company):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ]
        )

    def _event_invoice(self, rng, partner, company, data):
        self._invoice(partner, self._amount(rng), self._day(rng), **self._values(rng, company, data))

    def _event_instalments(self, rng, partner, company, data):
        day, amount = self._day(rng), self._amount(rng)
        parts = ((33.33, 5), (33.33, 45), (33.34, 95))
        self._invoice_in_instalments(partner, amount, day, parts, **self._values(rng, company, data))

    def _event_credit_note(self, rng, partner, company, data):
        self._credit_note(partner, self._amount(rng) / 2, self._day(rng), **self._values(rng, company, data))

    def _event_pay(self, rng, partner, company, data):
        invoice = self._pick(rng, self._open_invoices(partner, company))
        if invoice:
            part = rng.choice([1, 1, 0.5, 0.1, 1.2])
            self._pay(
                invoice,
                max(0.01, round(invoice.amount_residual * part, 2)),
                currency_id=invoice.currency_id.id,
                journal_id=data["default_journal_bank"].id,
            )

    def _event_receive(self, rng, partner, company, data):
        if self.env["account.move"]._get_invoice_in_payment_state() == "in_payment":
            return  # without an entry and an invoice it is nothing to the ledger
        journal = data["default_journal_bank"]
        self._receive(partner, self._amount(rng), journal_id=journal.id, company_id=company.id)

    def _event_discount(self, rng, partner, company, data):
        """An invoice with a discount for early payment, which is paid in time, a little late, or not with all of it."""
        day = MONDAY - timedelta(days=rng.randint(6, 20))
        invoice = self._invoice_with_discount(
            partner, self._amount(rng) + 10, day, days=5, **self._values(rng, company, data)
        )
        if rng.random() < 0.8:
            self._pay(
                invoice,
                round(self._items(invoice).discount_amount_currency - rng.choice([0, 0, 0.5]), 2),
                day + timedelta(days=rng.choice([2, 6, 12])),
                payment_difference_handling="open",
                currency_id=invoice.currency_id.id,
                journal_id=data["default_journal_bank"].id,
            )

    def _event_refund(self, rng, partner, company, data):
        """Money goes back, and nobody matches it."""
        if self.env["account.move"]._get_invoice_in_payment_state() != "in_payment":
            journal = data["default_journal_bank"]
            self._refund(partner, self._amount(rng), journal_id=journal.id, company_id=company.id)

    def _event_pay_out(self, rng, partner, company, data):
        """A credit note is paid out, or a part of it."""
        open_notes = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("move_type", "=", "out_refund"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ]
        )
        note = self._pick(rng, open_notes)
        if note:
            self._pay(
                note,
                max(0.01, round(note.amount_residual * rng.choice([1, 1, 0.4]), 2)),
                currency_id=note.currency_id.id,
                journal_id=data["default_journal_bank"].id,
            )

    def _event_loan(self, rng, partner, _company, data):
        self._lent(partner, rng.choice([-1, 1]) * self._amount(rng), self._day(rng), data)

    def _event_leave_nothing(self, rng, partner, company, data):
        """An invoice in euros is paid in full at another rate, and nobody books the difference."""
        values = self._values(rng, company, data) | {"currency_id": self.euro.id}
        invoice = self._invoice(partner, self._amount(rng), days_ago(90), **values)
        back = self._credit_note(partner, invoice.amount_total, days_ago(30), **values)
        lines = self._items(invoice) | self._items(back)
        lines.with_context(no_exchange_difference=True).reconcile()

    def _event_reverse(self, rng, partner, company, _data):
        invoice = self._pick(rng, self._open_invoices(partner, company))
        if invoice:
            self._reverse_invoice(invoice, post=True, date=MONDAY)

    def _event_match(self, rng, partner, company, _data):
        """Somebody matches open credits with open items by hand."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "in", company._collection_branches().ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        received = lines.filtered(lambda line: line.balance < 0)
        debits = lines.filtered(lambda line: line.balance > 0)
        if received and debits:
            credit, debit = self._pick(rng, received), self._pick(rng, debits)
            if credit.account_id == debit.account_id:
                (credit | debit).reconcile()

    def _event_unreconcile(self, rng, partner, company, _data):
        partials = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id.partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("debit_move_id.account_id.account_type", "=", "asset_receivable"),
            ]
        )
        partial = self._pick(rng, partials)
        if partial:
            (partial.debit_move_id | partial.credit_move_id).remove_move_reconcile()

    def _event_unpost(self, rng, partner, company, _data):
        invoice = self._pick(rng, self._open_invoices(partner, company))
        if invoice:
            invoice.button_draft()
            if rng.random() < 0.5:
                invoice.button_cancel()
            else:
                invoice.action_post()

    def _event_exclude(self, rng, partner, company, _data):
        invoice = self._pick(rng, self._open_invoices(partner, company))
        if invoice and invoice.payment_state != "in_payment" and rng.random() < 0.5:
            invoice.action_toggle_block_payment()
        elif invoice:
            lines = self._items(invoice)
            lines.no_followup = not lines[0].no_followup

    def _event_hand_over(self, rng, partner, company, _data):
        """An agency has an item, or has it no more, and we ask for the rest ourselves."""
        case = self.Case.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "!=", "closed"),
            ]
        )
        item = self._pick(rng, [item for item in self.ledger._open_items(partner, company) if item.residual > 0])
        if not case or not item:
            return
        held = self.env["collection.referral.line"].sudo().search([("item_id", "=", item.id)])
        if held:
            held.apart = not held.apart
        else:
            self.env["collection.referral"].sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": company.id,
                    "agency_id": self.agency.id,
                    "line_ids": [Command.create({"item_id": item.id, "apart": True})],
                }
            )
        case.sudo()._refresh(company, case.partner_id)

    def _event_dispute(self, rng, partner, company, _data):
        items = self.ledger._open_items(partner, company)
        item = self._pick(rng, [item for item in items if item.residual_currency > 0.02])
        lines = self.env["collection.dispute.line"].sudo().search([("item_id", "=", item.id)]) if item else []
        if item and not lines:
            part = rng.choice([1, 1, 1, 0.5])
            self.env["collection.dispute"].sudo().create(
                {
                    "partner_id": partner.commercial_partner_id.id,
                    "company_id": company.id,
                    "kind": "other",
                    "description": "Something is wrong",
                    "line_ids": [
                        Command.create({"item_id": item.id, "amount": round(item.residual_currency * part, 2) or 0.01})
                    ],
                }
            )

    def _event_answer(self, rng, partner, company, _data):
        dispute = self._pick(
            rng,
            self.env["collection.dispute"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.commercial_partner_id.id),
                    ("company_id", "=", company.id),
                    ("state", "=", "new"),
                ]
            ),
        )
        if not dispute:
            return
        if rng.random() < 0.2:
            dispute.action_withdraw()
            return
        line = dispute.line_ids
        upheld = round(line.amount * rng.choice([0, 0.4, 1]), 2)
        day = MONDAY + timedelta(days=rng.choice([0, 0, 7]))
        # whoever has no right to credit notes asks accounting for one; here nobody writes it
        dispute.with_user(self.collector_of_both)._answer({line: upheld}, "We looked.", day)
        if rng.random() < 0.5:
            dispute.is_credited = True
            self.env.flush_all()
            dispute._account_changed()

    def _event_opening(self, rng, partner, _company, _data):
        self._opening_balance(partner, rng.choice([-1, 1]) * self._amount(rng), self._day(rng))

    @staticmethod
    def _pick(rng, records):
        return rng.choice(records) if records else records
