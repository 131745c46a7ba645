"""The part of the replay that runs inside Odoo: a ledger is lived through day by day, with the clock moved by freezegun.

Each working day begins with the daily run at five. Payments arrive and invoices are posted from seven on, letters leave at
nine, the collector does what she is asked to do at ten. On the phone customers promise to pay: some name the day on which
they will, some are too hopeful, some do not answer; what the ledger calls disputed is raised as a dispute and answered days
later, in time or not. Every evening the watcher compares the books with the cases, the promises and the disputes.
"""

import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from unittest.mock import patch

import foretold
import receivables
from freezegun import freeze_time
from replay_notes import Dispute, Promise
from replay_watcher import Watcher

#: The hours of a day.
RUN, BOOKS, SENDING, OFFICE, EVENING = 5, 7, 9, 10, 23
#: Days until a dispute is answered, in turn: the second and the fourth of five are late. The last is not answered but taken back.
DAYS_TO_ANSWER = (5, 10, 2, 12, 7)
#: How many days are played after the last payment: until the last answer has been given, and has left.
DAYS_AFTER = max(DAYS_TO_ANSWER) + 4
DRAFTS_AT_ONCE = 100
#: Of so many PDFs one is made by the real program.
PRINTED_ONE_IN = 20
#: Failures after which it is pointless to go on.
ENOUGH = 20


def play(env, path, *, all_pdfs=False):
    """Play what the ledger tells on the database of ``env``; the figures and what was found wrong.

    :param path: of the ledger; see :mod:`receivables`
    :param all_pdfs: make every PDF by the real program; otherwise each twentieth, the others from their real HTML only
    """
    replay = Replay(env, receivables.read(path))
    with (
        freeze_time(replay.first_day) as clock,
        patch("odoo.sql_db.Cursor.now", lambda _cursor: datetime.now()),
        replay.printing(1 if all_pdfs else PRINTED_ONE_IN),
    ):
        replay.play(clock)
    return replay.result()


