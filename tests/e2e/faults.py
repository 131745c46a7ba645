"""What the fault tests are written with: an office with a past, processes to be killed, and a picture of how things ended."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from harness import Workbench
from office import overdue_office, wait_until

from scripts import databases
from scripts.environment import Environment
from scripts.odoo_scripts import shell_command
from scripts.paths import LOGS
from scripts.processes import running

DAILY_RUN = 'env["collection.case"]._cron_daily_run()'
SENDING = 'env["collection.letter"]._cron_send_queued()'
KILLED = -9
#: ``GHC_SEED=1234 make soak`` meets the moments of an earlier run again.
SEED = int(os.environ.get("GHC_SEED") or random.SystemRandom().randrange(10**6))


def moments(total: int, count: int, purpose: str) -> list[int]:
    """``count`` moments found by chance, one in each stretch of the same length of a run that has ``total`` of them."""
    chance = random.Random(f"{SEED} {purpose}")
    edges = [round(total * number / count) for number in range(count + 1)]
    return [chance.randint(start + 1, end) for start, end in zip(edges, edges[1:], strict=False)]


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say which moment a failure belongs to, and how to meet it again."""
    try:
        yield
    except AssertionError as failure:
        raise AssertionError(f"{what}; again with GHC_SEED={SEED}: {failure}") from failure


# -- The office --------------------------------------------------------------------------------------------------------


