"""What the tests of access are told with: people of this house and another, four customers, one record of each kind."""

import inspect

from odoo import Command
from odoo.tests import new_test_user

from .agency.agency_common import AgencyMaker
from .common import MONDAY, SecurityCommon, TwoCompaniesCommon, days_ago

ADDON = "grey_hat_collections"
#: What must not be seen by those who have no business with a record.
SECRET = "Confidential words about"
#: Who tries, in the order of the columns.
PEOPLE = (
    "collector",
    "lead",
    "manager",
    "accountant",
    "adviser",
    "auditor",
    "stranger",
    "admin",
    "abroad",
    "guest",
    "public",
)
#: Whose record it is, by the letter that stands for it in the table: own, of the colleague, unassigned, of the other company.
WHOSE = {"o": "own", "c": "colleague's", "u": "unassigned", "x": "of the other company"}
#: What a person says of a new record whose other fields follow from it.
SAID = {
    "collection.plan": {"amount", "case_id", "date_first"},
    "collection.promise": {"amount", "case_id", "date_promised"},
}
#: Something for what cannot be left empty.
EXAMPLES = {"char": "x", "text": "x", "monetary": 1, "integer": 1, "float": 1.0}


def models_of_ours(env):
    """The models that have records and are this add-on's, by name; those beside it have tests of their own."""
    return {
        name: model
        for name, model in sorted(env.items())
        if name.startswith("collection.") and not model._abstract and model._original_module == ADDON
    }


def public_methods(model):
    """The methods of a model that can be called from outside and are written in this add-on."""
    found = set()
    for parent in type(model).__mro__:
        if f"addons.{ADDON}." in parent.__module__:
            own = vars(parent).items()
            found |= {name for name, value in own if not name.startswith("_") and _is_open(value)}
    return sorted(found)


def _is_open(value):
    return inspect.isfunction(value) and not getattr(value, "_api_private", False)


def read_table(text):
    """Rows of a table as text, whose first line names the columns: ``{name: {person: cell}}``; a dot stands for nothing."""
    (*people,), *rows = (line.split() for line in text.strip().splitlines())
    if tuple(people) != PEOPLE:
        raise ValueError(f"The columns are {people}, not {PEOPLE}.")
    return {
        name: {person: cell.strip(".") for person, cell in zip(PEOPLE, cells, strict=True)} for name, *cells in rows
    }


def as_table(rows):
    """The same the other way, to be compared and pasted."""
    return "\n".join(
        " ".join([f"{name:30}", *(f"{cells[person] or '.':8}" for person in PEOPLE)]).rstrip()
        for name, cells in sorted(rows.items())
    )


