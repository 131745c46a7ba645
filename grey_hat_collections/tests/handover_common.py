"""What the stories about agencies are told with."""

import io
import zipfile

from odoo import Command

from .common import MONDAY, CollectionCommon, days_ago


class HandOverCommon(CollectionCommon):
    """An accredited agency that is reached by e-mail, and customers who were warned and are 45 days past due on Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls._agency("Northwind Recovery")
        cls.Referral = cls.env["collection.referral"].sudo()

    @classmethod
    def _agency(cls, name, **values):
        partner = cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": f"desk@{name.split()[0].lower()}.example"}
        )
        return (
            cls.env["collection.agency"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "phone": "+1 555 0100",
                    "accreditation_body": "Chamber of Collectors",
                    "accreditation_number": "A-17",
                    "accreditation_until": "2027-12-31",
                    "transport": "email",
                    "commission_ids": [
                        Command.create({"days_from": 0, "percent": 10}),
                        Command.create({"days_from": 60, "percent": 20}),
                    ],
                    "rules": "<p>Speak in our name, calmly. Refer complaints to us within a day.</p>",
                    **values,
                }
            )
        )

    def _final_case(self, name="Acme", amount=500, days=45, **values):
        """A customer who was warned by a posted final notice three weeks ago and called since."""
        case = self._overdue_customer(name, amount, days, **values)
        case.partner_id.invoice_ids.is_move_sent = True
        step = self.standard.step_ids.filtered(lambda step: step.letter_kind == "final_notice")
        last_call = self.standard.step_ids.filtered(lambda step: step.stage_id.kind == "last_call")[:1]
        with self._on(days_ago(21), "10:00"):
            letter = (
                self.env["collection.letter"]
                .sudo()
                .create(
                    {
                        "case_id": case.id,
                        "partner_id": case.partner_id.id,
                        "company_id": case.company_id.id,
                        "kind": "final_notice",
                        "step_id": step.id,
                        "amount": amount,
                    }
                )
            )
            letter._prepare_posting()
            letter.write({"state": "sent", "sent_at": f"{days_ago(21)} 10:00:00"})
            letter.posting_ids.write(
                {"state": "posted", "date_posted": days_ago(21), "posting_ref": f"RR {letter.name}"}
            )
            letter.case_id.write({"notice_round": 1, "noticed_at": letter.sent_at})
        with self._on(days_ago(7), "10:00"):
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
        case.sudo().write(
            {
                "step_id": last_call.id,
                "step_date": days_ago(7),
                "stage_id": last_call.stage_id.id,
                "last_reply_date": False,
            }
        )
        self.env.flush_all()
        return case

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
