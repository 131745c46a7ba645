from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import get_lang

from ...engine import wording
from .letter import LETTER_KINDS, PAPERLESS
from .letter_preview import SKETCHED

PASSAGES = [
    ("opening", "Opening"),
    ("past_due", "What is past due"),
    ("settle", "How to settle it"),
    ("follows", "What happens next"),
    ("avoid", "How to avoid it"),
    ("whom", "Whom to call"),
    ("objection", "If something is wrong"),
    ("paid", "If it has been paid"),
    ("closing", "Closing"),
    ("regards", "Regards"),
]
_AROUND = ("objection", "paid", "closing", "regards")
#: The passages of each kind of letter, in their order on paper.
OF_KIND = {
    "courtesy": ("opening", *_AROUND),
    "reminder": ("opening", *_AROUND),
    "statement": ("opening", "past_due", *_AROUND),
    "final_notice": ("opening", "settle", "follows", "avoid", "whom", *_AROUND),
    "plan": ("opening", "objection", "closing", "regards"),
    "resolution": ("opening", "objection", "closing", "regards"),
}
#: Kinds that a step of a policy sends: each step has words of its own.
OF_STEPS = ("reminder", "statement", "final_notice")
#: What may stand in braces in any letter, and in which ones besides.
ANYWHERE = ("customer", "company", "amount", "date", "reference", "contact", "sender", "phone", "email")
ALSO = {
    "courtesy": ("oldest_due",),
    "reminder": ("oldest_due",),
    "statement": ("oldest_due",),
    "final_notice": ("oldest_due", "pay_by", "what_follows"),
    "plan": ("agreed",),
    "resolution": ("raised",),
}
#: What a passage of a final notice must say, whatever else it says: without the day, and without what comes after it, nobody was
#: warned, and nothing could be handed over.
NEEDED = {"settle": {"pay_by"}, "follows": {"what_follows"}}