class AccessCommon(AgencyMaker, TwoCompaniesCommon, SecurityCommon):
    """Mine, Theirs, Free and Abroad: a case of the collector, of the colleague, of nobody, of the other company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        here = {"company_id": cls.company.id}
        cls.adviser = new_test_user(cls.env, "adviser", "base.group_user,account.group_account_manager", **here)
        cls.admin = new_test_user(cls.env, "settings", "base.group_user,base.group_system", **here)
        cls.public = new_test_user(cls.env, "passer_by", "base.group_public", **here)
        cls.abroad = new_test_user(
            cls.env,
            "abroad",
            "base.group_user,grey_hat_collections.group_manager,account.group_account_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )
        cls.agency = cls._agency(company_id=cls.company.id, new_secret="0123456789abcdef" * 2)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.cases = {
            "o": self._case_of("Mine", self.company, self.collector),
            "c": self._case_of("Theirs", self.company, self.colleague),
            "u": self._case_of("Free", self.company, False),
            "x": self._case_of("Abroad", self.other, self.abroad),
        }
        self.records = {letter: self._one_of_each(case) for letter, case in self.cases.items()}
        self._settle_transaction()  # what follows counts the rows that are written
        self.env.invalidate_all()

    def _user(self, name):
        return getattr(self, name)

    def _as(self, person, records):
        """``records`` as this person meets them, in the company that they work for."""
        user = self._user(person)
        return records.with_env(self.env).with_user(user).with_context(allowed_company_ids=user.company_id.ids)

    def _case_of(self, name, company, user):
        partner = self._customer(name)
        make = self._invoice if company == self.company else self._invoice_of_the_other
        make(partner, 500, days_ago(10))
        self._settle_transaction()
        case = self.Case.sudo().search([("partner_id", "=", partner.id), ("company_id", "=", company.id)])
        case.user_id = user
        case._decide()
        case._hold(self._day(20), f"{SECRET} {name}")
        return case

    def _one_of_each(self, case):
        """One record of each model that hangs on a case or on its company, made by the rules."""
        env, company, name = case.env, case.company_id, case.partner_id.name
        env = env(context={**env.context, "allowed_company_ids": company.ids, "mail_activity_quick_update": True})
        base = {"case_id": case.id, "partner_id": case.partner_id.id, "company_id": company.id}
        item = self._items(case.partner_id.invoice_ids).filtered(lambda line: line.balance > 0)
        words = f"{SECRET} {name}"
        boss, found = self.manager if company == self.company else self.abroad, {}

        def make(model, **values):
            found[model] = env[model].with_company(company).create(values)
            return found[model]

        found["collection.case"] = case
        found["mail.activity"] = case.activity_schedule(
            "mail.mail_activity_data_call", summary=words, user_id=(case.user_id or boss).id, automated=True
        )
        found["res.partner"] = case.partner_id
        found["account.move.line"] = item
        found["account.move"] = item.move_id
        make("collection.note", **base, outcome="reached", note=words, user_id=(case.user_id or boss).id)
        self._letter_of_each(make, case, item, words)
        promise = make("collection.promise", case_id=case.id, amount=100, date_promised=self._day(9))
        found["collection.promise.share"] = env["collection.promise.share"].search(
            [("promise_id", "=", promise.id)], limit=1
        )
        terms = {"date_first": self._day(9), "rhythm": "monthly", "count": 3}
        make("collection.plan", case_id=case.id, amount=300, **terms)
        dispute = make(
            "collection.dispute",
            **base,
            kind="quantity",
            description=words,
            user_id=boss.id,
            line_ids=[Command.create({"item_id": item.id, "amount": 50})],
        )
        found["collection.dispute.line"] = dispute.line_ids
        found["collection.dispute.report"] = env["collection.dispute.report"].browse(dispute.ids)
        agency = (
            self.agency
            if company == self.company
            else self._agency("Far Off Inc", company_id=company.id, new_secret="fedcba9876543210" * 2)
        )
        found["collection.agency"] = agency
        found["collection.agency.commission"] = agency.commission_ids[:1]
        found["collection.agency.secret"] = env["collection.agency.secret"].search([("agency_id", "=", agency.id)])
        referral = make(
            "collection.referral",
            **base,
            name=f"REF {name}",
            agency_id=agency.id,
            user_id=boss.id,
            state="sent",
            date_sent=MONDAY,
            end_reason=words,
            line_ids=[Command.create({"item_id": item.id, "date_due": MONDAY, "amount_referred": 450})],
            override_ids=[Command.create({"point": "age", "sentence": words, "reason": words})],
            payment_ids=[Command.create({"kind": "payment", "entry": words, "date": MONDAY, "amount": 5})],
        )
        referral.packet_id = self._file(referral, words)
        found["collection.referral.line"] = referral.line_ids
        found["collection.referral.override"] = referral.override_ids
        found["collection.referral.payment"] = referral.payment_ids
        found["collection.agency.report"] = env["collection.agency.report"].search(
            [("referral_id", "=", referral.id)], limit=1
        )
        message = self.env["collection.agency.message"].sudo()._queue(referral, "contact", {"words": words})
        found["collection.agency.message"] = message
        make("collection.agency.feedback", **base, agency_id=agency.id, said=words, user_id=boss.id)
        remittance = make(
            "collection.remittance",
            name=words,
            agency_id=agency.id,
            company_id=company.id,
            line_ids=[Command.create({"referral_id": referral.id, "amount_gross": 10, "commission": 1})],
        )
        found["collection.remittance.line"] = remittance.line_ids
        policy = self.standard.sudo().copy({"company_id": company.id, "name": words})
        found["collection.policy"] = policy
        found["collection.policy.step"] = policy.step_ids[:1]
        own = {"company_id": company.id}
        make("collection.stage", name=words, **own)
        make("collection.reason", name=words, kind=env["collection.reason"]._fields["kind"].selection[0][0], **own)
        letter_step = policy.step_ids.filtered("letter_kind")[:1]
        make(
            "collection.wording",
            kind=letter_step.letter_kind,
            step_id=letter_step.id,
            passage="closing",
            lang="en_US",
            text=words,
            **own,
        )
        make("collection.guide.line", section="opening", text=words, **own)
        make("collection.refresh", partner_key=case.partner_id.id, company_key=company.id, next_at="2026-03-02")
        found["collection.service.level"] = self._service_level(env, company)
        found |= self._beside_each(env, case)
        return found

    def _letter_of_each(self, make, case, item, words):
        """A letter, and what hangs on it."""
        base = {"case_id": case.id, "partner_id": case.partner_id.id, "company_id": case.company_id.id}
        letter = make("collection.letter", **base, kind="reminder", cancel_reason=words, amount=500)
        letter.attachment_id = self._file(letter, words)
        make("collection.mail.piece", letter_id=letter.id, address=words)
        named = {"letter_id": letter.id, "item_id": item.id, "step_id": case.policy_id.step_ids[:1].id}
        make("collection.letter.line", name=words, amount=500, **named)
        make("collection.mark", case_id=case.id, date=MONDAY, **named)

    def _beside_each(self, env, case):
        """A link to the page of the customer, a visit there, and what of letters needs no approval."""
        links, visits = env["collection.page.link"], env["collection.page.visit"]
        links._make_link(case.partner_id, case.company_id)
        visits._is_too_often("link", case.partner_id.name, 1)
        answers = env["collection.page.answer"]
        said = {"nonce": f"nonce-of-case-{case.id:06}", "words": f"{SECRET} {case.partner_id.name}"}
        answer = answers._submit("ask", case.partner_id, case.company_id, posted=said)
        return {
            answers._name: answer,
            links._name: links.search([("partner_id", "=", case.partner_id.id)], limit=1),
            visits._name: visits.search([], limit=1),
            "collection.letter.exemption": self._exemption(env, case.company_id),
        }

    def _exemption(self, env, company):
        exemptions = env["collection.letter.exemption"]
        known = exemptions.search([("company_id", "=", company.id), ("kind", "=", "settled")])
        return known or exemptions.create({"kind": "settled", "company_id": company.id})

    def _service_level(self, env, company):
        levels = env["collection.service.level"]
        known = levels.search([("company_id", "=", company.id), ("kind", "=", "price")])
        return known or levels.create({"kind": "price", "answer_days": 3, "company_id": company.id})

    def _needed(self, model):
        """What a new record cannot do without, of one's own; None where this person has it not at hand."""
        own = self.records["o"]
        needed = {}
        for name, field in model._fields.items():
            said = name in SAID.get(model._name, {name})
            if not (field.required and said) or field.default or field.related or (field.compute and not field.store):
                continue
            comodel = model.env[field.comodel_name] if field.comodel_name else None
            if field.type == "many2one" and comodel._transient:
                values = self._needed(comodel) if comodel.has_access("create") else None
                if values is None:
                    return None
                needed[name] = comodel.create(values).id
            elif field.comodel_name in own:
                records = own[field.comodel_name][:1].with_env(model.env)
                if not records.has_access("read"):
                    return None
                needed[name] = records.id if field.type == "many2one" else [Command.set(records.ids)]
            elif field.type in EXAMPLES:
                needed[name] = EXAMPLES[field.type]
            elif field.type == "date":
                needed[name] = self._day(1)
            elif field.type == "selection":
                needed[name] = field.get_values(self.env)[0]
        return needed

    def _file(self, record, words):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": f"{words}.pdf", "raw": words.encode(), "res_model": record._name, "res_id": record.id})
        )

    def _rows_written(self):
        """How many rows this transaction has written so far, whatever was undone of it."""
        self.env.flush_all()
        self.env.cr.execute("SELECT SUM(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return self.env.cr.fetchone()[0]
