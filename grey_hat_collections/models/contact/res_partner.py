from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.search_key import PHONE_DIGITS, shorter_on_file

#: Where Odoo and others keep phone numbers; those are searched that there are.
PHONE_FIELDS = ("phone", "mobile")
#: SQL of the last digits of a phone number, the last one first, so that an index finds those that end alike. It reads a number as
#: ``engine.search_key.last_digits`` does.
DIGITS_BACKWARDS = (
    r"REVERSE(RIGHT(REGEXP_REPLACE(REGEXP_REPLACE(%s, '([0-9])[ .]*(ext|x|#|;|,).*', '\1', 'i'), "
    r"'\(0\)|[^0-9]', '', 'g'), 8))"
)


class ResPartner(models.Model):
    """What was said with a customer, or with a person there, and whose phone number it is."""

    _inherit = "res.partner"

    _collection_phone_index = models.Index(f"(({DIGITS_BACKWARDS % 'phone'}) text_pattern_ops) WHERE phone IS NOT NULL")

    collection_note_count = fields.Integer(
        string="Conversations",
        compute="_compute_collection_note_count",
        help="Notes of contacts with this customer.",
        groups="base.group_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collection_note_count(self):
        notes = self.env["collection.note"]
        counts = {}
        if notes.has_access("read"):
            for field in ("partner_id", "contact_id"):
                domain = self._domain_of_notes(field)
                counts |= {partner.id: count for partner, count in notes._read_group(domain, [field], ["__count"])}
        for partner in self:
            partner.collection_note_count = counts.get(partner._origin.id, 0)

    def _domain_of_notes(self, field):
        """Notes with these customers (``partner_id``), or with these people at a customer (``contact_id``)."""
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        return [(field, "in", (customers if field == "partner_id" else self - customers).ids)]

    def action_open_collection_notes(self):
        """Show what was said with this customer, or with this person."""
        self.ensure_one()
        field = "partner_id" if self == self.commercial_partner_id else "contact_id"
        return self.env["collection.note"]._action_list(self._domain_of_notes(field))

    @api.model
    def _collection_domain_phone(self, digits):
        """Whose phone number ends with these digits, however it is written; or was written with fewer.

        :param digits: seven or eight, as ``engine.search_key.typed_phone`` reads them
        """
        backwards = digits[::-1]
        shorter = [number[::-1] for number in shorter_on_file(digits)]

        def ends_so(name):
            def to_sql(model, alias, query):
                phone = model._field_to_sql(alias, name, query)
                key = SQL(DIGITS_BACKWARDS, phone)
                alike = (
                    SQL("%s LIKE %s", key, f"{backwards}%")
                    if len(digits) < PHONE_DIGITS
                    else SQL("%s = %s", key, backwards)
                )
                return SQL("(%s IS NOT NULL AND (%s OR %s = ANY(%s)))", phone, alike, key, shorter)

            return Domain.custom(to_sql=to_sql)

        there_are = [name for name in PHONE_FIELDS if name in self._fields and self._fields[name].store]
        return Domain.OR(ends_so(name) for name in there_are)
