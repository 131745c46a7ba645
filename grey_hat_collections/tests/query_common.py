"""What the tests are told with that count queries."""

from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

from odoo.models import BaseModel

from .common import MONDAY, CollectionCommon

#: Both more than are refreshed one by one, see ``ledger/ledger_few.py``.
FEW, MANY = 12, 50


class QueryCommon(CollectionCommon):
    """Customers who owe something since ten days on Monday: few of them, and many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = MONDAY - timedelta(days=10)
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "email": f"customer{number}@customer.example",
                    "street": "1 Main Street",
                    "city": "Springfield",
                    "child_ids": [
                        (0, 0, {"name": "Payable", "type": "accounts_payable", "email": f"p{number}@x.example"})
                    ],
                }
                for number in range(1 + FEW + MANY)
            ]
        )
        cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "invoice_date_due": day,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [(0, 0, {"name": "Service", "price_unit": 100 + number, "tax_ids": []})],
                }
                for number, partner in enumerate(cls.partners)
            ]
        ).action_post()
        cls.first, cls.few, cls.many = cls.partners[:1], cls.partners[1 : 1 + FEW], cls.partners[1 + FEW :]
        cls.cases = cls.env["collection.case"].sudo()
        cls.env.flush_all()
        cls.env.cr.precommit.clear()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _count(self, work):
        """How many queries ``work`` takes on a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _read_at_once(self, work):
        """The columns of which ``work`` reads many records at once, on a cold cache, by model."""
        self.env.flush_all()
        self.env.invalidate_all()
        read = defaultdict(set)
        fetch = BaseModel._fetch_query

        def watched(model, query, fields):
            records = fetch(model, query, fields)
            if len(records) > FEW:
                read[model._name].update(field.name for field in fields)
            return records

        with patch.object(BaseModel, "_fetch_query", watched):
            work()
        return read

    def _assert_constant(self, work, slack=0):
        """``work`` takes as many queries for fifty as for twelve.

        :param work: function of partners
        :param slack: queries that inserting or prefetching in chunks may add
        """
        work(self.first)  # what is read once in the life of a server
        few = self._count(lambda: work(self.few))
        many = self._count(lambda: work(self.many))
        self.assertLessEqual(many, few + slack, f"{few} queries for {FEW}, {many} for {MANY}")
        return many

    def _open(self, partners):
        self.cases._refresh(self.company, partners)

    def _cases(self, partners):
        return self.cases.search([("partner_id", "in", partners.ids)])

    def _all_open(self):
        self._open(self.partners)
        self.env.flush_all()
