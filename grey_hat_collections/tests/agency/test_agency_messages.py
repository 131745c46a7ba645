import base64
import hashlib
import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.test_cursor import TestCursor
from odoo.tools import mute_logger

from ...transport import https
from ..common import MONDAY
from .agency_common import PACKET, AgencyServerCommon
from .agency_server import SECRET, answer, hang_up, keep_and_hang_up

OUTGOING = "odoo.addons.grey_hat_collections.models.base.outgoing"
SEND = "odoo.addons.grey_hat_collections.models.agency.agency_message_send"


@tagged("post_install", "-at_install")
class TestAgencyByHttps(AgencyServerCommon):
    """What is told by HTTPS reaches the agency once, in the order in which it happened."""

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "11:00")

    def test_a_packet_arrives_signed_and_complete(self):
        referral = self._referred()
        message = self._packet(referral)
        self._send_messages()
        self.assertRecordValues(
            message,
            [{"state": "sent", "agency_reference": "A-1", "response_code": 200, "attempts": 0, "transport": "https"}],
        )
        self.assertEqual((message.sent_at, referral.state), (self._now(), "acknowledged"))
        ((headers, body),) = self.server.requests
        self.assertEqual(headers["Idempotency-Key"], message.key)
        self.assertEqual(headers["X-GHC-Signature"], https.sign(SECRET, int(headers["X-GHC-Timestamp"]), body))
        told = json.loads(body)
        packet = told.pop("packet")
        self.assertEqual(
            told,
            {
                "version": 1,
                "kind": "packet",
                "key": message.key,
                "referral": "REF/2026/0001",
                "sent": "2026-03-02T12:00:00Z",
                "payload": {"customer": "Acme", "amount": "500.00"},
            },
        )
        self.assertEqual(packet["name"], "REF-2026-0001.zip")
        self.assertEqual(packet["sha256"], hashlib.sha256(PACKET).hexdigest())
        self.assertEqual(base64.b64decode(packet["content"]), PACKET)
        self._send_messages(self._day(1))
        self.assertEqual(len(self.server.requests), 1, "once")

    def test_what_arrived_unseen_is_repeated_word_for_word_and_kept_once(self):
        message = self._packet(self._referred())
        self.server.answers(keep_and_hang_up(self.server))
        self._send_messages()
        self.assertRecordValues(message, [{"state": "queued", "attempts": 1, "is_uncertain": True}])
        self._send_messages(clock="12:04")
        self.assertEqual(len(self.server.requests), 1, "not before five minutes are over")
        self._send_messages(clock="12:05")
        self.assertRecordValues(message, [{"state": "sent", "response_code": 409, "agency_reference": "A-1"}])
        self.assertEqual(len(self.server.kept), 1)
        first, second = (body for _headers, body in self.server.requests)
        self.assertEqual(first, second)

    def test_a_failure_over_there_passes(self):
        message = self._packet(self._referred())
        self.server.answers(answer(500))
        self._send_messages()
        self.assertRecordValues(
            message,
            [
                {
                    "state": "queued",
                    "response_code": 500,
                    "failure_reason": "Harbour Receivables responded with status 500.",
                }
            ],
        )
        self.assertFalse(self._questions(message.referral_id))
        self._send_messages(clock="12:05")
        self.assertRecordValues(message, [{"state": "sent", "response_code": 200, "failure_reason": False}])

    def test_the_agency_may_ask_for_time(self):
        message = self._packet(self._referred())
        self.server.answers(answer(429, Retry_After="3600"))
        self._send_messages()
        self.assertEqual(message.next_attempt_at, self._now(clock="13:00"))
        self.assertFalse(message.is_uncertain)
        self._send_messages(clock="12:59")
        self.assertEqual(len(self.server.requests), 1)
        self._send_messages(clock="13:00")
        self.assertEqual(message.state, "sent")

    def test_after_the_last_attempt_a_person_is_asked_once(self):
        referral = self._referred()
        message = self._packet(referral)
        self.server.answers(*[answer(503)] * 7)
        for days in range(8):
            self._send_messages(self._day(days))
        self.assertRecordValues(message, [{"state": "failed", "attempts": 6, "is_uncertain": True}])
        self.assertEqual(len(self.server.requests), 7)
        question = self._questions(referral)
        self.assertEqual(question.user_id, self.manager)
        self.assertEqual(
            question.summary,
            "Handover REF/2026/0001 did not reach Harbour Receivables: Harbour Receivables responded with status 503.",
        )
        with self._on(self._day(8)):
            message.with_user(self.manager).action_retry()
        self.assertFalse(self._questions(referral))
        self._send_messages(self._day(8))
        self.assertEqual((message.state, len(self.server.kept)), ("sent", 1))

    def test_what_is_refused_is_told_at_once(self):
        referral = self._referred()
        message = self._packet(referral)
        self.server.answers(answer(422, {"error": "no"}))
        self._send_messages()
        self.assertRecordValues(
            message,
            [
                {
                    "state": "failed",
                    "response_code": 422,
                    "failure_reason": "Harbour Receivables responded with status 422.",
                }
            ],
        )
        self.assertEqual(len(self._questions(referral)), 1)
        self._send_messages(self._day(1))
        self.assertEqual(len(self.server.requests), 1)

    def test_nobody_is_led_into_the_house_by_a_redirect(self):
        message = self._packet(self._referred())
        self.server.answers(answer(307, Location=f"https://127.0.0.1:{self.server.port}/elsewhere"))
        self._send_messages()
        self.assertEqual((message.state, len(self.server.requests)), ("failed", 1))
        self.assertIn("redirected the message to another address", message.failure_reason)

    def test_nothing_goes_to_an_address_in_the_house_unless_allowed(self):
        message = self._packet(self._referred())
        self.agency.allow_private_address = False
        self._send_messages()
        self.assertEqual((message.state, self.server.requests), ("failed", []))
        self.assertIn("leads into a private network", message.failure_reason)

    def test_nothing_goes_to_who_cannot_prove_who_it_is(self):
        message = self._packet(self._referred())
        self.agency.ca_certificate = False
        self._send_messages()
        self.assertEqual((message.state, self.server.requests), ("failed", []))
        self.assertIn("could not be verified", message.failure_reason)

    def test_without_a_secret_nothing_is_said(self):
        other = self._agency("Quay", transport="https", url=self.server.url, allow_private_address=True)
        message = self._packet(self._referred(agency=other))
        self._send_messages()
        self.assertEqual((message.state, self.server.requests), ("failed", []))
        self.assertIn("no address or no secret", message.failure_reason)

    # -- In order ------------------------------------------------------------------------------------------------

    def test_nothing_overtakes_its_packet(self):
        referral = self._referred()
        packet = self._packet(referral)
        self.Message._queue(referral, "payment", {"amount": "100.00"})
        self.Message._queue(referral, "recall", {"reason": "Paid"})
        self.server.answers(answer(500))
        self._send_messages()
        self.assertEqual(len(self.server.requests), 1, "The others wait for it")
        self._send_messages(clock="12:05")
        self.assertEqual(self._kinds(), ["packet", "payment", "recall"])
        self.assertEqual(set(referral.message_to_agency_ids.mapped("state")), {"sent"})
        self.assertEqual(packet.attempts, 1)

    def test_nothing_is_told_about_a_packet_that_has_failed(self):
        referral = self._referred()
        self._packet(referral)
        notice = self.Message._queue(referral, "payment", {"amount": "100.00"})
        self.server.answers(answer(400))
        for days in range(3):
            self._send_messages(self._day(days))
        self.assertEqual((len(self.server.requests), notice.state), (1, "queued"))

    def test_a_notice_that_has_failed_does_not_stop_a_recall(self):
        referral = self._referred()
        self._packet(referral)
        self._send_messages()
        notice = self.Message._queue(referral, "payment", {"amount": "100.00"})
        self.Message._queue(referral, "recall", {"reason": "Paid"})
        self.server.answers(answer(400))
        self._send_messages(self._day(1))
        self.assertEqual((notice.state, self._kinds()), ("failed", ["packet", "recall"]))

    def test_one_referral_does_not_wait_for_another(self):
        first, second = self._packet(self._referred("First")), self._packet(self._referred("Second"))
        self.server.answers(answer(500))
        self._send_messages()
        self.assertEqual((first.state, second.state), ("queued", "sent"))

    # -- Looked at again -----------------------------------------------------------------------------------------

    def test_a_packet_that_is_not_right_any_more_stays(self):
        referral = self._referred()
        message = self._packet(referral)
        notice = self.Message._queue(referral, "contact", {"said": "Hello"})
        with patch.object(type(referral), "_packet_obstacle", lambda one: "Money came: 100.00 were paid on 2 March."):
            self._send_messages()
        self.assertRecordValues(
            message | notice.sudo(),
            [
                {"state": "cancelled", "cancel_reason": "Money came: 100.00 were paid on 2 March."},
                {"state": "cancelled", "cancel_reason": "The agency never got the packet."},
            ],
        )
        self.assertEqual((referral.state, self.server.requests), ("draft", []))

    def test_what_may_have_arrived_is_not_taken_back_silently(self):
        referral = self._referred()
        message = self._packet(referral)
        self.server.answers(keep_and_hang_up(self.server))
        self._send_messages()
        with patch.object(type(referral), "_packet_obstacle", lambda one: "Money came."):
            self._send_messages(clock="12:05")
        self.assertEqual((message.state, referral.state), ("sent", "acknowledged"))

    def test_a_packet_that_was_not_heard_is_looked_at_again(self):
        referral = self._referred()
        message = self._packet(referral)
        self.server.answers(answer(429))
        self._send_messages()
        with patch.object(type(referral), "_packet_obstacle", lambda one: "Money came."):
            self._send_messages(clock="12:05")
        self.assertEqual((message.state, referral.state, len(self.server.kept)), ("cancelled", "draft", 0))

    def test_no_packet_after_the_accreditation_but_notices_and_recalls(self):
        known, late = self._referred("Known"), self._referred("Late")
        self._packet(known)
        self._send_messages()
        message = self._packet(late)
        self.Message._queue(known, "payment", {"amount": "100.00"})
        self.Message._queue(known, "recall", {"reason": "Paid"})
        self.agency.accreditation_until = MONDAY
        self._send_messages(self._day(1))
        self.assertEqual(self._kinds(), ["packet", "payment", "recall"])
        self.assertEqual(message.state, "cancelled")
        self.assertIn("not accredited any more", message.cancel_reason)

    # -- Crashes -------------------------------------------------------------------------------------------------

    def test_killed_between_noting_and_sending_it_arrives_once(self):
        message = self._packet(self._referred())
        message.write(
            {
                "handover_at": self._now(clock="11:50"),
                "first_attempt_at": self._now(clock="11:50"),
                "transport": "https",
            }
        )
        self._send_messages(clock="12:00")
        self.assertEqual(self.server.requests, [], "The other server may still be at it")
        self._send_messages(clock="12:10")
        self.assertEqual((message.state, len(self.server.kept)), ("sent", 1))

    def test_what_is_done_is_committed_before_anybody_is_spoken_to(self):
        """Killed at any moment, the next run finds either no attempt or one that was noted."""
        referral = self._referred()
        message = self._packet(referral)
        happened, commit, post = [], TestCursor.commit, type(self.agency)._post

        def committing(cursor):
            commit(cursor)
            happened.append("committed")

        def posting(agency, body, key):
            happened.append(f"spoken, handed over at {message.handover_at:%H:%M}")
            return post(agency, body, key)

        with patch.object(TestCursor, "commit", committing), patch.object(type(self.agency), "_post", posting):
            self._send_messages()
        spoken = happened.index("spoken, handed over at 12:00")
        self.assertEqual((happened[spoken - 1], happened[spoken + 1]), ("committed", "committed"))
        self.assertEqual(sum(one.startswith("spoken") for one in happened), 1)

    def test_killed_after_the_answer_it_is_repeated_and_kept_once(self):
        referral = self._referred()
        message = self._packet(referral)
        self._send_messages()
        # as if the answer had never been committed
        message.write({"state": "queued", "sent_at": False, "is_followed_up": False, "handover_at": self._now()})
        referral.state = "approved"
        self._send_messages(clock="12:20")
        self.assertEqual((message.state, message.response_code, len(self.server.kept)), ("sent", 409, 1))
        self.assertEqual(referral.state, "acknowledged")

    def test_killed_before_the_referral_knew_it_learns_the_next_time(self):
        referral = self._referred()
        message = self._packet(referral)
        message.write({"state": "sent", "sent_at": self._now(), "first_attempt_at": self._now()})
        self._send_messages(clock="12:10")
        self.assertEqual((referral.state, self.server.requests), ("sent", []))

    def test_a_referral_that_cannot_be_told_stops_nobody_else(self):
        broken, other = self._referred("Broken"), self._referred("Other")
        first, second = self._packet(broken), self._packet(other)
        told = type(broken)._packet_sent

        def unlucky(referral, message):
            if referral == broken:
                raise ValueError("No")
            told(referral, message)

        with patch.object(type(broken), "_packet_sent", unlucky), mute_logger(SEND):
            self._send_messages()
        self.assertEqual((first.state, second.state, other.state), ("sent", "sent", "acknowledged"))
        self._send_messages(clock="12:10")
        self.assertEqual((broken.state, len(self.server.requests)), ("acknowledged", 2))

    def test_a_message_that_cannot_be_made_does_not_stop_the_others(self):
        broken, other = self._packet(self._referred("Broken")), self._packet(self._referred("Other"))

        def unlucky(referral):
            if referral == broken.referral_id:
                referral.env.cr.execute("SELECT 1 / 0")

        with patch.object(type(broken.referral_id), "_packet_obstacle", unlucky), mute_logger(OUTGOING, "odoo.sql_db"):
            self._send_messages()
        self.assertEqual((broken.state, other.state), ("failed", "sent"))

    # -- Nothing leaks -------------------------------------------------------------------------------------------

    def test_nothing_leaks_whatever_happens(self):
        referral = self._referred()
        message = self._packet(referral)
        self.server.answers(hang_up, answer(500), answer(302, Location=self.server.url))
        with self.assertLogs("", "DEBUG") as logged:
            self._send_messages()
            self._send_messages(self._day(1))
            self._send_messages(self._day(2))
        self.assertEqual(message.state, "failed")
        lines = [record.getMessage() for record in logged.records if not record.name.startswith("odoo.sql_db")]
        self.assertNotIn(SECRET, "\n".join(lines))
        self.assertNotIn(
            SECRET, str(message.read()) + str(referral.activity_ids.read()) + str(referral.message_ids.read())
        )
        self.assertNotIn(SECRET, str([headers for headers, _body in self.server.requests]))

    def test_saying_hello_tells_nothing(self):
        with self._on(MONDAY):
            self.agency.with_user(self.manager).action_test_connection()
        ((_headers, body),) = self.server.requests
        self.assertEqual(set(json.loads(body)), {"version", "kind", "key", "sent"})
        self.server.answers(answer(401))
        with self.assertRaisesRegex(UserError, "Harbour Receivables responded with status 401"), self._on(MONDAY):
            self.agency.with_user(self.manager).action_test_connection()

    # -- Growth --------------------------------------------------------------------------------------------------

    def test_queueing_many_takes_the_same_queries_for_each(self):
        referral = self._referred()

        def count():
            before = self.cr.sql_log_count
            self.Message._queue(referral, "payment", {"amount": "1.00"})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count()
        few = count()
        for _number in range(10):
            count()
        self.assertEqual(count(), few)
