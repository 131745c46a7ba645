"""Many moments at which the daily run and sending are killed or lose the database; each run of this tries other ones."""

import os

import pytest
from crashes import survives_a_run, survives_a_sending
from faults import moments, told

#: How many moments of each kind; ``GHC_MOMENTS=200`` keeps a machine busy for an evening.
MANY = int(os.environ.get("GHC_MOMENTS") or 20)
#: Killed at a moment, from outside after a time, and without the database.
DISTURBANCES = ("kill", "clock", "cut")


@pytest.mark.parametrize("disturbance", DISTURBANCES)
@pytest.mark.parametrize("number", range(MANY))
def test_the_daily_run_is_disturbed_and_started_again(run, number, disturbance):
    moment = moments(run.moments, MANY, f"daily run, {disturbance}")[number]
    with told(f"{disturbance} at moment {moment} of {run.moments}"):
        assert survives_a_run(run, moment, disturbance) or disturbance == "clock"


@pytest.mark.parametrize("disturbance", DISTURBANCES)
@pytest.mark.parametrize("number", range(MANY))
def test_sending_is_disturbed_and_started_again(sending, number, disturbance):
    moment = moments(sending.moments, MANY, f"sending, {disturbance}")[number]
    with told(f"{disturbance} at moment {moment} of {sending.moments}"):
        assert survives_a_sending(sending, moment, disturbance) or disturbance == "clock"
