"""What can happen to a customer of the demonstration, and what we can do about it.

Plain data. Days are counted from today: ``-20`` is twenty days ago. :mod:`collection_demo_story`,
:mod:`collection_demo_customer_side` and :mod:`collection_demo_road` make the events happen again, by Odoo's own means.
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

    ``said`` is what the customer said in each call. What goes on paper was mailed on that day, too, except the last letter
    where ``mailed`` says so: it still lies in the pile.
    """

    count: int
    said: tuple[str, ...] = ()
    mailed: bool = True


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
class InPost:
    """The latest letter went as certified mail; on day ``delivered`` it arrived, or it came back on day ``returned``."""

    number: str
    delivered: int = 0
    returned: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """On day ``day`` the account came into the window for an agency, and the manager has known of it since."""

    day: int


@dataclass(frozen=True)
class Referred:
    """On day ``day`` the manager referred all that is asked for to ``agency``, which had the packet at once."""

    day: int
    agency: str


@dataclass(frozen=True)
class AgencyTold:
    """In the morning of day ``day`` the money was found in the books, and the agency was told."""

    day: int


@dataclass(frozen=True)
class Remitted:
    """On day ``day`` the agency paid us what it had collected, less its commission; accounting has booked and matched it."""

    day: int
    amount: float
    number: str


@dataclass(frozen=True)
class Recalled:
    """On day ``day`` the manager took the account back from the agency."""

    day: int
    reason: str


@dataclass(frozen=True)
class Feedback:
    """On day ``day`` the customer said something about the agency: a *complaint* or *praise*."""

    day: int
    kind: str
    said: str
    answer: str = ""
    answered: int = 0


@dataclass(frozen=True)
class Agency:
    """An agency: ``commissions`` are days past due with percents, ``values`` fields of its ``res.partner``."""

    name: str
    accredited_for: int
    commissions: tuple[tuple[int, float], ...]
    least: float
    most: float
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    stated_recovery: float
    rules: tuple[str, ...]
    contact: str
    values: dict = field(default_factory=dict)
    country: str = "US"
    currency: str = "USD"

    @property
    def email(self):
        """Its address for hand-overs, of a domain that belongs to nobody."""
        return f"handover@{'-'.join(self.name.lower().split())}.example"


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
