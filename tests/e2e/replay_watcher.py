"""Somebody who watches the replay: compares every evening what the product says with the books and with what was said and done.

What must be is worked out here from the days of payment, the ladder and notes of what the office did, never from what the
product has stored about it.
"""

from collections import Counter

import foretold
from replay_notes import Notes, Standing

#: What is not asked for of an item because of a dispute: it is open, or answered and its new due date is not over.
IN_QUESTION = """
    SELECT line.item_id, SUM(line.amount) AS amount
      FROM collection_dispute_line line
      JOIN collection_dispute dispute ON dispute.id = line.dispute_id
     WHERE dispute.state = 'new' OR dispute.state = 'rejected' AND dispute.date_due_new >= %(day)s
  GROUP BY line.item_id"""
#: Items that letters and calls of ``day`` have named, without those whose case went back.
NAMED = """
    SELECT mark.case_id, item.move_id, mark.step_id, mark.letter_id
      FROM collection_mark mark
      JOIN account_move_line item ON item.id = mark.item_id
     WHERE mark.date = %(day)s
       AND (mark.cycle = 1 OR EXISTS (SELECT FROM collection_mark former
                                       WHERE former.item_id = mark.item_id AND former.cycle = mark.cycle AND former.id < mark.id))
  ORDER BY mark.id"""
#: For so many days at the most nobody says a word about an item that is asked for: until a letter about others, and the rests and
#: budgets of contacts on top.
SILENT_DAYS = 28
#: Open items of the books that fell due before ``day``: what is left of each, and what of that is neither promised nor disputed.
OVERDUE = f"""
    WITH question AS ({IN_QUESTION}),
    promised AS (
        SELECT account_move_line_id
          FROM collection_promise_item_rel rel
          JOIN collection_promise promise ON promise.id = rel.collection_promise_id
         WHERE promise.state = 'open' AND promise.pauses)
    SELECT line.id, line.partner_id, line.amount_residual AS amount,
           CASE WHEN line.id IN (SELECT account_move_line_id FROM promised) THEN 0
                ELSE line.amount_residual - LEAST(line.amount_residual, COALESCE(question.amount, 0)) END AS to_ask_for
      FROM account_move_line line
 LEFT JOIN question ON question.item_id = line.id
      JOIN account_account account ON account.id = line.account_id
     WHERE account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
       AND line.parent_state = 'posted' AND NOT line.reconciled
       AND line.date_maturity < %(day)s"""


