"""Many moments at which the daily run and sending are killed or lose the database; each run of this tries other ones."""

import os
from collections.abc import Iterator

import pytest
from crashes import Undisturbed, survives_a_run, survives_a_sending
from faults import DAILY_RUN, SENDING, Crew, crew_of, moments, told

from scripts.mail_sink import catching_mail

#: How many moments of each kind; ``GHC_MOMENTS=200`` keeps a machine busy for an evening.
MANY = int(os.environ.get("GHC_MOMENTS") or 20)
#: Killed at a moment, from outside after a time, and without the database.
DISTURBANCES = ("kill", "clock", "cut")


@pytest.fixture(scope="module")
def crew(shared_workbench, office_with_a_past) -> Iterator[Crew]:
    with catching_mail() as sink, crew_of(shared_workbench, office_with_a_past, sink.port) as crew:
        crew.sink = sink
        yield crew


@pytest.fixture(scope="module")
def run(crew) -> Undisturbed:
    return Undisturbed(crew, DAILY_RUN)


@pytest.fixture(scope="module")
def sending(run) -> Undisturbed:
    crew = run.crew
    crew.begin_again()
    crew.do(DAILY_RUN)
    crew.keep()
    return Undisturbed(crew, SENDING, crew.sink)


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