class CollectionWording(models.Model):
    """What a passage of a letter says in one language, in place of the words that come with the add-on.

    Those stand in ``report/letter_templates.xml`` and go on being translated and improved; where there is no record, they hold.
    """

    _name = "collection.wording"
    _description = "Wording of a Letter"
    _inherit = ["collection.door"]
    _order = "policy_id, step_id, kind, lang, passage, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for all companies. A company's own words take precedence."
    )
    step_id = fields.Many2one(
        "collection.policy.step",
        ondelete="cascade",  # words of a letter that nobody sends any more
        index="btree_not_null",
        check_company=True,
        domain="[('letter_kind', '=', kind)]",
        help="The step whose letter says this. Empty for letters outside the policies.",
    )
    policy_id = fields.Many2one(related="step_id.policy_id", store=True)
    kind = fields.Selection(
        [one for one in LETTER_KINDS if one[0] not in PAPERLESS],
        string="Letter",
        required=True,
        help="If a step sends another kind of letter one day, these words are not used for it.",
    )
    passage = fields.Selection(PASSAGES, required=True, help="Which part of the letter says this.")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: get_lang(self.env).code,
    )
    text = fields.Text(
        required=True,
        help="An empty line begins a paragraph. Words between asterisks are *bold*. Words in braces are filled in, such as "
        "{customer} or {amount}; the preview of the letter lists them all.",
    )

    _unique_wording = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(step_id, 0), kind, passage, lang)",
        "These words have been edited already: change the record that is there.",
    )

    @api.depends("step_id", "kind", "passage", "lang")
    def _compute_display_name(self):
        passages = dict(self._fields["passage"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for one in self:
            letter = one.step_id.name or kinds.get(one.kind) or ""
            one.display_name = f"{letter}: {passages.get(one.passage) or ''} ({one.lang or ''})"

    @api.constrains("kind", "passage", "step_id")
    def _check_place(self):
        """Words stand where a letter has a place for them."""
        for one in self:
            if one.passage not in OF_KIND[one.kind]:
                raise ValidationError(
                    self.env._(
                        "%(wording)s: this letter has no such passage. Choose one of: %(passages)s.",
                        wording=one.display_name,
                        passages=", ".join(
                            name
                            for key, name in self._fields["passage"]._description_selection(self.env)
                            if key in OF_KIND[one.kind]
                        ),
                    )
                )
            if bool(one.step_id) != (one.kind in OF_STEPS):
                raise ValidationError(
                    self.env._(
                        "%s: reminders, statements and final notices are worded for a step of a policy, all other letters "
                        "without one. Choose the step, or remove it.",
                        one.display_name,
                    )
                )

    @api.constrains("kind", "passage", "text")
    def _check_text(self):
        """What cannot be filled in is found when it is written, not when a letter leaves."""
        for one in self:
            if problem := wording.problem(one.text or "", self._placeholders(one.kind), self._needed(one.passage)):
                raise ValidationError(one._sentence(*problem))

    def _sentence(self, problem, part):
        """What is wrong with these words, and the way out."""
        self.ensure_one()
        passage = dict(self._fields["passage"]._description_selection(self.env))[self.passage]
        if problem == "empty":
            return self.env._("“%s” is empty. Write what it shall say, or go back to the shipped text.", passage)
        if problem == "long":
            return self.env._(
                "“%(passage)s” has %(length)s characters; at most %(most)s fit. Shorten it.",
                passage=passage,
                length=part,
                most=wording.LONGEST,
            )
        if problem == "lines":
            return self.env._(
                "“%(passage)s” has %(length)s lines; at most %(most)s fit. Shorten it.",
                passage=passage,
                length=part,
                most=wording.MOST_LINES,
            )
        if problem == "missing":
            return self.env._(
                "“%(passage)s” must say %(part)s: without it the final notice warns of nothing, and the account could not go to "
                "an agency. Put it back in.",
                passage=passage,
                part=part,
            )
        if problem == "brace":
            return self.env._(
                "“%(passage)s”: a “%(part)s” stands alone. Words to be filled in stand between { and }.",
                passage=passage,
                part=part,
            )
        return self.env._(
            "“%(passage)s”: %(part)s cannot be filled in. Choose one of: %(allowed)s.",
            passage=passage,
            part=part,
            allowed=", ".join(f"{{{name}}}" for name in self._placeholders(self.kind)),
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Words of a step reach no farther than its policy: also those of a policy that was copied for one company."""
        steps = self.env["collection.policy.step"].browse(
            {vals["step_id"] for vals in vals_list if vals.get("step_id")}
        )
        company = {step.id: step.company_id.id for step in steps.sudo()}  # the company of what is named is no secret
        return super().create(
            [
                {**vals, "company_id": vals.get("company_id") or company.get(vals.get("step_id")), **self._tidy(vals)}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        return super().write({**vals, **self._tidy(vals)})

    @api.model
    def _tidy(self, vals):
        return {"text": wording.tidy(vals["text"])} if isinstance(vals.get("text"), str) else {}

    def action_preview(self):
        """See the letter that says this."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_letter_preview_action")
        shown = {"default_step_id": self.step_id.id, "default_lang": self.lang, "dialog_size": "extra-large"}
        if not self.step_id:
            shown["default_kind"] = self.kind
        if self.company_id:
            shown["default_company_id"] = self.company_id.id
        return {**action, "context": shown}

    # -- What may be said ----------------------------------------------------------------------------------------

    @api.model
    def _placeholders(self, kind):
        """The names that may stand in braces in a letter of this kind."""
        return (*ANYWHERE, *ALSO.get(kind, ()))

    @api.model
    def _needed(self, passage):
        """The names that must stand in braces in this passage."""
        return NEEDED.get(passage, set())

    # -- What holds ----------------------------------------------------------------------------------------------

    @api.model
    def _read_for(self, letters):
        """The words that hold for these letters: by id of the letter, the record of each passage. Read at once for all."""
        found = self.sudo().search(  # whoever prints a letter prints these words
            [
                ("company_id", "in", [False, *letters.company_id.ids]),
                ("kind", "in", list(set(letters.mapped("kind")))),
                ("lang", "in", list(set(letters.mapped("lang")))),
            ]
        )
        return {
            letter.id: found._holding(letter.company_id, letter.step_id, letter.kind, letter.lang) for letter in letters
        }

    def _holding(self, company, step, kind, lang):
        """Of these, the one that holds for each passage of such a letter; a company's own words come first."""
        held = {}
        for one in self.sorted(lambda one: one.company_id.id or 0):  # none comes first, and is replaced
            same = (one.step_id, one.kind, one.lang) == (step, kind, lang)
            if same and (not one.company_id or one.company_id == company):
                held[one.passage] = one
        return held

    # -- Edited where they are seen ------------------------------------------------------------------------------

    @api.model
    def _keep(self, company, step, kind, lang, texts):
        """Let a letter say ``texts`` in this language; what is as shipped is not kept. The words of a step reach as far as its
        policy does: one that all companies share is worded for all of them.

        :param texts: by passage
        """
        shipped = self.env["collection.statement"]._shipped(kind, step.stage_id.tone, lang)
        held = self._of(company, step, kind, lang)
        for passage, text in texts.items():
            own = held.get(passage)
            text = str(text or "")
            if wording.tidy(text) == shipped.get(passage):
                (own or self).unlink()
            elif own:
                own.text = text
            else:
                self.create(
                    {
                        "company_id": False if step else company.id,
                        "step_id": step.id,
                        "kind": kind,
                        "passage": passage,
                        "lang": lang,
                        "text": text,
                    }
                )

    @api.model
    def _back_to_shipped(self, company, step, kind, lang, passages):
        """These passages say again what comes with the add-on, in this language."""
        held = self._of(company, step, kind, lang)
        self.union(*(held[passage] for passage in passages if passage in held)).unlink()

    @api.model
    def _of(self, company, step, kind, lang):
        """What holds for such a letter, as far as this user may read it; by passage."""
        found = self.search([("kind", "=", kind), ("lang", "=", lang), ("step_id", "=", step.id)])
        return found._holding(company, step, kind, lang)


class CollectionLetter(models.Model):
    """The words that a sketch shows, to be edited beside it, and that an approval is bound to."""

    _inherit = "collection.letter"

    def _words_in_force(self):
        words = super()._words_in_force()
        held = self.env["collection.wording"]._read_for(self)
        return {
            letter_id: [*texts, *(held[letter_id][passage].text for passage in sorted(held[letter_id]))]
            for letter_id, texts in words.items()
        }

    def _as_it_leaves(self):
        look = super()._as_it_leaves()
        if self.name == SKETCHED and self.kind in OF_KIND:
            look["passages"] = self._passages()
        return look

    def _passages(self):
        """What each passage of this letter says, as it is typed, and whether somebody has edited it; in the order on paper."""
        shipped = self.env["collection.statement"]._shipped(self.kind, self.tone, self.lang)
        held = self.env["collection.wording"]._read_for(self)[self.id]
        labels = dict(self.env["collection.wording"]._fields["passage"]._description_selection(self.env))
        return [
            {
                "passage": passage,
                "label": labels[passage],
                "text": held[passage].text if passage in held else shipped.get(passage, ""),
                "edited": passage in held,
            }
            for passage in OF_KIND[self.kind]
        ]
