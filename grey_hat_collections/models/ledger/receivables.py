"""Which journal items are what a customer owes us, or we owe a customer. Whoever reads the books for them asks here.

An account of the type *receivable* that is marked *non trade* (the tax office, a loan, the account of an owner) is nobody's
debt for goods or services. An item of which nothing is left in its own currency owes nothing in either direction: what the
company's currency still shows of it is a difference of exchange that nobody has booked.
"""

from odoo.tools import SQL

#: The account ``account`` holds what customers owe.
OF_CUSTOMERS = SQL("(account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE)")
#: Something is left of the journal item ``line`` of the account ``account``.
OPEN = SQL(
    """(%s
        AND line.parent_state = 'posted'
        AND line.reconciled IS NOT TRUE
        AND line.amount_residual != 0
        AND line.amount_residual_currency != 0)""",
    OF_CUSTOMERS,
)
#: Money that we paid out to a customer and that is matched with nothing, in ``line``: it has spent a credit, booked or not, and
#: is no debt. An entry that takes a payment back belongs to no payment of its own.
REFUND = SQL("(line.payment_id IS NOT NULL AND line.amount_residual > 0)")

#: How many days late the company of ``line`` lets a discount be taken; looked up for the few items that have one, where the
#: setting would cost each list of invoices a query.
DISCOUNT_DAYS = SQL("(SELECT collection_discount_days FROM res_company WHERE id = line.company_id)")
#: The item ``line`` of the entry ``move`` is left out of what is asked for because it says so, or its invoice is blocked in
#: Accounting.
BLOCKED = SQL("(COALESCE(line.no_followup, FALSE) OR move.payment_state = 'blocked')")
#: All that is left of ``line`` is the discount for early payment.
DISCOUNT_LEFT = SQL(
    """(line.discount_date IS NOT NULL AND line.amount_residual_currency > 0 AND line.discount_amount_currency > 0
        AND line.amount_residual_currency <= line.amount_currency - line.discount_amount_currency)"""
)
#: The money for ``line`` came in time for its discount, or so few days late that it is not worth a word.
IN_TIME = SQL(
    """NOT EXISTS (
           SELECT FROM account_partial_reconcile partial
            WHERE partial.debit_move_id = line.id AND partial.debit_amount_currency != 0
              AND (partial.max_date > line.discount_date + %s
                   OR (SELECT payment_id IS NULL AND statement_line_id IS NULL
                         FROM account_move_line WHERE id = partial.credit_move_id)))""",
    DISCOUNT_DAYS,
)
#: The item ``line`` of the entry ``move`` is left out of what is asked for.
LEFT_OUT = SQL("(%s OR %s AND %s)", BLOCKED, DISCOUNT_LEFT, IN_TIME)


def of_customers(lines):
    """Those of these journal items that are on accounts of what customers owe."""
    return lines.filtered(lambda line: line.account_type == "asset_receivable" and not line.account_id.non_trade)


def left_of(lines):
    """Those of these journal items of which something is left, in whichever direction."""
    return of_customers(lines).filtered(
        lambda line: (
            line.parent_state == "posted"
            and not line.reconciled
            and line.amount_residual
            and line.amount_residual_currency
        )
    )
