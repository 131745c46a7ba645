from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_amount, format_date

LEFT_OUT_XMLID = "grey_hat_collections.mail_activity_type_left_out"
#: So many customers a company is asked about in one night, the largest sums first: after an import nobody could decide on all.
ASKED_A_NIGHT = 50
#: So many items are named in a question.
NAMED = 10


class ResPartner(models.Model):
    """Odoo leaves entries of general journals out of follow-up, opening balances among them. What is overdue of them waits for
    somebody to decide whether it is asked for, and nothing else would say so.
    """

    _inherit = "res.partner"

    collection_amount_left_out = fields.Monetary(
        compute="_compute_collection_amount_left_out",
        compute_sudo=True,  # only the sum of this customer's own items is told
        currency_field="collection_currency_id",
        string="Excluded",
        groups="grey_hat_collections.group_collector",
        help="Overdue entries, such as opening balances, that Odoo excludes from follow-up until someone decides.",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_amount_left_out(self):
        company = self.env.company
        self.env["collection.ledger"]._flush_sources()
        amounts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, SUM(residual) FROM (%s) item WHERE partner_id = ANY(%s) GROUP BY partner_id",
                    self._collection_query_left_out(company),
                    self.commercial_partner_id.ids,
                )
            )
        )
        for partner in self:
            left_out = amounts.get(partner.id, 0) if partner == partner.commercial_partner_id else 0
            partner.collection_amount_left_out = max(0, left_out)

    def action_collection_follow(self):
        """Ask for the entries of this customer that Odoo has left out, from now on, in the current company."""
        self.ensure_one()
        self.check_access("read")
        cases = self.env["collection.case"]
        cases.check_access("write")
        company, customer = self.env.company, self.commercial_partner_id
        # sudo: a case of a colleague is found as well; whoever may not work on it is told so
        case = cases.sudo()._open_cases_of(customer, company).get((customer.id, company.id))
        if case:
            return case.sudo(False).action_include_excluded()
        lines = customer._collection_followable(company)
        if not lines:
            return True
        lines.sudo().no_followup = False  # sudo: see collection.case.action_include_excluded
        # sudo: a word on the customer's card, whoever may write on it
        customer.sudo()._message_log(
            body=self.env._(
                "Items that were excluded are now included in follow-up: %(items)s",
                items=", ".join(lines.sudo().mapped("display_name")),
            ),
            author_id=self.env.user.partner_id.id,
        )
        return True

    def _collection_items_left_out(self, company):
        """The items of this customer that are left out and might be followed, by us or in Accounting: neither a refund nor the
        rest of a discount.
        """
        items = self.env["collection.ledger"]._open_items(self, company)
        lines = self.env["account.move.line"].browse([item.id for item in items if item.excluded and item.residual > 0])
        # sudo: what accounting has blocked counts, whoever asks
        kept = lines.sudo().filtered(
            lambda line: not line.payment_id and (line.no_followup or line.move_id.payment_state == "blocked")
        )
        return kept.sudo(False)

    def _collection_followable(self, company):
        """The items of this customer that are left out and that a collector may ask for again: accounting has not blocked them.

        :raises UserError: where all that is left out is blocked
        """
        left_out = self._collection_items_left_out(company)
        # sudo: whether an item is followed is the collector's business; nothing else of the entry is read
        followable = left_out.sudo().filtered(lambda line: line.no_followup and line.move_id.payment_state != "blocked")
        if left_out and not followable:
            raise UserError(
                self.env._(
                    "%(items)s: blocked in Accounting. Ask an accountant to unblock the invoice.",
                    items=", ".join(left_out.mapped("display_name")),
                )
            )
        return followable.sudo(False)

    @api.model
    def _collection_ask_about_left_out(self, companies):
        """Ask, once for what is there, whether to ask for overdue entries that Odoo has left out; take back what needs no answer
        any more. Needs superuser mode.
        """
        self.env["collection.ledger"]._flush_sources()
        self.env["mail.activity"].flush_model(["active", "collection_check", "res_id", "res_model"])
        for company in companies:
            self._collection_withdraw_left_out(company)
            found = self._collection_left_out(company)
            if found:
                self.browse(found)._work_on_each(
                    lambda some, company=company, found=found: some._collection_ask_left_out(company, found)
                )

    @api.model
    def _collection_left_out(self, company):
        """The customers about whose entries nobody was asked yet: what is overdue and left out, and the items, by customer id."""
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, SUM(residual), ARRAY_AGG(id ORDER BY due, id) FILTER (WHERE residual > 0)
                     FROM (%(items)s) item
                 GROUP BY partner_id
                   HAVING SUM(residual) > %(least)s
                      AND MAX(booked) > COALESCE((SELECT MAX(create_date) FROM mail_activity
                                                   WHERE res_model = 'res.partner' AND res_id = partner_id
                                                     AND collection_check = %(check)s), '-infinity')
                 ORDER BY SUM(residual) DESC, partner_id
                    LIMIT %(most)s""",
                items=self._collection_query_left_out(company),
                least=company.collection_min_amount,
                check=_check(company),
                most=ASKED_A_NIGHT,
            )
        )
        return {partner_id: (amount, item_ids) for partner_id, amount, item_ids in rows}

    @api.model
    def _collection_query_left_out(self, company):
        """SQL of the open items of ``company`` that Odoo has left out, as far as they are overdue or in the customer's favour."""
        return SQL(
            """SELECT line.id, partner.commercial_partner_id AS partner_id, line.amount_residual AS residual,
                      COALESCE(line.date_maturity, line.date) AS due, line.create_date AS booked
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                 JOIN account_move move ON move.id = line.move_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.company_id = %(company)s
                  AND account.account_type = 'asset_receivable'
                  AND line.parent_state = 'posted'
                  AND line.reconciled IS NOT TRUE
                  AND line.no_followup
                  AND move.move_type = 'entry'
                  AND (line.amount_residual < 0
                       OR line.amount_residual > 0 AND COALESCE(line.date_maturity, line.date) < %(today)s)""",
            company=company.id,
            today=company._collection_today(),
        )

    @api.model
    def _collection_withdraw_left_out(self, company):
        """What was decided, paid or corrected is not asked about any more."""
        asked = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("collection_check", "=", _check(company))]
        )
        if asked:
            rows = self.env.execute_query(
                SQL(
                    "SELECT partner_id FROM (%s) item WHERE partner_id = ANY(%s) GROUP BY partner_id HAVING SUM(residual) > 0",
                    self._collection_query_left_out(company),
                    asked.mapped("res_id"),
                )
            )
            waiting = {partner_id for (partner_id,) in rows}
            asked.filtered(lambda activity: activity.res_id not in waiting).unlink()

    def _collection_ask_left_out(self, company, found):
        """Ask whoever would look after these customers about what was ``found``, see :meth:`_collection_left_out`."""
        users = self.env["collection.case"]._assign_collectors(company, self.with_company(company))
        manager = company._collection_reviewer()
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref(LEFT_OUT_XMLID)
        values = []
        for partner in self:
            user = users[partner.id] or manager
            amount, item_ids = found[partner.id]
            words = self.with_context(lang=user.lang or self.env.lang).env
            values.append(
                {
                    "res_model_id": model_id,
                    "res_id": partner.id,
                    "activity_type_id": kind.id,
                    "summary": words._(
                        "%(amount)s overdue is excluded from follow-up: include it?",
                        amount=format_amount(words, float(amount), company.currency_id),
                    ),
                    "note": _left_out_note(words["account.move.line"].browse(item_ids)),
                    "user_id": user.id,
                    "date_deadline": company._collection_today(),
                    "automated": True,
                    "collection_asked": True,
                    "collection_check": _check(company),
                }
            )
        # where nobody works in collections yet, somebody will
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [one for one in values if one["user_id"]]
        )


def _check(company):
    """How a question about what is left out in this company is known again."""
    return f"left_out:{company.id}"


def _left_out_note(lines):
    """The items and the way out, as HTML in the language of ``lines``."""
    env = lines.env
    rows = [
        Markup("<li>%s</li>")
        % env._(
            "%(number)s, due %(day)s: %(amount)s",
            number=line._collection_number(),
            day=format_date(env, line.date_maturity or line.date),
            amount=format_amount(env, line.amount_residual_currency, line.currency_id),
        )
        for line in lines[:NAMED]
    ]
    if len(lines) > NAMED:
        rows.append(Markup("<li>%s</li>") % env._("and %s more", len(lines) - NAMED))
    way = env._(
        "Such entries are excluded until someone decides. To chase them, press “Include in Follow-up” on the customer. To "
        "exclude them permanently, mark this as done."
    )
    return Markup("<p>%s</p><ul>%s</ul>") % (way, Markup().join(rows))
