"""An account with one item: what the questions before the ladder are tried on. What happens between several items is told in
``test_ladder.py``.
"""

from dataclasses import dataclass, fields, replace
from datetime import date

from engine import escalation
from engine.contact import ContactRules
from engine.decision import Decision
from engine.ladder import ZERO, Policy, Standing

ITEM = "INV/1"


@dataclass(frozen=True, slots=True)
class Facts(escalation.Facts):
    """The facts, with the last ``step`` of the one item, its day, and the day on which the item was due; all of what is chased
    is asked for of it.
    """

    oldest_due_date: date | None = None
    step: int | None = None
    step_date: date | None = None
    noticed: bool = False


def decide(facts: Facts, policy: Policy, rules: ContactRules) -> Decision:
    """What the engine decides, without the list of what the step names, which is the one item."""
    known = {one.name: getattr(facts, one.name) for one in fields(escalation.Facts)}
    due = facts.oldest_due_date or facts.today
    item = Standing(ITEM, due, facts.amount_chased, facts.step, facts.step_date, facts.noticed)
    answer = escalation.decide(escalation.Facts(**known | {"items": (item,)}), policy, rules)
    if answer.items:
        assert (answer.items, answer.along, answer.amount) == ((ITEM,), (), facts.amount_chased)
    return replace(answer, items=(), amount=ZERO)
