"""Mail servers in every mood: letters end *sent* once or *failed* with the reason and a person told, none waits for ever."""

from collections import Counter
from collections.abc import Iterator

import moody_mail
import pytest
from faults import DAILY_RUN, SENDING, Crew, crew_of

ADDRESS = "waiting0@customers.example"
#: Odoo waits a minute for a mail server; a second shows the same.
PATIENCE = 1
#: The waits between the attempts are over.
LATER = (
    "UPDATE collection_letter SET send_after = now() AT TIME ZONE 'utc' - interval '1 minute' WHERE state = 'queued'"
)
STATES = "SELECT state, COUNT(*) FROM collection_letter WHERE mail_mail_id IS NOT NULL OR state = 'queued' GROUP BY 1"
TOLD = f"""
    SELECT letter.state, letter.failure_reason, activity.summary, login
      FROM collection_letter letter
 LEFT JOIN mail_activity activity ON activity.res_model = 'collection.case' AND activity.res_id = letter.case_id
       AND activity.active AND activity.summary LIKE '%' || letter.name || '%'
 LEFT JOIN res_users ON res_users.id = activity.user_id
     WHERE letter.address_used = '{ADDRESS}' AND letter.create_date::date = CURRENT_DATE"""


@pytest.fixture(scope="module")
def crew(shared_workbench, office_with_a_past) -> Iterator[Crew]:
    """Processes in an office whose daily run is over: letters wait."""
    with moody_mail.moody_mail() as server, crew_of(shared_workbench, office_with_a_past, server.port) as crew:
        crew.do(DAILY_RUN)
        crew.template = crew.keep()
        crew.server = server
        yield crew


@pytest.fixture
def server(crew) -> moody_mail.MoodyMail:
    crew.begin_again()
    crew.server.start_over()
    return crew.server


def send(crew: Crew) -> None:
    crew.do(SENDING, patience=PATIENCE)


def states(crew: Crew) -> dict[str, int]:
    """How many of the letters that wait or have been handed over are in each state."""
    return {state: int(count) for state, count in crew.query(STATES)}


@pytest.mark.parametrize(
    "mood", [moody_mail.HANGS_AT_THE_END, moody_mail.DROPS_IN_THE_MIDDLE, moody_mail.DROPS_AT_THE_END]
)
def test_a_connection_that_breaks_in_a_message_is_told_and_not_repeated(crew, server, mood):
    server.moods[ADDRESS] = mood
    send(crew)
    ((state, reason, summary, login),) = crew.query(TOLD)
    assert (state, login) == ("failed", "coll")
    assert "may or may not" in reason
    assert "may or may not" in summary
    assert set(states(crew)) == {"sent", "failed"}
    assert states(crew)["failed"] == 1
    before = Counter(server.taken)
    server.start_over()
    send(crew)
    assert not server.taken, "nobody gets it twice"
    assert before[ADDRESS] == (mood != moody_mail.DROPS_IN_THE_MIDDLE)


def test_a_mail_server_that_takes_a_message_and_does_not_say_goodbye_has_taken_it(crew, server):
    """It used to be reported as broken off, and a person asked whether it arrived."""
    server.moods[ADDRESS] = moody_mail.SILENT_AT_GOODBYE
    send(crew)
    assert set(states(crew)) == {"sent"}
    assert server.taken[ADDRESS] == 1
    assert crew.query(TOLD)[0][:3] == ("sent", "", "")


def test_not_now_is_tried_again_and_never_is_told(crew, server):
    server.mood = "451 4.3.0 too busy"
    server.moods[ADDRESS] = "554 5.7.1 not from you"
    send(crew)
    assert set(states(crew)) == {"queued", "failed"}
    ((state, reason, summary, login),) = crew.query(TOLD)
    assert (state, login) == ("failed", "coll")
    assert "not from you" in reason
    assert "not from you" in summary
    assert not server.taken
    server.start_over()
    send(crew)
    assert not server.taken, "not before the wait is over"
    crew.query(LATER)
    send(crew)
    assert states(crew)["failed"] == 1
    assert set(states(crew)) == {"sent", "failed"}
    assert set(server.taken.values()) <= {1, 2}, "a customer may get two letters, each once"
    assert ADDRESS not in server.taken


def test_a_silent_mail_server_costs_one_wait_and_is_told_in_the_end(crew, server):
    """A letter that waits a minute in vain would let all that is scheduled wait behind it, once for each letter."""
    server.mood = moody_mail.SILENT
    crew.do(SENDING, patience=PATIENCE, slow=PATIENCE / 2)
    assert server.connections == 1
    assert set(states(crew)) == {"queued"}
    assert crew.query(
        "SELECT DISTINCT attempts, handover_at IS NULL FROM collection_letter WHERE state = 'queued'"
    ) == [("1", "t")]
    for _attempt in range(4):
        crew.query(LATER)
        crew.do(SENDING, patience=PATIENCE, slow=PATIENCE / 2)
    assert server.connections == 5
    assert set(states(crew)) == {"failed"}
    ((state, reason, summary, login),) = crew.query(TOLD)
    assert (state, login) == ("failed", "coll")
    assert "timed out" in reason
    assert summary


def test_a_mail_server_that_wakes_up_gets_every_letter_once(crew, server):
    server.mood = moody_mail.SILENT
    crew.do(SENDING, patience=PATIENCE, slow=PATIENCE / 2)
    server.start_over()
    crew.query(LATER)
    send(crew)
    assert set(states(crew)) == {"sent"}
    assert server.taken[ADDRESS] == 1
