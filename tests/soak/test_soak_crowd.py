"""A large crowd at the same job at once, and jobs beside a busy person, again and again."""

from collections.abc import Iterator

import pytest
from crashes import Undisturbed
from crowd import as_one, beside_a_busy_person
from faults import DAILY_RUN, SEED, SENDING, Crew, crew_of, told

from scripts.mail_sink import catching_mail

CROWD = 30
TIMES = 10


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


def test_thirty_runs_at_once_are_as_one(run):
    as_one(run, CROWD)


@pytest.mark.parametrize("number", range(TIMES))
def test_the_daily_run_beside_a_busy_person(run, tmp_path, number):
    with told(f"beside a busy person, {number}"):
        beside_a_busy_person(run, tmp_path, SEED + number)


def test_thirty_sendings_at_once_are_as_one(sending):
    as_one(sending, CROWD)


@pytest.mark.parametrize("number", range(TIMES))
def test_sending_beside_a_busy_person(sending, tmp_path, number):
    with told(f"beside a busy person, {number}"):
        beside_a_busy_person(sending, tmp_path, SEED + number)
