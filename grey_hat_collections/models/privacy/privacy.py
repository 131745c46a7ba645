import json
import re
from dataclasses import dataclass
from functools import cached_property

from markupsafe import escape
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, email_normalize_all

#: What records about a customer say in words or copy of it; all of it is cleared. What other texts hold is in
#: ``privacy/test_privacy.py``, which knows every text of every record.
WORDS = {
    "collection.agency.feedback": ("answer", "said"),
    "collection.agency.message": ("cancel_reason", "failure_reason", "payload"),
    "collection.case": ("hold_reason", "last_error"),
    "collection.dispute": ("commitment", "description", "finding"),
    "collection.letter": ("address_used", "addresses_returned", "came_back", "cancel_reason", "failure_reason"),
    "collection.note": ("note",),
    "collection.page.answer": ("person", "proposal", "told", "words"),
    "collection.plan": ("end_reason",),
    "collection.mail.piece": ("address", "cancel_reason", "recipient", "zip"),
    "collection.promise": ("withdraw_reason",),
    "collection.referral": ("end_reason",),
    "collection.referral.override": ("reason", "sentence"),
}
#: Of what an agency was told, everything about money stays.
TOLD_ABOUT_CUSTOMER = frozenset({"address", "customer", "word"})
#: Files that stay: what left the house, and the proof that it did.
KEPT_FILES = {
    "collection.agency.message": ("attachment_id",),
    "collection.letter": ("attachment_id",),
    "collection.mail.piece": ("attachment_id",),
    "collection.referral": ("packet_id",),
}
#: What has not left yet still needs its address.
WAITING = {
    "collection.agency.message": [("state", "in", ("queued", "failed"))],
    "collection.letter": [("state", "=", "queued")],
    "collection.mail.piece": [("state", "=", "to_mail")],
}
#: What hangs on a message, by the field that names it.
OF_MESSAGE = {
    "mail.mail": "mail_message_id",
    "mail.notification": "mail_message_id",
    "mail.tracking.value": "mail_message_id",
}
#: What the words of a message, an activity, a file are.
HANGING_WORDS = {
    "ir.attachment": ("description", "index_content"),
    "mail.activity": ("feedback", "note", "res_name", "summary"),
    "mail.mail": ("body_html", "email_cc", "email_to", "failure_reason", "headers"),
    "mail.message": (
        "body",
        "email_from",
        "incoming_email_cc",
        "incoming_email_to",
        "outgoing_email_to",
        "reply_to",
        "subject",
    ),
    "mail.notification": ("failure_reason", "mail_email_address"),
}
#: Secrets are not searched, and texts by which a program finds its way name nobody.
TECHNICAL = {
    "ir.attachment": {"checksum", "mimetype", "res_field", "res_model", "store_fname", "url"},
    "collection.referral": {"packet_password"},
    "mail.activity": {"res_model"},
    "mail.message": {"email_layout_xmlid", "message_id", "model"},
    "mail.tracking.value": {"field_info"},
}
#: Where a file hangs that was attached to a message while that was written.
LOOSE = ("mail.compose.message", "mail.message", False)
#: Kinds of fields that hold text.
TEXTS = ("char", "html", "json", "properties", "text")
#: Records that name no contact are about the one of the record that they belong to.
BELONGS_TO = ("referral_id", "letter_id", "case_id")
#: Fewer digits are no phone number.
SHORTEST_NUMBER = 6


@dataclass(frozen=True)
class Person:
    """Whom to look for: contacts by id, names and e-mail addresses, phone numbers."""

    partner_ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> str:
        """A regular expression, for Python and PostgreSQL alike, that finds the person in text, HTML and JSON, whatever
        the case of its letters. A phone number is found however it is written.
        """
        ways = {way for name in self.names for way in _spellings(name)}
        found = [r"\s+".join(map(re.escape, way.split())) for way in sorted(ways, key=lambda way: (-len(way), way))]
        numbers = (re.sub(r"\D", "", phone) for phone in self.phones)
        found += [
            r"\+?" + r"[\s()./-]*".join(number) for number in sorted(set(numbers)) if len(number) >= SHORTEST_NUMBER
        ]
        return rf"(?<!\w)(?:{'|'.join(found)})(?!\w)" if found else ""

    def redact(self, value, mark):
        """``value``, a text or what JSON holds, with ``mark`` in the place of the person."""
        if isinstance(value, str) and self.pattern:
            return re.sub(self.pattern, lambda _match: mark, value, flags=re.IGNORECASE)
        if isinstance(value, dict):
            return {self.redact(name, mark): self.redact(one, mark) for name, one in value.items()}
        if isinstance(value, list):
            return [self.redact(one, mark) for one in value]
        return value


