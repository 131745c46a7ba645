from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_amount

from ...engine import disputes as engine
from ..base.batch import take_turn
from ..base.to_decimal import to_decimal
from .dispute_states import ANSWERED, OPEN


class CollectionDisputeLine(models.Model):
    """All or part of an open item that is disputed, in the currency of the item.

    ``amount_waiting`` and ``amount_granted`` are what ``collection.ledger`` reads: see ``engine.disputes.Question``.
    """

    _name = "collection.dispute.line"
    _description = "Disputed Item"
    _inherit = ["collection.door"]
    _kept_by_rules = frozenset({"amount_granted", "amount_settled", "amount_upheld", "amount_waiting", "date_due_new"})
    _order = "dispute_id, date_maturity, id"
    _rec_name = "number"

    dispute_id = fields.Many2one("collection.dispute", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="dispute_id.partner_id")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    item_id = fields.Many2one(
        "account.move.line",
        ondelete="set null",  # accounting may take an invoice back and write it anew; what was said stays on record
        index=True,
        help="What is disputed.",
    )
    move_id = fields.Many2one(
        "account.move", compute="_compute_item", store=True, precompute=True, compute_sudo=True, index=True
    )
    number = fields.Char(compute="_compute_item", store=True, precompute=True, compute_sudo=True)
    date_maturity = fields.Date(compute="_compute_item", store=True, precompute=True, compute_sudo=True, string="Due")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_item", store=True, precompute=True, compute_sudo=True
    )
    amount = fields.Monetary(
        string="Disputed",
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        help="The full open amount, or the part the customer disputes.",
    )
    amount_upheld = fields.Monetary(readonly=True, string="Upheld", help="What we credit of it.")
    amount_settled = fields.Monetary(
        readonly=True,
        string="Credited Elsewhere",
        help="What was marked as credited elsewhere before the dispute was reopened.",
    )
    amount_company = fields.Monetary(
        compute="_compute_in_company_currency",
        store=True,
        currency_field="company_currency_id",
        string="Disputed in Company Currency",
    )
    amount_upheld_company = fields.Monetary(
        compute="_compute_in_company_currency",
        store=True,
        currency_field="company_currency_id",
        string="Upheld in Company Currency",
    )

    # What the ledger reads
    amount_waiting = fields.Monetary(
        compute="_compute_question", store=True, help="Not answered yet, or upheld and not credited yet: not chased."
    )
    amount_granted = fields.Monetary(
        compute="_compute_question", store=True, help="Answered, and payable by the new due date."
    )
    date_due_new = fields.Date(related="dispute_id.date_due_new", store=True)

    _check_amount = models.Constraint(
        "CHECK(amount > 0)", "The disputed amount must be greater than zero. Enter the amount the customer disputes."
    )
    _check_upheld = models.Constraint(
        "CHECK(amount_upheld >= 0 AND amount_upheld <= amount)",
        "The upheld amount must be between zero and the disputed amount.",
    )
    _unique_item = models.UniqueIndex(
        "(dispute_id, item_id)", "This item is in the dispute already. Change its amount instead."
    )
    _question_index = models.Index("(company_id, item_id) WHERE amount_waiting > 0 OR amount_granted > 0")

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("item_id")
    def _compute_item(self):
        """What whoever answers a dispute may know of the item; kept should the item be gone."""
        for line in self:
            item = line.item_id
            line.move_id = item.move_id or line.move_id
            line.number = item._collection_number() if item else line.number
            line.date_maturity = item.date_maturity or line.date_maturity
            line.currency_id = item.currency_id or line.currency_id

    @api.depends("item_id")
    def _compute_amount(self):
        """Propose all that is open of the item and in no other dispute."""
        for line in self:
            line.amount = line.amount or (line.item_id and line.item_id._collection_disputable())

    @api.depends("amount", "amount_upheld", "item_id", "company_id")
    def _compute_in_company_currency(self):
        for line in self:
            line.amount_company = line._in_company_currency(line.amount)
            line.amount_upheld_company = line._in_company_currency(line.amount_upheld)

    def _in_company_currency(self, amount):
        """``amount`` of this line at the rate the item is in the books with."""
        item = self.item_id.sudo()  # whoever answers a dispute may know what it is worth
        if not item.amount_currency:
            return 0
        return self.company_currency_id.round(amount * item.balance / item.amount_currency)

    @api.depends(
        "amount",
        "amount_settled",
        "amount_upheld",
        "dispute_id.state",
        "dispute_id.is_credited",
        "dispute_id.reopened_at",
        "move_id.reversal_move_ids.state",
        "move_id.reversal_move_ids.amount_total",
        "move_id.reversal_move_ids.collection_dispute_id",
    )
    def _compute_question(self):
        """What of the disputed amounts is not asked for, and what was answered."""
        self.amount_waiting = self.amount_granted = 0
        alive = self.filtered(lambda line: line.dispute_id.state in (*OPEN, *ANSWERED))
        for _key, some in alive.grouped(lambda line: (line.dispute_id, line.move_id)).items():
            lines = some.sorted("id")
            dispute = lines.dispute_id
            credited, rounding = lines._credited()
            for line, question in zip(
                lines, engine.after_credit([line._part() for line in lines], credited, rounding), strict=True
            ):
                line.amount_waiting = 0 if dispute.is_credited else float(question.waiting)
                line.amount_granted = float(question.granted)

    def _part(self):
        """What is disputed of this item and what we upheld of it, as the engine knows it."""
        answered = self.dispute_id.state in ANSWERED
        return engine.Part(to_decimal(self.amount), to_decimal(self.amount_upheld) if answered else None)

    def _credited(self):
        """What was credited of the invoice of these lines of one dispute, and by how much the rounding of taxes may make that
        differ from what was upheld.

        :rtype: tuple[Decimal, Decimal]
        """
        currency = self.currency_id[:1]
        notes = self._credit_notes()
        credited = sum(map(to_decimal, notes.mapped("amount_total"))) + sum(
            map(to_decimal, self.mapped("amount_settled"))
        )
        roundings = sum(note._collection_roundings() for note in notes if note.collection_dispute_id)
        return to_decimal(credited), to_decimal(currency.rounding) * roundings

    def _credit_notes(self):
        """The posted credit notes of the invoice of these lines that were written since their dispute was raised, and not for
        another one; of a dispute that waits for our answer, those for itself, and those from before it was reopened.
        """
        dispute, currency = self.dispute_id, self.currency_id[:1]

        def counts(note):
            if note.state != "posted" or note.currency_id != currency or note.create_date < dispute.create_date:
                return False
            if note.collection_dispute_id or dispute.state not in OPEN:
                return note.collection_dispute_id in (dispute, dispute.browse())
            return bool(dispute.reopened_at) and note.create_date <= dispute.reopened_at

        return self.sudo().move_id.reversal_move_ids.filtered(
            counts
        )  # the accountant's; whoever answers may know the sum

    def _not_in_notes(self):
        """What we upheld of this item and no credit note gives; see ``collection.dispute.is_credited``."""
        self.ensure_one()
        lines = self.dispute_id.line_ids.filtered(lambda line: line.move_id == self.move_id).sorted("id")
        questions = engine.after_credit([line._part() for line in lines], *lines._credited())
        return float(dict(zip(lines, questions, strict=True))[self].waiting)

    def _still_disputed(self):
        """What is disputed of the item less what was credited of it for this dispute, in the currency of the item."""
        self.ensure_one()
        credited, _rounding = self._credited()
        return self.amount - min(self.amount, float(credited))

    # -- Create, write -------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        lines._check_against_account()
        lines.sudo().dispute_id._account_changed()  # what is asked for is worked out by the rules
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_open()
        result = super().write(vals)
        if not self.env.su:
            self._check_against_account()
            self.sudo().dispute_id._account_changed()  # see create
        return result

    def unlink(self):
        self._check_open()
        disputes = self.sudo().dispute_id  # see create
        result = super().unlink()
        disputes.exists()._check_belonging()
        disputes.exists()._account_changed()
        return result

    def _check_open(self):
        for line in self:
            if line.dispute_id.state not in OPEN:
                raise UserError(
                    self.env._(
                        "%s is answered; its items are on record. Reopen it, or raise another dispute.",
                        line.dispute_id.display_name,
                    )
                )

    def _check_against_account(self):
        """What is disputed is open at this customer, and no more than is left of it beside other disputes.

        :raises ValidationError: naming the item and the way out
        """
        ledger = self.env["collection.ledger"].sudo()  # only the customer's own items are looked at
        disputes = self.sudo().dispute_id
        take_turn(disputes.case_id)
        take_turn(disputes.filtered(lambda dispute: not dispute.case_id).line_ids.item_id)
        items = {item.id: item for item in ledger._open_items(disputes.partner_id, disputes.company_id)}
        for line in self.sudo():
            item = items.get(line.item_id.id)
            names = {"item": line.number or line.item_id.display_name, "customer": line.partner_id.display_name}
            if not item or item.residual <= 0 or item.partner_id != line.partner_id.id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an open item of %(customer)s. Choose among the open items of the customer.",
                        **names,
                    )
                )
            left = line.item_id._collection_disputable(besides=line)
            if line.currency_id.compare_amounts(line._still_disputed(), left) > 0:
                raise ValidationError(
                    self.env._(
                        "%(item)s of %(customer)s: %(amount)s is more than can be disputed, as only %(left)s is left. Lower the "
                        "amount.",
                        amount=format_amount(self.env, line.amount, line.currency_id),
                        left=format_amount(self.env, left, line.currency_id),
                        **names,
                    )
                )

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_open_invoice(self):
        """Show the invoice, or the entry, that is disputed; whether it may be read is asked there."""
        self.ensure_one()
        return self.move_id.sudo(False).action_open_business_doc()