def office_with_a_past(workbench: Workbench, count: int) -> str:
    """A database with ``count`` customers of each kind; today's run has work in each of its parts."""
    return overdue_office(
        workbench,
        0,
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import faults_inside
faults_inside.live(env, {count})
""",
    )


# -- Processes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ending:
    """How a process ended: its status (:data:`KILLED`), the answer or error of its script, how many moments it had."""

    status: int
    answer: Any = None
    error: str = ""
    moments: int = 0


class Job:
    """A process at work."""

    def __init__(self, crew: "Crew", pid: int, result: Path):
        self.crew, self.pid, self.result = crew, pid, result

    def begun(self) -> int:
        """Wait until its script begins; the process id of its database connection."""
        begun = Path(f"{self.result}.begun")
        return int(wait_until(lambda: begun.exists() and begun.read_text(), "the process has begun", pause=0.01))

    def end(self) -> Ending:
        """Wait until it has ended."""
        status = self.crew.ask({"wait": self.pid})
        found = json.loads(self.result.read_text()) if status != KILLED else {}
        return Ending(status, **found)

    def succeed(self) -> Any:
        """Wait until it has ended, and well; its answer."""
        ending = self.end()
        assert ending.status == 0, ending.error
        return ending.answer


class Crew:
    """A loaded Odoo that starts processes on one database; the database may be put back to its beginning in between."""

    def __init__(self, workbench: Workbench, template: str, database: str, folder: Path, commands, answers):
        self.workbench, self.template, self.database = workbench, template, database
        self._folder, self._commands, self._answers = folder, commands, answers
        self._count = 0

    def ask(self, command: dict) -> Any:
        """The forker's answer."""
        self._commands.write(json.dumps(command) + "\n")
        return json.loads(self._answers.readline() or "null")

    def start(self, script: str, **options: Any) -> Job:
        """Start a process that runs ``script``; for the options see :func:`faults_inside.run_in_child`."""
        self._count += 1
        result = self._folder / str(self._count)
        return Job(self, self.ask({"run": script, "result": str(result), **options}), result)

    def run(self, script: str, **options: Any) -> Ending:
        """Run ``script`` in a process of its own to its end."""
        return self.start(script, **options).end()

    def do(self, script: str, **options: Any) -> Any:
        """Run ``script``, which must not fail; its ``answer``."""
        return self.start(script, **options).succeed()

    def begin_again(self, template: str | None = None) -> None:
        """Put the database back to its beginning, or to what was kept."""
        databases.drop(self.workbench.environment, self.database)
        databases.clone(self.workbench.environment, template or self.template, self.database)

    def keep(self) -> str:
        """The name of a database that stays as this one is now, to begin with it again."""
        kept = databases.temporary_name("e2e")
        self.workbench.drop_later(kept)
        databases.clone(self.workbench.environment, self.database, kept)
        return kept

    def query(self, statement: str) -> list[tuple[str, ...]]:
        """The rows of an SQL statement."""
        return self.workbench.query(self.database, statement)

    def picture(self) -> dict[str, list]:
        """How things stand; see :data:`PICTURE`."""
        return picture(self.workbench.environment, self.database)


@contextmanager
def crew_of(workbench: Workbench, template: str, smtp_port: int | None = None) -> Iterator[Crew]:
    """Processes on a copy of the database ``template``, until the block is left."""
    environment = workbench.environment
    database = workbench.database(template=template)
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import faults_inside
faults_inside.obey(env, {{commands}}, {{answers}})
"""
    LOGS.mkdir(parents=True, exist_ok=True)
    commands_out, commands_in = os.pipe()
    answers_out, answers_in = os.pipe()
    with TemporaryDirectory() as folder:
        program = Path(folder, "script.py")
        program.write_text(script.format(commands=commands_out, answers=answers_in))
        options = ("--smtp=127.0.0.1", f"--smtp-port={smtp_port or 9}")
        with (
            program.open() as standard_input,
            (LOGS / f"crew-{database}.log").open("w") as log,
            running(
                shell_command(environment, database, *options),
                env=environment.variables,
                stdin=standard_input,
                stdout=log,
                stderr=log,
                pass_fds=(commands_out, answers_in),
            ),
        ):
            os.close(commands_out)
            os.close(answers_in)
            with os.fdopen(commands_in, "w", buffering=1) as commands, os.fdopen(answers_out) as answers:
                assert json.loads(answers.readline() or "null") == "ready", f"Odoo did not start, see {log.name}"
                yield Crew(workbench, template, database, Path(folder), commands, answers)


# -- The picture -------------------------------------------------------------------------------------------------------

#: How things stand, by customer's name, without ids and hours: what two runs of which one was disturbed must agree on.
#: Amounts are compared, not with how many zeros they were written.
PICTURE = {
    "cases": """
        SELECT partner.name AS customer, kase.state, stage.name->>'en_US', policy.name->>'en_US',
               step.name->>'en_US', kase.step_date, pending.name->>'en_US',
               next.name->>'en_US', kase.round, kase.run_date, kase.next_action_date,
               kase.decision_code, kase.decision_details, kase.date_opened, kase.date_closed, kase.released_on,
               trim_scale(kase.balance), trim_scale(kase.amount_overdue), trim_scale(kase.amount_chased),
               trim_scale(kase.amount_promised), trim_scale(kase.amount_disputed),
               kase.unanswered_count, kase.last_contact_date, kase.is_silent, kase.thanks_due, kase.priority_score,
               kase.last_error, login
          FROM collection_case kase
          JOIN res_partner partner ON partner.id = kase.partner_id
          JOIN collection_stage stage ON stage.id = kase.stage_id
     LEFT JOIN collection_policy policy ON policy.id = kase.policy_id
     LEFT JOIN collection_policy_step step ON step.id = kase.step_id
     LEFT JOIN collection_policy_step pending ON pending.id = kase.pending_step_id
     LEFT JOIN collection_policy_step next ON next.id = kase.next_step_id
     LEFT JOIN res_users ON res_users.id = kase.user_id""",
    "letters": """
        SELECT partner.name AS customer, letter.kind, step.name->>'en_US', letter.round, letter.state, letter.channel,
               trim_scale(letter.amount), letter.reference_date, letter.address_used, letter.attempts,
               letter.cancel_reason, letter.failure_reason, letter.send_after IS NULL, letter.handover_at IS NULL,
               letter.sent_at::date, letter.sha256,
               letter.attachment_id IS NULL, mail.state,
               (SELECT COUNT(*) FROM ir_attachment WHERE ir_attachment.res_model = 'collection.letter'
                                                     AND ir_attachment.res_id = letter.id)
          FROM collection_letter letter
          JOIN res_partner partner ON partner.id = letter.partner_id
     LEFT JOIN collection_policy_step step ON step.id = letter.step_id
     LEFT JOIN mail_mail mail ON mail.id = letter.mail_mail_id""",
    "marks": """
        SELECT partner.name AS customer, item.move_name, item.date_maturity, step.name->>'en_US', mark.cycle, mark.date,
               mark.letter_id IS NULL
          FROM collection_mark mark
          JOIN account_move_line item ON item.id = mark.item_id
          JOIN res_partner partner ON partner.id = item.partner_id
     LEFT JOIN collection_policy_step step ON step.id = mark.step_id""",
    "lines": """
        SELECT partner.name AS customer, line.name, line.date_due, trim_scale(line.amount), step.name->>'en_US', letter.kind,
               letter.state
          FROM collection_letter_line line
          JOIN collection_letter letter ON letter.id = line.letter_id
          JOIN res_partner partner ON partner.id = letter.partner_id
     LEFT JOIN collection_policy_step step ON step.id = line.step_id""",
    "activities": """
        SELECT partner.name AS customer, activity.res_model, kind.name->>'en_US', activity.summary, activity.date_deadline,
               activity.active, activity.automated, login
          FROM mail_activity activity
          JOIN mail_activity_type kind ON kind.id = activity.activity_type_id
     LEFT JOIN res_users ON res_users.id = activity.user_id
     LEFT JOIN collection_case kase ON activity.res_model = 'collection.case' AND kase.id = activity.res_id
     LEFT JOIN collection_dispute dispute ON activity.res_model = 'collection.dispute' AND dispute.id = activity.res_id
          JOIN res_partner partner ON partner.id = COALESCE(kase.partner_id, dispute.partner_id, activity.res_id)
         WHERE activity.res_model IN ('collection.case', 'collection.dispute', 'res.partner')""",
    "promises": """
        SELECT partner.name AS customer, trim_scale(promise.amount), promise.date_promised, promise.state,
               trim_scale(promise.amount_received), trim_scale(promise.amount_expected), promise.rewarded, promise.state_asked,
               plan.state,
               (SELECT trim_scale(SUM(amount)) FROM collection_promise_share WHERE promise_id = promise.id)
          FROM collection_promise promise
          JOIN res_partner partner ON partner.id = promise.partner_id
     LEFT JOIN collection_plan plan ON plan.id = promise.plan_id""",
    "disputes": """
        SELECT partner.name AS customer, dispute.state, dispute.late_told_for
          FROM collection_dispute dispute JOIN res_partner partner ON partner.id = dispute.partner_id""",
    "messages": """
        SELECT partner.name AS customer, message.subject, message.model, message.message_type
          FROM mail_message message
     LEFT JOIN collection_case kase ON message.model = 'collection.case' AND kase.id = message.res_id
          JOIN res_partner partner ON partner.id = COALESCE(kase.partner_id, message.res_id)
         WHERE message.model IN ('collection.case', 'res.partner')""",
    "mails": """
        SELECT email_to AS customer, state FROM mail_mail""",
}


def picture(environment: Environment, database: str) -> dict[str, list]:
    """Of each part of :data:`PICTURE` the rows, each a customer and all that is said of it, in an order of their own."""
    parts = ", ".join(
        f"'{name}', (SELECT json_agg(json_build_array(row.customer, row::text) ORDER BY row::text) FROM ({query}) row)"
        for name, query in PICTURE.items()
    )
    answer = "\n".join(databases.query(environment, f"SELECT json_build_object({parts})", database))
    return {name: [tuple(row) for row in rows or ()] for name, rows in json.loads(answer).items()}


#: The parts of a picture in which it shows how a letter reached its customer.
DELIVERY = ("letters", "lines", "messages", "mails")


def assert_same(
    found: dict[str, list], expected: dict[str, list], but: tuple[str, ...] = (), otherwise: tuple[str, ...] = ()
) -> None:
    """Compare two pictures, and name what differs.

    :param but: customers, or their addresses, of whom something else is expected
    :param otherwise: customers, or their addresses, who were reached another way: their letters and e-mails may differ
    """
    for name, rows in expected.items():
        left_out = but + (otherwise if name in DELIVERY else ())
        there = Counter(tuple(row) for row in found[name] if row[0] not in left_out)
        wanted = Counter(tuple(row) for row in rows if row[0] not in left_out)
        if there != wanted:
            pytest.fail(f"{name} differ.\nThere are: {there - wanted}\nThere should be: {wanted - there}")
