import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.letter.letter import LETTER_KINDS
from ...models.letter.wording import OF_STEPS


class CollectionLetterPreview(models.TransientModel):
    """The letter of a step, or one outside the policies, on any customer and in any language, with the words to edit beside it.

    Nothing of it is saved but the words. What is shown is asked for by the dialog itself (:meth:`look`), whenever the letter, the
    customer or the language is changed.
    """

    _name = "collection.letter.preview"
    _description = "Letter Preview"
    _inherit = ["collection.door"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    policy_id = fields.Many2one(
        "collection.policy",
        compute="_compute_policy_id",
        store=True,
        readonly=False,
        domain="[('company_id', 'in', (False, company_id))]",
        help="Leave it empty for a letter outside the policies.",
    )
    step_id = fields.Many2one(
        "collection.policy.step",
        domain="[('letter_kind', '!=', False), ('policy_id', '=', policy_id)]",
        default=lambda self: self._first_step(),
        help="The step whose letter is shown.",
    )
    kind = fields.Selection(
        [one for one in LETTER_KINDS if one[0] not in OF_STEPS],
        string="Other Letter",
        default="courtesy",
        help="The letter that is shown if no step is chosen.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="[('parent_id', '=', False)]",
        default=lambda self: self._default_partner(),
        help="On whose open items it is shown. Nothing is sent to them.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        help="At first that of the customer; any other shows what other customers read.",
    )

    @api.depends("step_id")
    def _compute_policy_id(self):
        for preview in self:
            preview.policy_id = preview.step_id.policy_id or preview.policy_id

    @api.onchange("policy_id")
    def _onchange_policy_id(self):
        """Another ladder begins with its own first letter."""
        if self.step_id.policy_id != self.policy_id:
            self.step_id = self.policy_id.step_ids.filtered("letter_kind")[:1]

    @api.depends("partner_id")
    def _compute_lang(self):
        for preview in self:
            reader = self.env["collection.statement"]._reader(preview.partner_id)
            preview.lang = reader._collection_lang() or preview.partner_id._collection_lang() or self.env.lang

    def _check_incoming(self, vals_list):
        """A letter says what a customer owes: it is shown to those who may see the case."""
        result = super()._check_incoming(vals_list)
        partners = self.env["res.partner"].browse(filter(None, (vals.get("partner_id") for vals in vals_list))).exists()
        letters = self.env["collection.letter"]
        letters._cases_of_account(partners.commercial_partner_id, self.env.companies).check_access("read")
        return result

    # -- What it begins with -------------------------------------------------------------------------------------

    @api.model
    def _first_step(self):
        """The first letter of the company's own policy, or of the first one there is."""
        policies = self.env.company.collection_policy_id or self.env["collection.policy"].search([], limit=1)
        return policies.step_ids.filtered("letter_kind")[:1]

    @api.model
    def _default_partner(self):
        """The customer with the oldest overdue items among those whose case this user may read; before there are cases, the one
        with the oldest open item.
        """
        company = self.env.company
        case = self.env["collection.case"].search(
            [("company_id", "=", company.id), ("state", "!=", "closed"), ("oldest_due_date", "!=", False)],
            order="oldest_due_date, id",
            limit=1,
        )
        return case.partner_id or self._oldest_debtor(company)

    @api.model
    def _oldest_debtor(self, company):
        items = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
                ("partner_id", "!=", False),
            ],
            order="date_maturity, id",
            limit=20,
        )
        partners = items.partner_id.commercial_partner_id
        hidden = self.env["collection.case"].sudo()._open_cases_of(partners, company)  # only to leave them out
        return partners.filtered(lambda partner: (partner.id, company.id) not in hidden)[:1]

    # -- What the dialog shows -----------------------------------------------------------------------------------

    @api.model
    def look(self, values):
        """What the dialog shows for these values: the letter, the e-mail, the words, or a sentence that says why there is none.

        :param values: ids of ``company_id``, ``step_id`` and ``partner_id``, ``kind`` and ``lang``
        """
        company, step, partner, kind, lang = self._named(values)
        shown = {
            "problem": "",
            "notice": "",
            "pdf": False,
            "passages": [],
            **self._neighbours(step),
            "template": self._template(step, kind),
        }
        if not partner:
            return shown | {"problem": self.env._("Choose a customer to see the letter with what is open.")}
        letters = self.env["collection.letter"]
        try:
            look = letters._sketch(partner, company, step, kind, lang)
        except UserError as error:  # also of what this user may not read
            return shown | {"problem": str(error)}
        look["pdf"] = look["pdf"] and base64.b64encode(look["pdf"]).decode()
        return {
            **shown,
            **look,
            "channel_label": dict(letters._fields["channel"]._description_selection(self.env))[look["channel"]],
            "placeholders": [f"{{{name}}}" for name in self.env["collection.wording"]._placeholders(kind)],
            "may_edit": bool(look.get("passages")) and self.env["collection.wording"].has_access("create"),
        }

    @api.model
    def save_wording(self, values, texts):
        """Let letters of this step, or of this kind, say ``texts`` from now on, in this language; by passage."""
        company, step, _partner, kind, lang = self._named(values)
        self.env["collection.wording"]._keep(company, step, kind, lang, texts)

    @api.model
    def reset_wording(self, values, passages):
        """These passages say again what comes with the add-on, in this language."""
        company, step, _partner, kind, lang = self._named(values)
        self.env["collection.wording"]._back_to_shipped(company, step, kind, lang, passages)

    @api.model
    def reset_email(self, values):
        """The e-mail of this letter says again what comes with the add-on, for every step that uses it."""
        _company, step, _partner, kind, _lang = self._named(values)
        template = self.env["collection.letter"]._template_of(step, kind)
        template.check_access("write")
        template.reset_template()

    @api.model
    def _named(self, values):
        """What these values name, as far as this user may read it; see :meth:`look`."""
        self.check_access("create")
        values = {name: values.get(name) for name in ("company_id", "step_id", "partner_id", "kind", "lang")}
        self._check_incoming([values])
        company = self.env["res.company"].browse(values["company_id"] or self.env.company.id)
        step = self.env["collection.policy.step"].browse(values["step_id"] or [])
        partner = self.env["res.partner"].browse(values["partner_id"] or [])
        kind = step.letter_kind or values["kind"]
        if kind not in dict(LETTER_KINDS):
            raise UserError(self.env._("Choose a step that sends a letter, or another letter."))
        lang = self.env["res.lang"]._get_code(values["lang"] or "") or self.env.lang
        return company, step, partner, kind, lang

    @api.model
    def _neighbours(self, step):
        """The steps before and after this one that send a letter, as ids; False where there is none."""
        ladder = step.policy_id.step_ids.filtered("letter_kind")
        at = list(ladder).index(step) if step in ladder else None
        return {
            "previous": at is not None and ladder[:at][-1:].id,
            "next": at is not None and ladder[at + 1 :][:1].id,
        }

    @api.model
    def _template(self, step, kind):
        """The e-mail of the letter, and what this user may do with it."""
        template = self.env["collection.letter"]._template_of(step, kind)
        if not template or not template.has_access("read"):
            return False
        may_edit = template.has_access("write")
        return {"id": template.id, "may_edit": may_edit, "may_reset": may_edit and bool(template.template_fs)}
