"""What to do about a case today, and why.

:func:`decide` is pure: the facts of a case and its policy go in, one :class:`Decision` comes out. It is asked every day
for every open case; "do nothing" is an answer like any other, with its reason and the day on which to look again.
"""

from dataclasses import replace
from datetime import date

from .contact import ContactRules, Obstacle, Permission, may_contact
from .days import FARTHEST_DAYS, is_absurd, later
from .decision import Action, Decision, Facts, Reason
from .ladder import ZERO, Group, Policy, Standing, Step, by_age, due_on, groups, riding

#: Of several answers about one account the one with the least counts.
_URGENCY = {Action.STEP: 0, Action.REVIEW: 1, Action.WAIT: 2}
_OBSTACLES = {
    Obstacle.ANSWERED: Reason.ANSWERED,
    Obstacle.BUDGET: Reason.CONTACT_BUDGET,
    Obstacle.CLOSED_DAY: Reason.CLOSED_DAY,
    Obstacle.FLAG: Reason.DO_NOT_CONTACT,
}
#: Answered by a person who calls or reads, each with an activity of its own.
_CALLS = frozenset({Reason.PROMISE_MISSED, Reason.REPLY_UNREAD, Reason.CALLBACK, Reason.CALL_AGAIN})
#: Their sentences name the day since which; those of other work the day for which it is asked.
_HAPPENED = frozenset({Reason.LETTER_FAILED, Reason.REPLY_UNREAD, Reason.TO_APPROVE})


def decide(facts: Facts, policy: Policy, rules: ContactRules) -> Decision:
    """Decide for one case.

    The questions are asked in a fixed order and the first "no" is the answer: is anything overdue, is the case on hold,
    is it with an agency, does the reason for not paying leave it to people, was a promise missed that nobody has asked
    about yet, has the customer written or agreed on a call, is all of it promised, disputed or under way, is a person or a
    letter already at it, is the next step of any item due by its age and by the time since the step before, has a final notice
    named what needs one, is the amount worth it, is it us, may we contact the customer today. The next step of an item is
    always the one after the last that named it: a missed run delays, it never skips. With a silent customer the steps up to
    the final notice keep their distance from each other, but do not wait for the age of the item.

    >>> from decimal import Decimal
    >>> policy = Policy((Step(1, days_overdue=1), Step(2, days_overdue=8, days_since_previous=7)))
    >>> roof = Standing("INV/1", date(2026, 3, 1), Decimal(90))
    >>> facts = Facts(date(2026, 3, 3), Decimal(90), Decimal(90), items=(roof,))
    >>> decide(facts, policy, ContactRules()).action.value
    'step'
    >>> reminded = replace(roof, step=1, since=date(2026, 3, 3))
    >>> answer = decide(replace(facts, items=(reminded,)), policy, ContactRules())
    >>> answer.action.value, answer.reason.value, answer.next_date.isoformat()
    ('wait', 'too_soon', '2026-03-10')
    """
    facts, so_far = _without_absurd_looks(facts)
    answer = (
        _closed(facts)
        or _paused(facts, policy)
        or _in_conversation(facts, policy)
        or _covered(facts, policy)
        or _at_work(facts, policy)
        or _unless_called_again(facts, policy, _next_step(facts, policy, rules))
    )
    return _at_most_until(so_far, answer) if so_far else answer


def _without_absurd_looks(facts: Facts) -> tuple[Facts, date | None]:
    """``facts`` without a review that is put off to a day which nobody can have meant, or was done in days to come: neither
    keeps a person from being asked. And the last day on which that is so, None where all is well.
    """
    odd = {}
    if facts.review_date is not None and is_absurd(facts.review_date, facts.today):
        odd["review_date"] = later(facts.review_date, -FARTHEST_DAYS - 1)
    if facts.reviewed_on is not None and facts.reviewed_on > later(
        facts.today, 1
    ):  # the clock of Greenwich may be ahead
        odd["reviewed_on"] = later(facts.reviewed_on, -2)
    return (replace(facts, **dict.fromkeys(odd)), min(odd.values())) if odd else (facts, None)


def _closed(facts: Facts) -> Decision | None:
    if facts.amount_overdue > 0:
        return None
    return Decision(Action.WAIT, Reason.SETTLED, None)


