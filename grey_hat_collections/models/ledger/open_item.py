from datetime import date
from typing import NamedTuple


class OpenItem(NamedTuple):
    """One unreconciled receivable journal item, as the ledger answers it.

    ``residual`` and the parts of it are in company currency, ``residual_currency`` in the item's own currency
    (``currency_id``); both are negative for credits. ``chased`` is what is asked for today after credits,
    ``chased_currency`` the same in the item's own currency. ``due`` is the day in force, which our answer to a dispute may
    have moved; ``answered`` is the part of ``disputed`` that waits for it. ``spent`` is what of a credit has been paid out,
    or is on its way to the customer. What is ``with_agency`` while we ask for the rest ourselves is ``excluded`` as well.
    """

    id: int
    move_id: int
    partner_id: int
    company_id: int
    currency_id: int
    due: date
    days_overdue: int
    residual: float
    residual_currency: float
    excluded: bool
    under_way: float
    promised: float
    disputed: float
    answered: float
    chased: float
    chased_currency: float
    spent: float
    with_agency: bool

    @property
    def chase_state(self):
        """Why this item is chased or not; one of the values of ``account.move.chase_state``."""
        return chase_state(
            self.residual,
            self.excluded,
            self.disputed - self.answered,
            self.promised,
            self.under_way,
            self.chased,
            self.with_agency,
        )


def chase_state(residual, excluded, disputed, promised, under_way, chased, with_agency):
    """The state of an item of which these parts are not asked for today; ``disputed`` is what waits for an answer of ours."""
    if residual <= 0:
        return "none"
    if with_agency:
        return "referred"
    if excluded:
        return "excluded"
    for part, state in ((disputed, "disputed"), (promised, "promised"), (under_way, "under_way")):
        if part:
            return state
    return "chased" if chased else "none"
