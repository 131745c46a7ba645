"""Killed at any moment and started again, a run comes to the end to which an undisturbed one comes. The long form of this,
with many more moments, is in tests/soak.
"""

import pytest
from crashes import survives_a_run, survives_a_sending
from faults import moments, told

#: How many moments are tried in ``make test-e2e``: of being killed, of losing the database.
FEW, FEWER = 3, 1


def test_the_office_has_work_in_every_part_of_the_run(run):
    """Otherwise the other tests here would try nothing."""
    said = str(run.picture)
    for word in (
        "reminder",
        "thanks",
        "settled",
        "instalment",
        "courtesy",
        "Our answer is late",
        "Call about a promise",
    ):
        assert word in said
    assert run.moments > 500


@pytest.mark.parametrize("number", range(FEW))
def test_the_daily_run_is_killed_and_started_again(run, number):
    moment = moments(run.moments, FEW, "daily run, killed")[number]
    with told(f"killed at moment {moment} of {run.moments}"):
        assert survives_a_run(run, moment, "kill")


@pytest.mark.parametrize("number", range(FEWER))
def test_the_database_is_lost_in_the_middle_of_the_daily_run(run, number):
    moment = moments(run.moments, FEWER, "daily run, cut")[number]
    with told(f"the connection is cut at moment {moment} of {run.moments}"):
        assert survives_a_run(run, moment, "cut")


@pytest.mark.parametrize("number", range(FEW))
def test_sending_is_killed_and_started_again(sending, number):
    moment = moments(sending.moments, FEW, "sending, killed")[number]
    with told(f"killed at moment {moment} of {sending.moments}"):
        assert survives_a_sending(sending, moment, "kill")


@pytest.mark.parametrize("number", range(FEWER))
def test_the_database_is_lost_in_the_middle_of_sending(sending, number):
    moment = moments(sending.moments, FEWER, "sending, cut")[number]
    with told(f"the connection is cut at moment {moment} of {sending.moments}"):
        assert survives_a_sending(sending, moment, "cut")
