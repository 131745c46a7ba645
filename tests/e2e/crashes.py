"""What must hold whatever moment a run or a sending is disturbed at; the short and the long tests both try it."""

import os
import signal
import time
from collections import Counter

from faults import DAILY_RUN, KILLED, SENDING, Crew, Ending, assert_same

from scripts.mail_sink import MailSink

#: A quarter of an hour and more has gone by since a hand-over was cut short.
LATER = "UPDATE collection_letter SET handover_at = handover_at - interval '1 hour' WHERE state = 'queued'"
#: Somebody has found out whether the e-mail arrived, and says so with the buttons of the letter. What was asked on the
#: customer, about a courtesy reminder, is ticked off.
FOUND_OUT = """
letter = env["collection.letter"].search([("partner_id.name", "=", customer), ("state", "=", "failed")])
letter.action_mark_sent() if arrived else letter.action_retry()
env["mail.activity"].search([("res_model", "=", "res.partner"), ("res_id", "=", letter.partner_id.id)]).unlink()
env.cr.commit()
"""


def received(sink: MailSink) -> Counter:
    """How often each customer got an e-mail of each subject; what our own people get is left out."""
    return Counter(
        (recipient, delivery.message["Subject"])
        for delivery in sink.deliveries
        for recipient in delivery.recipients
        if recipient.endswith("@customers.example")
    )


class Undisturbed:
    """A run to whose end all others must come: how it ended, how many moments it had, what customers got.

    :param template: the database in which it begins; another than the crew's where something has happened before
    """

    def __init__(self, crew: Crew, script: str, sink: MailSink | None = None, template: str | None = None):
        self.crew, self.script, self.sink = crew, script, sink
        self._template = template or crew.template
        self.begin_again()
        started = time.monotonic()
        ending = crew.run(script)
        self.seconds = time.monotonic() - started
        assert ending.status == 0, ending.error
        self.moments = ending.moments
        self.picture = crew.picture()
        self.received = received(sink) if sink else Counter()
        assert set(self.received.values()) <= {1}

    def begin_again(self) -> None:
        """The database is as it was before the run, and nobody has got anything."""
        self.crew.begin_again(self._template)
        if self.sink:
            self.sink.deliveries.clear()

    def disturbed(self, moment: int, disturbance: str) -> Ending:
        """Begin again, and disturb the run at ``moment``.

        :param disturbance: of :class:`faults_inside.Moments`, or ``clock``: killed from outside when as much time has gone
            by as such a moment takes
        """
        self.begin_again()
        if disturbance != "clock":
            return self.crew.run(self.script, moment=moment, disturbance=disturbance)
        job = self.crew.start(self.script)
        job.begun()
        time.sleep(self.seconds * moment / self.moments)
        os.kill(job.pid, signal.SIGKILL)
        return job.end()


def survives_a_run(run: Undisturbed, moment: int, disturbance: str) -> bool:
    """The daily run, disturbed at ``moment`` and started again, ends as if nothing had been.

    :return: whether it was disturbed at all
    """
    ending = run.disturbed(moment, disturbance)
    assert ending.status in (0, 1, KILLED)
    run.crew.do(DAILY_RUN)
    assert_same(run.crew.picture(), run.picture)
    return ending.status != 0


def survives_a_sending(run: Undisturbed, moment: int, disturbance: str) -> bool:
    """Sending, disturbed at ``moment`` and started again, lets every letter leave once. The one that was under way is not
    repeated: a person is told, finds out, and then all is as if nothing had been.
    """
    crew, sink = run.crew, run.sink
    ending = run.disturbed(moment, disturbance)
    assert ending.status in (0, 1, KILLED)
    under_way = crew.query(
        """SELECT partner.name, letter.address_used FROM collection_letter letter
             JOIN res_partner partner ON partner.id = letter.partner_id
            WHERE letter.state = 'queued' AND handover_at IS NOT NULL"""
    )
    assert len(under_way) <= 1, "one letter at a time is handed over"
    crew.do(SENDING)
    assert received(sink) <= run.received, "nobody gets anything twice"
    for customer, address in under_way:
        assert_same(crew.picture(), run.picture, but=(customer, address))
        find_out(crew, customer, arrived=received(sink) == run.received)
        crew.do(SENDING)
    assert received(sink) == run.received, "everybody gets everything"
    assert not crew.query("SELECT id FROM collection_letter WHERE state IN ('queued', 'failed')")
    assert_same(crew.picture(), run.picture, otherwise=tuple(name for pair in under_way for name in pair))
    return ending.status != 0


def find_out(crew: Crew, customer: str, *, arrived: bool) -> None:
    """The letter that was cut short is reported to the collector, who says whether it arrived."""
    crew.query(LATER)
    crew.do(SENDING)
    told = crew.query(
        f"""SELECT letter.failure_reason, activity.summary, login FROM collection_letter letter
              JOIN res_partner partner ON partner.id = letter.partner_id AND partner.name = '{customer}'
         LEFT JOIN mail_activity activity ON activity.active AND activity.summary LIKE '%interrupted%'
               AND (activity.res_model = 'collection.case' AND activity.res_id = letter.case_id
                    OR activity.res_model = 'res.partner' AND activity.res_id = partner.id)
         LEFT JOIN res_users ON res_users.id = activity.user_id
             WHERE letter.state = 'failed'"""
    )
    assert len(told) == 1, told
    ((reason, summary, login),) = told
    assert "interrupted" in reason
    assert "interrupted" in summary
    assert login == "coll"
    crew.do(FOUND_OUT, values={"customer": customer, "arrived": arrived})
