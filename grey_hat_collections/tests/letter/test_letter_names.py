from odoo.tests import tagged

from ..common import MONDAY, days_ago
from ..query_common import QueryCommon
from .letter_documents_common import LetterDocumentsCommon
from .test_statement import words

REMINDER, CALL, SECOND, SECOND_CALL, NOTICE = (
    "Friendly reminder",
    "Call",
    "Second reminder with statement",
    "Second call",
    "Final notice",
)


class NamesCommon(LetterDocumentsCommon):
    """A letter asks for the items that it names, and lists the rest."""

    def _begin(self):
        super()._begin()
        self.steps = {step.name: step for step in self.standard.step_ids}

    def _item(self, amount, days, step=None, named=None, partner=None, **values):
        """An open item of so many days past due on Monday, and the step that has named it last, so many days before."""
        partner = partner or self.acme
        with self._on(days_ago(days)):
            invoice = self._invoice(partner, amount, days_ago(days), **values)
        item = invoice.line_ids.filtered("date_maturity")
        if step:
            self._named(item, step, named)
        return item

    def _named(self, item, step, days):
        """A step has named an item so many days before Monday. The case stands where its first item stands."""
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, item.partner_id)
        case = self._case(item.partner_id).sudo()
        values = {"item_id": item.id, "case_id": case.id, "step_id": self.steps[step].id, "date": days_ago(days)}
        if not case.step_id:
            case.write({"step_id": self.steps[step].id, "step_date": days_ago(days)})
        self.env["collection.mark"].sudo().create(values)

    def _written(self, partner=None):
        """The letter that Monday's run has written."""
        self._daily_run(MONDAY)
        return self._case(partner or self.acme).letter_ids.filtered(lambda letter: letter.state == "queued")

    def _lines(self, letter):
        self.env.invalidate_all()
        return {line.item_id: (line.amount, line.step_id.name) for line in letter.line_ids}

    def _last(self, item):
        """The step that has named an item last, and the day, from Monday."""
        self.env.invalidate_all()
        mark = self.env["collection.mark"].search([("item_id", "=", item.id)])[:1]
        return mark.step_id.name, mark.date and (mark.date - MONDAY).days

    def _part(self, page, name):
        """What a part of the page says, by the name that it has in the template."""
        return [words(part) for part in page.xpath(f".//*[@name='{name}']")]


