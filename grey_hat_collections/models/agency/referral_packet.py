import hashlib
import io
import json
import zipfile
from base64 import b64decode
from secrets import token_hex

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import html2plaintext

from ...transport.sealed import new_password
from ..base.printed import printed

#: What a list of files is called in the packet; ``sha256sum --check`` reads it.
MANIFEST = "MANIFEST.sha256"
#: Bytes of a file name, so that any file system can hold it; characters of its ending.
LONGEST_FILE_NAME, ENDING = 200, 6
#: Outcomes of a conversation that say how somebody seemed; an agency learns that they were spoken to.
UNTOLD_OUTCOMES = ("refuses", "upset")


class CollectionReferral(models.Model):
    """What leaves the house: one ZIP that can be checked against its manifest, with the least that the agency needs.

    No mood, no note and no reason of ours is in it: an agency learns when and how there was contact, not what we think.
    """

    _inherit = "collection.referral"

    packet_password = fields.Char(
        groups=NO_ACCESS,
        copy=False,
        help="Opens the encrypted copy of the packet that goes by e-mail.",
        for_rules=True,
    )

    def _zip_password(self):
        """The password of what goes to the agency by e-mail about this referral; drawn once. Needs superuser mode."""
        self.ensure_one()
        if not self.packet_password:
            self.packet_password = new_password()
        return self.packet_password

    def action_show_password(self):
        """Show managers the password that the agency is to be told on the phone; that it was shown is noted."""
        self.ensure_one()
        self._check_manager()
        self.message_post(body=self.env._("The password of the packet was shown to %s.", self.env.user.name))
        password = self.sudo()._zip_password()  # readable by nobody; managers are shown it here, and it is noted
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Password of %s", self.name),
                "message": self.env._(
                    "%(password)s Give it to %(agency)s by phone or text message, never by e-mail.",
                    password=password,
                    agency=self.agency_id.name,
                ),
                "type": "info",
                "sticky": True,
            },
        }

    # -- What is in it -------------------------------------------------------------------------------------------

    def _packet_facts(self):
        """What the agency is told, as plain data: ``referral.json`` of the packet. Days as ISO dates, amounts as text."""
        self.ensure_one()
        company = self.company_id
        notices = self._notices_told(self.line_ids.item_id)
        return {
            "referral": self.name,
            "creditor": _without_blanks(
                {
                    "name": printed(company.name),
                    "email": printed(company.email),
                    "phone": printed(company.phone),
                    "contact": printed(self.user_id.name),
                }
            ),
            "customer": self._customer_told(),
            "totals": self._totals(),
            "items": [
                {
                    "number": printed(line.number),
                    "date": fields.Date.to_string(line.item_id.date),
                    "due": fields.Date.to_string(line.date_due),
                    "days_overdue": line.days_overdue,
                    "amount": _money(line.amount_referred, line.currency_id),
                    "currency": line.currency_id.name,
                }
                for line in self.line_ids
            ],
            "final_notice": notices[-1] if notices else {},
            "earlier_notices": notices[:-1],
            "contacts": self._contacts_told(),
        }

    def _customer_told(self):
        """The least that the agency needs to know about the customer."""
        customer = self.partner_id
        contact = customer._collection_contacts()[customer]
        return _without_blanks(
            {
                "name": printed(customer.name),
                "number": printed(customer.ref),
                "address": contact._collection_postal_address() or customer._collection_postal_address(),
                "country": customer.country_id.code,
                "language": contact.lang or customer.lang,
                "contact": printed(contact.name) if contact != customer else "",
                "email": contact.email_normalized or customer.email_normalized,
                "phone": printed(contact.phone or customer.phone),
            }
        )

    def _totals(self):
        """What is referred in each currency, as text by the currency's code."""
        self.ensure_one()
        return {
            currency.name: _money(sum(lines.mapped("amount_referred")), currency)
            for currency, lines in self.line_ids.grouped("currency_id").items()
        }

    def _notices_told(self, items):
        """What proves that the customer was warned about these journal items, the latest notice last."""
        return [self._notice_told(letter) for letter in self._notices(items)]

    def _notices(self, items):
        """The final notices that have named these journal items, in the order in which they left; where nothing is known of them,
        that of the round.
        """
        # sudo: which letter has named what the caller may see
        named = self.env["collection.mark"].sudo()._first_notices(items.ids)
        if not named and not self.case_id.sudo()._marked():
            return self.case_id._final_notice()
        ids = {letter_id for _is_named, letter_id in named.values() if letter_id}
        return self.env["collection.letter"].browse(ids).sorted("sent_at")

    @api.model
    def _notice_told(self, letter):
        """What proves a final notice."""
        piece = letter.piece_ids.filtered("date_mailed")[:1]
        return _without_blanks(
            {
                "number": letter.name,
                "sent": fields.Date.to_string(letter._day_sent()),
                "sha256": letter.sha256,
                "posted": fields.Date.to_string(piece.date_mailed),
                "posted_sha256": piece.sha256,
                "address": piece.address or letter.address_used,
                "posting_number": printed(piece.certified_number),
                "delivered": fields.Date.to_string(piece.date_delivered),
            }
        )

    def _contacts_told(self):
        """When and how there was contact in this episode: letters and conversations, without what was said."""
        case = self.case_id
        zone = self.company_id._collection_date
        letters = case.letter_ids.filtered(lambda letter: letter.state == "sent" and letter.sent_at)
        told = [
            {"date": str(zone(one.sent_at)), "kind": one.kind, "channel": one.channel, "direction": "out"}
            for one in letters
        ]
        told += [
            {
                "date": str(zone(note.date)),
                "kind": "contact",
                "channel": note.channel,
                "direction": note.direction,
                "outcome": "reached" if note.outcome in UNTOLD_OUTCOMES else note.outcome,
            }
            for note in case.note_ids
        ]
        return sorted(told, key=lambda one: one["date"])

    def _packet_files(self):
        """The files of the packet, name and content, without the manifest. Needs superuser mode."""
        self.ensure_one()
        facts = json.dumps(self._packet_facts(), ensure_ascii=False, indent=2, sort_keys=True)
        files = {"referral.json": facts.encode()}
        for move in self.line_ids.move_id.filtered(lambda move: move.is_sale_document(include_receipts=True)):
            name, content = move._collection_copy()
            if f"invoices/{as_file_name(name)}" in files:  # two journals may give the same number
                name = f"{move.journal_id.code}-{move.id}-{name}"
            files[f"invoices/{as_file_name(name)}"] = content
        letters = self._notices(self.line_ids.item_id)
        papers = letters.piece_ids.filtered("date_mailed").attachment_id
        for attachment in letters.attachment_id | papers:
            files[f"final-notice/{as_file_name(attachment.name)}"] = attachment.raw
        for piece in letters.with_context(bin_size=False).piece_ids.filtered("receipt"):
            name = f"receipt-{piece.name}-{piece.receipt_name or ''}".rstrip("-")
            files[f"final-notice/{as_file_name(name)}"] = b64decode(piece.receipt)
        if rules := self._rules_told():
            files["rules.txt"] = rules.encode()
        return files

    def _rules_told(self):
        """How the agency speaks in our name, as it was agreed, as plain text."""
        agency = self.agency_id
        parts = (agency.speaks_as, html2plaintext(agency.rules or ""), agency.complaint_handling)
        return "\n\n".join(part.strip() for part in parts if part and part.strip())

    def _file_names(self, items):
        """The names of the files that a packet about these journal items would hold, without making them."""
        self.ensure_one()
        letters = self._notices(items)
        sales = items.move_id.filtered(lambda move: move.is_sale_document(include_receipts=True))
        names = ["referral.json", MANIFEST]
        names += [f"invoices/{as_file_name(move.name)}.pdf" for move in sales]
        papers = letters.piece_ids.filtered("date_mailed").attachment_id
        names += [f"final-notice/{as_file_name(name)}" for name in (letters.attachment_id | papers).mapped("name")]
        names += [
            f"final-notice/{as_file_name(f'receipt-{one.name}')}" for one in letters.piece_ids.filtered("receipt_name")
        ]
        names += ["rules.txt"] if self._rules_told() else []
        return sorted(names)

    def _store_packet(self):
        """Make the packet once and keep it; what is kept is byte for byte what is handed over. Needs superuser mode."""
        self.ensure_one()
        files = self._packet_files()
        manifest = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
        content = _zip({**files, MANIFEST: manifest.encode()}, self.company_id._collection_today())
        former = self.packet_id
        self.packet_id = self.env["ir.attachment"].create(
            {
                "name": f"{self.name.replace('/', '-')}.zip",
                "raw": content,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.packet_sha256 = hashlib.sha256(content).hexdigest()
        former.filtered(lambda one: one not in self.message_to_agency_ids.attachment_id).unlink()


def _zip(files, day):
    """The files as one ZIP, in the order of their names; the same files of a day make the same ZIP."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return stream.getvalue()


def as_file_name(name):
    """A file name without folders or what an unpacking program could trip over."""
    kept = "".join(sign if sign.isalnum() or sign in " ._-" else "-" for sign in name).strip(" .")
    stem, dot, ending = kept.rpartition(".") if "." in kept[-ENDING:] else (kept, "", "")
    room = LONGEST_FILE_NAME - len(f"{dot}{ending}".encode())
    stem = stem.encode()[:room].decode(errors="ignore")
    return f"{stem}{dot}{ending}" or token_hex(4)


def _money(amount, currency):
    return f"{currency.round(amount):.{currency.decimal_places}f}"


def _without_blanks(values):
    return {name: value for name, value in values.items() if value}
