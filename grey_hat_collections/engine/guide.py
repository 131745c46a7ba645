"""What to say in a call: which lines fit a case, which of them come first, and the words that are filled in.

A line holds placeholders such as ``{amount}``. A line whose words are not all known is left out: a gap read aloud is worse
than a sentence less.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: A condition that holds for every case.
ANY = "any"

#: How many lines of a section are shown: what a person can take in while the phone rings.
MOST = {"opening": 1, "facts": 3, "question": 3, "angry": 4}

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of the guide. ``stage`` None fits every stage at which we ask; ``own`` says that it is one company's."""

    section: str
    text: str
    stage: int | None = None
    situation: str = ANY
    mood: str = ANY
    own: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What is known before the call.

    ``situations`` are ordered, the most telling first. ``words`` are the placeholders that have something to say. ``ours``
    is False where others speak for us or nothing is left to say (with an agency, settled): then only lines written for the
    very stage fit. ``asks`` is False where nothing is asked for today (on hold, all promised or disputed): then only
    questions about such a situation fit.
    """

    stage: int
    words: Mapping[str, str]
    situations: Sequence[str] = ()
    mood: str | None = None
    ours: bool = True
    asks: bool = True

    def fits(self, line: GuideLine) -> bool:
        """Whether the conditions of ``line`` hold."""
        return (
            (line.stage == self.stage if line.stage else self.ours)
            and (self.asks or line.section != "question" or line.situation != ANY)
            and line.situation in (ANY, *self.situations)
            and line.mood in (ANY, self.mood)
        )

    def rank(self, line: GuideLine) -> tuple:
        """The smaller, the more the line is about this very call: situation, mood, stage, a company's own."""
        situation = len(self.situations) if line.situation == ANY else self.situations.index(line.situation)
        return situation, line.mood == ANY, not line.stage, not line.own


def compose(lines: Iterable[GuideLine], call: Call) -> dict[str, list[str]]:
    """The texts to show by section, the most specific first, at most ``MOST`` of each; ``lines`` break the tie.

    >>> lines = [
    ...     GuideLine("question", "Which day may we expect the {amount}?"),
    ...     GuideLine("question", "What day did you send the payment?", stage=2),
    ...     GuideLine("question", "Is all in place for {promise_date}?", situation="promise_open"),
    ... ]
    >>> compose(lines, Call(stage=2, words={"amount": "$ 500.00"}, situations=["promise_open"]))
    {'question': ['What day did you send the payment?', 'Which day may we expect the $ 500.00?']}
    """
    composed = {}
    for line in sorted(filter(call.fits, lines), key=call.rank):
        shown = composed.setdefault(line.section, [])
        text = fill(line.text, call.words)
        if text and text not in shown and len(shown) < MOST.get(line.section, 3):
            shown.append(text)
    return {section: texts for section, texts in composed.items() if texts}


def fill(text: str, words: Mapping[str, str]) -> str | None:
    """``text`` with its placeholders filled in; None when one of them has nothing to say.

    >>> fill("Hello {contact}, {amount} is open.", {"contact": "Pat", "amount": "$ 500.00"})
    'Hello Pat, $ 500.00 is open.'
    >>> fill("We expected you on {promise_date}.", {"contact": "Pat"}) is None
    True
    """
    if not all(words.get(name) for name in PLACEHOLDER.findall(text)):
        return None
    return PLACEHOLDER.sub(lambda match: str(words[match[1]]), text)


def wrong_part(text: str, allowed: Collection[str]) -> str | None:
    """The first part of ``text`` that could not be filled in: an unknown word in braces, or a brace that stands alone.

    >>> wrong_part("Which day may we expect the {amuont}?", ["amount"])
    '{amuont}'
    >>> wrong_part("We expect {amount on Friday.", ["amount"])
    '{'
    >>> wrong_part("We expect {amount} on Friday.", ["amount"]) is None
    True
    """
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in allowed:
            return match[0]
    stray = BRACE.search(PLACEHOLDER.sub("", text))
    return stray and stray[0]
