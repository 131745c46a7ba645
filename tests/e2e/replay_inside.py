"""The part of the replay that runs inside Odoo: months or years, day by day, with the clock moved by freezegun.

Each working day begins with the daily run at five. Payments arrive and invoices are posted from seven on, letters leave at
nine, the collector does what she is asked to do at ten. On the phone customers promise to pay: some name the day on which
they will, some are too hopeful, some do not answer; what the file calls disputed is raised as a dispute and answered days
later, in time or not. Every evening the books are compared with the cases, the promises and the disputes.
"""

import csv
import sys
import time
import zlib
from collections import Counter, defaultdict
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

#: How many days are played after the last payment.
DAYS_AFTER = 21
DRAFTS_AT_ONCE = 100
#: Failures after which it is pointless to go on.
ENOUGH = 20
#: What is not asked for of an item because of a dispute: it is open, or answered and its new due date is not over.
IN_QUESTION = """
    SELECT line.item_id, SUM(line.amount) AS amount
      FROM collection_dispute_line line
      JOIN collection_dispute dispute ON dispute.id = line.dispute_id
     WHERE dispute.state = 'new' OR dispute.state = 'rejected' AND dispute.date_due_new >= %(day)s
  GROUP BY line.item_id"""


def play(env, path, *, first_day="", last_day="9999", all_pdfs=False):
    """Play what the file tells on the database of ``env``; the figures and what was found wrong.

    :param first_day: the invoices of that day (ISO format) and later ones are played, all unless given
    :param last_day: the last invoices that are played; what follows from them is played to its end
    :param all_pdfs: make every PDF by the real program; otherwise each twentieth, the others from their real HTML only
    """
    replay = Replay(env, path, first_day, last_day)
    with (
        freeze_time(replay.first_day) as clock,
        patch("odoo.sql_db.Cursor.now", lambda _cursor: datetime.now()),
        nullcontext() if all_pdfs else replay.fewer_pdfs(),
    ):
        replay.play(clock)
    return replay.result()


