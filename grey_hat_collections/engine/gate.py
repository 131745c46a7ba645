"""Is it us? What may be wrong on our side is looked at before a letter leaves.

Each check of the gate finds something or nothing. What a finding means is the company's choice: it *stops* letters, it
*warns* the people who look at the case, or it is *off*.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What a company makes of a check."""

    STOP = "stop"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be our fault: the code of the ``check``, the record it is about (``subject``, the first of
    ``count``) in words.
    """

    check: str
    subject: str = ""
    count: int = 1


def judge(findings: Iterable[Finding], modes: Mapping[str, str]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that stop letters, and those that only warn, each in their order.

    ``modes`` says for each check what the company makes of it; a check that it does not name warns.

    >>> stops, warnings = judge([Finding("credit_draft", "RINV/7"), Finding("bank_stale")], {"credit_draft": "stop"})
    >>> [finding.subject for finding in stops], [finding.check for finding in warnings]
    (['RINV/7'], ['bank_stale'])
    """
    stops, warnings = [], []
    for finding in findings:
        mode = Mode(modes.get(finding.check, Mode.WARN))
        if mode is Mode.STOP:
            stops.append(finding)
        elif mode is Mode.WARN:
            warnings.append(finding)
    return tuple(stops), tuple(warnings)
