"""What is known of a case, and what is decided about it: the words in which :func:`escalation.decide` is asked and answers."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .gate import Finding
from .ladder import WAIT_DAYS, ZERO, Standing


class Action(StrEnum):
    """What a decision asks for: nothing, the next step of the ladder, or a person to look at the case."""

    WAIT = "wait"
    STEP = "step"
    REVIEW = "review"


class Reason(StrEnum):
    """Why; each has its sentence in the add-on (``case/case_phrasing.py``)."""

    SETTLED = "settled"
    ON_HOLD = "on_hold"
    RELEASED = "released"
    REFERRED = "referred"
    STOPPED = "stopped"
    PROMISE_MISSED = "promise_missed"
    COVERED = "covered"
    PROMISED = "promised"
    DISPUTED = "disputed"
    NEW_DUE_DATE = "new_due_date"
    UNDER_WAY = "under_way"
    BELOW_MINIMUM = "below_minimum"
    DO_NOT_CONTACT = "do_not_contact"
    REPLY_UNREAD = "reply_unread"
    CALLBACK = "callback"
    CALL_AGAIN = "call_again"
    TO_APPROVE = "to_approve"
    LETTER_QUEUED = "letter_queued"
    LETTER_FAILED = "letter_failed"
    ACTIVITY_PENDING = "activity_pending"
    OUR_SIDE = "our_side"
    ANSWERED = "answered"
    CONTACT_BUDGET = "contact_budget"
    CLOSED_DAY = "closed_day"
    NOT_YET_DUE = "not_yet_due"
    TOO_SOON = "too_soon"
    NOT_WARNED = "not_warned"
    STEP_DUE = "step_due"
    LADDER_DONE = "ladder_done"
    NO_POLICY = "no_policy"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision depends on, as of ``today`` in the company's time zone.

    ``items`` are those that are asked for, each with its place on the ladder; one that has just fallen due waits up to
    ``wait_days`` for a letter about others. ``activity_date`` is when an activity of the step under way is due, ``under_way``
    is that step: one that is done inside the house keeps no other item from going its way. ``review_date`` is when a review
    asked for earlier is due, ``reviewed_on`` when the last one was done.
    ``previous_reason`` and ``previous_date`` are yesterday's answer: a review announced for a day must happen on it.
    ``contacts`` holds one day for each recent contact of anyone with the customer.

    Of what is promised, ``promise_amount`` comes first, on ``promise_date``; it is in time until ``promise_deadline`` (that
    day when None).

    Of a letter of the step under way, ``letter_queued_for`` is the day on which it leaves, ``letter_to_approve`` the one since
    which it waits until a person says that it may.

    Calls to make, by the day for which they are asked: ``missed_promise_call`` about a promise that was not kept,
    ``callback_date`` as agreed with the customer, ``call_again_date`` because nobody answered. ``reply_since`` is the day
    of an answer that nobody has read yet. ``silent`` says that many attempts have found no answer.

    Our own side: ``answer_due`` is the day of our next answer to a dispute, ``new_due_date`` the one that the customer was
    given by an answer; ``stopped_since`` is set where the reason for not paying stops everything automatic. ``findings``
    of the "is it us?" gate stop a letter about what they are about, the first names itself.
    """

    today: date
    amount_overdue: Decimal = ZERO
    amount_chased: Decimal = ZERO
    amount_under_way: Decimal = ZERO
    amount_promised: Decimal = ZERO
    amount_disputed: Decimal = ZERO
    items: Sequence[Standing] = ()
    wait_days: int = WAIT_DAYS
    hold_until: date | None = None
    released_on: date | None = None
    referred_on: date | None = None
    referred_to: str = ""
    promise_date: date | None = None
    promise_deadline: date | None = None
    promise_amount: Decimal = ZERO
    letter_queued_for: date | None = None
    letter_to_approve: date | None = None
    letter_failed_on: date | None = None
    activity_date: date | None = None
    under_way: int | None = None
    review_date: date | None = None
    reviewed_on: date | None = None
    do_not_contact: bool = False
    last_reply: date | None = None
    reply_since: date | None = None
    missed_promise_call: date | None = None
    callback_date: date | None = None
    call_again_date: date | None = None
    silent: bool = False
    answer_due: date | None = None
    new_due_date: date | None = None
    stopped_since: date | None = None
    findings: Sequence[Finding] = ()
    contacts: Sequence[date] = ()
    previous_reason: str | None = None
    previous_date: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, the key of the step concerned, why, and when to look next (None only for a settled account).

    ``details`` fill the sentence: amounts as Decimal, days as date, counts as int, names as str. ``holds_until`` is the last
    day on which the same facts are sure to lead to the same answer: nobody needs to ask again before, unless a fact
    changes. None: time alone changes nothing.

    ``items`` are those that the step names. ``along`` are the lower steps that a letter takes as well, each with its items;
    ``amount`` is what is asked for of all of them.

    >>> rested = Decision(Action.WAIT, Reason.ON_HOLD, date(2026, 3, 9), holds_until=date(2026, 3, 8))
    >>> rested == Decision(Action.WAIT, Reason.ON_HOLD, date(2026, 3, 9))  # the same answer, however long it holds
    True
    """

    action: Action
    reason: Reason
    next_date: date | None
    step: int | None = None
    details: dict[str, Decimal | date | int | str] = field(default_factory=dict)
    holds_until: date | None = field(default=None, compare=False)
    items: tuple[Hashable, ...] = ()
    along: tuple[tuple[int, tuple[Hashable, ...]], ...] = ()
    amount: Decimal = ZERO
