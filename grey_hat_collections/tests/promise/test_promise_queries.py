from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FEW, MANY = 1, 20
PROMISES = 10, 1000


@tagged("post_install", "-at_install")
class TestPromiseQueries(CollectionCommon):
    """Ten promises are judged with as many queries as a thousand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_confirm_promises": False})
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "email": f"c{number}@customer.example"} for number in range(FEW + MANY)]
        )
        day = MONDAY - timedelta(days=10)
        for partner in cls.partners:
            cls._invoice(partner, 5000, day)
        cls.env.flush_all()
        cls.env.cr.precommit.clear()

    def _begin(self):
        super()._begin()
        self.enterContext(self._on(MONDAY, "08:00"))
        self.Case.sudo()._refresh(self.company, self.partners)
        self.few = self._promise(self.partners[:FEW], PROMISES[0])
        self.many = self._promise(self.partners[FEW:], PROMISES[1])

    def setUp(self):
        super().setUp()
        self.enterContext(self._on(MONDAY, "08:00"))

    def _promise(self, partners, count):
        """``count`` promises of 10.00 each, shared among these customers, for the next days."""
        cases = self.Case.search([("partner_id", "in", partners.ids)])
        each = count // len(cases)
        return (
            self.env["collection.promise"]
            .sudo()
            .create(
                [
                    {"case_id": case.id, "amount": 10, "date_promised": self._day(1 + number % 5)}
                    for case in cases
                    for number in range(each)
                ]
            )
        )

    def _queries_to_judge(self, promises):
        """How many queries it takes to judge the customers of these promises on a cold cache."""
        partners = self.partners & promises.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["collection.promise"].sudo()._judge(self.company, partners)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_nothing_new(self):
        self._queries_to_judge(self.few)
        few, many = self._queries_to_judge(self.few), self._queries_to_judge(self.many)
        self.assertEqual(len(self.many), 1000)
        self.assertLessEqual(many, few, f"{few} queries for 10, {many} for 1,000")
        self.assertLess(many, 25)

    def test_all_of_them_missed(self):
        with self._on(self._day(10)):
            few, many = self._queries_to_judge(self.few), self._queries_to_judge(self.many)
        self.assertEqual(set(self.many.mapped("state")), {"broken"})
        self.assertFalse(self.many.share_ids)
        self.assertLessEqual(many, few + 4, f"{few} queries for 10, {many} for 1,000")

    def test_all_of_them_kept(self):
        with self._on(self._day(1)):
            for partner in self.partners:
                self._receive(partner, 1000)
            few, many = self._queries_to_judge(self.few), self._queries_to_judge(self.many)
        self.assertEqual(set(self.many.mapped("state")), {"kept"})
        self.assertLessEqual(many, few + 4, f"{few} queries for 10, {many} for 1,000")