@tagged("post_install", "-at_install")
class TestLetterNames(NamesCommon):
    """A is 30 days late on Monday, and its final notice is due; B is 10 days late, and had its first reminder two days ago."""

    def _begin(self):
        super()._begin()
        self.a = self._item(500, 30, SECOND_CALL, 8)
        self.b = self._item(300, 10, REMINDER, 2)

    def test_a_notice_asks_for_what_it_names_and_lists_the_rest(self):
        letter = self._written()
        self.assertEqual((letter.kind, letter.amount), ("final_notice", 500), "before it is made, too")
        page = self._page(letter)
        rows, sums = self._items(page)
        self.assertEqual([row[0] for row in rows], [self.a.move_name])
        self.assertEqual(sums, [["Please pay", "$ 500.00"]])
        [also_open] = self._part(page, "also_open")
        self.assertIn(f"{self.b.move_name} 02/20/2026 02/20/2026 10 300.00 300.00", also_open)
        self.assertNotIn("Please pay", also_open)
        self.assertEqual(self._part(page, "riding"), [])
        self.assertNotIn("800.00", words(page).split("Statement of account")[0])
        self._send(MONDAY)
        self.assertEqual((letter.state, letter.amount), ("sent", 500))
        self.assertIn("500.00", letter.sudo().mail_mail_id.body_html)
        self.assertEqual(letter._oldest_due_in_words(), "01/31/2026")
        self.assertEqual(self._lines(letter), {self.a: (500, NOTICE), self.b: (300, False)})
        self.assertEqual((self._last(self.a), self._last(self.b)), ((NOTICE, 0), (REMINDER, -2)))

    def test_what_has_fallen_due_goes_along_for_its_own_step(self):
        """C fell due three days ago, and nobody has written about it."""
        c = self._item(70, 3)
        letter = self._written()
        self.assertEqual(letter.amount, 570)
        page = self._page(letter)
        rows, _sums = self._items(page)
        self.assertEqual([row[0] for row in rows], [self.a.move_name])
        [riding] = self._part(page, "riding")
        self.assertIn("These items have passed their due date, too.", riding)
        self.assertIn("They are not part of the final notice.", riding)
        self.assertIn(c.move_name, riding)
        self.assertIn("Please pay in total $ 570.00", words(page))
        self.assertIn("Amount $ 500.00 Please pay by", words(page), "the day is for what the notice is about")
        text = words(page)
        self.assertLess(text.index("What happens next:"), text.index("Also past due"))
        self.assertIn(self.b.move_name, self._part(page, "also_open")[0])
        self._send(MONDAY)
        self.assertNotIn("570.00", letter.sudo().mail_mail_id.body_html)
        self.assertEqual(self._lines(letter), {self.a: (500, NOTICE), self.b: (300, False), c: (70, REMINDER)})
        self.assertEqual(
            [self._last(item) for item in (self.a, self.b, c)], [(NOTICE, 0), (REMINDER, -2), (REMINDER, 0)]
        )
        mark = self.env["collection.mark"].search([("item_id", "=", c.id)])
        self.assertEqual(mark.letter_id, letter)

    def test_each_step_that_goes_along_has_words_of_its_own(self):
        again, first = self._item(90, 20, CALL, 8), self._item(70, 3)
        letter = self._written()
        second, reminder = self._part(self._page(letter), "riding")
        self.assertIn("We have written to you about these items before", second)
        self.assertIn(again.move_name, second)
        self.assertIn("These items have passed their due date, too.", reminder)
        self.assertIn(first.move_name, reminder)
        self._send(MONDAY)
        self.assertEqual([self._last(item) for item in (again, first)], [(SECOND, 0), (REMINDER, 0)])

    def test_what_it_names_is_paid_while_it_waits(self):
        c = self._item(70, 3)
        letter = self._written()
        with self._on(MONDAY, "08:00"):
            self._pay(c.move_id, 70)
            self._pay(self.a.move_id, 150)
            self._settle_transaction()
        self._send(MONDAY)
        self.assertEqual((letter.state, letter.amount), ("sent", 350))
        self.assertEqual(self._lines(letter), {self.a: (350, NOTICE), self.b: (300, False)})

    def test_with_nothing_left_of_what_it_names_it_does_not_leave(self):
        """B is open, and C would have gone along: each has letters of its own."""
        c = self._item(70, 3)
        cases = {"paid": self._written()}
        with self._on(MONDAY, "08:00"):
            self._pay(self.a.move_id, 500)
            self._settle_transaction()
        self._send(MONDAY)
        self.assertEqual((cases["paid"].state, self._sent_to()), ("cancelled", []))
        self.assertEqual((self._last(self.b), self._last(c)), ((REMINDER, -2), (False, False)))

    def test_what_is_promised_since_keeps_the_letter_from_leaving(self):
        letter = self._written()
        with self._on(MONDAY, "08:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {
                    "case_id": letter.case_id.id,
                    "amount": 500,
                    "date_promised": self._day(5),
                    "item_ids": [(6, 0, self.a.ids)],
                }
            )
            self._settle_transaction()
        self._send(MONDAY)
        self.assertEqual((letter.state, letter.case_id.amount_chased), ("cancelled", 300))
        self.assertEqual((self._last(self.a), self._last(self.b)), ((SECOND_CALL, -8), (REMINDER, -2)))

    def test_a_card_moved_forward_names_what_waits_for_its_step(self):
        """The final notice of A is not due for another week, and is written all the same."""
        globex = self._customer("Globex")
        early = self._item(500, 23, SECOND_CALL, 1, partner=globex)
        late = self._item(300, 10, REMINDER, 2, partner=globex)
        case = self._case(globex)
        with self._on(MONDAY, "08:00"):
            case.sudo().stage_id = self.steps[SECOND_CALL].stage_id
            self._settle_transaction()
            case.with_user(self.collector).stage_id = self.steps[NOTICE].stage_id
        letter = case.letter_ids
        self.assertEqual((letter.kind, letter.amount), ("final_notice", 500))
        self._send(MONDAY)
        self.assertEqual(self._lines(letter), {early: (500, NOTICE), late: (300, False)})

    def test_credits_lower_what_they_cover_first(self):
        """A payment that nobody has applied covers the oldest: the customer finds it where it was taken off."""
        self._receive(self.acme, 120)
        letter = self._written()
        page = self._page(letter)
        self.assertEqual(letter.amount, 380)
        self.assertEqual(
            self._items(page)[1],
            [
                ["Remaining", "500.00"],
                ["Less credits and payments not applied yet", "-120.00"],
                ["Please pay", "$ 380.00"],
            ],
        )
        self.assertNotIn("Less credits", self._part(page, "also_open")[0])

    def test_of_what_is_only_listed_credits_are_taken_off_in_the_open_too(self):
        old = self._item(90, 40, REMINDER, 2)
        self._receive(self.acme, 50)
        page = self._page(self._written())
        self.assertEqual(self._items(page)[1], [["Please pay", "$ 500.00"]])
        [listed] = self._part(page, "also_open")
        for part in (old.move_name, "Remaining 390.00", "not applied yet -50.00", "Open $ 340.00"):
            self.assertIn(part, listed)

    def test_each_currency_is_asked_for_in_itself(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        also = self._item(40, 9, REMINDER, 2, currency_id=euro.id)
        along = self._item(80, 3, currency_id=euro.id)
        letter = self._written()
        page = self._page(letter)
        self.assertEqual(letter.amount, 660)
        self.assertIn("Please pay 80.00 €", self._part(page, "riding")[0])
        self.assertIn("Please pay in total $ 500.00 + 80.00 €", words(page))
        [listed] = self._part(page, "also_open")
        for part in (self.b.move_name, also.move_name, "Items in EUR", "Items in USD"):
            self.assertIn(part, listed)
        self.assertEqual(words(page).count("Please pay in total"), 1)
        self._send(MONDAY)
        self.assertEqual(
            self._lines(letter),
            {self.a: (500, NOTICE), self.b: (300, False), also: (80, False), along: (160, REMINDER)},
        )

    def test_one_part_looks_as_ever(self):
        self._pay(self.b.move_id, 300)
        page = self._page(self._written())
        self.assertEqual([self._part(page, name) for name in ("riding", "also_open")], [[], []])
        self.assertNotIn("in total", words(page))

    def test_what_has_left_is_not_found_out_again(self):
        """Printed later: A and C are what it has named, B was listed, whatever has become of their steps since."""
        c = self._item(70, 3)
        letter = self._written()
        self._send(MONDAY)
        before = self._lines(letter)
        with self._on(self._day(9), "09:00"):
            self._item(44, 2)
            self._settle_transaction()
            page = self._page(letter)
            self.assertEqual([row[0] for row in self._items(page)[0]], [self.a.move_name])
            self.assertIn(c.move_name, self._part(page, "riding")[0])
            self.assertIn(self.b.move_name, self._part(page, "also_open")[0])
            self.assertIn("Please pay in total $ 570.00", words(page))
            letter.sudo()._store_pdf()
        self.assertEqual(self._lines(letter), before)

    def test_the_paper_of_a_notice_asks_for_what_its_e_mail_has_named(self):
        letter = self._written()
        self._send(MONDAY)
        with self._on(self._day(1), "09:00"):
            self._pay(self.a.move_id, 100)
            self._settle_transaction()
            said = letter._said_on_paper()[letter.id]
            self.assertEqual(said, {"asked": {str(self.a.id): 400}, "listed": {str(self.b.id): 300}})
            self.assertIsNone(letter._anew()._obstacle())
            self._pay(self.a.move_id, 400)
            self._settle_transaction()
            self.assertEqual(letter._said_on_paper()[letter.id]["asked"], {})
            self.assertEqual(letter._anew()._obstacle(), "There was nothing left to chase.", "B is open")

    def test_an_agency_is_told_of_only_where_what_the_notice_names_may_be_handed_over(self):
        self.standard.sudo().referral_min_amount = 500.01
        self.assertNotIn("agency", words(self._page(self._written())), "with B it would be enough")


@tagged("post_install", "-at_install")
class TestLetterTwoReminders(NamesCommon):
    """A is 15 days late on Monday, and its second reminder is due."""

    def _begin(self):
        super()._begin()
        self.a = self._item(500, 15, CALL, 7)

    def test_a_second_reminder_takes_the_first_of_another_along(self):
        c = self._item(70, 1)
        letter = self._written()
        self.assertEqual((letter.step_id.name, letter.amount), (SECOND, 570))
        [riding] = self._part(self._page(letter), "riding")
        self.assertIn("These items have passed their due date, too.", riding)
        self.assertNotIn("final notice", riding)
        self._send(MONDAY)
        self.assertIn("570.00", letter.sudo().mail_mail_id.body_html)
        self.assertEqual((self._last(self.a), self._last(c)), ((SECOND, 0), (REMINDER, 0)))

    def test_what_waits_for_the_same_step_is_named_once_it_is_due_for_it(self):
        due, early = self._item(90, 15, CALL, 8), self._item(60, 12, CALL, 3)
        letter = self._written()
        self._send(MONDAY)
        self.assertEqual(self._lines(letter), {self.a: (500, SECOND), due: (90, SECOND), early: (60, False)})

    def test_a_statement_of_the_ladder_shows_the_account_and_names_what_waits_for_it(self):
        self.steps[SECOND].sudo().letter_kind = "statement"
        c = self._item(70, 1)
        letter = self._written()
        self.assertEqual((letter.kind, letter.amount), ("statement", 570))
        self.assertFalse(self._part(self._page(letter), "also_open"))
        self._send(MONDAY)
        self.assertEqual(self._lines(letter), {self.a: (500, SECOND), c: (70, False)})

    def test_customers_read_each_part_in_their_language(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], ["de_DE"])
        self.acme.lang = "de_DE"
        self._item(70, 1)
        self._item(60, 12, CALL, 3)
        page = words(self._page(self._written()))
        for part in ("Ebenfalls fällig geworden", "Bitte zahlen Sie insgesamt", "Außerdem offen"):
            self.assertIn(part, page)


@tagged("post_install", "-at_install")
class TestLetterNamesQueries(QueryCommon):
    """What letters name is found out for all of them at once."""

    def test_the_number_of_queries_does_not_depend_on_the_number_of_letters(self):
        self._all_open()
        self._assert_constant(lambda partners: self._cases(partners)._run_day())
        letters = self.env["collection.letter"].sudo()
        letters_of = {
            partners: letters.browse(self._cases(partners).letter_ids.ids)
            for partners in (self.first, self.few, self.many)
        }
        for name, work in {
            "obstacles": lambda partners: letters_of[partners]._obstacles(),
            "paper": lambda partners: letters_of[partners]._said_on_paper(),
            "pages": lambda partners: self.env["collection.statement"].sudo()._letters(letters_of[partners]),
        }.items():
            with self.subTest(name=name):
                self._assert_constant(work)