def _paused(facts: Facts, policy: Policy) -> Decision | None:
    """Holds, referrals and missed promises: nothing is done, and once a pause has ended, ``released_on`` is for a look: it is the
    first working day that leaves time for one.
    """
    if facts.hold_until is not None and facts.today <= facts.hold_until:
        return _wait_until(facts, policy, facts.hold_until, Reason.ON_HOLD, {"until": facts.hold_until})
    if facts.referred_on is not None:
        return _look(facts, policy, Reason.REFERRED, {"since": facts.referred_on, "agency": facts.referred_to})
    if facts.stopped_since is not None:
        return _look(facts, policy, Reason.STOPPED, {"since": facts.stopped_since})
    if facts.missed_promise_call is not None:
        return _overdue_work(facts, policy, Reason.PROMISE_MISSED, facts.missed_promise_call)
    if facts.released_on is not None and facts.today <= facts.released_on:
        return Decision(Action.WAIT, Reason.RELEASED, facts.released_on, holds_until=facts.released_on)
    return None


def _covered(facts: Facts, policy: Policy) -> Decision | None:
    """Nothing is left to ask for today: say what covers it."""
    if facts.amount_chased > 0:
        return None
    parts = {
        Reason.PROMISED: ("promised", facts.amount_promised),
        Reason.DISPUTED: ("disputed", facts.amount_disputed),
        Reason.UNDER_WAY: ("under_way", facts.amount_under_way),
    }
    present = {reason: part for reason, part in parts.items() if part[1] > 0}
    if len(present) == 1:
        (reason,) = present
    else:
        reason = Reason.COVERED
    details = {f"amount_{name}": amount for name, amount in present.values()}
    deadline = facts.promise_deadline or facts.promise_date
    if reason is Reason.PROMISED and deadline is not None and deadline >= facts.today:
        details["promise_date"] = facts.promise_date or deadline
        if 0 < facts.promise_amount < facts.amount_promised:
            details["amount_next"] = facts.promise_amount
        return _wait_until(facts, policy, deadline, reason, details)
    if reason is Reason.DISPUTED:
        return _disputed(facts, policy, details)
    return _look(facts, policy, reason, details)


def _disputed(facts: Facts, policy: Policy, details: dict) -> Decision:
    """We owe the customer an answer; or we gave it, and a new day by which to pay."""
    if facts.answer_due is not None and facts.answer_due >= facts.today:
        return _wait_until(facts, policy, facts.answer_due, Reason.DISPUTED, {**details, "when": facts.answer_due})
    if facts.answer_due is None and facts.new_due_date is not None and facts.new_due_date >= facts.today:
        details = {**details, "when": facts.new_due_date}
        return _wait_until(facts, policy, facts.new_due_date, Reason.NEW_DUE_DATE, details)
    return _look(facts, policy, Reason.DISPUTED, details)


def _wait_until(facts: Facts, policy: Policy, day: date, reason: Reason, details: dict) -> Decision:
    """Somebody has time until the end of ``day``."""
    if is_absurd(day, facts.today):
        return _doubt(facts, policy, reason, day, details)
    return Decision(Action.WAIT, reason, later(day, 1), details=details, holds_until=day)


def _doubt(facts: Facts, policy: Policy, reason: Reason, day: date, details: dict, step: int | None = None) -> Decision:
    """Nobody can have meant a ``day`` that far away: it is not waited for, a person looks as for an outside event."""
    return _at_most_until(later(day, -FARTHEST_DAYS - 1), _look(facts, policy, reason, details, step))


def _at_most_until(day: date | None, decision: Decision) -> Decision:
    """``decision``, which holds until ``day`` at the latest (None: no matter when)."""
    return replace(decision, holds_until=min(filter(None, (decision.holds_until, day)), default=None))


def _in_conversation(facts: Facts, policy: Policy) -> Decision | None:
    """The customer has written, or expects our call: no letter gets in between."""
    if facts.reply_since is not None:
        return _overdue_work(facts, policy, Reason.REPLY_UNREAD, facts.reply_since)
    if facts.callback_date is not None:
        return _overdue_work(facts, policy, Reason.CALLBACK, facts.callback_date)
    return None