class Replay:
    """The office and its customers."""

    def __init__(self, env, ledger):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.activities = Counter()
        self.seconds = Counter()
        self.days = 0
        self.ledger = ledger
        # before the first item falls due nobody has anything to do; what happened till then is in the books
        self.first_day = min(row.due for row in ledger)
        self.last_day = max(row.settled for row in ledger) + timedelta(days=DAYS_AFTER)

    # -- The stage -----------------------------------------------------------------------------------------------

    def prepare(self):
        env = self.env
        company = env.company
        company.resource_calendar_id.tz = "UTC"
        ladder = env.ref("grey_hat_collections.policy_standard").step_ids
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
        company.collection_letters_wait = False  # nobody is there to approve
        env["res.partner.bank"].create({"acc_number": "0047110815", "partner_id": company.partner_id.id})
        company.collection_first_policy_id = False  # the replay follows one ladder, the usual one
        self.customers = self._create_customers()
        self.bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        self.bills = self._create_drafts()
        self.posted_on, self.settled_on = defaultdict(list), defaultdict(list)
        for move_id, bill in self.bills.items():
            self.posted_on[max(bill.invoiced, self.first_day)].append(move_id)
            self.settled_on[max(bill.settled, self.first_day)].append(move_id)
        self.to_dispute = {move_id for move_id, bill in self.bills.items() if bill.disputed}
        by_mail = {name for name, partner in self.customers.items() if partner.email}
        self.watcher = Watcher(env, ladder, self.bills, by_mail)
        self.notes = self.watcher.notes
        env.cr.commit()

    def _create_customers(self):
        """One for each customer number. Those who mostly had paper bills have no e-mail address."""
        electronic = defaultdict(list)
        for row in self.ledger:
            electronic[row.customer].append(row.electronic)
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
        """All invoices as drafts, to be posted on their dates; what the ledger says of each, by its id."""
        bills = {}
        for start in range(0, len(self.ledger), DRAFTS_AT_ONCE):
            rows = self.ledger[start : start + DRAFTS_AT_ONCE]
            moves = self.env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.customers[row.customer].id,
                        "invoice_date": row.invoiced,
                        "invoice_date_due": row.due,
                        "invoice_payment_term_id": False,
                        "ref": row.number,
                        "invoice_line_ids": [(0, 0, {"name": "Service", "price_unit": row.amount, "tax_ids": []})],
                    }
                    for row in rows
                ]
            )
            bills |= dict(zip(moves.ids, rows, strict=True))
            self.env.cr.commit()
            self.env.invalidate_all()
        return bills

    @contextmanager
    def printing(self, one_in):
        """Make one PDF of so many by the real program. The HTML of the others is rendered, and stands in for the PDF."""
        reports = type(self.env["ir.actions.report"])
        real, numbers = reports._run_wkhtmltopdf, count()

        def print_some(report, bodies, *arguments, **options):
            if next(numbers) % one_in == 0:
                return real(report, bodies, *arguments, **options)
            return b"%PDF-1.4\n" + "".join(map(str, bodies)).encode()

        with patch.object(reports, "_run_wkhtmltopdf", print_some):
            yield

    # -- The play ------------------------------------------------------------------------------------------------

    def play(self, clock):
        with self.timed("prepare"):
            self.prepare()
        day = self.first_day
        while day <= self.last_day and len(self.watcher.failures) < ENOUGH:
            self.play_day(clock, day)
            day += timedelta(days=1)
        self.foretold = self.watcher.check_all(day)

    def play_day(self, clock, day):
        working_day = foretold.is_working_day(day)
        if working_day:
            self.days += 1
            with self.at(clock, day, RUN, "run"):
                self.env["collection.case"]._cron_daily_run()
        if self.settled_on[day] or self.posted_on[day]:
            with self.at(clock, day, BOOKS, "accounting"):
                self.account()
        if working_day:
            with self.at(clock, day, SENDING, "send"):
                self.env["collection.letter"]._cron_send_queued()
            with self.at(clock, day, SENDING, "check letters"):
                self.watcher.check_letters(day)
            with self.at(clock, day, OFFICE, "collector"):
                self.work(day)
        with self.at(clock, day, EVENING, "check"):
            self.watcher.check(day)

    def account(self):
        """Invoices are posted, payments arrive."""
        day = date.today()
        self.env["account.move"].browse(self.posted_on[day]).action_post()
        paid = self.env["account.move"].browse(self.settled_on[day])
        if paid:
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=paid.ids
            )
            register.create(
                {"journal_id": self.bank.id, "payment_date": day, "group_payment": False}
            )._create_payments()

    def work(self, day):
        """The collector and her manager do what they are asked to do; paper is posted."""
        posted = self.env["collection.letter"].search(
            [("state", "=", "queued"), ("channel", "=", "post"), ("attachment_id", "!=", False)]
        )
        for letter in posted:
            letter.with_user(letter.user_id).action_mark_sent()
            self.notes.posted += 1
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
        wrong = items.filtered(lambda line: line.move_id.id in self.to_dispute)[:1]
        said = "disputes" if wrong else foretold.answer(case.partner_id.name, day)
        self.notes.first_calls.setdefault(case.id, (case.partner_id.name, day, said))
        values = {"case_id": case.id, "activity_id": activity.id, "outcome": "reached"}
        if wrong:
            values |= self.what_is_wrong(wrong)
        elif said == "no_answer":
            values["outcome"] = said
        elif said in ("promised", "too_hopeful") and items:
            last = max(self.bills[line.move_id.id].settled for line in items)
            values |= {
                "outcome": "promised",
                "item_ids": [(6, 0, items.ids)],
                "amount": sum(items.mapped("amount_residual")),
                "date_promised": last if said == "promised" else day + timedelta(days=2),
            }
        dialog = self.env["collection.log.contact"].with_user(activity.user_id).create(values)
        dialog.action_log()
        self.note_what_follows(case, items, dialog, day)

    def what_is_wrong(self, item):
        """The customer says that an invoice is wrong, in whole or in half; each is said once."""
        self.to_dispute.remove(item.move_id.id)
        share = 0.5 if item.move_id.id % 2 else 1
        return {
            "outcome": "disputes",
            "dispute_kind": "other",
            "dispute": "Something about this invoice is not right.",
            "disputed_item_ids": [(6, 0, item.ids)],
            "disputed_amount": round(item.amount_residual * share, 2),
        }

    def note_what_follows(self, case, items, dialog, day):
        """Write down for the watcher what was said, promised or disputed."""
        self.notes.calls[dialog.outcome] += 1
        note, customer = dialog.note_id.sudo(), case.partner_id.name
        if dialog.outcome == "promised":
            owed = frozenset(items.move_id.ids)
            for promise in self.notes.promises.values():
                if promise.due >= day and promise.owed & owed:
                    promise.replaced = True
            (promise,) = note.promise_ids
            self.notes.promises[promise.id] = Promise(case.id, customer, owed, day, dialog.date_promised)
        elif dialog.outcome == "disputes":
            (dispute,) = self.env["collection.dispute"].search([("note_id", "=", note.id)])
            (move,) = dialog.disputed_item_ids.move_id
            self.notes.disputes[dispute.id] = Dispute(customer, day, move.id, is_whole=move.id % 2 == 0)

    def answer_disputes(self, day):
        """Each dispute is answered after a number of days of its own, some too late; one in five is taken back."""
        for number, (dispute_id, dispute) in enumerate(self.notes.disputes.items()):
            turn = number % len(DAYS_TO_ANSWER)
            if dispute.ended or (day - dispute.raised).days < DAYS_TO_ANSWER[turn]:
                continue
            mine = self.env["collection.dispute"].browse(dispute_id)
            mine = mine.with_user(mine.user_id)
            if turn == len(DAYS_TO_ANSWER) - 1:
                mine.action_withdraw()
                dispute.state = "withdrawn"
            else:
                mine._answer({}, "The invoice is as it was ordered.", day + timedelta(days=10))
                dispute.state = "rejected"
            dispute.ended = day

    # -- Tools ---------------------------------------------------------------------------------------------------

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
        steps = self.env["collection.policy.step"].browse(self.watcher.ladder)
        return {
            "failures": self.watcher.failures,
            "foretold": self.foretold,
            "working_days": self.days,
            "invoices": len(self.bills),
            "cases": cases.search_count([]),
            "open": cases.search_count([("state", "!=", "closed")]),
            "letters": {
                f"{state}/{channel}": n
                for state, channel, n in letters._read_group([], ["state", "channel"], ["__count"])
            },
            "letters_by_kind": dict(letters._read_group([("state", "=", "sent")], ["kind"], ["__count"])),
            "promises": dict(self.env["collection.promise"]._read_group([], ["state"], ["__count"])),
            "disputes": dict(self.env["collection.dispute"]._read_group([], ["state"], ["__count"])),
            "late_answers": sum(dispute.was_late for dispute in self.notes.disputes.values()),
            "calls": dict(self.notes.calls),
            "steps": {steps[position].name: count for position, count in sorted(self.watcher.taken.items())},
            "steps_back": sum(steps for *_whose, steps in self.watcher.back),
            "activities": dict(self.activities),
            "unpaid": self.env["account.move"].search_count(
                [("payment_state", "!=", "paid"), ("move_type", "=", "out_invoice")]
            ),
            "seconds": {phase: round(seconds, 1) for phase, seconds in self.seconds.items()},
        }


def _real_time():
    """Seconds of the real clock; freezegun replaces the functions of :mod:`time`, not this one."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


if __name__ == "__main__":
    sys.exit("This runs inside Odoo; see test_replay.py.")
