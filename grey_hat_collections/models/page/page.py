from odoo import api, models

#: Hours of contact that are none: nobody is told to call at midnight.
DAY_AND_NIGHT = 20


class CollectionPage(models.AbstractModel):
    """What a customer sees of the account: the same truth as the collector, as plain dictionaries for the template.

    Everything is read in superuser mode by whoever was let in (``controllers/page.py``), for one customer in one company. The
    number of queries does not depend on how many items there are. Nothing of ours that is not for the customer is in it: no
    notes, marks, reasons, scores, moods.
    """

    _name = "collection.page"
    _description = "Contents of a Customer's Page"

    @api.model
    def _language(self, partner):
        """The language in which the page of this customer speaks."""
        documents = self.env["collection.statement"]
        return documents._reader(partner)._collection_lang() or partner._collection_lang() or self.env.lang

    @api.model
    def _accounts(self, partner):
        """The companies in which something is open for this customer, or was written: each is an account of its own."""
        companies = self.env["res.company"].search([("collection_page", "=", True)])
        items = self.env["collection.ledger"]._open_items(partner, companies)
        found = {item.company_id for item in items}
        found |= set(self.env["collection.letter"].search([("partner_id", "=", partner.id)]).company_id.ids)
        return companies.filtered(lambda company: company.id in found)

    @api.model
    def _content(self, partner, company):
        """All that the page shows, in the language of the environment.

        :rtype: dict
        """
        partner = partner.commercial_partner_id
        documents = self.env["collection.statement"]
        items = self.env["collection.ledger"]._open_items(partner, company)
        [statement] = documents._statements([(partner, company)], items, [self.env.lang])
        case = self._open_case(partner, company)
        words = documents._phrasing(self.env.lang)
        referred = self._referred(case)
        self._complete_rows(statement, items, referred, words)
        return {
            "title": self.env._("Your account with %s", company.name),
            "partner": partner,
            "company": company,
            "statement": statement,
            "is_clear": not any(section["rows"] for section in statement["sections"]),
            "overdue": self._overdue([item for item in items if item.id not in referred], words),
            "agency": self._agency(case),
            "events": self._events(partner, company, words),
            "coming": self._coming(case, items, words),
            "owed": self._owed(partner, company, words),
            "hours": self._hours(company),
        }

    @api.model
    def _open_case(self, partner, company):
        """The open case of this account; none where there is none."""
        partner, cases = partner.commercial_partner_id, self.env["collection.case"]
        return cases._open_cases_of(partner, company).get((partner.id, company.id), cases)

    @api.model
    def _referred(self, case):
        """Ids of the items of this case that an agency has."""
        return set(case._referrals_with_agency().line_ids.item_id.ids)

    @api.model
    def _complete_rows(self, statement, items, referred, words):
        """Say of each row what the printed statement does not: its state in plain words, and whether there is a PDF.

        :param referred: ids of the items that an agency has
        """
        by_id = {item.id: item for item in items}
        lines = self.env["account.move.line"].browse(by_id)
        promised = self._promised_for(lines)
        for section in statement["sections"]:
            for row in section["rows"]:
                item, line = by_id[row["id"]], lines.browse(row["id"])
                row["move_id"] = line.move_id.id if line.move_id.is_sale_document(include_receipts=True) else False
                row["with_agency"] = item.with_agency or item.id in referred
                row["state_text"] = self._state_in_words(item, row["with_agency"], promised.get(item.id), words)
                row["parts_text"] = line.collection_parts or "" if row["parts"] and row["parts"][0]["amount"] else ""
                row["tone"] = "warning" if row["with_agency"] else self._tone(item)

    @api.model
    def _promised_for(self, lines):
        """The next day for which something of these items is promised, by id of the item."""
        shares = self.env["collection.promise.share"].search(
            [("item_id", "in", lines.ids), ("promise_id.state", "=", "open")]
        )
        days = {}
        for share in shares:
            day = share.promise_id.date_promised
            days[share.item_id.id] = min(day, days.get(share.item_id.id, day))
        return days

    @api.model
    def _tone(self, item):
        """The colour of a state; it is said in words as well."""
        if item.chase_state in ("promised", "under_way", "disputed"):
            return "info"
        return "danger" if item.residual > 0 and item.days_overdue else "light"

    @api.model
    def _state_in_words(self, item, with_agency, promised_for, words):
        """The state of an open item as its customer would say it."""
        _ = self.env._
        if item.residual < 0:
            return _("in your favour")
        if with_agency:
            return _("with the agency")
        if item.disputed - item.answered > 0:
            return _("we are looking into it")
        if item.promised:
            return _("you promised %s", words.date(promised_for)) if promised_for else _("promised")
        if item.under_way:
            return _("payment on its way")
        if item.days_overdue:
            return _("overdue 1 day") if item.days_overdue == 1 else _("overdue %s days", item.days_overdue)
        return _("due")

    @api.model
    def _overdue(self, items, words):
        """What is asked for today, by currency, in words."""
        sums = {}
        for item in items:
            if item.chased > 0:
                sums[item.currency_id] = sums.get(item.currency_id, 0.0) + item.chased_currency
        return [words.money(amount, self.env["res.currency"].browse(currency)) for currency, amount in sums.items()]

    @api.model
    def _agency(self, case):
        """Who has the account, or a part of it, for us: name and how to reach it; None where nobody has."""
        agency = case._referrals_with_agency().agency_id[:1] if case else None
        if not agency:
            return None
        return {
            "sentence": self.env._("%s looks after your account for us", agency.name)
            if case.state == "referred"
            else self.env._("%s looks after a part of your account for us", agency.name),
            "phone": agency._phone_for_customers(),
            "email": agency.partner_id.email or "",
            "has_all": case.state == "referred",
        }

    @api.model
    def _hours(self, company):
        """When we can be reached, in words."""

        def clock(hour):
            return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"

        if company.collection_hour_to - company.collection_hour_from >= DAY_AND_NIGHT:
            return self.env._("on working days")
        return self.env._(
            "on working days, %(first)s to %(last)s",
            first=clock(company.collection_hour_from),
            last=clock(company.collection_hour_to),
        )

    # -- Files ---------------------------------------------------------------------------------------------------

    @api.model
    def _statement_pdf(self, partner, company):
        """The printed statement of this moment."""
        reports = self.env["ir.actions.report"].with_context(allowed_company_ids=company.ids)
        content, _format = reports.with_company(company)._render_qweb_pdf(
            "grey_hat_collections.action_report_statement", partner.commercial_partner_id.ids
        )
        return self.env._("Statement %s.pdf", company._collection_today()), content

    @api.model
    def _invoice_pdf(self, partner, company, move_id):
        """Name and content of the PDF of one invoice of this customer in this company; None for any other."""
        move = self.env["account.move"].search(
            [
                ("id", "=", move_id),
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ]
        )
        return move._collection_copy() if move else None

    @api.model
    def _letter_pdf(self, partner, company, letter_id):
        """Name and content of the stored PDF of one letter that has left for this customer; None for any other."""
        letter = self.env["collection.letter"].search(
            [
                ("id", "=", letter_id),
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
            ]
        )
        return (letter.attachment_id.name, letter.attachment_id.raw) if letter.attachment_id else None
