"""Odoo's own tests of what this add-on extends: which they are, a run of them, and what two runs tell about us."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.environment import Environment, free_port
from scripts.odoo_tests import BROKEN, SILENCE_SECONDS, SKIPPED, STAMP, STARTED
from scripts.paths import BUILD, ROOT
from scripts.processes import stream

#: Who repeats at the end what was said test by test, and how the end begins.
SUMMARIES = ("odoo.modules.loading", "odoo.tests.result", "odoo.tests.shell")
RESULT = re.compile(r"\d+ failed, \d+ error\(s\) of \d+ tests")
#: What must be installed beside accounting for these tests.
MODULES = ("sale", "test_mail")
#: By module, the files of tests that touch what we extend: customers, entries and their items, payments, reconciliation, the mail
#: gateway, activities, attachments, companies, working hours, invoices in the portal and from sales orders.
FILES = {
    "base": "ir_attachment partner_merge res_company res_partner res_users",
    "resource": "flexible_resource_calendar resource_calendar",
    "mail": "fetchmail mail_activity mail_composer mail_mail mail_message mail_template res_partner res_users uninstall",
    "portal": "login message_format_portal portal portal_wizard tours",
    "account": """account_bank_statement account_incoming_supplier_invoice account_invoice_report account_journal
        account_journal_dashboard account_merge_wizard account_move_attachment account_move_duplicate account_move_entry
        account_move_out_invoice account_move_out_refund account_move_payments_widget account_move_reconcile
        account_move_send account_partner account_payment account_payment_duplicate account_payment_items
        account_payment_method_line account_payment_register account_to_check audit_trail chart_template company_branch
        digest download_docs duplicate_res_partner_bank early_payment_discount fiscal_position ir_actions_report
        kpi_provider mail_tracking_value payment_term portal_attachment portal_invoice res_partner_merge setup_wizard tour
        transfer_wizard unexpected_invoice""",
    "account_payment": "account_payment payment_flows payment_provider",
    "sale": """access_rights accrued_sale_orders controllers credit_limit payment_flow sale_flow sale_order sale_refund
        sale_report sale_to_invoice""",
    "test_mail": """ir_attachment mail_activity mail_activity_mixin mail_activity_plan mail_alias mail_flow mail_followers
        mail_gateway mail_management mail_message_security mail_multicompany mail_scheduled_message mail_security
        mail_thread_internals message_post message_track""",
}
#: Those modules whose early tests Odoo passes in a database in which more is installed. Those of the modules below them it does
#: not: accounting has columns of its own in their tables that cannot be empty.
EARLY = ("account", "account_payment", "sale")
#: Tests that pass without us only, and why that has to be so.
KNOWN: dict[str, str] = {}


def all_tags() -> str:
    """The chosen files as Odoo's ``--test-tags``."""
    return ",".join(f"/{module}/tests/test_{name}.py" for module, names in FILES.items() for name in names.split())


def early_tags() -> str:
    """The tests that are meant to run as soon as their module is loaded, before the modules above it."""
    return ",".join(f"at_install/{module}" for module in EARLY)


@dataclass
class Outcomes:
    """What became of each test of a run, by its full name; read from the log line by line.

    >>> outcomes = Outcomes()
    >>> head = "2026-01-05 10:00:00,000 17 INFO db odoo.addons.mail.tests.test_a: "
    >>> outcomes.read(head + "Starting TestA.test_b ...")
    True
    >>> outcomes.read(head + "FAIL: TestA.test_b")
    False
    >>> outcomes.broken
    {'mail.tests.test_a:TestA.test_b'}
    """

    started: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    seconds: float = 0.0
    finished: bool = False  # Odoo has come to its own end, and told its results
    _running: str = ""

    def read(self, line: str) -> bool:
        """Take one line of the log, and tell whether a test has begun."""
        stamp = STAMP.match(line)
        if not stamp or stamp["logger"] in SUMMARIES:
            self.finished = self.finished or bool(stamp and RESULT.search(stamp["text"]))
            return False
        where = stamp["logger"].removeprefix("odoo.addons.")
        if started := STARTED.match(stamp["text"].rstrip()):
            self._running = f"{where}:{started['case']}.{started['method']}"
            self.started.add(self._running)
        elif broken := BROKEN.match(stamp["text"]):
            self.broken.add(f"{where}:{broken['test']}")
        elif SKIPPED.match(stamp["text"]):
            self.skipped.add(self._running)
        return bool(started)

    def summary(self) -> str:
        """The figures in a line."""
        return f"{len(self.passed)} passed, {len(self.broken)} failed, {len(self.skipped)} skipped in {self.seconds / 60:.0f} min"

    @property
    def passed(self) -> set[str]:
        """The tests that ran and had nothing to complain about."""
        return self.started - self.broken - self.skipped


def run_early(environment: Environment, database: str, log: Path, addons: Sequence[Path]) -> Outcomes:
    """Run tests while the modules above theirs are not loaded: our columns are there, and nothing of our code is."""
    words = ["--test-tags", early_tags(), "--stop-after-init"]
    return _run(environment.odoo_command("-d", database, *words, *_quietly(), addons=addons), environment, log)


def run_all(environment: Environment, database: str, log: Path, addons: Sequence[Path]) -> Outcomes:
    """Run all chosen tests when everything is loaded, those that are meant to run early too: they meet our code."""
    script = log.with_suffix(".py")
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"from odoo.tests.shell import run_tests\nrun_tests(env, {all_tags()!r})\n", encoding="utf-8")
    command = environment.odoo_command("-d", database, *_quietly(), subcommand="shell", addons=addons)
    return _run(command, environment, log, script)


def _quietly() -> list[str]:
    """Options of a server that is there for the tests only."""
    port = f"--http-port={free_port()}"
    return ["--http-interface=127.0.0.1", port, "--max-cron-threads=0", f"--screenshots={BUILD / 'failed-tours'}"]


def _run(command: list[str], environment: Environment, log: Path, script: Path | None = None) -> Outcomes:
    outcomes = Outcomes()
    began = time.monotonic()
    silence = 2 * SILENCE_SECONDS  # its longest tests take longer than ours
    stream(command, log, outcomes.read, env=environment.variables, cwd=ROOT, silence=silence, script=script)
    outcomes.seconds = time.monotonic() - began
    return outcomes
