from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.guide import ANY, GuideLine, wrong_part

#: The words that a line may have filled in; ``collection.case._guide_words`` knows what each says.
PLACEHOLDERS = (
    "contact",
    "customer",
    "collector",
    "company",
    "amount",
    "credit",
    "under_way",
    "disputed",
    "oldest_invoice",
    "oldest_due",
    "days_overdue",
    "last_contact",
    "last_reply",
    "unanswered",
    "hold_until",
    "promise_amount",
    "promise_date",
)


class CollectionGuideLine(models.Model):
    """One line of the call guide: something to say, to ask, to know or to do, and when it fits."""

    _name = "collection.guide.line"
    _description = "Call Guide Line"
    _inherit = ["collection.door"]
    _order = "sequence, id"
    _rec_name = "text"
    _check_company_auto = True

    section = fields.Selection(
        [
            ("opening", "Opening"),
            ("facts", "Key facts"),
            ("question", "Questions"),
            ("angry", "If the customer is angry"),
        ],
        required=True,
        default="question",
        group_expand=True,  # lists show the sections in this order, the one of a call
        help="Where the line is shown. Shown at once are one opening, three facts, three questions and four lines for an angry "
        "customer: those that fit the case best.",
    )
    text = fields.Text(
        required=True,
        translate=True,
        help="Words in braces are filled in: {contact}, {customer}, {collector} (who reads it), {company}, {amount} (to chase), "
        "{credit}, {under_way}, {disputed}, {oldest_invoice}, {oldest_due}, {days_overdue}, {last_contact}, {last_reply}, "
        "{unanswered}, {hold_until}, {promise_amount}, {promise_date}. A line with a word that has no value is left out.",
    )
    sequence = fields.Integer(default=500, help="The order among lines that fit a case equally well.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Leave empty to share the line among all companies. A company's own lines take precedence.",
    )

    # When it fits
    stage_id = fields.Many2one(
        "collection.stage",
        check_company=True,
        ondelete="cascade",  # without its stage it would show at every stage
        index=True,
        help="Leave empty for every stage in which something is chased.",
    )
    situation = fields.Selection(
        [
            ("promise_missed", "Promise missed"),
            ("promise_light", "Promise kept in part"),
            ("promise_kept", "Promise kept"),
            ("promise_open", "Promise open"),
            ("our_side", "To fix on our side"),
            ("disputed", "Disputed"),
            ("on_hold", "On hold"),
            ("letter_returned", "Letter returned"),
            ("under_way", "Payment under way"),
            ("answered", "Customer replied"),
            ("credit", "Unmatched credit"),
            ("unanswered", "Several contacts unanswered"),
            ("first_time", "First time overdue"),
            (ANY, "Any"),
        ],
        required=True,
        default=ANY,
        help="What is known about the case. If several apply, the lines of the higher one in the list come first.",
    )
    mood = fields.Selection(
        [
            ("friendly", "Friendly"),
            ("neutral", "Neutral"),
            ("worried", "Worried"),
            ("angry", "Angry"),
            (ANY, "Any"),
        ],
        required=True,
        default=ANY,
        help="The customer's mood in the last conversation.",
    )

    # -- Words in braces -----------------------------------------------------------------------------------------

    @api.model
    def _placeholders(self):
        """The names that may stand in braces."""
        return PLACEHOLDERS

    @api.constrains("text")
    def _check_text(self):
        """A word that nobody can fill in is found when it is written, not during a call."""
        allowed = self._placeholders()
        for line in self:
            wrong = wrong_part(line.text or "", allowed)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(line)s”: “%(wrong)s” cannot be filled in; the words allowed in braces are %(allowed)s.",
                        line=line.text,
                        wrong=wrong,
                        allowed=", ".join(f"{{{name}}}" for name in allowed),
                    )
                )

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """The dialog for translations writes past the constraints."""
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name == "text":
            for code in translations:
                self.with_context(lang=code)._check_text()
        return result

    # -- What the engine reads -----------------------------------------------------------------------------------

    def _guide_lines(self):
        """These lines as the engine knows them, in the reader's language."""
        return [
            GuideLine(
                section=line.section,
                text=line.text,
                stage=line.stage_id.id or None,
                situation=line.situation,
                mood=line.mood,
                own=bool(line.company_id),
            )
            for line in self
        ]