def _at_work(facts: Facts, policy: Policy) -> Decision | None:
    """A letter on its way or an activity to be done comes before the next step: no warning is overtaken."""
    if facts.letter_failed_on is not None:
        return _overdue_work(facts, policy, Reason.LETTER_FAILED, facts.letter_failed_on)
    if facts.letter_to_approve is not None:
        return _overdue_work(facts, policy, Reason.TO_APPROVE, facts.letter_to_approve)
    if facts.letter_queued_for is not None:
        return _overdue_work(facts, policy, Reason.LETTER_QUEUED, facts.letter_queued_for)
    if facts.activity_date is not None and not _is_inside(policy, facts.under_way):
        return _activity(facts, policy)
    return None


def _is_inside(policy: Policy, key: int | None) -> bool:
    return any(step.inside for step in policy.steps if step.key == key)


def _activity(facts: Facts, policy: Policy) -> Decision:
    """Somebody is asked to do the step under way."""
    details = {"when": facts.activity_date}
    if is_absurd(facts.activity_date, facts.today):
        return _doubt(facts, policy, Reason.ACTIVITY_PENDING, facts.activity_date, details)
    return Decision(Action.WAIT, Reason.ACTIVITY_PENDING, facts.activity_date, details=details)


def _overdue_work(facts: Facts, policy: Policy, reason: Reason, day: date, step: int | None = None) -> Decision:
    """Something is to be done on ``day``. Left undone for ``review_days``, it is shown to a person, again and again."""
    details = {"since" if reason in _HAPPENED else "when": day}
    if is_absurd(day, facts.today):
        return _doubt(facts, policy, reason, day, details, step)
    last_look = max(day, facts.reviewed_on or day)
    review = later(last_look, policy.review_days)
    if review <= facts.today and facts.review_date is None:
        return Decision(Action.REVIEW, reason, facts.today, step, details, holds_until=facts.today)
    look = facts.review_date or day
    if reason in _CALLS:  # not hidden behind a review that somebody has put off
        look = min(look, day)
    unchanged = None if facts.review_date else later(review, -1)
    return Decision(Action.WAIT, reason, look, step, details, holds_until=unchanged)


def _next_step(facts: Facts, policy: Policy, rules: ContactRules) -> Decision:
    """The highest group that may take its step today takes it; else a person looks, else the first day counts on which
    something may be due. What waits for the end of the ladder, for an amount or for us keeps no other item from going its way.
    """
    if not policy.steps:
        return _look(facts, policy, Reason.NO_POLICY)
    if not facts.items:
        return _look(facts, policy, Reason.COVERED)
    found = groups(facts.items, policy, facts.today, silent=facts.silent, wait_days=facts.wait_days)
    answers = [_of_group(facts, policy, rules, group) for group in found]
    best = min(answers, key=lambda answer: (_URGENCY[answer.action], answer.next_date))
    return _at_most_until(min(filter(None, (one.holds_until for one in answers)), default=None), best)


def _of_group(facts: Facts, policy: Policy, rules: ContactRules, group: Group) -> Decision:
    step = group.step
    if step is None:
        return _look(facts, policy, Reason.LADDER_DONE)
    if not group.ready:
        return _group_waits(facts, policy, group)
    if facts.activity_date is not None and facts.under_way == step.key:
        return _activity(facts, policy)
    if not group.is_warned:
        return _look(facts, policy, Reason.NOT_WARNED, step=step.key)
    answer = _ready(facts, policy, rules, group)
    if answer.action is not Action.STEP:
        return answer
    named, lower = group.ready, ()
    if step.letter:  # what has waited for another letter waits no longer
        if group.waiting:
            named = tuple(
                one for one in group.items if due_on(one, policy, silent=facts.silent, today=facts.today) <= facts.today
            )
        if len(group.items) < len(facts.items):
            lower = riding(_in_order(facts), policy, facts.today, step, silent=facts.silent)
    return replace(
        answer,
        items=tuple(one.item for one in named),
        along=tuple((one.step.key, tuple(other.item for other in one.ready)) for one in lower),
        amount=sum((one.amount for one in named), ZERO) + sum((one.amount for one in lower), ZERO),
    )


