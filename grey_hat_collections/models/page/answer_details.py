from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .said import NAME, Refused

#: What a proposed contact may say.
CONTACT = ("name", "email", "phone", "street", "zip", "city")


class CollectionPageAnswer(models.Model):
    """Who is written to, and how: a contact that is proposed, and wishes that hold at once."""

    _inherit = "collection.page.answer"

    # -- A new contact, an address for invoices ------------------------------------------------------------------

    def _do_contact(self, said, files):
        _ = self.env._
        values = {
            "name": said.line("name", _("Name of the contact"), most=NAME, needed=True),
            "email": said.line("email", _("E-mail"), most=NAME),
            "phone": said.line("phone", _("Phone number"), most=40),
            "street": said.line("street", _("Street"), most=NAME),
            "zip": said.line("zip", _("Postal code"), most=20),
            "city": said.line("city", _("Town"), most=NAME),
        }
        if values["email"] and not email_normalize(values["email"]):
            raise Refused(_("“%s” is no e-mail address. Please correct it.", values["email"]))
        if not any(values[name] for name in CONTACT if name != "name"):
            raise Refused(_("Please fill in an e-mail address, a phone number or a postal address."))
        values["type"] = said.choice("type", _("What for"), {"invoice", "accounts_payable"})
        self.proposal = values
        self.state = "waits"
        text = ", ".join(values[name] for name in CONTACT if values[name])
        self._write_note("reached", words=text, is_aside=True)
        self._ask_person(lambda env: env._("Proposes a contact: accept or decline it on the page's answer"), note=text)
        self.told = _("Thank you. One of us looks at it before we write to the new contact.")

    def action_accept(self):
        """Write down the contact that the customer proposes, with the rights of whoever accepts it."""
        self.ensure_one()
        self._check_proposed()
        contact = self.env["res.partner"].create(
            {name: value for name, value in self.proposal.items() if value} | {"parent_id": self.partner_id.id}
        )
        answer = self.sudo()  # answers are written by the rules; access was checked
        answer.write({"state": "accepted", "before": {"contact": contact.id}})
        answer._asked_for().unlink()
        return contact.get_formview_action()

    def action_decline(self):
        """Leave the contact as it is."""
        self.ensure_one()
        self._check_proposed()
        answer = self.sudo()  # see action_accept
        answer.state = "done"
        answer._asked_for().unlink()
        return True

    def _check_proposed(self):
        self.check_access("read")
        if self.case_id:
            self.case_id.check_access("write")
        if self.kind != "contact" or self.state != "waits":
            raise UserError(self.env._("%s: there is nothing to decide any more.", self.display_name))

    def _asked_for(self):
        """What a colleague was asked because of this answer, and has not done. Needs superuser mode."""
        return self.note_id._followed_by() if self.note_id else self.env["mail.activity"]

    # -- Wishes --------------------------------------------------------------------------------------------------

    def _do_wishes(self, said, files):
        page = self.env["collection.page"]
        lang = said.choice("lang", self.env._("Language"), set(page._languages()))
        channel = said.choice("channel", self.env._("How we write to you"), {"email", "paper"})
        partner = self.partner_id
        people = partner | partner._collection_contacts()[partner]
        wished = {"lang": lang, "collection_no_email": channel == "paper"}
        self.before = {str(one.id): {name: one[name] for name in wished} for one in people}
        if channel == "paper" and not partner._collection_postal_addressee(people)._collection_postal_address():
            raise Refused(self.env._("We have no complete postal address of yours. Please tell us one first."))
        people.write(wished)
        names = page._languages()
        self._write_note(
            "reached", words=" · ".join((names[lang], page._channels(self._speaker().lang)[channel])), is_aside=True
        )
        self.told = self.env._(
            "Thank you. From now on we write to you in this language: %(language)s. %(channel)s",
            language=names[lang],
            channel=self.env._(
                "Our letters come on paper; invoices and what the law asks for may still come by e-mail."
            )
            if channel == "paper"
            else self.env._("Our letters come by e-mail."),
        )
