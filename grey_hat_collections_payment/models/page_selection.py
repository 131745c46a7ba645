from datetime import timedelta
from decimal import Decimal, InvalidOperation

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

#: A selection that nobody has paid is kept so long.
KEPT = timedelta(days=2)
#: So many items are paid at once at the most, and so many characters are an amount.
MOST_ITEMS, LONGEST_AMOUNT = 500, 20
#: States of a transaction that is on its way or has arrived.
RUNNING = ("pending", "authorized", "done")
#: Ways to pay that a browser may ask for.
FLOWS = ("direct", "redirect", "token")
PATH = "/my/balance/pay"


class CollectionPageSelection(models.Model):
    """What a customer has chosen to pay: items of one account in one currency, each with its amount, at most one in part.

    It never changes. A payment is for exactly what it says: the browser names the selection and no amount. Made and read in
    superuser mode by whoever was let in to the page.
    """

    _name = "collection.page.selection"
    _description = "Selection to Pay Online"
    _inherit = ["collection.door"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    account_id = fields.Many2one(
        "account.account", string="Receivable Account", required=True, readonly=True, ondelete="cascade"
    )
    link_id = fields.Many2one(
        "collection.page.link", readonly=True, ondelete="set null", help="By which the customer came."
    )
    amount = fields.Monetary(required=True, readonly=True)
    line_ids = fields.One2many("collection.page.selection.line", "selection_id", string="Items", readonly=True)
    transaction_ids = fields.One2many("payment.transaction", "collection_selection_id", readonly=True)
    asked_at = fields.Datetime(
        string="Last Started",
        readonly=True,
        help="When the customer has begun to pay. Two clicks at once wait for each other here.",
    )

    # -- Choosing ------------------------------------------------------------------------------------------------

    @api.model
    def _choose(self, partner, company, item_ids, *, part=None, link=None):
        """Remember what a customer has chosen.

        :param item_ids: the items to pay
        :param part: id of one item of which only a part is paid, and that part as a text; it need not be among the others
        :raises UserError: for what cannot be paid, or not together; the sentence is for the customer
        """
        payable = self.env["collection.page"]._payable(partner, company)
        part_id, typed = part or (None, "")
        chosen_ids = {*item_ids, *([part_id] if part_id else [])}
        if not chosen_ids:
            raise UserError(self.env._("Please tick what you want to pay."))
        if not chosen_ids <= payable.keys() or len(chosen_ids) > MOST_ITEMS:
            raise UserError(self._changed_words())
        chosen = [one for item_id, one in payable.items() if item_id in chosen_ids]
        if len({(one.currency_id, one.account_id) for one in chosen}) > 1:
            raise UserError(self.env._("Items in different currencies are paid one currency at a time."))
        currency = self.env["res.currency"].browse(chosen[0].currency_id)
        amounts = {one.item.id: one.amount for one in chosen}
        if part_id:
            amounts[part_id] = self._part(typed, amounts[part_id], currency)
        return self.create(
            {
                "partner_id": partner.commercial_partner_id.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "account_id": chosen[0].account_id,
                "link_id": link.id if link else False,
                "amount": currency.round(sum(amounts.values())),
                "line_ids": [
                    Command.create(
                        {
                            "item_id": one.item.id,
                            "amount": amounts[one.item.id],
                            "is_part": currency.compare_amounts(amounts[one.item.id], one.amount) < 0,
                        }
                    )
                    for one in chosen
                ],
            }
        )

    @api.model
    def _part(self, typed, most, currency):
        """A typed amount, which is more than nothing and at the most ``most``."""
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        try:
            amount = Decimal(typed.strip()[: LONGEST_AMOUNT + 1])
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or len(typed.strip()) > LONGEST_AMOUNT:
            raise UserError(self.env._("Please enter an amount for the item that you pay in part."))
        amount = currency.round(float(max(Decimal(0), min(amount, Decimal(most) + 1))))
        if currency.compare_amounts(amount, 0.0) <= 0 or currency.compare_amounts(amount, most) > 0:
            raise UserError(
                self.env._(
                    "A part is between %(least)s and %(most)s.",
                    least=words.money(currency.rounding, currency),
                    most=words.money(most, currency),
                )
            )
        return amount

    @api.model
    def _changed_words(self):
        return self.env._("Your account has changed since you opened this page. Please choose again.")

    # -- Finding it again ----------------------------------------------------------------------------------------

    @api.model
    def _find(self, selection_id, visitor):
        """The selection of this id, where it was made by this visitor for this account; none otherwise."""
        return self.search(
            [
                ("id", "=", selection_id),
                ("partner_id", "=", visitor.partner.commercial_partner_id.id),
                ("company_id", "=", visitor.company.id),
                ("link_id", "=", visitor.link.id if visitor.link else False),
            ]
        )

    def _nonce(self):
        """What the form of this selection sends along: a page elsewhere does not know it."""
        self.ensure_one()
        return hmac(self.env, "collection_page_selection", (self.id, self.partner_id.id, self.company_id.id))

    def _is_nonce(self, nonce):
        return consteq(self._nonce(), nonce if isinstance(nonce, str) else "")

    def _path(self):
        self.ensure_one()
        return f"{PATH}/{self.id}"

    # -- Paying --------------------------------------------------------------------------------------------------

    def _transaction(self):
        """The transaction that says how it stands: one that runs or has arrived, else the last that was tried."""
        self.ensure_one()
        tried = self.transaction_ids.filtered(lambda one: one.state != "draft" and one.operation != "refund")
        return tried.filtered(lambda one: one.state in RUNNING)[:1] or tried[:1]

    def _is_paid(self):
        return self._transaction().state in RUNNING

    def _is_still_open(self):
        """Whether each item can still be paid as it was chosen: what is paid whole has the amount that it had."""
        self.ensure_one()
        payable = self.env["collection.page"]._payable(self.partner_id, self.company_id)
        return bool(self.line_ids) and all(self._stands(line, payable) for line in self.line_ids)

    def _stands(self, line, payable):
        one = payable.get(line.item_id.id)
        if not one or (one.currency_id, one.account_id) != (self.currency_id.id, self.account_id.id):
            return False
        compared = self.currency_id.compare_amounts(one.amount, line.amount)
        return compared > 0 if line.is_part else compared == 0

    def _check_can_be_paid(self):
        """:raises UserError: where this was paid already, or something has changed; the sentence is for the customer"""
        if self._is_paid():
            raise UserError(self.env._("This payment is on its way already. You need not pay again."))
        if not self._is_still_open():
            raise UserError(self._changed_words())

    def _ways_to_pay(self, user_partner=None):
        """Who takes this payment, and how: providers and methods that fit amount, currency and country.

        :param user_partner: the contact of a user of the portal, whose own saved methods can be used; nobody else's ever are
        :return: providers, methods, saved methods, and Odoo's report of why others do not fit
        """
        self.ensure_one()
        report = {}
        payer = self.partner_id.id
        providers = self.env["payment.provider"]._get_compatible_providers(
            self.company_id.id, payer, self.amount, currency_id=self.currency_id.id, report=report
        )
        methods = self.env["payment.method"]._get_compatible_payment_methods(
            providers.ids, payer, currency_id=self.currency_id.id, report=report
        )
        tokens = self.env["payment.token"]
        if user_partner:
            tokens = tokens._get_available_tokens(providers.ids, user_partner.id)
        return providers, methods, tokens, report

    def _check_way_to_pay(self, flow, provider_id, method_id, token_id, user_partner=None):
        """Refuse what the form does not offer: a saved method that is not one's own, a provider for whom the amount is too much.

        :raises UserError: with a sentence for the customer
        """
        providers, methods, tokens, _report = self._ways_to_pay(user_partner)
        provider = providers.filtered(lambda one: one.id == provider_id)
        offered = provider and flow in FLOWS
        if flow == "token":
            offered = offered and tokens.filtered(lambda one: one.id == token_id and one.provider_id == provider)
        else:
            offered = offered and methods.filtered(lambda one: one.id == method_id and provider in one.provider_ids)
        if not offered:
            raise UserError(self.env._("This payment cannot be made this way. Please choose another one."))

    def _begin(self):
        """Somebody begins to pay. Of two at once the second waits here, is then tried anew by Odoo, and sees the first.

        :raises UserError: where there is nothing to pay any more
        """
        self.asked_at = fields.Datetime.now()
        self.flush_recordset(["asked_at"])
        self._check_can_be_paid()

    # -- What is shown -------------------------------------------------------------------------------------------

    def _amount_in_words(self):
        return self.env["collection.statement"]._phrasing(self.env.lang).money(self.amount, self.currency_id)

    def _content(self):
        """What the page shows of this selection: its items, and how it stands with paying them."""
        self.ensure_one()
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        amount = self._amount_in_words()
        transaction = self._transaction()
        running = transaction.state in RUNNING
        is_open = not running and self._is_still_open()
        return {
            "selection": self,
            "amount_text": amount,
            "title": self._title(transaction.state, amount),
            "told": self._told(transaction.state, amount),
            "rows": [
                {
                    "number": line.item_id._collection_number(),
                    "due": words.date(line.item_id.collection_due_date or line.item_id.date),
                    "amount": words.money(line.amount, self.currency_id),
                    "is_part": line.is_part,
                }
                for line in self.line_ids
            ],
            "state": transaction.state or "",
            "said": transaction.state_message or "" if transaction.state in ("cancel", "error") else "",
            "reference": transaction.reference if running else "",
            "can_pay": is_open,
            "has_changed": not running and not is_open,
        }

    def _title(self, state, amount):
        """The heading of the page, by the state of the transaction."""
        if state == "done":
            return self.env._("Thank you for your payment")
        return self.env._("Your payment is on its way") if state in RUNNING else self.env._("Pay %s", amount)

    def _told(self, state, amount):
        """What is said of a transaction that runs or has arrived."""
        if state == "done":
            return self.env._("We have received %s. It shows on your account within minutes.", amount)
        if state in RUNNING:
            return self.env._("We wait for the confirmation of %s. Until then we do not ask for it again.", amount)
        return ""

    def _reference(self):
        """What the transaction is called: by its one item, or by the number of the selection."""
        self.ensure_one()
        lines = self.line_ids
        return lines.item_id._collection_number() if len(lines) == 1 else f"PAY-{self.id}"

    def _invoices(self):
        """The invoices among what is paid; opening entries are none."""
        return self.line_ids.item_id.move_id.filtered(lambda move: move.is_invoice(include_receipts=True))

    def _begun(self, provider_id, method_id, operation):
        """The transaction that was begun in just this way and has not gone further: the second of two clicks."""
        self.ensure_one()
        begun = self.transaction_ids.filtered(
            lambda one: (
                one.state == "draft"
                and one.operation == operation
                and one.provider_id.id == provider_id
                and one.payment_method_id.id == method_id
            )
        )
        return begun[:1]

    def _apply(self, payment):
        """Settle the items with this payment: whole ones first, one by one, the part last, each with no more than was chosen.
        What was settled meanwhile leaves a surplus, which stays on the account as a credit.
        """
        self.ensure_one()
        money = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.destination_account_id and not line.reconciled
        )
        pairs, shares = [], {}
        for line in self.line_ids.sorted(lambda line: (line.is_part, line.id)):
            item = line.item_id
            if not item.reconciled and item.parent_state == "posted" and item.account_id == money.account_id:
                pairs.append(money | item)
                shares[item.id] = line.amount
        if money and pairs:
            self.env["account.move.line"].with_context(collection_shares=(money.id, shares))._reconcile_plan(pairs)

    @api.autovacuum
    def _forget(self):
        """What was chosen and never paid is forgotten."""
        old = fields.Datetime.now() - KEPT
        self.sudo().search(  # nobody else reads them
            [("create_date", "<", old), ("transaction_ids", "=", False)]
        ).unlink()


class CollectionPageSelectionLine(models.Model):
    """An item that a customer has chosen to pay, and how much of it."""

    _name = "collection.page.selection.line"
    _description = "Item to Pay Online"
    _inherit = ["collection.door"]
    _order = "id"
    _rec_name = "item_id"

    selection_id = fields.Many2one(
        "collection.page.selection", required=True, readonly=True, ondelete="cascade", index=True
    )
    item_id = fields.Many2one("account.move.line", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="selection_id.company_id", store=True)
    currency_id = fields.Many2one(related="selection_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    is_part = fields.Boolean(string="In Part", readonly=True, help="Less than what was left of the item.")

    _positive = models.Constraint("CHECK(amount > 0)", "What is paid is more than nothing.")