class Replay:
    """The office, its customers, and the notes of somebody who watches."""

    def __init__(self, env, path, first_day, last_day):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.case_of_day = {}  # what each case stood on the evening before: (round, step)
        self.taken = Counter()
        self.activities = Counter()
        self.promises = {}  # by id: what each invoice comes to, the day, and when it was made
        self.steps_back = self.late_answers = 0
        self.failures = []
        self.seconds = Counter()
        self.days = 0
        with Path(path).open(newline="") as file:
            rows = [_typed(row) for row in csv.DictReader(file)]
        self.rows = [row for row in rows if first_day <= row["invoiced"].isoformat() <= last_day]
        self.first_day = min(row["invoiced"] for row in self.rows)
        self.last_day = max(row["settled"] for row in self.rows) + timedelta(days=DAYS_AFTER)

    # -- The stage -----------------------------------------------------------------------------------------------

    def prepare(self):
        env = self.env
        company = env.company
        company.resource_calendar_id.tz = "UTC"
        self.ladder = env.ref("grey_hat_collections.policy_standard").step_ids.ids
        users = {
            kind: env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": f"Replay {kind}",
                    "login": f"replay-{kind}",
                    "email": f"{kind}@us.example",
                    "group_ids": [(4, env.ref(f"grey_hat_collections.group_{kind}").id)],
                }
            )
            for kind in ("collector", "manager")
        }
        company.write({"collection_user_id": users["collector"].id, "collection_manager_id": users["manager"].id})
        company.collection_first_policy_id = False  # the replay follows one ladder, the usual one
        self.customers = self._create_customers()
        self.bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        self._create_drafts()
        env.cr.commit()

    def _create_customers(self):
        """One for each customer number. Those who mostly had paper bills have no e-mail address."""
        electronic = defaultdict(list)
        for row in self.rows:
            electronic[row["customer"]].append(row["electronic"])
        names = sorted(electronic)
        partners = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "tz": "UTC",
                    "street": "1 Main Street",
                    "city": "Springfield",
                    "email": f"{name.lower()}@customers.example"
                    if 2 * sum(electronic[name]) >= len(electronic[name])
                    else False,
                }
                for name in names
            ]
        )
        return dict(zip(names, partners, strict=True))

    def _create_drafts(self):
        """All invoices as drafts; they are posted on their dates."""
        values = [
            {
                "move_type": "out_invoice",
                "partner_id": self.customers[row["customer"]].id,
                "invoice_date": row["invoiced"],
                "invoice_date_due": row["due"],
                "invoice_payment_term_id": False,
                "ref": row["number"],
                "invoice_line_ids": [(0, 0, {"name": "Service", "price_unit": row["amount"], "tax_ids": []})],
            }
            for row in self.rows
        ]
        self.posted_on, self.settled_on, self.disputed = defaultdict(list), defaultdict(list), set()
        self.day_of_payment = {}
        for start in range(0, len(values), DRAFTS_AT_ONCE):
            moves = self.env["account.move"].create(values[start : start + DRAFTS_AT_ONCE])
            for move, row in zip(moves, self.rows[start : start + DRAFTS_AT_ONCE], strict=True):
                self.posted_on[row["invoiced"]].append(move.id)
                self.settled_on[row["settled"]].append(move.id)
                self.day_of_payment[move.id] = row["settled"]
                if row["disputed"]:
                    self.disputed.add(move.id)
            self.env.cr.commit()
            self.env.invalidate_all()

    @contextmanager
    def fewer_pdfs(self):
        """Make each twentieth PDF by the real program. The HTML of the others is rendered, and stands in for the PDF."""
        reports = type(self.env["ir.actions.report"])
        real, printed = reports._run_wkhtmltopdf, Counter()

        def print_some(report, bodies, *arguments, **options):
            printed["all"] += 1
            if printed["all"] % 20 == 1:
                return real(report, bodies, *arguments, **options)
            return b"%PDF-1.4\n" + "".join(map(str, bodies)).encode()

        with patch.object(reports, "_run_wkhtmltopdf", print_some):
            yield

    # -- The play ------------------------------------------------------------------------------------------------

    def play(self, clock):
        with self.timed("prepare"):
            self.prepare()
        day = self.first_day
        while day <= self.last_day and len(self.failures) < ENOUGH:
            self.play_day(clock, day)
            day += timedelta(days=1)

    def play_day(self, clock, day):
        working_day = day.weekday() < 5
        if working_day:
            self.days += 1
            with self.at(clock, day, 5, "run"):
                self.env["collection.case"]._cron_daily_run()
        if self.settled_on[day] or self.posted_on[day]:
            with self.at(clock, day, 7, "accounting"):
                self.account()
        if working_day:
            with self.at(clock, day, 9, "send"):
                self.env["collection.letter"]._cron_send_queued()
                self.check_letters(day)
            with self.at(clock, day, 10, "collector"):
                self.work(day)
        with self.at(clock, day, 23, "check"):
            self.check(day, working_day)

    def account(self):
        """Payments arrive, invoices are posted."""
        day = date.today()
        paid = self.env["account.move"].browse(self.settled_on[day])
        if paid:
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=paid.ids
            )
            register.create(
                {"journal_id": self.bank.id, "payment_date": day, "group_payment": False}
            )._create_payments()
        self.env["account.move"].browse(self.posted_on[day]).action_post()

    def work(self, day):
        """The collector and her manager do what they are asked to do; paper is posted."""
        posted = self.env["collection.letter"].search(
            [("state", "=", "queued"), ("channel", "=", "post"), ("attachment_id", "!=", False)]
        )
        for letter in posted:
            letter.with_user(letter.user_id).action_mark_sent()
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "collection.case"), ("date_deadline", "<=", day)]
        )
        for activity in activities:
            if not activity.exists().active:
                continue  # done with another call of the same customer
            self.activities[activity.activity_type_id.name] += 1
            case = self.env["collection.case"].browse(activity.res_id)
            if activity.activity_type_id.category == "phonecall":
                self.call(case, activity, day)
            else:
                activity.with_user(activity.user_id).action_done()
        self.answer_disputes(day)

    def call(self, case, activity, day):
        """What the customer says hangs on who calls when, and is the same in each replay."""
        items = case.open_item_ids.filtered(lambda line: line.collection_chase_state == "chased")
        answer = zlib.crc32(f"{case.partner_id.name} {day}".encode()) % 5
        values = {"case_id": case.id, "activity_id": activity.id, "outcome": "reached"}
        wrong = items.filtered(lambda line: line.move_id.id in self.disputed)[:1]
        if wrong:
            values |= self.what_is_wrong(wrong)
        elif answer == 0:
            values["outcome"] = "no_answer"
        elif answer < 4 and items:
            true_day = max(self.day_of_payment[line.move_id.id] for line in items)
            values |= {
                "outcome": "promised",
                "item_ids": [(6, 0, items.ids)],
                "amount": sum(items.mapped("amount_residual")),
                "date_promised": day + timedelta(days=2) if answer == 3 else true_day,
            }
        dialog = self.env["collection.log.contact"].with_user(activity.user_id).create(values)
        dialog.action_log()
        for promise in dialog.note_id.sudo().promise_ids:
            owed = {line.move_id.id: line.amount_residual for line in items}
            self.promises[promise.id] = owed, promise.date_promised, day

    def what_is_wrong(self, item):
        """The customer says that an invoice is wrong, in whole or in half; each is said once."""
        self.disputed.remove(item.move_id.id)
        share = 0.5 if item.move_id.id % 2 else 1
        return {
            "outcome": "disputes",
            "dispute_kind": "other",
            "dispute": "Something about this invoice is not right.",
            "disputed_item_ids": [(6, 0, item.ids)],
            "disputed_amount": round(item.amount_residual * share, 2),
        }

    def answer_disputes(self, day):
        """Each dispute is answered after a number of days of its own, some too late; one in five is taken back."""
        for dispute in self.env["collection.dispute"].search([("state", "=", "new")]):
            if (day - dispute.date_raised).days < dispute.id % 13:
                continue
            self.late_answers += dispute.date_answer_due < day
            mine = dispute.with_user(dispute.user_id)
            if dispute.id % 5 == 0:
                mine.action_withdraw()
            else:
                mine._answer({}, "The invoice is as it was ordered.", day + timedelta(days=10))

    # -- The watcher ---------------------------------------------------------------------------------------------

    def check_letters(self, day):
        """What left the house this morning asks for exactly what is owed, and nothing that is paid."""
        owed = dict(
            self.rows_of(
                f"""WITH question AS ({IN_QUESTION})
                   SELECT move.partner_id, SUM(line.amount_residual - LEAST(line.amount_residual, COALESCE(amount, 0)))
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                LEFT JOIN question ON question.item_id = line.id
                     JOIN account_account account ON account.id = line.account_id
                    WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
                      AND line.date_maturity < %(day)s AND move.payment_state IN ('not_paid', 'partial')
                      AND line.id NOT IN (SELECT account_move_line_id FROM collection_promise_item_rel rel
                                            JOIN collection_promise promise ON promise.id = rel.collection_promise_id
                                           WHERE promise.state = 'open' AND promise.pauses)
                 GROUP BY move.partner_id""",
                {"day": day},
            )
        )
        letters = self.rows_of(
            """SELECT id, partner_id, amount, state, channel FROM collection_letter
                WHERE step_id IS NOT NULL
                  AND ((state = 'sent' AND sent_at >= %s)
                       OR (state = 'queued' AND channel = 'post' AND attachment_id IS NOT NULL))""",
            day,
        )
        for letter, partner, amount, _state, _channel in letters:
            if amount <= 0 or amount != owed.get(partner, 0):
                self.fail(day, f"letter {letter} asks for {amount}, owed is {owed.get(partner, 0)}")

    def check(self, day, working_day):
        self.check_figures(day, working_day)
        self.check_steps(day)
        self.check_letters_once(day)
        self.check_holding(day)
        if working_day:
            self.check_promises(day)
            for case, date_next, code in self.rows_of(
                "SELECT id, next_action_date, decision_code FROM collection_case"
                " WHERE state != 'closed' AND (next_action_date IS NULL OR next_action_date < %s)",
                day,
            ):
                self.fail(day, f"case {case} is forgotten: next {date_next}, {code}")
        elif self.rows_of("SELECT 1 FROM collection_letter WHERE sent_at >= %s", day):
            self.fail(day, "a letter was sent on a weekend")

    def check_promises(self, day):
        """Each promise stands where the days of payment in the file say. Once it was missed and promised anew, what comes
        later is for the new one.
        """
        states = dict(self.rows_of("SELECT id, state FROM collection_promise"))
        for promise, (owed, due, _made) in self.promises.items():
            anew = [made for moves, _due, made in self.promises.values() if made > due and moves.keys() & owed.keys()]
            until = min(day, max(due, min(anew, default=day)))
            came = {move: self.day_of_payment[move] for move in owed if self.day_of_payment[move] <= until}
            paid = sum(owed[move] for move in came)
            if len(came) == len(owed):
                expected = "kept" if max(came.values()) <= due else "late"
            elif day <= due:
                expected = "open"
            else:
                expected = "light" if paid else "broken"
            if states[promise] != expected:
                self.fail(day, f"promise {promise} for {due} is {states[promise]} instead of {expected}")

    def check_figures(self, day, working_day):
        """Every open case ties to the ledger, and everybody who owes something overdue has one."""
        differing = self.rows_of(
            f"""WITH question AS ({IN_QUESTION}),
               promised AS (
                   SELECT account_move_line_id
                     FROM collection_promise_item_rel rel
                     JOIN collection_promise promise ON promise.id = rel.collection_promise_id
                    WHERE promise.state = 'open' AND promise.pauses),
               ledger AS (
                   SELECT line.partner_id, SUM(line.amount_residual) AS balance,
                          SUM(line.amount_residual) FILTER (WHERE line.date_maturity < %(day)s) AS overdue,
                          SUM(line.amount_residual - LEAST(line.amount_residual, COALESCE(question.amount, 0))) FILTER (
                              WHERE line.date_maturity < %(day)s
                                AND line.id NOT IN (SELECT account_move_line_id FROM promised)) AS to_ask_for
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                LEFT JOIN question ON question.item_id = line.id
                     JOIN account_account account ON account.id = line.account_id
                    WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
                 GROUP BY line.partner_id)
               SELECT COALESCE(kase.partner_id, ledger.partner_id), kase.balance, ledger.balance, kase.amount_chased,
                      ledger.overdue
                 FROM (SELECT * FROM collection_case WHERE state != 'closed') kase
            FULL JOIN ledger ON ledger.partner_id = kase.partner_id
                WHERE (kase.id IS NOT NULL AND kase.balance != ledger.balance)
                   OR (kase.run_date = %(day)s AND kase.amount_chased != COALESCE(ledger.to_ask_for, 0))
                   OR (kase.id IS NULL AND ledger.overdue > 0 AND %(working_day)s)""",
            {"day": day, "working_day": working_day},
        )
        for row in differing:
            self.fail(day, f"customer, case, ledger, chased, overdue differ: {row}")

    def check_steps(self, day):
        """A case takes one step at a time, each once in a round; kept promises take it back, into a new round."""
        for case, turn, step in self.rows_of("SELECT id, round, step_id FROM collection_case"):
            before = self.case_of_day.get(case, (1, None))
            if (turn, step) == before:
                continue
            self.case_of_day[case] = (turn, step)
            if turn == before[0] + 1 and before[1] in self.ladder[self.ladder.index(step) + 1 :]:
                self.steps_back += self.ladder.index(before[1]) - self.ladder.index(step)
                continue
            expected = self.ladder[0] if before[1] is None else self.following(before[1])
            if turn != before[0] or step != expected:
                self.fail(day, f"case {case} went from {before} to {(turn, step)}")
            self.taken[step] += 1

    def check_holding(self, day):
        """Whoever is left alone because the last answer holds would hear the same if asked: nobody is overlooked."""
        names = ("decision_code", "decision_details", "next_step_id", "next_action_date", "is_silent")
        cases = self.env["collection.case"].search([("state", "!=", "closed"), ("look_date", ">", day)])
        answers = {case.id: [case[name] for name in names] for case in cases}
        savepoint = self.env.cr.savepoint()
        try:
            cases._decide()
            for case in cases:
                heard = [case[name] for name in names]
                if heard != answers[case.id]:
                    self.fail(day, f"{case} holds {answers[case.id]} until {case.look_date}, and would hear {heard}")
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def following(self, step):
        position = self.ladder.index(step) + 1
        return self.ladder[position] if position < len(self.ladder) else None

    def check_letters_once(self, day):
        twice = self.rows_of(
            """SELECT case_id, step_id FROM collection_letter WHERE state = 'sent' AND step_id IS NOT NULL
             GROUP BY case_id, step_id, round HAVING COUNT(*) > 1"""
        )
        for case, step in twice:
            self.fail(day, f"case {case} got the letter of step {step} twice")
        crowded = self.rows_of(
            """SELECT partner_id, COUNT(*) FROM collection_letter
                WHERE state = 'sent' AND sent_at >= %s::date - 6 GROUP BY partner_id HAVING COUNT(*) > 7""",
            day,
        )
        for partner, count in crowded:
            self.fail(day, f"customer {partner} got {count} letters in a week")
        for letter, moment in self.rows_of(
            "SELECT id, sent_at FROM collection_letter WHERE sent_at >= %s"
            " AND (sent_at::time < '08:00' OR sent_at::time >= '21:00')",
            day,
        ):
            self.fail(day, f"letter {letter} left at {moment}")

    # -- Tools ---------------------------------------------------------------------------------------------------

    def rows_of(self, query, parameters=None):
        self.env.flush_all()
        if parameters is not None and not isinstance(parameters, dict):
            parameters = (parameters,)
        self.env.cr.execute(query, parameters)
        return self.env.cr.fetchall()

    def fail(self, day, what):
        self.failures.append(f"{day}: {what}")

    @contextmanager
    def at(self, clock, day, hour, phase):
        """Do something at an hour of the day, as a transaction of its own."""
        clock.move_to(datetime.combine(day, datetime.min.time()) + timedelta(hours=hour))
        with self.timed(phase):
            yield
            self.env.cr.commit()
            self.env.invalidate_all()

    @contextmanager
    def timed(self, phase):
        started = _real_time()
        yield
        self.seconds[phase] += _real_time() - started

    def result(self):
        letters = self.env["collection.letter"]
        cases = self.env["collection.case"]
        steps = {step.id: step.name for step in self.env["collection.policy.step"].browse(self.ladder)}
        return {
            "failures": self.failures,
            "working_days": self.days,
            "cases": cases.search_count([]),
            "open": cases.search_count([("state", "!=", "closed")]),
            "reopened": cases.search_count([("released_on", "!=", False)]),
            "letters": {
                f"{state}/{channel}": n
                for state, channel, n in letters._read_group([], ["state", "channel"], ["__count"])
            },
            "letters_by_step": {
                step.name or "none": n
                for step, n in letters._read_group([("state", "=", "sent")], ["step_id"], ["__count"])
            },
            "letters_by_kind": dict(letters._read_group([("state", "=", "sent")], ["kind"], ["__count"])),
            "promises": dict(self.env["collection.promise"]._read_group([], ["state"], ["__count"])),
            "disputes": dict(self.env["collection.dispute"]._read_group([], ["state"], ["__count"])),
            "late_answers": self.late_answers,
            "managers_told": self.env["collection.dispute"].search_count([("late_told_for", "!=", False)]),
            "notes": dict(self.env["collection.note"]._read_group([], ["outcome"], ["__count"])),
            "steps_back": self.steps_back,
            "steps": {steps[step]: count for step, count in self.taken.items()},
            "activities": dict(self.activities),
            "unpaid": self.rows_of(
                "SELECT COUNT(*) FROM account_move WHERE payment_state != 'paid' AND move_type = 'out_invoice'"
            )[0][0],
            "seconds": {phase: round(seconds, 1) for phase, seconds in self.seconds.items()},
        }


def _typed(row):
    return {
        "customer": row["customerID"],
        "number": row["invoiceNumber"],
        "invoiced": _date(row["InvoiceDate"]),
        "due": _date(row["DueDate"]),
        "settled": _date(row["SettledDate"]),
        "amount": float(row["InvoiceAmount"]),
        "disputed": row["Disputed"] == "Yes",
        "electronic": row["PaperlessBill"] == "Electronic",
    }


def _date(text):
    return datetime.strptime(text, "%m/%d/%Y").date()


def _real_time():
    """Seconds of the real clock; freezegun replaces the functions of :mod:`time`, not this one."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


if __name__ == "__main__":
    sys.exit("This runs inside Odoo; see test_replay.py.")