def _in_order(facts: Facts) -> tuple[Standing, ...]:
    """The items about which nothing is to be put right on our side first."""
    wrong = {item for one in facts.findings for item in one.items or ()}
    return tuple(one for one in facts.items if one.item not in wrong)


def _group_waits(facts: Facts, policy: Policy, group: Group) -> Decision:
    """Until when the step of a group waits, by age, by the time since the step before, or for a letter about other items."""
    clock = {"silent": facts.silent, "today": facts.today}
    first = min(group.waiting, key=lambda one: due_on(one, policy, **clock))
    reason, details = Reason.NOT_YET_DUE, {"when": group.due}
    if first.since is not None and group.due > by_age(first, policy, **clock):
        reason, details = Reason.TOO_SOON, {"since": first.since, "when": group.due}
    return Decision(Action.WAIT, reason, group.due, group.step.key, details, holds_until=later(group.due, -1))


def _ready(facts: Facts, policy: Policy, rules: ContactRules, group: Group) -> Decision:
    """The step of ``group`` is due: take it, unless it is not worth it, is stopped by us, or the customer may not be contacted
    today.
    """
    step = group.step
    if not group.is_enough:
        details = {"amount_chased": group.amount, "amount_minimum": step.min_amount}
        return _look(facts, policy, Reason.BELOW_MINIMUM, details, step.key)
    ready = [one.item for one in group.ready]
    found = next((one for one in facts.findings if one.is_about(ready)), None) if step.letter else None
    if found and not facts.do_not_contact:
        details = {"check": found.check, "subject": found.subject, "count": found.count}
        # whoever puts it right need not tell us
        return replace(_look(facts, policy, Reason.OUR_SIDE, details, step.key), holds_until=facts.today)
    permission = may_contact(rules, facts.today, facts.contacts, facts.last_reply, facts.do_not_contact)
    if not permission.allowed:
        return _not_today(facts, policy, rules, permission, step)
    since = min(one.due for one in group.ready)
    return Decision(Action.STEP, Reason.STEP_DUE, facts.today, step.key, {"since": since}, holds_until=facts.today)


def _unless_called_again(facts: Facts, policy: Policy, decision: Decision) -> Decision:
    """``decision``, or the attempt to reach the customer that somebody wants to make before it."""
    again = facts.call_again_date
    if again is None or decision.action is not Action.WAIT or facts.do_not_contact or again > decision.next_date:
        return decision
    call = _overdue_work(facts, policy, Reason.CALL_AGAIN, again, decision.step)
    return _at_most_until(decision.holds_until, call)


def _not_today(facts: Facts, policy: Policy, rules: ContactRules, permission: Permission, step: Step) -> Decision:
    reason = _OBSTACLES[permission.obstacle]
    if permission.when is None:
        return replace(_look(facts, policy, reason, step=step.key), holds_until=facts.today)
    details = {"when": permission.when}
    if reason is Reason.ANSWERED:
        details["since"] = facts.last_reply
    if reason is Reason.CONTACT_BUDGET:
        details |= {"count": rules.max_contacts, "days": rules.window_days}
    # tomorrow another obstacle may come first
    return Decision(Action.WAIT, reason, permission.when, step.key, details, holds_until=facts.today)


def _look(
    facts: Facts, policy: Policy, reason: Reason, details: dict | None = None, step: int | None = None
) -> Decision:
    """Wait for an outside event, but not for ever: after ``review_days`` with the same reason a person looks.

    A review that is already asked for is not asked for twice, and one that was done holds for ``review_days``.
    """
    details = details or {}
    if facts.review_date is not None:
        return Decision(Action.WAIT, reason, facts.review_date, step, details)
    latest = later(facts.today, policy.review_days)
    look = facts.previous_date if facts.previous_reason == reason else None
    if look is None:
        look = latest
    elif facts.reviewed_on is not None:
        look = max(look, later(facts.reviewed_on, policy.review_days))
    look = min(look, latest)
    if look <= facts.today:
        return Decision(Action.REVIEW, reason, facts.today, step, details, holds_until=facts.today)
    return Decision(Action.WAIT, reason, look, step, details, holds_until=later(look, -1))
