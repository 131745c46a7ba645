from odoo.exceptions import UserError
from odoo.tests import tagged

from .page_common import PAGE, PageCommon


@tagged("post_install", "-at_install")
class TestPageDesk(PageCommon):
    """What the collector sees of the page, and gives away."""

    def test_an_answer_is_marked_on_the_board(self):
        mine = self.Case.with_user(self.collector)
        self.assertFalse(self.case.page_news)
        self._come_by_link()
        self._do("wishes", person="Ada")
        self.assertTrue(self.case.page_news)
        self.assertEqual(mine.search([("page_news", "=", True)]), self.case)
        self.assertNotIn(self.case, mine.search([("page_news", "=", False)]))
        answer = self._answers()
        self.cr.execute("UPDATE collection_page_answer SET create_date = create_date - interval '2 days'")
        self.env.invalidate_all()
        self.assertFalse(self.case.page_news, "That is two days ago")
        answer.state = "waits"
        self.assertTrue(self.case.page_news, "A person is to decide")

    def test_many_cases_take_no_more_queries(self):
        partners = [self._customer(f"Many {number}") for number in range(6)]
        for partner in partners:
            self._invoice(partner, 100, self.today)
        cases = self.case | self._case(self.beta)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            cases.mapped("page_news")

    def test_a_link_is_sent_and_known_to_nobody_else(self):
        self.case.with_user(self.collector).action_send_page_link()
        [mail] = self._confirmations()
        address = mail.body_html.partition(f"{PAGE}/open/")[2].partition('"')[0]
        self.assertEqual(self._come_by_link(address).status_code, 200)
        self.assertEqual(mail.email_from, self.collector.email_formatted)
        told = "".join(self.case.message_ids.filtered(lambda one: not one.mail_ids).mapped("body"))
        self.assertIn("acme@customer.example", told)
        self.assertNotIn(address, told)
        self.assertTrue(mail.auto_delete)

    def test_who_gets_no_emails_gets_no_link_by_email(self):
        self.acme.collection_no_email = True
        with self.assertRaises(UserError):
            self.case.with_user(self.collector).action_send_page_link()
        self.assertFalse(self._confirmations())

    def test_a_link_to_copy(self):
        action = self.case.with_user(self.collector).action_copy_page_link()
        self.assertEqual(action["tag"], "collection_copy_text")
        token = action["params"]["text"].rpartition("/")[2]
        self.assertEqual(self._come_by_link(token).status_code, 200)