class CollectionPrivacy(models.AbstractModel):
    """Where collections name a person: finds it, and clears what need not stay.

    Odoo's *Privacy Lookup* asks here, by the add-on ``grey_hat_collections_privacy``. Clearing is no event of a case: it is
    written below all rules, so nothing is tracked, asked or decided.
    """

    _name = "collection.privacy"
    _description = "Personal Data in Collections"

    # -- Whom ----------------------------------------------------------------------------------------------------

    @api.model
    def _person(self, name, email):
        """The contacts of that name or address, as Odoo's own look-up finds them, and what they are known by."""
        name, email = name.strip(), email.strip()
        domain = Domain("name", "=ilike", name)
        # sudo: an administrator looks up whom the law asks about, in every company
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        if normalized := email_normalize(email):
            domain |= Domain("email_normalized", "=", normalized)
            # one field may hold several addresses
            several = contacts.search(Domain("email", "ilike", normalized))
            domain |= Domain("id", "in", [one.id for one in several if normalized in email_normalize_all(one.email)])
        partners = contacts.search(domain)
        emails = partners.filtered("email").mapped("email")
        names = {name, email, *partners.mapped("name"), *emails, *email_normalize_all(", ".join(emails))}
        return Person(
            tuple(partners.ids), tuple(sorted(filter(None, names))), tuple(filter(None, partners.mapped("phone")))
        )

    # -- Where ---------------------------------------------------------------------------------------------------

    @api.model
    def _models(self):
        """Our models that have a table and last, without the one of secrets."""
        return [
            name
            for name, model in self.env.registry.items()
            if name.startswith("collection.")
            and name != "collection.agency.secret"
            and model._auto
            and not model._abstract
            and not model._transient
        ]

    @api.model
    def _searched(self):
        """Models of which :meth:`_query` says all there is to say."""
        return [*self._models(), "mail.activity"]

    @api.model
    def _query(self, person):
        """Where the person is named, or what was written is about: rows as Odoo's look-up collects them."""
        conditions = {
            name: SQL(
                "(%s OR %s)", self._is_about(self.env[name], person.partner_ids), self._says(self.env[name], person)
            )
            for name in self._searched()
        }
        conditions["mail.message"] = SQL(
            "%s AND model = ANY(%s) AND (author_id = ANY(%s)) IS NOT TRUE",  # what the person wrote is found by Odoo
            self._says_somewhere(person),
            self._models(),
            list(person.partner_ids),
        )
        conditions["ir.attachment"] = SQL(
            "%s AND res_model = ANY(%s)", self._says(self.env["ir.attachment"], person), self._models()
        )
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS res_model_id, id AS res_id, %s AS is_active FROM %s WHERE %s",
                self.env["ir.model"]._get_id(name),
                SQL.identifier("active") if "active" in self.env[name] else SQL("TRUE"),
                SQL.identifier(self.env[name]._table),
                condition,
            )
            for name, condition in conditions.items()
        )

    @api.model
    def _texts(self, model):
        """The columns of ``model`` that hold text."""
        return [
            name
            for name, field in model._fields.items()
            if field.store and field.column_type and field.type in TEXTS and name not in TECHNICAL.get(model._name, ())
        ]

    @api.model
    def _says(self, model, person):
        """SQL: a row of ``model`` names the person."""
        if not person.pattern:
            return SQL("FALSE")
        tests = [
            SQL("%s::text ~* %s", SQL.identifier(model._table, name), person.pattern) for name in self._texts(model)
        ]
        return SQL("(%s)", SQL(" OR ").join(tests)) if tests else SQL("FALSE")

    @api.model
    def _says_somewhere(self, person):
        """SQL: a message names the person, itself or in what hangs on it."""
        tests = [self._says(self.env["mail.message"], person)]
        for name, link in OF_MESSAGE.items():
            hanging = self.env[name]
            tests.append(
                SQL(
                    "mail_message.id IN (SELECT %s FROM %s WHERE %s)",
                    SQL.identifier(link),
                    SQL.identifier(hanging._table),
                    self._says(hanging, person),
                )
            )
        return SQL("(%s)", SQL(" OR ").join(tests))

    @api.model
    def _is_about(self, model, partner_ids):
        """SQL: a row of ``model`` is about one of these contacts, or belongs to a record that is."""
        own = [
            name
            for name, field in model._fields.items()
            if field.comodel_name == "res.partner" and field.type == "many2one" and field.store
        ]
        if own:
            tests = [SQL("%s = ANY(%s)", SQL.identifier(model._table, name), list(partner_ids)) for name in own]
            return SQL("(%s)", SQL(" OR ").join(tests))
        if model._name not in WORDS:
            return SQL("FALSE")
        link = next(name for name in BELONGS_TO if name in model._fields and model._fields[name].store)
        other = self.env[model._fields[link].comodel_name]
        return SQL(
            "%s IN (SELECT id FROM %s WHERE %s)",
            SQL.identifier(model._table, link),
            SQL.identifier(other._table),
            self._is_about(other, partner_ids),
        )

    # -- Clearing ------------------------------------------------------------------------------------------------

    @api.model
    def _clear(self, found, person):
        """Clear what records say of the person. What is about it loses all its words, with its conversation and its loose
        files; in what is about others, the person's name, addresses and numbers give way to a mark.

        :param found: ids by model, of ours and of messages, activities and files
        """
        self.env.flush_all()
        self._check_not_needed(found, person)
        for name, ids in found.items():
            if name in self._models():
                self._clear_records(self.env[name], ids, person)
        self._clear_messages(found.get("mail.message", ()), person, about=())
        self._clear_hanging("mail.activity", found.get("mail.activity", ()), person, about=True)
        self._clear_hanging("ir.attachment", found.get("ir.attachment", ()), person, about=False)
        self._clear_contacts(person)
        self.env.invalidate_all()

    @api.model
    def _clear_records(self, model, ids, person):
        about = self._rows_where(
            model, SQL("id = ANY(%s) AND %s", list(ids), self._is_about(model, person.partner_ids))
        )
        words = WORDS.get(model._name, ())
        self._rewrite(model, ids, person, lambda record_id, name: record_id in about and name in words)
        messages = self._rows_where(
            self.env["mail.message"], SQL("model = %s AND res_id = ANY(%s)", model._name, list(ids))
        )
        of_person = SQL("model = %s AND res_id = ANY(%s)", model._name, list(about))
        own = self._rows_where(self.env["mail.message"], of_person)
        if "mail_mail_id" in model._fields:  # the e-mail of a letter is written on its case
            mails = model.sudo().browse(about).mail_mail_id  # sudo: administrators clear what nobody may change
            own |= set(mails.mail_message_id.ids)
        self._clear_messages(messages | own, person, about=own)
        hanging = SQL("res_model = %s AND res_id = ANY(%s)", model._name, list(about))
        self._clear_hanging("mail.activity", self._rows_where(self.env["mail.activity"], hanging), person, about=True)
        self._clear_files(model, about, own, person)

    @api.model
    def _clear_messages(self, ids, person, about):
        """Messages with all that hangs on them. What the person wrote loses all its words, wherever it stands."""
        message_model = self.env["mail.message"]
        if not ids:
            return
        wrote = SQL("id = ANY(%s) AND author_id = ANY(%s)", list(ids), list(person.partner_ids))
        own = set(about) | self._rows_where(message_model, wrote)
        self._rewrite(
            message_model,
            ids,
            person,
            lambda record_id, name: record_id in own and name in HANGING_WORDS[message_model._name],
        )
        for name, link in OF_MESSAGE.items():
            for belongs, message_ids in ((True, own), (False, set(ids) - own)):
                hanging = SQL("%s = ANY(%s)", SQL.identifier(link), list(message_ids))
                self._clear_hanging(name, self._rows_where(self.env[name], hanging), person, about=belongs)

    @api.model
    def _clear_hanging(self, name, ids, person, about):
        """Records of others that hang on ours.

        :param about: whether they lose all their words, or only the person's
        """
        model = self.env[name]
        if name == "mail.tracking.value":
            words = self._tracked_words(ids) if about else {}
            self._rewrite(model, ids, person, lambda record_id, _name: record_id in words)
        else:
            self._rewrite(model, ids, person, lambda _record_id, text: about and text in HANGING_WORDS[name])

    @api.model
    def _tracked_words(self, ids):
        """The tracked values that are what people wrote or whom they named; others are labels of ours."""
        values = self.env["mail.tracking.value"].sudo().browse(ids)  # sudo: values are for readers of their field
        return {
            value.id
            for value in values
            if value.field_id.ttype in ("char", "text", "html", False) or value.field_id.relation == "res.partner"
        }

    @api.model
    def _clear_files(self, model, ids, messages, person):
        """Delete what people have attached; what left the house, and what proves that it did, stays."""
        all_files = self.env["ir.attachment"].sudo()  # sudo: administrators clear what nobody may change
        records = model.sudo().browse(ids)  # sudo: as above
        domain = Domain("res_model", "=", model._name) & Domain("res_id", "in", list(ids))
        files = all_files.search(domain & Domain("res_field", "=", False))
        files |= self.env["mail.message"].sudo().browse(messages).attachment_ids  # sudo: as above
        if "attachment_ids" in model._fields:
            files |= records.attachment_ids
        stays = self._files_that_stay()
        loose = files.filtered(lambda one: one.res_model in (*self._models(), *LOOSE) and one.id not in stays)
        loose.unlink()
        kept = self._rows_where(all_files, SQL("res_model = %s AND res_id = ANY(%s)", model._name, list(ids)))
        self._clear_hanging("ir.attachment", kept, person, about=True)

    @api.model
    def _files_that_stay(self):
        stays = set()
        for name, links in KEPT_FILES.items():
            for link in links:
                table, column = SQL.identifier(self.env[name]._table), SQL.identifier(link)
                rows = self.env.execute_query(SQL("SELECT %s FROM %s WHERE %s IS NOT NULL", column, table, column))
                stays.update(file_id for (file_id,) in rows)
        return stays

    @api.model
    def _clear_contacts(self, person):
        """What we have written on the contacts themselves. Their name and addresses are Odoo's."""
        partners = self.env["res.partner"]
        ours = [name for name in self._texts(partners) if name.startswith("collection_")]
        self._rewrite(partners, person.partner_ids, person, lambda _record_id, _name: True, ours)

    @api.model
    def _rewrite(self, model, ids, person, is_words, names=None):
        """Write texts anew, below all rules.

        :param is_words: by id and column, whether all of a text goes; else only the person
        """
        names = self._texts(model) if names is None else names
        if not ids or not names:
            return
        mark, columns = self.env._("(cleared)"), SQL(", ").join(map(SQL.identifier, names))
        table = SQL.identifier(model._table)
        rows = self.env.execute_query(SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", columns, table, list(ids)))
        changed = []
        for record_id, *values in rows:
            cleared = [
                _without_words(model._fields[name], value, mark)
                if is_words(record_id, name)
                else person.redact(value, mark)
                for name, value in zip(names, values, strict=True)
            ]
            if cleared != values:
                changed.append({"id": record_id} | dict(zip(names, cleared, strict=True)))
        if changed:
            types = [SQL("%s %s", SQL.identifier(name), SQL(_kind(model._fields[name]))) for name in names]
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET (%s) = ROW(%s) FROM json_to_recordset(%s) news (id int, %s) WHERE news.id = %s",
                    table,
                    columns,
                    SQL(", ").join(SQL.identifier("news", name) for name in names),
                    json.dumps(changed),
                    SQL(", ").join(types),
                    SQL.identifier(model._table, "id"),
                )
            )

    @api.model
    def _rows_where(self, model, condition):
        rows = self.env.execute_query(SQL("SELECT id FROM %s WHERE %s", SQL.identifier(model._table), condition))
        return {record_id for (record_id,) in rows}

    @api.model
    def _check_not_needed(self, found, person):
        """What a claim rests on stays until it is settled, and what is about to leave needs its address."""
        # sudo: an administrator is told of it, whether or not they see the case
        cases = self.env["collection.case"].sudo()
        open_case = cases.search([("partner_id", "in", person.partner_ids), ("state", "!=", "closed")], limit=1)
        if open_case:
            raise UserError(
                self.env._(
                    "%s has an open case, whose data must be kept. Settle or write off the open amount first, then clear.",
                    open_case.display_name,
                )
            )
        for name, domain in WAITING.items():
            record = (
                self.env[name].sudo().search([("id", "in", list(found.get(name, ()))), *domain], limit=1)
            )  # sudo: as above
            if record:
                raise UserError(
                    self.env._(
                        "%s has not been sent yet. Cancel it, or wait until it has been sent; then clear.",
                        record.display_name,
                    )
                )


def _spellings(name):
    """A name as it stands in text, in HTML and in JSON."""
    in_html = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {
        name,
        in_html,
        in_html.replace('"', "&quot;"),
        str(escape(name)),
        json.dumps(name, ensure_ascii=False)[1:-1],
    }


def _kind(field):
    return "jsonb" if field.column_type[0] == "jsonb" else "text"


def _without_words(field, value, mark):
    """What is left of a text that is about the person: a mark that something was there."""
    if not value:
        return value
    if isinstance(value, dict):
        return _without_customer(value, mark) if field.name == "payload" else dict.fromkeys(value, mark)
    return f"<p>{mark}</p>" if field.type == "html" else mark


def _without_customer(told, mark):
    """What an agency was told, without what it was told about the customer."""
    return {
        name: mark if name in TOLD_ABOUT_CUSTOMER else _without_customer(one, mark) if isinstance(one, dict) else one
        for name, one in told.items()
    }
