"""What the stories of agencies are told with: an agency, a customer referred to it, and a real server over there."""

import io

import pyzipper
import requests
from odoo import Command, fields

from ..common import MONDAY, CollectionCommon
from .agency_server import SECRET, AgencyServer

#: As it is when no test is running: Odoo's own lets no request pass but with other timeouts.
REAL_SEND = requests.Session.send
PACKET = b"PK what Acme owes"


class AgencyMaker:
    """Makes agencies."""

    @classmethod
    def _agency(cls, name="Harbour Receivables", bands=((0, 10), (61, 17.5), (91, 25)), **values):
        """An agency that is accredited to the end of the year.

        :param bands: its commission in percent, from so many days past due
        """
        partner = cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": f"desk@{name.split()[0].lower()}.example"}
        )
        return (
            cls.env["collection.agency"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "phone": "+1 555 0199",
                    "accreditation_body": "State Board",
                    "accreditation_until": "2026-12-31",
                    "currency_id": cls.env.company.currency_id.id,
                    "commission_ids": [
                        Command.create({"days_from": days, "percent": percent}) for days, percent in bands
                    ],
                    **values,
                }
            )
        )


class AgencyCommon(AgencyMaker, CollectionCommon):
    """Harbour Receivables, accredited to the end of the year, and Acme with 500.00 that a manager has referred."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls._agency()
        cls.Message = cls.env["collection.agency.message"]

    def _referred(self, name="Acme", agency=None, **values):
        """A referral that is approved, all that is not met overridden, and waits for its packet to leave."""
        case = self._overdue_customer(name, days=45)
        with self._on(MONDAY):
            points = case._referral_checklist(agency or self.agency)[case.id]
        number = self.env["collection.referral"].sudo().search_count([]) + 1
        return (
            self.env["collection.referral"]
            .sudo()
            .create(
                {
                    "name": f"REF/2026/{number:04}",
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "agency_id": (agency or self.agency).id,
                    "user_id": self.manager.id,
                    "state": "approved",
                    "amount_referred": 500,
                    "override_ids": [
                        Command.create({"point": point.code, "sentence": "Not met", "reason": "Decided"})
                        for point in points
                        if not point.met
                    ],
                    **values,
                }
            )
        )

    def _packet(self, referral):
        """The hand-over of a referral, in the queue."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "Acme.zip", "raw": PACKET, "res_model": referral._name, "res_id": referral.id})
        )
        return self.Message._queue(referral, "packet", {"customer": "Acme", "amount": "500.00"}, attachment).sudo()

    def _send_messages(self, day=MONDAY, clock="12:00", **mail_server):
        """The scheduled action sends what waits; e-mails that went out are in ``_mails``."""
        with self._on(day, clock), self._mail_server(**mail_server):
            self._trigger("ir_cron_send_agency_messages")

    def _questions(self, referral):
        """What the manager is asked to do about messages that did not arrive."""
        kind = self.env.ref("grey_hat_collections.mail_activity_type_agency_message")
        return referral.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    @staticmethod
    def _opened(archive, password):
        with pyzipper.AESZipFile(io.BytesIO(archive)) as opened:
            opened.setpassword(password.encode())
            return {name: opened.read(name) for name in opened.namelist()}


class AgencyServerCommon(AgencyCommon):
    """The same with an agency that listens on this machine: for its port alone the tests let requests pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(AgencyServer())
        cls.agency.write(
            {
                "transport": "https",
                "url": cls.server.url,
                "ca_certificate": cls.server.ca,
                "allow_private_address": True,
                "new_secret": SECRET,
            }
        )

    def setUp(self):
        super().setUp()
        self.server.answers()
        self.server.requests.clear()
        self.server.kept.clear()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith((f"https://127.0.0.1:{cls.server.port}/", f"https://localhost:{cls.server.port}/")):
            return REAL_SEND(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def _kinds(self):
        """What the agency has, in the order in which it came."""
        return [kept["kind"] for kept in self.server.kept.values()]

    def _now(self, day=MONDAY, clock="12:00"):
        return fields.Datetime.to_datetime(f"{day} {clock}:00")
