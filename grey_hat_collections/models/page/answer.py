import logging
import re
import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, MissingError, UserError
from odoo.tools import plaintext2html
from psycopg2.errors import UniqueViolation

from ..base.actions import open_form
from ..base.batch import take_turn
from .files import LARGEST, MOST_A_DAY, MOST_FILES, NotAFile, as_file
from .link import TOKEN_BYTES
from .said import NAME, Refused, Said

_logger = logging.getLogger(__name__)

PAGE_XMLID = "grey_hat_collections.mail_activity_type_page"
KINDS = [
    ("promise", "Promise"),
    ("plan", "Payment plan"),
    ("paid", "Has paid"),
    ("dispute", "Dispute"),
    ("addition", "More about a dispute"),
    ("withdrawal", "Dispute taken back"),
    ("ask", "Question"),
    ("callback", "Callback"),
    ("copies", "Copies"),
    ("contact", "New contact"),
    ("wishes", "Wishes"),
]
#: What is agreed on by it: whoever comes by a link says who they are.
BINDING = frozenset({"promise", "plan", "contact", "wishes"})
#: Within so many days the same is said again: it is noted, but counts as no answer and pauses nothing.
AGAIN = timedelta(days=30)
NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class CollectionPageAnswer(models.Model):
    """What a customer did on the page, once for each form that was shown: who, what, and what was made of it.

    The actions of each kind are ``_do_<kind>`` in ``answer_money.py``, ``answer_words.py`` and ``answer_details.py``; how it is
    confirmed and undone is in ``answer_mail.py`` and ``answer_undo.py``.
    """

    _name = "collection.page.answer"
    _description = "Answer on the Customer's Page"
    _inherit = ["collection.door"]
    _order = "id desc"
    _rec_name = "kind"
    _check_company_auto = True

    nonce = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS, copy=False)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    case_id = fields.Many2one(
        "collection.case", readonly=True, ondelete="cascade", index="btree_not_null", check_company=True
    )
    link_id = fields.Many2one(
        "collection.page.link",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="By which link they came.",
    )
    person = fields.Char(readonly=True, help="Who it was, as they said.")
    words = fields.Text(string="What Was Said", readonly=True)
    told = fields.Text(readonly=True, help="What the customer was told on the page, and by e-mail.")
    state = fields.Selection(
        [("done", "Done"), ("waits", "To Decide"), ("accepted", "Accepted"), ("undone", "Undone by Customer")],
        required=True,
        default="done",
        readonly=True,
        help="To decide: a person has been asked.",
    )

    # What came of it
    note_id = fields.Many2one("collection.note", readonly=True, ondelete="set null", index="btree_not_null")
    promise_id = fields.Many2one("collection.promise", readonly=True, ondelete="set null", index="btree_not_null")
    plan_id = fields.Many2one("collection.plan", readonly=True, ondelete="set null", index="btree_not_null")
    dispute_id = fields.Many2one("collection.dispute", readonly=True, ondelete="set null", index="btree_not_null")
    call_at = fields.Datetime(readonly=True, help="The moment at which the customer is called.")
    hold_until = fields.Date(readonly=True, help="The pause that came of it.")
    paid_on = fields.Date(readonly=True, help="When the customer says to have paid.")
    paid_amount = fields.Monetary(readonly=True, currency_field="paid_currency_id", string="Paid")
    paid_currency_id = fields.Many2one("res.currency", readonly=True)
    proposal = fields.Json(readonly=True, help="The contact that the customer proposes.", for_rules=True)
    before = fields.Json(readonly=True, help="What was on file before, by contact.", for_rules=True)
    file_count = fields.Integer(readonly=True)
    undo_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False)

    _unique_nonce = models.UniqueIndex("(nonce)", "This form was sent already.")
    _undo_index = models.Index("(undo_hash) WHERE undo_hash IS NOT NULL")

    @api.depends("kind", "partner_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for answer in self:
            answer.display_name = f"{kinds.get(answer.kind, '')}: {answer.partner_id.name or ''}"

    # -- Coming in -----------------------------------------------------------------------------------------------

    @api.model
    def _new_nonce(self):
        """What tells one form from all others, so that sending it twice does it once."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    @api.model
    def _submit(self, kind, partner, company, *, posted, files=(), link=None, person=None):
        """Do what a customer asks for, whole or not at all; a form that was sent before has been done already.

        It is done by the rules: whoever asks for it may see this account (``controllers/page.py``), and has no rights beyond.

        :param posted: what was typed, as text by name
        :param files: name and content of each file
        :param link: the link by which they came; None for a user of the portal
        :param person: who it is, where that is known
        :return: the answer
        :raises Refused: with a sentence for the customer
        """
        # what is done on the page is done by the rules, whoever sits in front of it
        rules = self.with_user(SUPERUSER_ID).with_company(company).with_context(allowed_company_ids=company.ids)
        partner = partner.commercial_partner_id.with_env(rules.env)
        company, link = company.with_env(rules.env), (link or rules.link_id).with_env(rules.env)
        nonce = str(posted.get("nonce") or "")
        if not NONCE.fullmatch(nonce):
            raise Refused(self.env._("Please open the page again, and send the form from there."))
        if known := rules.search([("nonce", "=", nonce)]):
            if (known.kind, known.partner_id, known.company_id) != (kind, partner, company):
                raise Refused(self.env._("Please open the page again, and send the form from there."))
            return known
        case = rules._case_of(partner, company)
        take_turn(case)
        values = {
            "nonce": nonce,
            "kind": kind,
            "partner_id": partner.id,
            "company_id": company.id,
            "case_id": case.id,
            "link_id": link.id,
        }
        try:
            with rules.env.cr.savepoint():
                return rules.create(values)._take_up(Said(rules.env, posted), files, person)
        except UniqueViolation as error:
            if "nonce" not in str(error):
                raise
            raise ConcurrencyError("The same form was sent a moment ago.") from error  # begun anew, it is known
        except Refused:
            raise
        except (AccessError, MissingError, UserError) as error:
            # the sentence is for us: it may name cases, colleagues, settings
            _logger.info("An answer on the customer's page was refused: %s", error)
            raise Refused(
                self.env._(
                    "This cannot be done as things are now. Your account may have changed meanwhile: please look at it again, "
                    "or ask us."
                )
            ) from error

    @api.model
    def _case_of(self, partner, company):
        """The open case of an account, else the last one; there may be none."""
        cases = self.env["collection.case"]
        known = self.env["collection.page"]._open_case(partner, company)
        account = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        return known or cases.search(account, order="id desc", limit=1)

    def _take_up(self, said, files, person):
        """Do it, and confirm it to the address that is known now, not to one that is typed."""
        page = self.env["collection.page"]
        if self.kind not in page._offered(self.partner_id, self.company_id):
            raise Refused(self.env._("This is not possible for your account at the moment. Please ask us."))
        by_link = not person
        label = self.env._("Your name")
        self.person = person or said.line("person", label, most=NAME, needed=by_link and self.kind in BINDING)
        address = self._known_address()
        getattr(self, f"_do_{self.kind}")(said, self._clean_files(files))
        self._confirm(address)
        if self.case_id:
            self.case_id._decide_later()
        return self

    # -- Files ---------------------------------------------------------------------------------------------------

    def _clean_files(self, files):
        """What was sent along, as far as it may be kept.

        :return: :class:`.files.File` of each
        """
        files = [(name, content) for name, content in files if content]
        if len(files) > MOST_FILES:
            raise Refused(self.env._("Please send no more than %s files at once.", MOST_FILES))
        for name, content in files:
            if len(content) > LARGEST:
                raise Refused(
                    self.env._(
                        "“%(name)s” is larger than %(size)s MB. Please send a smaller file.",
                        name=name[:NAME],
                        size=LARGEST // 1024 // 1024,
                    )
                )
        if files and self._files_of_today() + len(files) > MOST_A_DAY:
            raise Refused(self.env._("That is more files than we take in a day. Please send the others tomorrow."))
        clean = []
        for name, content in files:
            try:
                clean.append(as_file(name, content))
            except NotAFile as error:
                raise Refused(
                    self.env._("“%s” is no picture (JPEG, PNG) and no PDF that we can read.", name[:NAME])
                ) from error
        self.file_count = len(clean)
        return clean

    def _files_of_today(self):
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("create_date", ">=", self.company_id._collection_day_began()),
        ]
        [(count,)] = self._read_group(domain, [], ["file_count:sum"])
        return count or 0

    def _keep_files(self, record, files):
        """The files hang on ``record``: whoever sees it sees them."""
        return self.env["ir.attachment"].create(
            [
                {
                    "name": file.name,
                    "raw": file.content,
                    "mimetype": file.mimetype,
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for file in files
            ]
        )

    # -- What all kinds need -------------------------------------------------------------------------------------

    def _speaker(self):
        """Who speaks for us: whose case it is, else who collects in this company; Odoo's own user where there is nobody."""
        company = self.company_id
        people = (
            self.case_id.user_id
            | company.collection_user_id
            | company._collection_reviewer()
            | company._collection_people("grey_hat_collections.group_collector").sudo()
        )
        return people.filtered(
            lambda user: user.active and not user.share and company in user.company_ids and user.id != SUPERUSER_ID
        )[:1] or self.env.ref("base.user_root")

    def _open_case(self):
        """The case, while it is open."""
        return self.case_id.filtered(lambda case: case.state != "closed")

    def _is_again(self, times=1):
        """Whether this was said before, so many times within days: it is noted, but no answer that anything rests for."""
        return (
            self.search_count(
                [
                    ("id", "!=", self.id),
                    ("kind", "=", self.kind),
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("create_date", ">=", fields.Datetime.now() - AGAIN),
                ],
                limit=times,
            )
            >= times
        )

    def _write_note(self, outcome, *, words="", is_aside=False, invoices=None):
        """The contact, as a note of the case; without any case the answer itself is all there is.

        :param is_aside: noted, but no answer that ends a silence or gives a rest
        """
        self.words = words
        if not self.case_id:
            return
        kinds = dict(self._fields["kind"]._description_selection(self.env(context={"lang": self._speaker().lang})))
        head = " · ".join(filter(None, (kinds[self.kind], self.person)))
        self.note_id = self.env["collection.note"].create(
            {
                "case_id": self.case_id.id,
                "user_id": self._speaker().id,
                "channel": "portal",
                "direction": "in",
                "outcome": outcome,
                "is_aside": is_aside,
                "note": "\n".join(filter(None, (head, words))),
                "invoice_ids": (invoices or self.env["account.move"]).ids,
            }
        )

    def _show_files(self, files):
        """Files about a case are shown where one reads what has happened there."""
        if not files:
            return
        thread = self.case_id or self.partner_id
        thread.message_post(
            body=self.env._("Sent on the customer's page"),
            attachment_ids=self._keep_files(thread, files).ids,
            author_id=self.partner_id.id,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _ask_person(self, summary, note="", user=None, **values):
        """Ask a colleague; on the customer where no case is open.

        :param summary: function of an environment in the language of the colleague
        """
        user = user or self._speaker()
        texts = self.env(context={**self.env.context, "lang": user.lang or self.env.lang})
        values = {
            "activity_type_id": self.env.ref(PAGE_XMLID).id,
            "summary": summary(texts)[:200],
            "note": plaintext2html(note) if note else False,
            "user_id": user.id,
            "collection_planned_by_id": self.note_id.id,
            **values,
        }
        if case := self._open_case():
            case._ask(lambda _case: values)
            return
        partner = self.partner_id
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            {
                "res_model_id": self.env["ir.model"]._get_id(partner._name),
                "res_id": partner.id,
                "date_deadline": self.company_id._collection_today(),
                "automated": True,
                **values,
            }
        )

    def _phrases(self):
        """How days and amounts are written for the customer."""
        return self.env["collection.statement"]._phrasing(self.env.lang)

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_open(self):
        """Show this answer."""
        self.ensure_one()
        return open_form(self)
