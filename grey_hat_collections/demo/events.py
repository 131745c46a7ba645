"""What can happen to a customer of the demonstration, and what we can do about it.

Plain data. Days are counted from today: ``-20`` is twenty days ago. :mod:`collection_demo_story` and
:mod:`collection_demo_customer_side` make the events happen again, by Odoo's own means.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Invoice:
    """An invoice over ``amount``, due on day ``due``; its copies lie seven days apart, the last one on that day."""

    amount: float
    due: int
    copies: int = 1
    terms: int = 30
    contact: str = ""  # the contact of the customer that it is written to
    sent: bool = True


@dataclass(frozen=True)
class Instalments:
    """An invoice over ``amount`` that may be paid in three parts, one a month; the first is due on day ``due``."""

    amount: float
    due: int


@dataclass(frozen=True)
class CreditNote:
    """A credit note that was not applied to any invoice."""

    amount: float
    day: int


@dataclass(frozen=True)
class Payment:
    """A payment for the oldest open invoice; ``applied=False``: nobody has said yet what it is for."""

    amount: float
    day: int
    applied: bool = True


@dataclass(frozen=True)
class OpeningBalance:
    """What an older program said was owed (or, negative, was to the customer's credit)."""

    amount: float
    day: int


@dataclass(frozen=True)
class Steps:
    """The next ``count`` steps of the ladder, each on the first day that the rules allow.

    ``said`` is what the customer said in each call.
    """

    count: int
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hold:
    """The case is on hold until day ``days``; where that is over, it came back this morning."""

    days: int
    reason: str


@dataclass(frozen=True)
class Dispute:
    """On the phone on day ``raised`` the customer says that the oldest item is wrong, all of it or ``amount``."""

    kind: str
    raised: int
    answer_due: int
    said: str
    amount: float = 0
    commitment: str = ""  # what we promised, for day ``commitment_due``
    commitment_due: int = 0
    mood: str = "neutral"


@dataclass(frozen=True)
class Answer:
    """On day ``day`` we answer the dispute: ``upheld`` of it is credited, the rest is to be paid by day ``due``."""

    day: int
    upheld: float
    finding: str
    due: int


@dataclass(frozen=True)
class Reason:
    """On the phone on day ``day`` the customer says why nothing was paid: ``reason`` is an external id."""

    day: int
    reason: str
    said: str = ""
    mood: str = "worried"


@dataclass(frozen=True)
class DeliveryConfirmed:
    """On day ``day`` the person we talk to said that invoices arrive where we send them."""

    day: int


@dataclass(frozen=True)
class Note:
    """A contact on day ``day``, as the collector wrote it down."""

    day: int
    outcome: str
    said: str = ""
    channel: str = "call"
    mood: str = ""
    minutes: int = 4


@dataclass(frozen=True)
class Promise:
    """On the phone on day ``made`` the customer promises ``amount`` for day ``due``."""

    amount: float
    made: int
    due: int
    said: str = ""
    mood: str = "friendly"


@dataclass(frozen=True)
class Plan:
    """On the phone on day ``agreed`` a payment plan is made: ``count`` monthly instalments, the first on day ``first``."""

    amount: float
    agreed: int
    first: int
    count: int
    said: str = ""


@dataclass(frozen=True)
class Story:
    """A customer. ``values`` and ``contacts`` are fields of ``res.partner``, ``currency`` that of the invoices."""

    name: str
    about: str
    events: tuple
    values: dict = field(default_factory=dict)
    contacts: tuple[dict, ...] = ()
    currency: str = "USD"
    country: str = "US"
    company: str = "main"
    salesperson: str = ""
    gentle: bool = False
    opted_out: bool = False

    @property
    def email(self):
        """An address of the customer's own domain, which by RFC 2606 belongs to nobody."""
        words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in self.name.lower())
        return f"accounts@{'-'.join(words.split())}.example"
