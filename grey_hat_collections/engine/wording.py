"""The words of a letter as somebody types them: paragraphs with an empty line between them, words in braces that are filled in,
words between asterisks that are bold. Nothing else means anything, and nothing of it is HTML.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from .guide import PLACEHOLDER, wrong_part

#: Words between asterisks, with no space inside the asterisks: 5 * 3 * 2 is a sum.
BOLD = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*")
#: Signs and lines of one passage. A letter is a page or two.
LONGEST, MOST_LINES = 2000, 30


class Part(NamedTuple):
    """Some words of a line."""

    text: str
    bold: bool


def paragraphs(text: str) -> list[list[str]]:
    r"""The paragraphs of ``text``, each a list of its lines; empty lines stand between them.

    >>> paragraphs("Please pay.\n\n  Call me,\nor write.\n\n\n")
    [['Please pay.'], ['Call me,', 'or write.']]
    >>> paragraphs("  \n ")
    []
    """
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if words := " ".join(line.split()):
            found[-1].append(words)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def tidy(text: str) -> str:
    r"""``text`` as it is kept: no space at the ends of lines, one empty line between paragraphs.

    >>> tidy(" Please  pay.\r\n\r\n\r\nThank you. ")
    'Please pay.\n\nThank you.'
    """
    return "\n\n".join("\n".join(lines) for lines in paragraphs(text))


def parts(line: str) -> list[Part]:
    """The words of a line, the bold ones apart.

    >>> parts("*What now:* pay.")
    [Part(text='What now:', bold=True), Part(text=' pay.', bold=False)]
    >>> parts("5 * 3 * 2")
    [Part(text='5 * 3 * 2', bold=False)]
    """
    found, at = [], 0
    for match in BOLD.finditer(line):
        found += [Part(line[at : match.start()], bold=False), Part(match[1], bold=True)]
        at = match.end()
    found.append(Part(line[at:], bold=False))
    return [part for part in found if part.text]


def filled(text: str, words: Mapping[str, str]) -> str:
    """``text`` with its words in braces filled in; what stands in their place is filled in no more.

    >>> filled("Hello {customer}", {"customer": "{amount}"})
    'Hello {amount}'
    """
    return PLACEHOLDER.sub(lambda match: words.get(match[1], ""), text)


def problem(text: str, allowed: Collection[str], needed: Collection[str]) -> tuple[str, str] | None:
    r"""What is wrong with a text, and the part that shows it; None where nothing is.

    >>> problem("Pay by {pay_by}.", {"pay_by"}, {"pay_by"})
    >>> problem(" ", {"pay_by"}, {"pay_by"})
    ('empty', '')
    >>> problem("Pay, {__class__}.", {"pay_by"}, set()), problem("Pay }.", {"pay_by"}, set())
    (('unknown', '{__class__}'), ('brace', '}'))
    >>> problem("Pay.", {"pay_by"}, {"pay_by"})
    ('missing', '{pay_by}')
    >>> problem("x" * 3000, set(), set()), problem("x\n" * 31, set(), set())
    (('long', '3000'), ('lines', '31'))
    """
    lines = [line for paragraph in paragraphs(text) for line in paragraph]
    if not lines:
        return "empty", ""
    if len(text) > LONGEST:
        return "long", str(len(text))
    if len(lines) > MOST_LINES:
        return "lines", str(len(lines))
    if wrong := wrong_part(text, allowed):
        return ("brace" if wrong in "{}" else "unknown"), wrong
    for name in sorted(needed):
        if f"{{{name}}}" not in text:
            return "missing", f"{{{name}}}"
    return None
