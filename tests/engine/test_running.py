"""How a run of the tests comes to its end: by itself, or because nothing was heard for too long."""

import os
import sys
from pathlib import Path

import pytest

from scripts import odoo_tests
from scripts.lanes import Job, do_all
from scripts.odoo_tests import OdooLog
from scripts.processes import stream
from scripts.run_tests import conclude
from scripts.tally import Tally, Timing

HEAD = "2026-01-05 10:00:00,000 17 {level} ghc_test odoo."
TALKS = "import time\nfor number in range(8):\n    print('test', number, flush=True)\n    time.sleep(0.1)"
CHATTERS = "import time\nwhile True:\n    print('waiting', flush=True)\n    time.sleep(0.05)"


def run(program, tmp_path, silence):
    command = [sys.executable, "-c", program]
    heard = []

    def on_line(line):
        heard.append(line)
        return line.startswith("test")

    status = stream(command, tmp_path / "log", on_line, env=os.environ, cwd=tmp_path, silence=silence)
    return status, heard


def test_a_run_may_take_as_long_as_it_likes_while_tests_go_on(tmp_path):
    status, heard = run(TALKS, tmp_path, silence=0.5)
    assert status == 0
    assert len(heard) == 8


def test_a_run_in_which_no_test_begins_is_ended_whatever_else_it_says(tmp_path):
    status, heard = run(CHATTERS, tmp_path, silence=0.5)
    assert status is None
    assert heard
    assert (tmp_path / "log").read_text().startswith("waiting")


def log_of(*tests, broken=(), result=""):
    log = OdooLog(show=lambda text, end="": None)
    for test in tests:
        assert log.read(f"{HEAD.format(level='INFO')}addons.ours.tests.test_x: Starting {test} ...") is True
        if test in broken:
            assert log.read(f"{HEAD.format(level='ERROR')}addons.ours.tests.test_x: FAIL: {test}") is False
    if result:
        log.read(f"{HEAD.format(level='INFO')}tests.result: {result} when loading database 'ghc_test'")
    return log


def test_what_was_counted_until_a_run_was_cut_short_is_told():
    log = log_of("TestA.test_one", "TestA.test_two", "TestB.test_three", broken=["TestA.test_two"])
    tally = odoo_tests._judge(log, None, Path("odoo.log"))
    assert (tally.passed, tally.failed) == (1, 1)
    (words,) = tally.cut_short
    assert "silent for 5 minutes in TestB.test_three" in words


def test_a_run_that_crashes_is_cut_short_too():
    tally = odoo_tests._judge(log_of("TestA.test_one"), 139, Path("odoo.log"))
    assert (tally.passed, tally.failed) == (0, 0)
    assert "status 139" in tally.cut_short[0]


def test_a_run_that_told_its_result_is_not_cut_short():
    tally = odoo_tests._judge(log_of("TestA.test_one", result="0 failed, 0 error(s) of 1 tests"), 0, Path("odoo.log"))
    assert tally == Tally(passed=1)


def test_a_bad_exit_after_good_tests_is_a_failure():
    log = log_of("TestA.test_one", result="0 failed, 0 error(s) of 1 tests")
    assert odoo_tests._judge(log, 1, Path("odoo.log")) == Tally(passed=1, failed=1)


def done(*tallies):
    jobs = [Job("odoo", f"Odoo, {number}", lambda tally=tally: tally) for number, tally in enumerate(tallies)]
    do_all(jobs)
    return jobs


@pytest.mark.parametrize(
    ("tally", "status"),
    [
        (Tally(passed=3), 0),
        (Tally(passed=3, failed=1), 1),
        (Tally(passed=3, cut_short=("Odoo was silent.",)), 1),
    ],
)
def test_the_last_line_counts_what_ran_and_the_status_says_whether_all_is_well(tally, status, capsys):
    assert conclude(done(Tally(passed=2), tally), ["odoo"], 1.0) == status
    out, err = capsys.readouterr()
    assert out == f"{2 + tally.passed} passed, {tally.failed} failed\n"
    assert ("Cut short" in err) == bool(tally.cut_short)


def test_a_part_in_which_nothing_ran_is_no_success(capsys):
    assert conclude(done(Tally()), ["odoo"], 1.0) == 1
    assert capsys.readouterr().out == "0 passed, 0 failed\n"


def test_a_job_that_breaks_down_is_a_failure_and_the_others_go_on(capsys):
    def breaks_down():
        raise RuntimeError("no database")

    jobs = [Job("odoo", "Odoo, 1", breaks_down), Job("odoo", "Odoo, 2", lambda: Tally(passed=2))]
    do_all(jobs)
    assert [job.tally for job in jobs] == [Tally(failed=1), Tally(passed=2)]
    assert "no database" in capsys.readouterr().err


def test_odoo_s_own_table_says_what_took_how_long():
    log = log_of("TestA.test_one")
    log.read(f"{HEAD.format(level='DEBUG')}tests.stats: Detailed Tests Report:")
    log.read("\tours.test_x.TestA: 1.50s 12 queries")
    log.read("\tours.test_x.TestA.setUpClass: 0.25s 2 queries")
    log.read("\tours.test_x.TestA.test_one: 1.25s 10 queries")
    assert log.timings == [
        Timing(0.25, "test_x.TestA", is_setup=True),
        Timing(1.25, "test_x.TestA.test_one"),
    ]
