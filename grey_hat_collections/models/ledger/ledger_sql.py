"""Parts of the statement that reads the open items (``ledger/ledger.py``)."""

from functools import cache

from odoo.tools import SQL

from ...engine.aging import BUCKET_BOUNDS


def lines_of(partners):
    """SQL of the journal items ``line`` and the contacts ``partner`` whose they are, to select from: of these customers and their
    contacts (None: of all).

    Of named customers they are looked up one customer after the other (``OFFSET 0`` keeps it so): left to itself, the database
    would rather read all items of the books than those of a batch.
    """
    if partners is None:
        return SQL("account_move_line line JOIN res_partner partner ON partner.id = line.partner_id")
    return SQL(
        """unnest(%s) customer (id)
             CROSS JOIN LATERAL (
                       SELECT id, commercial_partner_id FROM res_partner
                        WHERE commercial_partner_id = customer.id
                       OFFSET 0
                   ) partner
             CROSS JOIN LATERAL (
                       SELECT * FROM account_move_line
                        WHERE partner_id = partner.id
                       OFFSET 0
                   ) line""",
        partners.commercial_partner_id.ids,
    )


#: What credits leave of each part, the oldest first.
CHASE = SQL(
    """chase_of_branches AS (
                SELECT *,
                       GREATEST(0, LEAST(rest, SUM(rest) OVER by_age - credit)) AS chased,
                       GREATEST(0, LEAST(whole, SUM(whole) OVER by_age - credit)) AS net
                  FROM part
                WINDOW by_age AS (PARTITION BY partner_id, house_id ORDER BY due, id)
            )"""
)


def _left_of(part, own, up_to):
    """SQL of what the credits in its own currency leave of ``part``: its columns in company currency, in its own, summed up."""
    used = SQL("GREATEST(0, LEAST(%s, help_own - %s + %s))", own, up_to, own)
    return SQL(
        "CASE WHEN %(own)s > 0 THEN CASE WHEN %(used)s = %(own)s THEN 0"
        " ELSE %(part)s - ROUND(%(part)s * %(used)s / %(own)s, decimal_places) END ELSE %(part)s END",
        own=own,
        part=part,
        used=used,
    )


def _spent_on(total):
    """SQL of what of the credits in one currency, in company currency, is spent on ``total`` in that currency; said once."""
    rest = SQL("GREATEST(0, help_own - %s)", total)
    return SQL(
        "CASE WHEN is_first AND help_own > 0 THEN"
        " CASE WHEN %(rest)s = help_own THEN 0 ELSE help - ROUND(help * %(rest)s / help_own, decimal_places) END ELSE 0 END",
        rest=rest,
    )


#: The same where there is more than one currency: what an item and a credit share one for is compared in that one first.
CHASE_ABROAD = SQL(
    """alike AS (
                SELECT *,
                       CASE WHEN abroad THEN ROUND(rest * residual_currency / residual, 6) ELSE 0 END AS rest_own,
                       CASE WHEN abroad THEN ROUND(whole * residual_currency / residual, 6) ELSE 0 END AS whole_own,
                       CASE WHEN abroad AND residual < 0 AND NOT excluded THEN -residual - spent ELSE 0 END AS helping
                  FROM part
            ),
            summed AS (
                SELECT *,
                       SUM(helping) OVER currency AS help,
                       SUM(ROUND(helping * residual_currency / residual, 6)) OVER currency AS help_own,
                       SUM(rest_own) OVER currency AS rest_total,
                       SUM(whole_own) OVER currency AS whole_total,
                       SUM(rest_own) OVER by_age AS rest_up_to,
                       SUM(whole_own) OVER by_age AS whole_up_to,
                       ROW_NUMBER() OVER by_age = 1 AS is_first
                  FROM alike
                WINDOW currency AS (PARTITION BY partner_id, house_id, currency_id),
                       by_age AS (currency ORDER BY due, id)
            ),
            met AS (
                SELECT *,
                       %(rest_left)s AS rest_left,
                       rest_own - GREATEST(0, LEAST(rest_own, help_own - rest_up_to + rest_own)) AS rest_own_left,
                       %(whole_left)s AS whole_left,
                       %(rest_spent)s AS rest_spent,
                       %(whole_spent)s AS whole_spent
                  FROM summed
            ),
            chase_of_branches AS (
                SELECT *,
                       GREATEST(0, LEAST(rest_left,
                           SUM(rest_left) OVER by_age - credit + SUM(rest_spent) OVER customer)) AS chased,
                       GREATEST(0, LEAST(whole_left,
                           SUM(whole_left) OVER by_age - credit + SUM(whole_spent) OVER customer)) AS net
                  FROM met
                WINDOW customer AS (PARTITION BY partner_id, house_id),
                       by_age AS (customer ORDER BY due, id)
            )""",
    rest_left=_left_of(SQL("rest"), SQL("rest_own"), SQL("rest_up_to")),
    whole_left=_left_of(SQL("whole"), SQL("whole_own"), SQL("whole_up_to")),
    rest_spent=_spent_on(SQL("rest_total")),
    whole_spent=_spent_on(SQL("whole_total")),
)

#: What is asked for of an item in its own currency. What its own credits leave is known in it to the last digit; worked out from
#: company currency, it would be off by what a cent there is worth here.
CHASED_ABROAD = SQL(
    """CASE WHEN NOT abroad THEN chased
            WHEN chased = rest_left THEN rest_own_left
            ELSE ROUND(chased * residual_currency / residual, 6) END"""
)


@cache
def bucket_columns():
    """SQL of the columns of the aging buckets."""
    bounds = (None, *BUCKET_BOUNDS, None)
    return SQL(", ").join(
        SQL(
            "COALESCE(SUM(residual) FILTER (WHERE residual > 0 %s %s), 0) AS %s",
            SQL("AND today - due > %s", low) if low is not None else SQL(),
            SQL("AND today - due <= %s", high) if high is not None else SQL(),
            SQL.identifier(f"bucket_{number}"),
        )
        for number, (low, high) in enumerate(zip(bounds, bounds[1:], strict=False))
    )
