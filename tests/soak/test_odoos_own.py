"""Odoo's own tests of what this add-on extends, in a database without it and in one with it: what fails with it only is ours."""

import pytest
from harness import complaints
from odoos_own import KNOWN, MODULES, run_all, run_early

from scripts import databases
from scripts.console import run_logged, say
from scripts.paths import ADDON, LOGS, ROOT


@pytest.fixture(scope="module")
def books(shared_workbench):
    """A database with the modules whose tests are run, and without us."""
    environment = shared_workbench.environment
    database = shared_workbench.database(template=databases.clean_template(environment))
    words = ["-d", database, "-i", ",".join(MODULES), "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    run_logged(environment.odoo_command(*words, addons=()), LOGS / "odoos-own-modules.log", env=environment.variables)
    return database


@pytest.fixture(scope="module")
def books_with_us(shared_workbench, books):
    """The same after installing the add-on, which has nothing to complain about."""
    database = shared_workbench.database(template=books)
    log = LOGS / "odoos-own-install.log"
    databases.install(shared_workbench.environment, database, ADDON, log)
    assert complaints(log) == []
    return database


@pytest.mark.parametrize(("run", "count"), [(run_early, 20), (run_all, 1000)])
def test_odoo_passes_the_same_tests_with_us_as_without(workbench, books, books_with_us, run, count):
    outcomes = {}
    for which, database, addons in (("without us", books, ()), ("with us", books_with_us, (ROOT,))):
        log = LOGS / f"odoos-own-{run.__name__}-{which.replace(' ', '-')}.log"
        outcomes[which] = run(workbench.environment, workbench.database(template=database), log, addons)
        say(f"  Odoo's own tests {which}: {outcomes[which].summary()}")
        for name in sorted(outcomes[which].broken):
            say(f"    failed {which}: {name}")
        assert outcomes[which].finished, f"the run broke off, see {log}"

    without, beside = outcomes.values()
    assert len(without.passed) >= count
    ours = without.passed - beside.passed
    known = KNOWN.keys() & without.passed
    assert sorted(ours - known) == [], "what passes without us, and does not with us"
    assert sorted(known - ours) == [], "known differences that are none any more"
