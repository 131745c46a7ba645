"""What becomes of letters that cannot be delivered: a real mail server accepts, refuses and returns them."""

from office import DAILY_RUN, SEND_QUEUED, letter_states, overdue_office, run_job, serve, wait_until

from scripts.mail_sink import returned

ACCEPTED, REFUSED, RETURNED, NOWHERE = (f"customer{number}@customers.example" for number in range(4))
ADDRESSES = """
customers[3].write({"email": False, "street": False})
"""
#: Each customer's letter, what the case says next, and who is asked for what.
STORIES = """
cases = env["collection.case"].search([], order="id")
answer = {
    case.partner_id.name: {
        "letters": case.letter_ids.mapped("state"),
        "why": case.letter_ids.failure_reason or "",
        "step": case.step_id.name or "",
        "next": case.next_action,
        "asked": [(one.activity_type_id.name, one.user_id.login) for one in case.activity_ids],
    }
    for case in cases
}
"""


def test_refused_returned_and_missing_addresses_are_told_and_count_as_no_step(workbench, smtp_sink):
    """Complaint 13 of the field: letters queued for ever, nobody told."""
    database = overdue_office(workbench, 4, ADDRESSES)
    smtp_sink.refused.add(REFUSED)
    serve(workbench, database, smtp_port=smtp_sink.port)
    run_job(
        workbench,
        database,
        DAILY_RUN,
        lambda: letter_states(workbench, database) == {"queued": 4},
        "the letters are queued",
    )
    run_job(
        workbench,
        database,
        SEND_QUEUED,
        lambda: letter_states(workbench, database) == {"sent": 2, "failed": 2},
        "two letters are sent and two have failed",
    )
    assert sorted(delivery.recipients for delivery in smtp_sink.deliveries) == [(ACCEPTED,), (RETURNED,)]

    (delivery,) = smtp_sink.to(RETURNED)
    bounce = returned(delivery)
    workbench.shell(database, f'env["mail.thread"].message_process(None, {bounce!r})\nenv.cr.commit()')
    wait_until(
        lambda: letter_states(workbench, database) == {"sent": 1, "failed": 3}, "the returned letter has failed too"
    )

    stories = workbench.ask(database, STORIES)
    assert stories["Customer 0"] == {
        "letters": ["sent"],
        "why": "",
        "step": "Friendly reminder",
        "next": "Call",
        "asked": [],
    }
    reasons = {
        "Customer 1": "nobody of that name here",
        "Customer 2": f"The e-mail to {RETURNED} bounced.",
        "Customer 3": "neither an e-mail address nor a postal address",
    }
    for name, reason in reasons.items():
        story = stories[name]
        assert (story["letters"], story["step"], story["next"]) == (["failed"], "", "Check the address"), name
        assert story["asked"] == [["Check the address", "coll"]], name
        assert reason in story["why"], name


def test_a_corrected_address_gets_the_letter_and_takes_the_step(workbench, smtp_sink):
    database = overdue_office(workbench, 1)
    smtp_sink.refused.add(ACCEPTED)
    serve(workbench, database, smtp_port=smtp_sink.port)
    run_job(workbench, database, DAILY_RUN, lambda: letter_states(workbench, database), "the letter is queued")
    run_job(
        workbench,
        database,
        SEND_QUEUED,
        lambda: letter_states(workbench, database) == {"failed": 1},
        "the letter has failed",
    )
    workbench.shell(
        database,
        """
letter = env["collection.letter"].search([])
letter.partner_id.email = "right@customers.example"
letter.action_retry()
env.cr.commit()
""",
    )
    run_job(
        workbench,
        database,
        SEND_QUEUED,
        lambda: letter_states(workbench, database) == {"sent": 1},
        "the letter is sent",
    )
    assert len(smtp_sink.to("right@customers.example")) == 1
    (story,) = workbench.ask(database, STORIES).values()
    assert (story["step"], story["asked"]) == ("Friendly reminder", [])
