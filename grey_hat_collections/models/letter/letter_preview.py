from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from ...engine.days import later
from ..base.undone import undone
from ..dispute.dispute_states import ANSWERED
from .letter import PAPERLESS
from .mail_piece import moment_of

#: The number of a letter that is only shown: none is drawn, so none is missing afterwards.
SKETCHED = "PREVIEW"
#: Where the language waits in which a sketch is read.
SKETCH_LANG = "collection_sketch_lang"
#: Kinds of letters without a step that are about something agreed or answered, and where that is found.
ABOUT = {
    "promise": ("collection.promise", [("plan_id", "=", False)]),
    "thanks": ("collection.promise", [("plan_id", "=", False)]),
    "instalment": ("collection.promise", [("plan_id", "!=", False)]),
    "plan": ("collection.plan", []),
    "resolution": ("collection.dispute", [("state", "in", ANSWERED)]),
}
#: The field of a letter that names it.
ABOUT_FIELDS = {
    "collection.promise": "promise_id",
    "collection.plan": "plan_id",
    "collection.dispute": "dispute_id",
}
#: So many days before its due date a courtesy reminder is shown, where a company sends none.
COURTESY_DAYS = 3


class CollectionLetter(models.Model):
    """How a letter will look, before it leaves, or before there is one: made by what makes the real ones, and undone."""

    _inherit = "collection.letter"

    def _looks_like(self):
        """What would leave if this letter left now: ``pdf`` (None for those that are an e-mail only), ``subject``, ``body`` (the
        e-mail in its frame, empty for those that go by post), ``to`` and ``channel``. Nothing of it is kept. Of a letter that has
        left, the PDF is the one that left.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: as the rules make it; whoever may read the letter may see what it says
        with undone(self.sudo()) as letter:
            if letter.state == "queued" and not letter.sent_at:
                delivery = letter.partner_id._collection_delivery()[letter.partner_id.id]
                letter.write(letter._of_delivery(delivery) | {"amount": letter._amount_asked()})
                letter._prepare_mail_piece()  # its bar code is printed on the letter
            return letter._as_it_leaves()

    def _as_it_leaves(self):
        """See :meth:`_looks_like`. Makes an e-mail: only where it is undone."""
        look = {"pdf": None, "subject": "", "body": Markup(), "to": self.address_used or "", "channel": self.channel}
        if self.kind not in PAPERLESS:
            if self.sent_at and self.attachment_id:
                look["pdf"] = self.attachment_id.raw
            else:
                report = self.env.ref("grey_hat_collections.action_report_letter")
                look["pdf"], _format = self.env["ir.actions.report"]._render_qweb_pdf(report, self.ids)
        if self.channel == "email":
            mail = self._create_mail()
            look |= {"subject": mail.subject or "", "body": self._for_browser(mail.body_html)}
        return look

    def _for_browser(self, body):
        """The e-mail with our logo in it: a frame that is shut off from the session cannot ask the server for it."""
        logo = self.company_id.logo_web
        if not logo:
            return Markup(body)  # noqa: S704 - the e-mail as it is sent, shown where no script runs
        source = f"/logo.png?company={self.company_id.id}"
        inside = f"data:image/png;base64,{logo.decode()}"
        body = str(body).replace(self.get_base_url() + source, inside)
        return Markup(body.replace(f'src="{source}"', f'src="{inside}"'))  # noqa: S704 - see above

    # -- A letter that nobody has written ------------------------------------------------------------------------

    @api.model
    def _sketch(self, partner, company, step=None, kind=None, lang=None):
        """A letter of ``step``, or of ``kind`` outside the ladder, to this customer: what :meth:`_looks_like` says, and
        ``notice``, a sentence where it is not the letter of today. It is about what is open in truth; it has no case and no
        number, and nothing of it is kept.

        :param lang: the language of the reader, whatever the customer reads
        :raises UserError: where there is nothing that such a letter could say, with the way out
        :raises AccessError: for what this user may not read
        """
        partner = partner.commercial_partner_id
        self._check_sketch(partner, company, step)
        kind = step.letter_kind if step else kind
        if not kind:
            raise UserError(self.env._("“%s” sends no letter. Choose another step.", step.name if step else ""))
        about = self._sketched_about(partner, company, kind)
        with undone(self.sudo().with_context(**{SKETCH_LANG: lang})) as letters:  # as the rules write letters
            letter, notice = letters._draw(partner, company, step, kind, about)
            return {**letter._as_it_leaves(), "lang": letter.lang, "notice": notice}

    @api.model
    def _check_sketch(self, partner, company, step):
        """A sketch shows whom we write to and what they owe: only to those who might print it, and who work on the case."""
        self.browse().check_access("read")
        self.env["collection.statement"]._check_printing()
        partner.check_access("read")
        self.env["account.move.line"].check_access("read")
        self._cases_of_account(partner, company).check_access("read")
        if step:
            step.check_access("read")
        if company not in self.env.companies:
            raise AccessError(self.env._("%s is not among your active companies.", company.sudo().name))

    @api.model
    def _cases_of_account(self, partners, companies):
        """The open cases of these customers, also those out of this user's reach: to find out whether there are any."""
        cases = self.env["collection.case"].sudo()._open_cases_of(partners, companies)  # see above
        return self.env["collection.case"].browse(case.id for case in cases.values())

    @api.model
    def _sketched_about(self, partner, company, kind):
        """What a letter of this kind tells of: the latest promise, plan or dispute of the customer that this user may read."""
        if kind not in ABOUT:
            return None
        model, domain = ABOUT[kind]
        of_customer = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        found = self.env[model].search([*domain, *of_customer], order="id desc", limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "%(customer)s has nothing that a letter of the kind “%(kind)s” could be about. Choose another customer.",
                    customer=partner.display_name,
                    kind=dict(self._fields["kind"]._description_selection(self.env))[kind],
                )
            )
        return found

    @api.model
    def _draw(self, partner, company, step, kind, about):
        """Write the sketch: to be undone. Needs superuser mode. What is written at once draws no number and touches no case.

        :return: the letter, and what is to be known about it
        """
        partner, company = partner.with_env(self.env), company.with_env(self.env)
        values, notice = {}, ""
        if about:
            values = {ABOUT_FIELDS[about._name]: about.id}
        elif kind != "settled":
            values, notice = self._sketched_of_day(partner, company, step, kind)
        case = self.env["collection.case"]._open_cases_of(partner, company).get((partner.id, company.id))
        delivery = partner._collection_delivery()[partner.id]
        letter = self._bulk_create(
            [
                {
                    "name": SKETCHED,
                    "state": "cancelled",  # in the way of no real letter
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "kind": kind,
                    "step_id": step.id if step else False,
                    "user_id": (case.user_id if case else company.collection_user_id).id,
                    **self._of_delivery(delivery),
                    **values,
                }
            ],
            company.currency_id,
        )
        letter.amount = letter._amount_sketched(about)
        return letter, notice

    def _amount_sketched(self, about):
        """What the sketch is about, in company currency."""
        if self.promise_id:
            return about._amount_of_letter()
        if self.plan_id:
            return sum(about.promise_ids.mapped("amount_expected"))
        if self.dispute_id:
            return about.amount - about.amount_upheld
        return self.currency_id.round(sum(self._asked(item) for item in self._open_items()))

    @api.model
    def _sketched_of_day(self, partner, company, step, kind):
        """On which day the letter is shown, as values for it, and a sentence where that is not today: where nothing is to be
        asked for today, the letter is that of the day on which it would be.
        """
        items = self.env["collection.ledger"]._open_items(partner, company)
        items = [item for item in items if item.residual > 0 and not item.excluded]
        today = company._collection_today()
        if kind == "courtesy":
            ahead = [item.due for item in items if item.due > today]
            first = min(ahead or [item.due for item in items], default=None)
            day = today if ahead else first and later(first, -(company.collection_courtesy_days or COURTESY_DAYS))
            values = {"reference_date": first}
        else:
            items = [item for item in items if item.residual > item.under_way + item.disputed]
            chased = any(item.chased for item in items)
            last = max((item.due for item in items), default=None)
            day = today if chased else last and max(today, later(last, max(1, step.days_overdue if step else 1)))
            values = {}
        if day is None:
            raise UserError(
                self.env._(
                    "Nothing is open for %s that this letter could ask for. Choose another customer.",
                    partner.display_name,
                )
            )
        if day == today and (kind == "courtesy" or chased):
            return values, ""
        words = {"customer": partner.display_name, "day": format_date(self.env, day)}
        if kind == "courtesy":
            notice = self.env._(
                "Nothing of %(customer)s is still to fall due. The letter is shown as of %(day)s, before the oldest item did.",
                **words,
            )
        else:
            notice = self.env._(
                "Nothing of %(customer)s would be asked for today. The letter is shown as of %(day)s, with all that is open.",
                **words,
            )
        return {**values, "sent_at": moment_of(company, day)}, notice

    @api.model
    def _template_of(self, step, kind):
        """The e-mail with which a letter of this step, or of this kind, leaves; none where it has none."""
        return (
            step.mail_template_id
            or self.env["mail.template"]
            .browse(self.env["ir.model.data"]._xmlid_to_res_id(f"grey_hat_collections.mail_template_{kind}") or [])
            .exists()
        )

    # -- What a sketch answers otherwise -------------------------------------------------------------------------

    def _compute_lang(self):
        """A sketch is read in the language that was asked for."""
        result = super()._compute_lang()
        lang = self.env["res.lang"]._get_code(self.env.context.get(SKETCH_LANG) or "")
        for letter in self.filtered(lambda letter: lang and letter.name == SKETCHED):
            letter.lang = lang
        return result

    def _steps_of(self, items):
        """A letter of a step that has no case stands for no customer on a ladder: it names all that it could ask for."""
        sketches = self.filtered(lambda letter: letter.step_id and not letter.case_id and letter.name == SKETCHED)
        result = super(CollectionLetter, self - sketches)._steps_of(items)
        return result | {
            letter.id: dict.fromkeys((item.id for item in items[letter.id]), letter.step_id.id) for letter in sketches
        }
