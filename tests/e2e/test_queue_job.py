"""Two real hosts with OCA's job runner on one database: they share the work, and one of them may die."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg2
import pytest
from balancer import Balancer, balancing
from harness import Workbench
from office import DAILY_RUN, DAY_BEGINS, SEND_QUEUED, letter_states, notify, overdue_office, wait_until, wake

from scripts import databases
from scripts.environment import free_port
from scripts.mail_sink import MailSink, listening
from scripts.oca_addons import with_queue
from scripts.server import Server

CUSTOMERS, MAILS, UNDELIVERABLE = 32, 8, 8
#: Of four customers one gets the letter, one is called first, one wants no contact, one has no address at all.
ALL_KINDS_OF_CUSTOMERS = """
call = env.ref("grey_hat_collections.step_standard_call")
calls = env["collection.policy"].create({"name": "Calls first"})
call.copy({"policy_id": calls.id, "days_overdue": 1, "days_since_previous": 0})
env["collection.case"].search([("partner_id", "in", customers[1::4].ids)]).policy_id = calls
customers[2::4].write({"collection_do_not_contact": True})
customers[3::4].write({"email": False, "street": False})
"""
#: How many jobs run at the same time, on all hosts together; how many cases are in one.
AT_ONCE, CASES = 4, 3
PREPARATIONS = f"""
UPDATE ir_config_parameter SET value = '{CASES}' WHERE key = 'grey_hat_collections_queue_job.cases_in_a_job';
UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'utc' + interval '1 day'  -- nothing runs before it is woken
"""
DAY_BEGINS_AT_ONCE = """
env["collection.case"].with_context(queue_job__no_delay=True)._cron_daily_run()
env.cr.commit()
"""
SEND_ALL = """
env["collection.letter"]._cron_send_queued()
env.cr.commit()
"""
#: What a day has made of each customer. Numbers of letters and moments may differ, nothing else.
STORIES = {
    "cases": """
        SELECT partner.name, c.state, stage_id, policy_id, step_id, step_date, pending_step_id, round, run_date,
               decision_code, decision_details, next_step_id, next_action_date, priority_score, trim_scale(balance),
               trim_scale(amount_chased), unanswered_count, last_contact_date, last_error, c.user_id
          FROM collection_case c JOIN res_partner partner ON partner.id = c.partner_id ORDER BY 1""",
    "activities": """
        SELECT partner.name, activity_type_id, summary, activity.user_id, date_deadline, activity.active
          FROM mail_activity activity
          JOIN collection_case c ON c.id = activity.res_id AND activity.res_model = 'collection.case'
          JOIN res_partner partner ON partner.id = c.partner_id ORDER BY 1, 2""",
    "letters": """
        SELECT partner.name, kind, step_id, letter.round, letter.state, channel, address_used, trim_scale(amount), attempts,
               attachment_id IS NOT NULL, handover_at IS NOT NULL, letter.create_uid
          FROM collection_letter letter JOIN res_partner partner ON partner.id = letter.partner_id ORDER BY 1""",
    "messages": """
        SELECT partner.name, message_type, subtype_id, COUNT(*)
          FROM mail_message message
          JOIN collection_case c ON c.id = message.res_id AND message.model = 'collection.case'
          JOIN res_partner partner ON partner.id = c.partner_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
}
NUMBER_OF_LETTER = re.compile(r"\bCL/\d{4}/\d+")


