"""What the stories about agencies are told with."""

import io
import zipfile
from datetime import timedelta

from ..common import MONDAY, CollectionCommon
from .agency_common import AgencyMaker


class HandOverCommon(AgencyMaker, CollectionCommon):
    """An accredited agency that is reached by e-mail, and customers who were warned and are 45 days past due on Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls._agency(
            "Northwind Recovery",
            bands=((0, 10), (60, 20)),
            phone="+1 555 0100",
            rules="<p>Speak in our name, calmly. Refer complaints to us within a day.</p>",
        )
        cls.Referral = cls.env["collection.referral"].sudo()

    def _final_case(self, name="Acme", amount=500, days=45, **values):
        """A customer who was warned by a mailed final notice three weeks ago and called since."""
        case = self._overdue_customer(name, amount, days, **values)
        self._warn(case, MONDAY)
        return case

    def _warn(self, case, today):
        """Three weeks before ``today`` the final notice was mailed, a week before it somebody has called."""
        posted, called = today - timedelta(days=21), today - timedelta(days=7)
        case = case.sudo()
        case.partner_id.invoice_ids.is_move_sent = True
        ladder = case.policy_id.step_ids
        last_call = ladder.filtered(lambda step: step.stage_id.kind == "last_call")[:1]
        with self._on(posted, "10:00"):
            letter = (
                self.env["collection.letter"]
                .sudo()
                .create(
                    {
                        "case_id": case.id,
                        "partner_id": case.partner_id.id,
                        "company_id": case.company_id.id,
                        "kind": "final_notice",
                        "step_id": ladder.filtered(lambda step: step.letter_kind == "final_notice").id,
                        "amount": case.amount_chased,
                    }
                )
            )
            letter._prepare_mail_piece()
            letter.write({"state": "sent", "sent_at": f"{posted} 10:00:00"})
            letter.piece_ids.write({"state": "mailed", "date_mailed": posted, "certified_number": f"RR {letter.name}"})
        with self._on(called, "10:00"):
            self.env["collection.note"].sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "outcome": "reached",
                    "user_id": self.collector.id,
                    "note": "He shouted at me.",
                    "mood": "angry",
                }
            )
        case.write(
            {
                "step_id": last_call.id,
                "step_date": called,
                "stage_id": last_call.stage_id.id,
                "last_reply_date": False,
                "notice_round": 1,
                "noticed_at": letter.sent_at,
            }
        )
        self.env.flush_all()

    def _dialog(self, case, **values):
        """The dialog of the manager, with a reason for whatever is not met."""
        dialog = (
            self.env["collection.refer"]
            .with_user(self.manager)
            .with_company(case.company_id)
            .create({"case_id": case.id, **values})
        )
        for point in dialog.point_ids:
            point.reason = "Agreed with the sales director"
        return dialog

    def _refer(self, case, **values):
        """The manager approves the referral of all that may be referred."""
        action = self._dialog(case, **values).action_refer()
        return self.Referral.browse(action["res_id"])

    def _hand_over(self, day=None, clock="10:00"):
        """The outbox is worked off; what went out by e-mail is in ``_mails``."""
        with self._on(day, clock), self.mock_mail_gateway():
            self._trigger("ir_cron_send_agency_messages")

    def _with_agency(self, name="Acme", amount=500, days=45, **values):
        """A referral that the agency has since Monday at ten."""
        with self._on(MONDAY, "09:00"):
            referral = self._refer(self._final_case(name, amount, days, **values))
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "sent")
        return referral

    def _packet(self, referral):
        """The files of the stored packet, by name."""
        with zipfile.ZipFile(io.BytesIO(referral.packet_id.raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _told(self, referral, kind):
        """What the agency was told in messages of a kind, the oldest first."""
        messages = referral.message_to_agency_ids.filtered(lambda message: message.kind == kind)
        return messages.sorted("id").mapped("payload")

    def _morning(self, day):
        """A day's run in which an agency is told what came in."""
        self._daily_run(day)

    def assertCloses(self, referrals):
        """What was referred is recovered, returned, written off or open, for each item and in all."""
        for line in referrals.line_ids:
            parts = line.amount_recovered + line.amount_returned + line.amount_written_off + line.amount_open
            self.assertAlmostEqual(line.amount_referred, parts, 2, line.number)
        for referral in referrals:
            parts = (
                referral.amount_recovered
                + referral.amount_returned
                + referral.amount_written_off
                + referral.amount_open
            )
            self.assertAlmostEqual(referral.amount_referred, parts, 2, referral.name)
