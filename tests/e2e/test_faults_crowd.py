"""Many at work at once come to the end to which one alone comes: servers, people at a shell, people at their screens."""

from crashes import received
from crowd import as_one, beside_a_busy_person
from faults import SEED, SENDING, assert_same, picture, told
from office import DAILY_RUN as DAILY_RUN_ACTION
from office import SEND_QUEUED, notify, run_is_over, serve, wait_until, wake

from scripts.mail_sink import catching_mail

STEPS = "SELECT id, step_id, pending_step_id FROM collection_case ORDER BY id"
#: As if somebody had pulled the plug after the letters left: the steps of all that did are under way again.
CUT_SHORT = """
    UPDATE collection_case kase
       SET pending_step_id = kase.step_id, pending_letter_id = letter.id, step_id = NULL, step_date = NULL
      FROM collection_letter letter
     WHERE letter.case_id = kase.id AND letter.step_id = kase.step_id AND letter.round = kase.round
       AND letter.state = 'sent' AND letter.sent_at::date = CURRENT_DATE
 RETURNING kase.id"""
#: Run by a program that changes all cases again and again.
WRITES_ON_CASES = """
import time
answer, started = 0, time.monotonic()
while time.monotonic() < started + seconds:
    try:
        env.cr.execute("UPDATE collection_case SET write_date = clock_timestamp()")
        env.cr.commit()
        answer += 1
    except Exception:
        env.cr.rollback()
"""
#: How many processes are at the same job.
CROWD = 4


def test_a_crowd_that_runs_is_as_one(run):
    as_one(run, CROWD)


def test_a_run_beside_a_busy_person_leaves_no_error(run, tmp_path):
    with told("beside a busy person"):
        assert beside_a_busy_person(run, tmp_path, SEED)["written"] > 0


def test_two_servers_asked_for_thirty_runs_and_sendings_do_one(workbench, office_with_a_past, run, sending):
    """Two servers with two cron workers each; whoever asks, asks thirty times at once."""
    database = workbench.database(template=office_with_a_past)
    with catching_mail() as sink:
        workbench.query(
            database, "UPDATE ir_cron SET nextcall = nextcall + interval '1 day'"
        )  # only when it is asked for
        for _server in "ab":
            serve(workbench, database, smtp_port=sink.port, crons=2)
        ask_often(workbench, database, DAILY_RUN_ACTION)
        assert_same(picture(workbench.environment, database), run.picture)
        ask_often(workbench, database, SEND_QUEUED)
        wait_until(lambda: received(sink) == sending.received, "everybody has got everything")
        ask_often(workbench, database, DAILY_RUN_ACTION, SEND_QUEUED)
        assert received(sink) == sending.received, "nobody has got anything twice"


def ask_often(workbench, database, *actions):
    """Ask thirty times for scheduled actions, and wait until nobody asks and nobody is at work any more."""
    for _number in range(30):
        for action in actions:
            wake(workbench, database, action)
    for action in actions:
        wait_until(
            lambda action=action: (
                run_is_over(workbench, database, action) and not is_running(workbench, database, action)
            ),
            f"{action} is over",
            nudge=lambda: notify(workbench, database),
        )


def is_running(workbench, database, action):
    """Whether some server is at this scheduled action: it holds the record of it."""
    free = workbench.query(
        database,
        f"""SELECT cron.id FROM ir_cron cron
              JOIN ir_model_data data ON data.res_id = cron.id AND data.name = '{action}' AND data.model = 'ir.cron'
               FOR NO KEY UPDATE OF cron SKIP LOCKED""",
    )
    return not free


def test_a_crowd_that_sends_is_as_one(sending):
    as_one(sending, CROWD)


def test_a_step_that_was_cut_short_is_taken_though_somebody_writes_all_the_time(sending):
    """The letter has left, its step is to be taken; whoever changes the case in that moment must not end the sending."""
    crew = sending.crew
    sending.begin_again()
    crew.do(SENDING)
    taken = crew.query(STEPS)
    assert crew.query(CUT_SHORT), "some letter has left for its step"
    person = crew.start(WRITES_ON_CASES, values={"seconds": 2})
    person.begun()
    crew.do(SENDING)
    assert person.succeed() > 10
    crew.do(SENDING)  # for what was in use again and again
    assert crew.query(STEPS) == taken


def test_sending_beside_a_busy_person_leaves_no_error(sending, tmp_path):
    with told("beside a busy person"):
        assert beside_a_busy_person(sending, tmp_path, SEED)["written"] > 0