class Watcher:
    """Looks at everything every evening, and once more at the end. What is wrong is in ``failures``."""

    def __init__(self, env, ladder, bills, by_mail):
        """Watch from now on.

        :param ladder: the steps that all cases climb
        :param dict bills: what the ledger says of each invoice, by its id
        :param by_mail: the customers who get e-mail
        """
        self.env = env
        self.ladder = ladder.ids
        self.pace = [(step.days_overdue, max(1, step.days_since_previous)) for step in ladder]
        kinds = ladder.mapped("letter_kind")
        self.notice = kinds.index("final_notice")
        self.bills = bills
        self.by_mail = by_mail
        self.bills_of = {}
        for bill in bills.values():
            self.bills_of.setdefault(bill.customer, []).append(bill)
        self.notes = Notes()
        self.standings = {}  # of each case on the evening before
        self.places = {}  # of each bill: the position of the last step that named it, and the day
        self.unnamed = Counter()  # bills that are asked for and that nobody has said a word about, since how many days
        self.letters = {}  # of each letter: the position of the highest step that it has taken
        self.fallen = set()  # cases that stand where the rest stands, since what was named is paid
        self.taken = Counter()  # steps, by their position
        self.reminded = set()
        self.back = []  # who was taken back when, by how many steps
        self.failures = []

    def fail(self, day, what):
        self.failures.append(f"{day}: {what}")

    def rows_of(self, query, **parameters):
        self.env.flush_all()
        self.env.cr.execute(query, parameters)
        return self.env.cr.fetchall()

    # -- In the morning ------------------------------------------------------------------------------------------

    def check_letters(self, day):
        """What left the house this morning asks for exactly what is owed of the items that it names, and for nothing that is
        paid; what else is to be asked for it lists.
        """
        letters = self.rows_of(
            """SELECT letter.id, letter.partner_id, letter.amount,
                      JSONB_OBJECT_AGG(line.item_id, line.amount) FILTER (WHERE line.step_id IS NOT NULL),
                      JSONB_OBJECT_AGG(line.item_id, line.amount) FILTER (WHERE line.step_id IS NULL)
                 FROM collection_letter letter
                 JOIN collection_letter_line line ON line.letter_id = letter.id AND line.item_id IS NOT NULL
                WHERE letter.step_id IS NOT NULL
                  AND ((state = 'sent' AND sent_at >= %(day)s)
                       OR (state = 'queued' AND channel = 'post' AND attachment_id IS NOT NULL))
             GROUP BY letter.id""",
            day=day,
        )
        if not letters:
            return
        owed = {}
        for item, partner, amount in self.rows_of(
            f"SELECT id, partner_id, to_ask_for FROM ({OVERDUE}) item WHERE to_ask_for > 0", day=day
        ):
            owed.setdefault(partner, {})[str(item)] = float(amount)
        for letter, partner, amount, named, listed in letters:
            asked = round(sum((named or {}).values()), 2)
            if amount <= 0 or float(amount) != asked or (named or {}) | (listed or {}) != owed.get(partner, {}):
                self.fail(
                    day, f"letter {letter} asks for {amount}: {named}, lists {listed}, owed is {owed.get(partner)}"
                )

    # -- In the evening ------------------------------------------------------------------------------------------

    def check(self, day):
        working_day = foretold.is_working_day(day)
        self.check_figures(day, working_day)
        self.check_steps(day, working_day)
        self.check_letters_left(day, working_day)
        self.check_holding(day)
        if working_day:
            self.check_promises(day)
            self.check_nobody_forgotten(day)

    def check_figures(self, day, working_day):
        """Every open case ties to the ledger, and everybody who owes something overdue has one."""
        differing = self.rows_of(
            f"""WITH overdue AS (
                   SELECT partner_id, SUM(amount) AS amount, SUM(to_ask_for) AS to_ask_for
                     FROM ({OVERDUE}) item GROUP BY partner_id),
               ledger AS (
                   SELECT line.partner_id, SUM(line.amount_residual) AS balance
                     FROM account_move_line line
                     JOIN account_account account ON account.id = line.account_id
                    WHERE account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
                      AND line.parent_state = 'posted'
                      AND NOT line.reconciled
                 GROUP BY line.partner_id)
               SELECT COALESCE(kase.partner_id, ledger.partner_id), kase.balance, ledger.balance, kase.amount_chased,
                      overdue.amount
                 FROM (SELECT * FROM collection_case WHERE state != 'closed') kase
            FULL JOIN ledger ON ledger.partner_id = kase.partner_id
            LEFT JOIN overdue ON overdue.partner_id = ledger.partner_id
                WHERE (kase.id IS NOT NULL AND kase.balance IS DISTINCT FROM ledger.balance)
                   OR (kase.run_date = %(day)s AND kase.amount_chased != COALESCE(overdue.to_ask_for, 0))
                   OR (kase.id IS NULL AND overdue.amount > 0 AND %(working_day)s)""",
            day=day,
            working_day=working_day,
        )
        for row in differing:
            self.fail(day, f"customer, case, ledger, chased, overdue differ: {row}")

    def check_steps(self, day, working_day):
        """Each item takes one step after the other, when it is due for it, and the case stands where the highest does. What was
        earned takes a case and what is asked for back, into a new round; so does paying all that its step has named, to where
        the rest stands. Nothing else does.
        """
        named = self.named_on(day)
        for case, customer, turn, step, state in self.rows_of(
            """SELECT kase.id, partner.name, round, step_id, kase.state
                 FROM collection_case kase JOIN res_partner partner ON partner.id = kase.partner_id"""
        ):
            before = self.standings.get(case, Standing())
            if not before.is_open:
                continue
            position = None if step is None else self.ladder.index(step)
            back = self.after_steps_back(
                case, customer, before, day, working_day=working_day, is_open=state != "closed"
            )
            expected, since = back.position, back.since
            highest = max(self.name(customer, named.get(case, ()), day), default=-1)
            if highest > (-1 if expected is None else expected):
                expected, since = highest, day
                if before.position is None and case not in self.fallen:
                    self.reminded.add((customer, day))
            if (turn, position) != (back.round, expected):
                self.fail(
                    day, f"case {case} went from {before} to {(turn, position)}, expected {(back.round, expected)}"
                )
            elif back.position != before.position:
                self.back.append((customer, day, before.position - (-1 if back.position is None else back.position)))
            self.standings[case] = Standing(turn, position, state != "closed", since)

    def named_on(self, day):
        """What letters and calls of a day have named: bill, position of the step, letter (None for a call), by case."""
        named = {}
        for case, move, step, letter in self.rows_of(NAMED, day=day):
            named.setdefault(case, []).append((self.bills[move], self.ladder.index(step), letter))
        return named

    def after_steps_back(self, case, customer, before, day, *, working_day, is_open):
        """Where a case stands after what was earned this morning, and after what was paid since."""
        target, since, rounds = before.position, before.since, before.round
        if working_day:
            target, since = self.after_rewards(case, customer, before, day)
        if target != before.position:
            self.go_back(customer, target, day)
            rounds += 1
        rest = self.place_of_rest(customer, target, day)
        if rest != target and is_open:
            target, since, rounds = rest, day, rounds + 1
            self.fallen.add(case)
        return Standing(rounds, target, is_open, since)

    def name(self, customer, named, day):
        """Letters and calls of today have named bills of a customer, each for a step: one that was asked for, waited for this
        very step and was due for it.

        :param named: see :meth:`named_on`
        :return: the positions of the steps
        """
        asked = set(self.asked(customer, day))
        for bill, position, letter in named:
            place, since = self.places.get(bill, (-1, None))
            overdue, apart = self.pace[position]
            if bill not in asked:
                self.fail(day, f"{bill} was named and is not asked for")
            if place != position - 1:
                self.fail(day, f"{bill} stood on {place} and was named by step {position}")
            elif since is None and day < bill.due + overdue * foretold.DAY:
                self.fail(day, f"{bill} was named by step {position} before it was due for it")
            elif since is not None and day < since + apart * foretold.DAY:
                self.fail(day, f"{bill} was named on {since}, and by step {position} too soon after it")
            self.places[bill] = position, day
            if letter:
                self.letters[letter] = max(position, self.letters.get(letter, position))
        for bill in self.bills_of[customer]:
            self.unnamed[bill] = 0 if bill in self.places or bill not in asked else self.unnamed[bill] + 1
            if self.unnamed[bill] > SILENT_DAYS:
                self.fail(day, f"{bill} is asked for, and nobody has said a word about it")
        taken = {position for _bill, position, _letter in named}
        self.taken.update(taken)
        return taken

    def place(self, bill):
        """The position of the last step that has named a bill; -1 where none has."""
        return self.places.get(bill, (-1, None))[0]

    def go_back(self, customer, target, day):
        """What is asked for goes back with its case."""
        for bill in self.asked(customer, day):
            if bill in self.places:
                self.places[bill] = min(self.place(bill), target), day

    def asked(self, customer, day):
        """The bills of a customer that are asked for on ``day``: overdue, and neither promised nor disputed since before."""
        promised = set()
        for one in self.notes.promises.values():
            if one.customer == customer and one.made < day <= one.due and not one.replaced:
                promised |= {self.bills[move] for move in one.owed}
        questioned = {
            self.bills[one.move]
            for one in self.notes.disputes.values()
            if one.is_whole and one.raised < day and (one.ended is None or one.ended > day)
        }
        for bill in self.bills_of[customer]:
            if bill.due < day < bill.settled and bill not in promised | questioned:
                yield bill

    def place_of_rest(self, customer, position, day):
        """Where a case stands that has reached ``position``: there, or where the highest of the rest stands, once all that its
        step has named is paid.
        """
        named = [bill for bill in self.bills_of[customer] if self.place(bill) >= (position or 0)]
        if position is None or not named or any(bill.settled > day for bill in named):
            return position
        if not any(self.asked(customer, day)):
            return position  # while nothing is asked for
        rest = [self.place(bill) for bill in self.bills_of[customer] if bill.invoiced <= day < bill.settled]
        place = max(rest, default=-1)
        return min(place, position) if place >= 0 else None

    def after_rewards(self, case, customer, before, day):
        """The position that a case has after this morning's run has rewarded what was kept and paid, and since when money may
        earn the next reward.
        """
        kept = [promise for promise in self.notes.promises.values() if self.was_kept(case, promise, day)]
        for promise in kept:
            promise.rewarded = True
        if before.position is None:
            return before.position, before.since
        bills = self.bills_of[customer]
        count = len(kept) or foretold.has_paid_much(bills, customer, before.since, day)
        if not count:
            return before.position, before.since
        target = max(0, before.position - count)
        if target != before.position:
            target = min(target, self.notice - 1)  # in a new round the final notice comes again
        return target, day - foretold.DAY  # what is paid later today counts already

    def was_kept(self, case, promise, day):
        """Whether all that was promised had come in time by the morning of ``day``, and nobody has been rewarded for it."""
        if promise.case != case or promise.replaced or promise.rewarded:
            return False
        return self.kept_on(promise) < min(day, promise.due + foretold.DAY)

    def kept_on(self, promise):
        """The day on which the last of what was promised is paid."""
        return max(self.bills[move].settled for move in promise.owed)

    def check_letters_left(self, day, working_day):
        """No letter leaves at an hour or on a day on which people rest, nobody gets two of the ladder a day, or too many."""
        sent = self.rows_of(
            "SELECT id, sent_at FROM collection_letter WHERE state = 'sent' AND sent_at >= %(day)s", day=day
        )
        for letter, moment in sent:
            if not working_day or not 8 <= moment.hour < 21:
                self.fail(day, f"letter {letter} left at {moment}")
        if not sent:
            return
        for (case,) in self.rows_of(
            """SELECT case_id FROM collection_letter WHERE state = 'sent' AND step_id IS NOT NULL
             GROUP BY case_id, sent_at::date HAVING COUNT(*) > 1"""
        ):
            self.fail(day, f"case {case} got two letters of the ladder on one day")
        for partner, count in self.rows_of(
            """SELECT partner_id, COUNT(*) FROM collection_letter
                WHERE state = 'sent' AND sent_at >= %(day)s::date - 6 GROUP BY partner_id HAVING COUNT(*) > 7""",
            day=day,
        ):
            self.fail(day, f"customer {partner} got {count} letters in a week")

    def check_holding(self, day):
        """Whoever is left alone because the last answer holds would hear the same if asked: nobody is overlooked."""
        names = ("decision_code", "decision_details", "next_step_id", "next_action_date", "is_silent")
        cases = self.env["collection.case"].search([("state", "!=", "closed"), ("next_decision_date", ">", day)])
        if not cases:
            return
        answers = {case.id: [case[name] for name in names] for case in cases}
        savepoint = self.env.cr.savepoint()
        try:
            cases._decide()
            for case in cases:
                heard = [case[name] for name in names]
                if heard != answers[case.id]:
                    self.fail(
                        day, f"{case} holds {answers[case.id]} until {case.next_decision_date}, and would hear {heard}"
                    )
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def check_promises(self, day):
        """Each promise stands where the days of payment say."""
        states = dict(self.rows_of("SELECT id, state FROM collection_promise"))
        for number, promise in self.notes.promises.items():
            expected = self.outcome(promise, day)
            if states[number] != expected:
                self.fail(day, f"promise {number} for {promise.due} is {states[number]} instead of {expected}")

    def outcome(self, promise, day):
        """What has become of a promise by the evening of ``day``. Once it was missed and promised anew, what comes later is for
        the new one.
        """
        if promise.final:
            return promise.final
        if promise.replaced:
            return "withdrawn"
        others = self.notes.promises.values()
        anew = [one.made for one in others if one.made > promise.due and one.owed & promise.owed]
        until = min(day, max(promise.due, min(anew, default=day)))
        came = {move: self.bills[move].settled for move in promise.owed if self.bills[move].settled <= until}
        if len(came) == len(promise.owed):
            found = "kept" if max(came.values()) <= promise.due else "late"
        elif day <= promise.due:
            return "open"
        else:
            found = "light" if came else "broken"
        if anew or len(came) == len(promise.owed):
            promise.final = found
        return found

    def check_nobody_forgotten(self, day):
        for case, date_next, code in self.rows_of(
            "SELECT id, next_action_date, decision_code FROM collection_case"
            " WHERE state != 'closed' AND (next_action_date IS NULL OR next_action_date < %(day)s)",
            day=day,
        ):
            self.fail(day, f"case {case} is forgotten: next {date_next}, {code}")

    # -- At the end ----------------------------------------------------------------------------------------------

    def check_all(self, day):
        """What the ledger foretold has come, and nothing else; all that was said and done is on record, once.

        :return: how much was foretold
        """
        episodes = foretold.episodes(self.bills.values())
        reminders = {(one.customer, one.reminded) for one in episodes if one.reminded}
        calls = foretold.first_calls(episodes, self.bills.values())
        self.check_same(day, "cases", {(one.customer, one.opened, one.closed) for one in episodes}, self.cases())
        self.check_same(day, "first reminders", reminders, self.reminded)
        self.check_same(day, "first calls", calls, calls.intersection(self.notes.first_calls.values()))
        earned = foretold.steps_back(episodes, self.bills.values())
        for customer, after, by in earned:
            if not any(one == customer and after < taken <= by for one, taken, _steps in self.back):
                self.fail(day, f"{customer} was not taken a step back by {by}")
        self.check_records(day)
        self.check_letters_about_it(day, episodes)
        return {
            "cases": len(episodes),
            "reminders": len(reminders),
            "steps_back": len(earned),
            "first_calls": Counter(said for *_who, said in calls),
        }

    def cases(self):
        return self.rows_of(
            """SELECT partner.name, date_opened, date_closed
                 FROM collection_case kase JOIN res_partner partner ON partner.id = kase.partner_id"""
        )

    def check_records(self, day):
        """What is on record is what the office noted when it was done."""
        notes = self.notes
        self.check_same(
            day,
            "promises",
            [(number, self.outcome(promise, day)) for number, promise in notes.promises.items()],
            self.rows_of("SELECT id, state FROM collection_promise"),
        )
        self.check_same(
            day,
            "disputes and whether a manager was told",
            [(number, dispute.state, dispute.was_late) for number, dispute in notes.disputes.items()],
            self.rows_of("SELECT id, state, late_told_for IS NOT NULL FROM collection_dispute"),
        )
        self.check_same(
            day,
            "notes",
            notes.calls.items(),
            self.rows_of("SELECT outcome, COUNT(*) FROM collection_note GROUP BY outcome"),
        )
        self.check_same(
            day,
            "letters of steps",
            [(self.ladder[place], count) for place, count in Counter(self.letters.values()).items()],
            self.rows_of(
                "SELECT step_id, COUNT(*) FROM collection_letter WHERE state = 'sent' AND step_id IS NOT NULL GROUP BY 1"
            ),
        )
        (posted,) = self.rows_of("SELECT COUNT(*) FROM collection_letter WHERE state = 'sent' AND channel = 'post'")
        self.check_same(day, "letters in the post", [(notes.posted,)], [posted])

    def check_letters_about_it(self, day, episodes):
        """What was agreed, kept, answered and settled has its letter, on its day; nobody is thanked twice for the same."""
        promises = [one for one in self.notes.promises.values() if one.customer in self.by_mail]
        disputes = [one for one in self.notes.disputes.values() if one.state == "rejected"]
        kept = [one for one in promises if not one.replaced and self.kept_on(one) <= one.due]
        thanks = {(one.customer, self.next_run(self.kept_on(one))): one for one in kept}
        settled = [
            (episode.customer, "settled", self.next_run(episode.closed))
            for episode in episodes
            if self.is_thanked_at_the_end(episode, thanks)
        ]
        expected = Counter(
            [
                *((one.customer, "promise", one.made) for one in promises),
                *((one.customer, "resolution", one.ended) for one in disputes),
                *((customer, "thanks", morning) for customer, morning in thanks),
                *settled,
            ]
        )
        found = self.rows_of(
            """SELECT partner.name, kind, letter.create_date::date, COUNT(*)
                 FROM collection_letter letter JOIN res_partner partner ON partner.id = letter.partner_id
                WHERE kind IN ('promise', 'resolution', 'thanks', 'settled') GROUP BY 1, 2, 3"""
        )
        self.check_same(day, "letters", {(*about, count) for about, count in expected.items()}, found)

    def is_thanked_at_the_end(self, episode, thanks):
        """Whether a customer is thanked for having settled all: one who was reminded, owes nothing again, and has not been
        thanked for a promise in this episode since it closed.

        :param dict thanks: for which promise who was thanked on which morning
        """
        if not episode.reminded or episode.customer not in self.by_mail:
            return False
        morning = self.next_run(episode.closed)
        if any(bill.due < morning <= bill.settled for bill in self.bills_of[episode.customer]):
            return False
        return not any(
            customer == episode.customer
            and thanked_on >= episode.closed
            and episode.opened <= promise.made < episode.closed
            for (customer, thanked_on), promise in thanks.items()
        )

    def next_run(self, day):
        """The day of the daily run that sees what was paid on ``day``."""
        return foretold.working_days_after(day, 1)

    def check_same(self, day, what, expected, found):
        """Say what is missing and what is too much."""
        for missing in sorted(set(expected) - set(found), key=str):
            self.fail(day, f"{what}: {missing} is missing")
        for extra in sorted(set(found) - set(expected), key=str):
            self.fail(day, f"{what}: {extra} should not be there")
