"""The files of letters, packets, messages, mail pieces and agencies: nobody opens, renames or moves them, whichever way."""

import base64

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import AccessCommon

#: What would open a file to those who may not see its record, or make another of it.
DOORS = (
    {"public": True},
    {"name": "Harmless.pdf"},
    {"description": "Paid in full"},
    {"url": "https://elsewhere.example/letter.pdf"},
    {"type": "url", "url": "https://elsewhere.example/letter.pdf"},
    {"access_token": "guessed"},
    {"res_model": "res.partner"},
    {"res_model": False, "res_id": 0},
    {"res_field": "name"},
    {"raw": b"Another letter"},
    {"datas": base64.b64encode(b"Another letter")},
    {"mimetype": "text/html"},
)


@tagged("post_install", "-at_install")
class TestKeptFiles(AccessCommon):
    """What has left the house is proof; what belongs to one of our records is for those who see the record."""

    def _begin(self):
        super()._begin()
        own = self.records["o"]
        message, piece, agency = (
            own["collection.agency.message"],
            own["collection.mail.piece"],
            own["collection.agency"],
        )
        message.attachment_id = self._file(message, "Packet")
        piece.receipt = agency.rules_file = base64.b64encode(b"Signed")
        self.kept = {
            "letter": own["collection.letter"].attachment_id,
            "packet": own["collection.referral"].packet_id,
            "message": message.attachment_id,
            "archive of an e-mail": self._file(message, "Archive"),
            "receipt": self._of_field(piece, "receipt"),
            "signed rules": self._of_field(agency, "rules_file"),
        }
        self.photo = self._file(own["collection.dispute"], "Photo")

    def _of_field(self, record, name):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "=", name)]
        found = self.env["ir.attachment"].sudo().search(domain)
        self.assertTrue(found)
        return found

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_what_left_the_house_stays_as_it_is(self):
        for kind, file in self.kept.items():
            for person in ("collector", "manager", "adviser", "admin", "stranger"):
                seen = self._as(person, file)
                for values in DOORS:
                    with self.subTest(kind, person=person, values=values):
                        self.assertRefused(lambda seen=seen, values=values: seen.write(dict(values)))
                for name, work in (("delete", seen.unlink), ("copy", lambda seen=seen: seen.copy({"public": True}))):
                    with self.subTest(kind, person=person, work=name):
                        self.assertRefused(work)
            self.assertTrue(file.exists())

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_other_files_of_our_records_are_not_opened_to_others(self):
        """A photo on a dispute is renamed and taken away by those who may; it is no link and open to nobody else."""
        for person in ("collector", "manager"):
            photo = self._as(person, self.photo)
            for values in ({"public": True}, {"type": "url", "url": "https://x.example"}, {"access_token": "guessed"}):
                with self.subTest(person=person, values=values):
                    self.assertRefused(lambda photo=photo, values=values: photo.write(dict(values)))
            with self.subTest(person=person, work="copy"):
                self.assertRefused(lambda photo=photo: photo.copy({"public": True}))
            photo.name = f"Photo of {person}.jpg"
            self.assertEqual(photo.copy().res_id, self.photo.res_id)
        self._as("collector", self.photo).unlink()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_no_file_comes_to_our_records_open(self):
        letter = self.records["o"]["collection.letter"]
        mine = {"name": "Mine.pdf", "raw": b"Mine", "res_model": letter._name, "res_id": letter.id}
        files = self._as("collector", self.env["ir.attachment"])
        for values in (
            {"public": True},
            {"type": "url", "url": "https://x.example"},
            {"url": "/letter.pdf"},
            {"access_token": "guessed"},
            {"res_field": "name"},
        ):
            with self.subTest(values):
                self.assertRefused(lambda values=values: files.create([{**mine, **values}]))
        loose = files.create({"name": "Loose.pdf", "raw": b"Loose", "public": True})
        self.assertRefused(lambda: loose.write({"res_model": letter._name, "res_id": letter.id}))
        self.assertTrue(files.create(mine), "a plain file is welcome")

    def test_files_elsewhere_are_as_ever(self):
        partner = self.records["o"]["res.partner"]
        values = {"name": "Logo.png", "raw": b"Logo", "res_model": "res.partner", "res_id": partner.id}
        file = self._as("collector", self.env["ir.attachment"]).create(values)
        file.public = True
        self.assertTrue(file.copy({"public": True}).public)

    def assertRefused(self, work):
        """Refused with a sentence, not by the database."""
        with self.assertRaises(UserError), self.cr.savepoint():
            work()