@dataclass
class MailServer(MailSink):
    """A mail server that may keep its clients waiting for an answer to what it has taken."""

    hesitates: bool = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Called by the mail server for each message."""
        answer = await super().handle_DATA(server, session, envelope)
        while self.hesitates:
            await asyncio.sleep(0.05)
        return answer

    @property
    def counts(self) -> Counter:
        """How many messages each recipient got."""
        return Counter(recipient for delivery in self.deliveries for recipient in delivery.recipients)


@pytest.fixture
def mail_servers() -> Iterator[Callable[[], MailServer]]:
    """Makes mail servers that end with the test."""
    with ExitStack() as stack:

        def make() -> MailServer:
            sink = MailServer(free_port())
            stack.enter_context(listening(sink))
            return sink

        yield make


@pytest.fixture(scope="module")
def office(shared_workbench: Workbench) -> str:
    """The database that everything begins with: nothing was decided yet, and there is one machine."""
    return overdue_office(shared_workbench, CUSTOMERS, ALL_KINDS_OF_CUSTOMERS)


@pytest.fixture(scope="module")
def large_office(shared_workbench: Workbench, office: str) -> str:
    """The same, prepared for several hosts."""
    database = shared_workbench.database(template=office)
    databases.install_queue(shared_workbench.environment, database)
    shared_workbench.query(database, PREPARATIONS)
    return database


@dataclass
class Hosts:
    """Servers of one database that take up jobs, behind a balancer."""

    workbench: Workbench
    database: str
    balancer: Balancer
    mail_server: MailServer

    def start(self) -> Server:
        """One more host. Each has a job runner; one of them is at work, another takes over when it dies."""
        server = self.workbench.server(
            self.database,
            crons=1,
            smtp_port=self.mail_server.port,
            options=["--load=base,rpc,web,queue_job"],
            addons=with_queue(self.workbench.environment),
            variables={
                "ODOO_QUEUE_JOB_CHANNELS": f"root:{AT_ONCE}",
                "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
                "ODOO_QUEUE_JOB_PORT": str(self.balancer.port),
            },
        )
        self.balancer.hosts.append(server.port)
        return server

    def jobs(self, state: str, method: str = "%") -> Counter:
        """How many jobs in this state each process has worked on."""
        rows = self.workbench.query(
            self.database,
            f"""SELECT worker_pid, COUNT(*) FROM queue_job
                 WHERE state = '{state}' AND method_name LIKE '{method}' GROUP BY 1""",
        )
        return Counter({int(pid): int(count) for pid, count in rows if pid})

    def run(self, cron: str, done: Callable[[], object], what: str) -> None:
        """Wake a scheduled action and wait until it has led to what is wanted.

        A runner looks for jobs of the dead once a minute; here it is woken sooner.
        """
        wake(self.workbench, self.database, cron)
        wait_until(done, what, nudge=self.nudge)

    def nudge(self) -> None:
        notify(self.workbench, self.database)
        self.workbench.query(self.database, "NOTIFY queue_job, 'look again'")

    def all_done(self, count: int) -> bool:
        """Whether there are so many jobs at least, and each is done."""
        rows = self.workbench.query(self.database, "SELECT state, COUNT(*) FROM queue_job GROUP BY 1")
        return [state for state, _count in rows] == ["done"] and int(rows[0][1]) >= count


@contextmanager
def two_hosts(workbench: Workbench, database: str, mail_server: MailServer) -> Iterator[tuple[Hosts, Server, Server]]:
    """Two hosts, first the one whose job runner is at work."""
    with balancing() as balancer:
        hosts = Hosts(workbench, database, balancer, mail_server)
        with ThreadPoolExecutor(2) as together:
            servers = list(together.map(lambda _number: hosts.start(), range(2)))
        runs = wait_until(lambda: [one for one in servers if _runs_jobs(one)], "a job runner is at work")
        yield hosts, *sorted(servers, key=lambda server: server not in runs)


def _runs_jobs(server: Server) -> bool:
    return "queue job runner ready for db" in server.log.read_text()


def stories(workbench: Workbench, database: str) -> dict[str, list[tuple[str, ...]]]:
    """What became of each customer, comparable between databases."""
    return {
        what: [
            tuple(NUMBER_OF_LETTER.sub("CL", value) for value in row) for row in workbench.query(database, statement)
        ]
        for what, statement in STORIES.items()
    }


@contextmanager
def nobody_writes_letters(workbench: Workbench, database: str) -> Iterator[None]:
    """Whoever wants to write a letter waits until the block is left."""
    variables = workbench.environment.variables
    where = {
        name: variables[f"PG{name.upper()}"] for name in ("host", "port", "user") if f"PG{name.upper()}" in variables
    }
    connection = psycopg2.connect(dbname=database, **where)
    try:
        connection.cursor().execute("LOCK TABLE collection_letter IN SHARE MODE")
        yield
    finally:
        connection.close()


def plain_day(workbench: Workbench, database: str, mail_server: MailServer) -> tuple[dict, dict]:
    """The stories of a day on one machine, after the daily run and after sending."""
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    morning = stories(workbench, database)
    workbench.shell(database, SEND_ALL, options=["--smtp=127.0.0.1", f"--smtp-port={mail_server.port}"])
    return morning, stories(workbench, database)


def test_two_hosts_share_a_day_and_one_of_them_dies(workbench, office, large_office, mail_servers):
    plain, database = workbench.database(template=office), workbench.database(template=large_office)
    plain_mail, mail = mail_servers(), mail_servers()
    with ThreadPoolExecutor(1) as beside, two_hosts(workbench, database, mail) as (hosts, first, second):
        alone = beside.submit(plain_day, workbench, plain, plain_mail)

        with nobody_writes_letters(workbench, database):  # or on a busy machine all is done before we look
            both = {first.process.pid, second.process.pid}
            hosts.run(DAILY_RUN, lambda: hosts.jobs("started").keys() == both, "both work")
            first.process.kill()
            first.process.wait()
        third = hosts.start()
        wait_until(lambda: hosts.all_done(CUSTOMERS // CASES), "the daily run is over", nudge=hosts.nudge)
        assert hosts.jobs("done")[second.process.pid]
        morning, evening = alone.result()
        sending = MAILS + UNDELIVERABLE
        assert [len(morning[what]) for what in ("cases", "letters")] == [CUSTOMERS, sending]
        assert stories(workbench, database) == morning

        hosts.run(SEND_QUEUED, lambda: hosts.all_done(CUSTOMERS // CASES + sending), "the letters have left")
        assert letter_states(workbench, database) == {"sent": MAILS, "failed": UNDELIVERABLE}
        senders = hosts.jobs("done", "_send_alone")
        assert senders.keys() == {second.process.pid, third.process.pid}, "the work was shared"
        assert stories(workbench, database) == evening
        assert mail.counts == plain_mail.counts
        assert (len(mail.counts), set(mail.counts.values())) == (MAILS, {1})


def test_a_host_dies_while_it_sends_and_the_other_goes_on(workbench, large_office, mail_servers):
    database, mail = workbench.database(template=large_office), mail_servers()
    addons = with_queue(workbench.environment)
    mail.hesitates = True
    with ThreadPoolExecutor(1) as beside:
        day = beside.submit(workbench.shell, database, DAY_BEGINS_AT_ONCE, addons=addons)
        with two_hosts(workbench, database, mail) as (hosts, first, second):
            day.result()
            hosts.run(
                SEND_QUEUED, lambda: len(mail.deliveries) == AT_ONCE, "four letters have been taken, none answered"
            )
            at_work = hosts.jobs("started")
            assert at_work.keys() == {first.process.pid, second.process.pid}
            first.process.kill()
            first.process.wait()
            mail.hesitates = False
            wait_until(lambda: hosts.all_done(MAILS + UNDELIVERABLE), "the second has done the rest", nudge=hosts.nudge)

            interrupted = at_work[first.process.pid]
            assert letter_states(workbench, database) == {
                "sent": MAILS - interrupted,
                "queued": interrupted,
                "failed": UNDELIVERABLE,
            }
            assert (len(mail.counts), set(mail.counts.values())) == (MAILS, {1}), "each mail came, and none came twice"

            # a quarter of an hour later a person is told
            workbench.query(database, "UPDATE collection_letter SET handover_at = handover_at - interval '1 hour'")
            told = (
                "SELECT COUNT(*) FROM collection_letter WHERE state = 'failed' AND failure_reason LIKE '%interrupted%'"
            )
            hosts.run(
                SEND_QUEUED,
                lambda: workbench.query(database, told) == [(str(interrupted),)],
                "somebody is told of them",
            )
            assert (len(mail.counts), set(mail.counts.values())) == (MAILS, {1})
