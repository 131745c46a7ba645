"""Everything that somebody may hold in a transaction that stays open, while the daily run or sending is at work."""

from collections.abc import Iterator

import pytest
from crashes import Undisturbed
from faults import DAILY_RUN, SENDING, Crew, crew_of
from locks import LOCKED, serves_the_others

from scripts.mail_sink import catching_mail


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


@pytest.mark.parametrize("what", LOCKED)
def test_the_daily_run_does_not_wait(run, tmp_path, what):
    serves_the_others(run, tmp_path, what)


@pytest.mark.parametrize("what", LOCKED)
def test_sending_does_not_wait(sending, tmp_path, what):
    serves_the_others(sending, tmp_path, what)
