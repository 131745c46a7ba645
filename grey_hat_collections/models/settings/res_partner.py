import re

from odoo import api, fields, models
from odoo.tools import email_normalize_all, plaintext2html

from ..base.error_summary import error_summary
from ..base.printed import printed_address
from .clocks import clocks, known_zone

#: Why a letter does not go the way one would expect; nothing to say about an e-mail.
DELIVERY_NOTES = [
    ("opted_out", "On paper: customer opted out of e-mails"),
    ("blacklisted", "On paper: the e-mail address is blacklisted"),
    ("no_email", "On paper: no e-mail address is on file"),
    ("call", "By phone: customer opted out of e-mails, and no postal address is on file"),
    ("nowhere", "Not deliverable yet: check the address"),
]

#: What says whom to reach at a customer, how, and when; an address on paper is read where one is needed.
READ_TO_REACH = (
    "collection_do_not_contact",
    "collection_no_email",
    "commercial_partner_id",
    "company_name",
    "country_id",
    "email",
    "email_normalized",
    "is_company",
    "name",
    "parent_id",
    "type",
    "tz",
)


def emails_of(text):
    """All e-mail addresses in a field, set apart by commas or semicolons. One that is not, or stands below a line break, was
    smuggled in: nobody types it there.
    """
    line = re.sub(r'"[^"]*"', "", next(iter((text or "").strip().splitlines()), ""))  # names may hold commas
    first = [re.search(r"[^\s<>()]+@[^\s<>()]+", part) for part in re.split("[,;]", line)]
    return [address for one in first if one for address in email_normalize_all(one[0])]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "collection.batch"]

    type = fields.Selection(
        selection_add=[("accounts_payable", "Accounts Payable"), ("other",)],
        ondelete={"accounts_payable": "set default"},  # without this add-on, a contact like any other
    )

    # Manners
    collection_do_not_contact = fields.Boolean(
        string="Do Not Contact",
        help="Nothing is sent to this customer automatically, and no call is requested. A person decides.",
    )
    collection_no_email = fields.Boolean(string="No E-Mails", help="Collection letters go out on paper.")
    collection_no_post = fields.Boolean(string="No Postal Mail")
    collection_no_call = fields.Boolean(string="No Calls", help="Shown to the collector before a call.")

    collection_policy_id = fields.Many2one(
        "collection.policy",
        string="Policy",
        company_dependent=True,
        domain="[('company_id', 'in', (False, allowed_company_ids[0]))]",
        groups="base.group_user",
        help="The policy for this customer in this company. If empty, the company's policy applies.",
    )

    def address_get(self, adr_pref=None):
        """*Accounts payable* falls back to the contact that invoices go to."""
        wanted = set(adr_pref or ())
        if "accounts_payable" not in wanted:
            return super().address_get(adr_pref)
        result = super().address_get(wanted | {"invoice"})
        if self.browse(result["accounts_payable"]).type != "accounts_payable":
            result["accounts_payable"] = result["invoice"]
        if "invoice" not in wanted:
            del result["invoice"]
        return result

    @api.model
    def _collection_find_customers(self):
        """Have Odoo work out again whose contacts those are that another program wrote without saying so: an item of nobody's
        has no case, and would stop the refresh for everybody.
        """
        strays = self.sudo().with_context(active_test=False).search([("commercial_partner_id", "=", False)])
        self.env.add_to_compute(self._fields["commercial_partner_id"], strays)

    def _collection_timezones(self, company):
        """The zones in one of which this customer's clock is, see :func:`.clocks.clocks`; that of ``company`` where neither zone
        nor country is on file.
        """
        return clocks(known_zone(self.tz), self.country_id.code) or [company._collection_timezone()]

    def _collection_timezone(self, company):
        """The zone in which a time is told to whoever looks at this customer."""
        zones = self._collection_timezones(company)
        return zones[len(zones) // 2]

    def _collection_lang(self):
        """The language of this reader, where it is installed; else nothing."""
        return self.env["res.lang"]._get_code(self.lang) if self.lang else False

    def _collection_read_ahead(self):
        """Fetch what says whom to reach at these customers and how, and nothing else: a row has eighty columns, some long."""
        (self | self.child_ids).fetch(READ_TO_REACH)

    def _collection_contacts(self):
        """Who looks after paying at each of these customers: the contact for accounts payable, else for invoices; where nobody is
        named as such, the one contact to whom all that is open was invoiced. Where neither that contact nor the customer has an
        e-mail address, whoever was invoiced and has one.

        :return: contact by customer; the customer itself where there is nobody else
        """
        ids = [partner.address_get(["accounts_payable"])["accounts_payable"] for partner in self]
        contacts = dict(zip(self, self.browse(ids), strict=True))
        nobody_named = self.filtered(lambda partner: contacts[partner] == partner or not contacts[partner].email)
        for partner, invoiced in nobody_named._collection_invoiced().items():
            contact = contacts.get(partner)
            if contact is None:
                continue  # on a form that is not saved yet
            if contact == partner and len(invoiced) == 1 and invoiced.email:
                contacts[partner] = invoiced
            elif not contact.email and not partner.email:
                contacts[partner] = invoiced.filtered("email")[:1] or contact
        return contacts

    def _collection_invoiced(self):
        """To whom the open invoices of each of these customers are made out, the oldest first, where that is not the customer
        alone. The books know; see ``ledger/res_partner.py``.

        :rtype: dict[res.partner, res.partner]
        """
        return {}

    def _collection_emails(self):
        """All e-mail addresses in the field of each of these contacts, and whether they are on the blacklist.

        :return: (addresses that may be written to, whether there were others only) by contact
        """
        found = {contact: list(dict.fromkeys(emails_of(contact.email))) for contact in self}
        everybody = [address for addresses in found.values() for address in addresses]
        # sudo: who is on the blacklist is for those who send to many; of a contact one knows it is shown to everybody
        blacklist = self.env["mail.blacklist"].sudo()
        listed = set(blacklist.search([("email", "in", everybody)]).mapped("email")) if everybody else set()
        return {
            contact: ([one for one in addresses if one not in listed], bool(addresses) and listed.issuperset(addresses))
            for contact, addresses in found.items()
        }

    def _collection_ask_to_look(self, company, error=""):
        """Ask a manager of ``company``, once, to look at this customer, with whom something is wrong and who has no case. Needs
        superuser mode.
        """
        self.ensure_one()
        user = company._collection_reviewer()
        if not user:
            return  # nobody is a manager in here; the log says it
        summary = self.with_context(lang=user.lang or self.env.lang).env._(
            "Collections could not process this customer. Check the error"
        )
        known = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("collection_asked", "=", True)]
        )
        if summary not in known.mapped("summary"):
            self.with_context(mail_activity_quick_update=True).activity_schedule(  # without an e-mail to wait for
                "mail.mail_activity_data_todo",
                date_deadline=company._collection_today(),
                summary=summary,
                note=plaintext2html(error_summary(error)) if error else "",
                user_id=user.id,
                collection_asked=True,
            )

    def _collection_unwilling(self):
        """The customers among these to whom nothing may go out by itself, on any channel; asked by them or by who looks
        after paying.
        """
        contacts = self._collection_contacts()
        return self.filtered(
            lambda partner: partner.collection_do_not_contact or contacts[partner].collection_do_not_contact
        )

    def _collection_delivery(self):
        """How a letter reaches each of these customers.

        :return: by customer id ``contact_id``, ``channel``, ``address`` (False when there is no way to reach the customer) and
            ``delivery_note``, one of :data:`DELIVERY_NOTES` where it goes another way
        """
        delivery = {}
        contacts = self._collection_contacts()
        emails = self.union(*contacts.values())._collection_emails()
        for partner, contact in contacts.items():
            addresses, blacklisted = emails[contact if emails_of(contact.email) else partner]
            no_email = partner.collection_no_email or contact.collection_no_email
            note = "opted_out" if no_email else "blacklisted" if blacklisted else False
            by_email = not note and ", ".join(addresses)
            by_post = not by_email and partner._collection_postal_addressee(contact)._collection_postal_address()
            if by_email:
                note = False
            elif by_post:
                note = note or "no_email"
            else:
                no_call = partner.collection_no_call or contact.collection_no_call
                note = "call" if note and not no_call else "nowhere"
            delivery[partner.id] = {
                "contact_id": contact.id,
                "channel": "post" if by_post else "email",
                "address": by_email or by_post,
                "delivery_note": note,
            }
        return delivery

    def _collection_postal_addressee(self, contact):
        """Whose address the envelope to this customer bears: that of ``contact``, who looks after paying, else its own; nobody's
        where there is none, or where no letters on paper are wished.
        """
        self.ensure_one()
        if self.collection_no_post or contact.collection_no_post:
            return self.browse()
        return (contact | self).filtered(lambda one: one._collection_postal_address())[:1]

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals and self.sudo().ref_company_ids:  # whoever sets a clock need not see the companies
            self.env.registry.clear_cache()  # see res.company._collection_zone_name
        return result

    def _collection_postal_address(self):
        """The address for an envelope in one line; empty without a street or box and a town."""
        if not (self.street and (self.city or self.zip)):
            return ""
        lines = (" ".join(line.split()) for line in self._display_address(without_company=True).splitlines())
        return ", ".join(printed_address(lines))
