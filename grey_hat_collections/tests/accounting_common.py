"""What the stories are told with: customers, invoices and payments, made by Odoo itself."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields

from .world import WorldCommon


class AccountingCommon(WorldCommon):
    """Makes customers, their invoices, and what is paid and booked for them."""

    @classmethod
    def _customer(cls, name="Acme", **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name.lower().replace(' ', '.')}@customer.example",
                "street": "1 Main Street",
                "city": "Springfield",
                "zip": "12345",
                "tz": "UTC",
                **values,
            }
        )

    @staticmethod
    def _payable_contact(name="Ada Payable", email="ada@customer.example", **values):
        """What a customer is made with who has a contact for accounts payable."""
        return {"child_ids": [Command.create({"name": name, "type": "accounts_payable", "email": email, **values})]}

    @classmethod
    def _invoice(cls, partner, amount, due, *, post=True, move_type="out_invoice", **values):
        """An invoice (or credit note) without tax over ``amount``, dated and due on ``due``."""
        due = fields.Date.to_date(due)
        return cls._create_invoice(
            move_type=move_type,
            partner_id=partner,
            invoice_date=due,
            invoice_payment_term_id=values.pop("invoice_payment_term_id", False),
            invoice_date_due=due,
            invoice_line_ids=[Command.create({"name": "Service", "price_unit": amount, "tax_ids": []})],
            post=post,
            **values,
        )

    @classmethod
    def _invoice_in_instalments(cls, partner, amount, day, parts, **values):
        """An invoice of ``day`` without tax whose parts fall due one after the other.

        :param parts: percent of ``amount`` and days until it is due, for each instalment
        """
        term = cls.env["account.payment.term"].create(
            {
                "name": "Instalments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
                    for percent, days in parts
                ],
            }
        )
        return cls._invoice_on_terms(partner, amount, day, term, **values)

    @classmethod
    def _invoice_with_discount(cls, partner, amount, day, percent=2, days=10, **values):
        """An invoice of ``day`` without tax, due after 30 days, of which ``percent`` need not be paid within ``days`` days."""
        term = cls.env["account.payment.term"].create(
            {
                "name": "Discount",
                "early_discount": True,
                "discount_percentage": percent,
                "discount_days": days,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        return cls._invoice_on_terms(partner, amount, day, term, **values)

    @classmethod
    def _invoice_on_terms(cls, partner, amount, day, term, **values):
        """An invoice of ``day`` without tax, due as ``term`` says."""
        return cls._create_invoice(
            partner_id=partner,
            invoice_date=day,
            invoice_payment_term_id=term,
            invoice_line_ids=[Command.create({"name": "Roof", "price_unit": amount, "tax_ids": []})],
            post=True,
            **values,
        )

    @classmethod
    def _credit_note(cls, partner, amount, day, **values):
        return cls._invoice(partner, amount, day, move_type="out_refund", **values)

    @classmethod
    def _pay(cls, invoices, amount=None, day=None, **values):
        """Register a payment of ``amount`` (default: all) for ``invoices`` and reconcile it with them."""
        values |= {"payment_date": day or fields.Date.today()}
        if amount is not None:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
        )
        return wizard._create_payments()

    @classmethod
    def _receive(cls, partner, amount, day=None, **values):
        """A payment that is in the books but applied to nothing."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "date": day or fields.Date.today(),
                "journal_id": cls.company_data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _refund(cls, partner, amount, day=None, **values):
        """Money that we paid out and that is matched with nothing."""
        return cls._receive(partner, amount, day, payment_type="outbound", **values)

    @classmethod
    def _lent(cls, partner, amount, day, company_data=None):
        """An entry about money that ``partner`` owes us, not for goods or services; negative, we owe it."""
        data = company_data or cls.company_data
        company = data["company"]
        account = cls.env["account.account"].search(
            [("account_type", "=", "asset_receivable"), ("non_trade", "=", True), ("company_ids", "in", company.ids)],
            limit=1,
        ) or data["default_account_receivable"].copy({"name": "Loans", "non_trade": True})
        entry = cls.env["account.move"].create(
            {
                "date": day,
                "journal_id": data["default_journal_bank"].id,
                "line_ids": [
                    Command.create({"name": "Loan", "account_id": owed.id, "partner_id": whose, "balance": balance})
                    for owed, whose, balance in (
                        (account, partner.id, amount),
                        (data["default_account_revenue"], False, -amount),
                    )
                ],
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def _opening_balance(cls, partner, amount, day, company_data=None):
        """A journal entry that carries ``amount`` over from an older system; Odoo excludes it from follow-up."""
        data = company_data or cls.company_data
        sides = {"debit": amount, "credit": 0} if amount > 0 else {"debit": 0, "credit": -amount}
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Opening balance",
                            "partner_id": partner.id,
                            "account_id": data["default_account_receivable"].id,
                            "date_maturity": day,
                            **sides,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Opening balance",
                            "account_id": data["default_account_revenue"].id,
                            "debit": sides["credit"],
                            "credit": sides["debit"],
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def _salaries(cls, amount, day):
        """What is owed to those who work here."""
        accounts = (cls.company_data["default_account_expense"], cls.company_data["default_account_payable"])
        entry = cls.env["account.move"].create(
            {
                "date": day,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"name": "Salaries", "account_id": account.id, "balance": balance})
                    for account, balance in zip(accounts, (amount, -amount), strict=True)
                ],
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def _items(cls, *moves):
        """The receivable items of these entries."""
        lines = cls.env["account.move"].union(*moves).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    @classmethod
    def _bank_pays(cls, invoice, amount, day=None):
        """A line of the bank statement, dated ``day``, is reconciled with the oldest open item of ``invoice``."""
        statement = cls.env["account.bank.statement.line"].create(
            {
                "payment_ref": invoice.name,
                "partner_id": invoice.partner_id.id,
                "journal_id": cls.company_data["default_journal_bank"].id,
                "amount": amount,
                "date": day or fields.Date.today(),
            }
        )
        _liquidity, suspense, _other = statement.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        due = cls._items(invoice).filtered(lambda line: not line.reconciled)
        oldest = due.sorted("date_maturity")[:1]
        suspense.account_id = oldest.account_id
        (suspense | oldest).reconcile()

    @contextmanager
    def _payments_without_entry(self):
        """A world with an accounting app: payments through the bank journal make no entry of their own."""
        bank = self.company_data["default_journal_bank"]
        (bank.inbound_payment_method_line_ids | bank.outbound_payment_method_line_ids).payment_account_id = False
        with patch.object(
            self.env.registry["account.move"], "_get_invoice_in_payment_state", lambda move: "in_payment"
        ):
            yield
