from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount, format_date

from ...engine import keep
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key, by_account

#: How a promise may end, in the order in which it is shown.
ENDS = ("kept", "late", "light", "broken")
SALES = ("out_invoice", "out_receipt")


class CollectionCase(models.Model):
    """Keep or collect: figures beside the checklist, each with what it was made of. What to do about them, people say."""

    _inherit = "collection.case"

    keep_sheet = fields.Html(
        string="Keep or Collect",
        compute="_compute_keep_sheet",
        sanitize=False,
        groups="grey_hat_collections.group_manager",
        help="What was sold to this customer, how reliable their promises were, what an agency would cost and what a plan would "
        "bring.",
    )

    def action_open_case(self):
        """Show the whole case: conversations, items, letters."""
        self.ensure_one()
        return self.get_formview_action()

    def action_open_referral_review(self):
        """Show checklist and figures of this case side by side."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "grey_hat_collections.collection_case_action_referral_review"
        )
        view = self.env.ref("grey_hat_collections.collection_case_view_form_review")
        return action | {"views": [(view.id, "form")], "view_mode": "form", "res_id": self.id}

    @api.depends("amount_chased", "oldest_due_date")
    @api.depends_context("lang")
    def _compute_keep_sheet(self):
        sheets = self._keep_figures()
        for case in self:
            case.keep_sheet = case._keep_page(sheets[case.id])

    # -- Figures -------------------------------------------------------------------------------------------------

    def _keep_figures(self):
        """The figures of each case, by its id, in company currency: ``business`` and the day ``since`` which, ``words`` by
        end of a promise, the ``agency`` that would take it with its ``offer`` (none: no figure), ``share`` of promises kept
        and whose (``whose``), and what a ``plan`` would bring. They take a fixed number of queries.
        """
        # sudo: invoices, costs and promises of the customer in that company; the field is for managers
        house = self.sudo()
        sold, words, of_companies = house._sold(), house._words(), house._words_of_companies()
        offers = house._agencies_thought_of()
        figures = {}
        for case in house:
            amount = to_decimal(case.amount_chased)
            own = keep.kept_share(words[case.id].values())
            share = own if own is not None else keep.kept_share(of_companies[case.company_id].values())
            agency, offer, from_record = offers[case.id]
            figures[case.id] = {
                "amount": amount,
                "since": case._year_ago(),
                "business": keep.business(sold[case.id]),
                "words": words[case.id],
                "agency": agency,
                "offer": offer,
                "from_record": from_record,
                "share": share,
                "whose": "own" if own is not None else "company",
                "plan": keep.by_plan(amount, share),
            }
        return figures

    def _year_ago(self):
        return fields.Date.subtract(self.company_id._collection_today(), years=1)

    def _sold(self):
        """What was sold to each customer in twelve months, product by product, by case id; credit notes are taken off."""
        case_of = {account_key(case): case for case in self}
        sold = {case.id: [] for case in self}
        of_year = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", cases.partner_id.ids)
            & Domain("invoice_date", ">", cases[0]._year_ago())
            & Domain("invoice_date", "<=", company._collection_today())
            for company, cases in self.grouped("company_id").items()
        )
        for types, sign in ((SALES, 1), (("out_refund",), -1)):
            groups = self.env["account.move.line"]._read_group(
                of_year
                & Domain("parent_state", "=", "posted")
                & Domain("display_type", "=", "product")
                & Domain("move_id.move_type", "in", types),
                ["partner_id", "company_id", "product_id", "product_uom_id"],
                ["balance:sum", "quantity:sum"],
            )
            for partner, company, product, uom, balance, quantity in groups:
                case = case_of.get((partner.id, company.id))
                if case:
                    amount = to_decimal(company.currency_id.round(-balance))
                    sold[case.id].append(keep.Sale(amount, case._cost_of(product, uom, sign * quantity)))
        return sold

    def _cost_of(self, product, uom, quantity):
        """What so much of ``product`` costs us today; None where nobody has entered a cost."""
        cost = product.with_company(self.company_id).standard_price
        if not cost:
            return None
        if uom and uom != product.uom_id:
            quantity = uom._compute_quantity(quantity, product.uom_id, round=False)
        return to_decimal(self.currency_id.round(cost * quantity))

    def _words(self):
        """How the promises of each customer ended, by case id and end."""
        words = {account_key(case): {} for case in self}
        groups = self.env["collection.promise"]._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ENDS),
            ],
            ["partner_id", "company_id", "state", "currency_id"],
            ["__count", "amount:sum", "amount_lowered:sum", "amount_received:sum"],
        )
        for partner, company, state, *rest in groups:
            if (partner.id, company.id) in words:
                _add_word(words[partner.id, company.id], company, state, *rest)
        return {case.id: words[account_key(case)] for case in self}

    def _words_of_companies(self):
        """How the promises of all customers ended, by company and end."""
        words = {company: {} for company in self.company_id}
        groups = self.env["collection.promise"]._read_group(
            [("company_id", "in", self.company_id.ids), ("state", "in", ENDS)],
            ["company_id", "state", "currency_id"],
            ["__count", "amount:sum", "amount_lowered:sum", "amount_received:sum"],
        )
        for company, state, *rest in groups:
            _add_word(words[company], company, state, *rest)
        return words

    def _agencies_thought_of(self):
        """The first agency that would take each case, else the first of all, with what it would bring and cost; by case id.

        :return: (agency, :class:`engine.keep.Agency`, whether its rate of recovery is its own record here) or Nones
        """
        offers = self.env["collection.agency"]._offers(self)
        owed = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id)
        items = by_account(item for item in owed if item.chased > 0)
        thought_of, recovery = {}, {}
        for case in self:
            ranked = sorted(offers.get(case, ()), key=lambda offer: bool(offer[1]))
            agency = ranked[0][0] if ranked else None
            if agency is None:
                thought_of[case.id] = (None, None, False)
                continue
            if agency not in recovery:
                recovery[agency] = agency._expected_recovery()
            rate, from_record = recovery[agency]
            asked = [
                (to_decimal(item.chased), agency._commission_percent(item.days_overdue))
                for item in items.get(account_key(case), ())
            ]
            thought_of[case.id] = (agency, keep.by_agency(asked, rate), from_record)
        return thought_of

    # -- On the form ---------------------------------------------------------------------------------------------

    def _keep_page(self, figures):
        """The figures under their headings: what, how much, and below it how that came about. All of it is escaped."""
        _ = self.env._
        parts = [
            (_("What the customer buys"), self._business_rows(figures)),
            (_("Promise record"), self._word_rows(figures["words"])),
            (_("An agency"), self._agency_rows(figures)),
            (_("A plan over six months"), self._plan_rows(figures)),
        ]
        row = Markup(
            "<li class='border-bottom'><div class='d-flex justify-content-between align-items-baseline column-gap-3'>"
            "<span>%s</span><span class='fw-bold text-end text-nowrap'>%s</span></div>"
            "<div class='text-muted small'>%s</div></li>"
        )
        part = Markup("<h5>%s</h5><ul class='list-unstyled mb-0'>%s</ul>")
        body = Markup().join(part % (title, Markup().join(row % line for line in lines)) for title, lines in parts)
        return Markup("<div class='o_collection_keep'>%s</div>") % body

    def _business_rows(self, figures):
        _, business = self.env._, figures["business"]
        since = format_date(self.env, figures["since"], date_format="long")
        rows = [
            (
                _("Sold in twelve months"),
                self._money(business.sold),
                _("posted invoices less credit notes since %s, untaxed", since),
            )
        ]
        if business.margin is None:
            return [*rows, (_("Margin"), _("not known"), _("no product on these invoices has a cost"))]
        margin = self._money(business.margin)
        if business.margin_percent is not None:
            margin = f"{margin} · {self._percent(business.margin_percent)}"
        formula = _(
            "less the current cost of the products, known for %(known)s of %(sold)s sold",
            known=self._money(business.known),
            sold=self._money(business.sold),
        )
        return [*rows, (_("Margin"), margin, formula)]

    def _word_rows(self, words):
        _ = self.env._
        labels = dict(self.env["collection.promise"]._fields["state"]._description_selection(self.env))
        formulas = {
            "kept": _("paid in full and on time"),
            "late": _("paid in full, but late"),
            "light": _("%(came)s of %(promised)s received"),
            "broken": _("nothing received"),
        }
        rows = [
            (
                labels[end],
                f"{word.count} · {self._money(word.promised)}",
                formulas[end] % {"came": self._money(word.came), "promised": self._money(word.promised)},
            )
            for end in ENDS
            if (word := words.get(end))
        ]
        return rows or [(_("Promises"), _("none"), _("no promise of this customer has come due yet"))]

    def _agency_rows(self, figures):
        _, offer = self.env._, figures["offer"]
        if offer is None:
            return [(_("Cost"), _("not known"), _("no agency is on file"))]
        expected, commission = self._money(offer.expected), self._money(offer.commission)
        formula = (
            _("%(amount)s × %(rate)s, the recovery rate of %(agency)s for us so far")
            if figures["from_record"]
            else _("%(amount)s × %(rate)s, the recovery rate stated by %(agency)s")
        )
        return [
            (
                _("Expected recovery"),
                expected,
                formula
                % {
                    "amount": self._money(offer.amount),
                    "rate": self._percent(offer.recovery),
                    "agency": figures["agency"].name,
                },
            ),
            (
                _("Commission"),
                commission,
                _(
                    "%(expected)s × %(rate)s, by the age of each item",
                    expected=expected,
                    rate=self._percent(offer.commission_percent),
                ),
            ),
            (
                _("Net for us"),
                self._money(offer.net),
                _("%(expected)s − %(commission)s", expected=expected, commission=commission),
            ),
        ]

    def _plan_rows(self, figures):
        _ = self.env._
        if figures["plan"] is None:
            return [
                (
                    _("Expected amount"),
                    _("not known"),
                    _("no promise has come due yet, so there is nothing to go by"),
                )
            ]
        formula = (
            _(
                "%(amount)s × %(share)s, the share of this customer's promises that was paid; six instalments of %(instalment)s"
            )
            if figures["whose"] == "own"
            else _(
                "%(amount)s × %(share)s, the share of all customers' promises that was paid; six instalments of %(instalment)s"
            )
        )
        words = {
            "amount": self._money(figures["amount"]),
            "share": self._percent(figures["share"]),
            "instalment": self._money(figures["amount"] / keep.PLAN_MONTHS),
        }
        return [(_("Expected amount"), self._money(figures["plan"]), formula % words)]

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _percent(self, share):
        """A percentage as the reader writes numbers, without zeros that say nothing."""
        digits = 0 if share == share.to_integral_value() else 1
        lang = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        return f"{lang.format(f'%.{digits}f', float(share), grouping=True)} %"


def _add_word(words, company, state, currency, count, *amounts):
    """Add promises that ended so to ``words``, in the currency of the company at today's rate."""
    day = company._collection_today()
    amount, lowered, received = (
        to_decimal(currency._convert(one, company.currency_id, company, day)) for one in amounts
    )
    known = words.get(state, keep.Word())
    words[state] = keep.Word(
        known.count + count,
        known.promised + max(Decimal(0), amount - lowered),
        known.came + received,
    )
