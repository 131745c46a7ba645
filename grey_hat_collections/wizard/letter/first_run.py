from collections import Counter

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError

#: How many customers are tried out; above, the figures of all are said, and the rest is that of a sample.
MOST = 2000
#: How many lines of one kind the summary has; the list has all of them.
MOST_SAID = 8


class CollectionFirstRun(models.TransientModel):
    """What the daily run would do now, customer by customer. It was done by the rules themselves and taken back, so nothing of it
    remains but this page.
    """

    _name = "collection.first.run"
    _description = "What Would Happen"
    _inherit = ["collection.door"]

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    summary = fields.Html(readonly=True, sanitize=False)
    line_ids = fields.One2many("collection.first.run.line", "run_id", string="Customers", readonly=True)
    line_count = fields.Integer(string="Customers Shown", readonly=True)
    may_start = fields.Boolean(compute="_compute_may_start", help="Whether there is anything that a run would do now.")

    @api.depends("line_ids")
    def _compute_may_start(self):
        for run in self:
            run.may_start = bool(run.line_count)

    @api.depends("company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.env._("What Would Happen")

    @api.model
    def _open(self):
        """Try the daily run out for the company of the user, and open what it would do.

        :raises AccessError: for whoever is no collections manager: it names the customers of all collectors
        """
        if not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can see what the next run would do."))
        run = self._try_out(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Would Happen"),
            "res_model": self._name,
            "res_id": run.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_preview_list(self):
        """The customers as a list of its own, to be exported and printed."""
        self.ensure_one()
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "grey_hat_collections.collection_first_run_line_action"
        ) | {"domain": [("run_id", "=", self.id)]}

    def action_start(self):
        """Run for good."""
        self.ensure_one()
        self.check_access("read")
        return self.env["collection.case"]._start_collections()

    # -- Trying out ----------------------------------------------------------------------------------------------

    @api.model
    def _try_out(self, company):
        """The page about ``company``, with a line for each customer."""
        with self.env["collection.case"]._rehearse_run(company, MOST) as (cases, to_open, opened):
            # in the language of the reader: what is read off is kept as text
            cases = cases.with_context(lang=self.env.lang)
            amounts = cases.env["collection.ledger"]._chased_by_currency(company)
            lines = [case._what_would_happen() for case in cases.sorted(lambda case: (-case.days_overdue, case.id))]
            found = cases._checks_found()
            count_opened = len(opened)
        without = self.env["collection.case"]._overdue_without_case(company).get(company.id, {})
        summary = self._in_words(company, lines, found, amounts, to_open, count_opened, without)
        run = self.sudo().create(  # nobody types what would happen
            {"company_id": company.id, "summary": summary, "line_count": len(lines)}
        )
        run.env["collection.first.run.line"].create([{**line, "run_id": run.id} for line in lines])
        return run.sudo(False)

    @api.model
    def _in_words(self, company, lines, found, amounts, to_open, opened, without):
        """What would happen, as rows of a table: what, how many, how much or whom.

        :param found: how often each check of our side holds letters back, by its name
        :param amounts: see ``collection.ledger._chased_by_currency``
        :param int to_open: how many cases would be opened; ``opened``: how many of these were tried out
        :param without: what is said of customers without a case, see ``collection.case._overdue_without_case``
        """
        _ = self.env._
        money = company.currency_id.format
        currencies = self.env["res.currency"]
        rows = []
        if opened < to_open:
            rows.append(
                (
                    _("Sample"),
                    _("%(some)s of %(all)s", some=opened, all=to_open),
                    _("The customers overdue longest were tried out. What follows but for the amounts is theirs."),
                )
            )
        for currency_id, amount, count in amounts:
            currency = currencies.browse(currency_id)
            rows.append((_("To chase, in %s", currency.name), count, currency.format(currency.round(amount))))
        small = without.get("small", (0, 0))
        if small[0]:
            rows.append((_("Too little for a case"), small[0], money(small[1])))
        rows.append((_("Cases opened"), to_open, ""))
        steps = {line["step_id"] for line in lines}
        names = {step.id: step.name for step in self.env["collection.policy.step"].sudo().browse(steps)}
        channels = dict(self.env["collection.first.run.line"]._fields["channel"]._description_selection(self.env))
        for outcome, label in self.env["collection.first.run.line"]._fields["outcome"]._description_selection(self.env):
            of_kind = [line for line in lines if line["outcome"] == outcome]
            counts = Counter(
                " · ".join(filter(None, (names.get(line["step_id"]), channels.get(line["channel"]))))
                for line in of_kind
            )
            if outcome in ("letter", "call", "task"):
                rows += [
                    (label, count, text) for text, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
                ]
            if outcome == "held":
                rows += [(label, count, name) for name, count in found.most_common(MOST_SAID)]
            if outcome == "wait":
                reasons = Counter(line["reason"] for line in of_kind)
                rows += [(label, count, reason) for reason, count in reasons.most_common(MOST_SAID)]
                if more := sum(count for _reason, count in reasons.most_common()[MOST_SAID:]):
                    rows.append((label, more, _("for other reasons, see the list")))
        users = Counter(line["user_id"] for line in lines)
        for user_id, count in users.most_common(MOST_SAID):
            name = self.env["res.users"].sudo().browse(user_id).name if user_id else _("Nobody yet")
            rows.append((_("Collector"), count, name))
        return self._as_table(rows)

    @api.model
    def _as_table(self, rows):
        """Rows of label, number and text as HTML; all of it is escaped."""
        line = Markup(
            "<tr><th scope='row' class='fw-normal text-muted pe-3'>%s</th>"
            "<td class='text-end fw-bold pe-3'>%s</td><td>%s</td></tr>"
        )
        shown, last = [], None
        for label, number, text in rows:
            shown.append(line % ("" if label == last else label, number, text))
            last = label
        return Markup("<table class='table table-sm w-auto o_collection_first_run mb-0'>%s</table>") % Markup().join(
            shown
        )


class CollectionFirstRunLine(models.TransientModel):
    """What the daily run would do about one customer."""

    _name = "collection.first.run.line"
    _description = "What Would Happen to a Customer"
    _inherit = ["collection.door"]
    _order = "days_overdue desc, id"

    run_id = fields.Many2one("collection.first.run", required=True, ondelete="cascade", index=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", readonly=True)
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    amount = fields.Monetary(string="To Chase", readonly=True, help="What is chased today, after credits.")
    days_overdue = fields.Integer(string="Days", readonly=True, aggregator="max")
    outcome = fields.Selection(
        [("letter", "Letter"), ("call", "Call"), ("task", "Task"), ("held", "Held"), ("wait", "Waits")],
        string="First",
        required=True,
        readonly=True,
    )
    step_id = fields.Many2one("collection.policy.step", ondelete="cascade", readonly=True)
    channel = fields.Selection(
        [("email", "E-mail"), ("post", "Postal Mail"), ("phone", "By Phone")], string="How", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Collector", ondelete="cascade", readonly=True)
    reason = fields.Char(string="Why", readonly=True)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.display_name
