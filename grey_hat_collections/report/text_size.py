"""How much room words take on paper, by the width of their letters. No Odoo, no fonts: a little more than most of the fonts need
that a document may be set in.
"""

import unicodedata

#: Width of a character in ems.
NARROW, USUAL, DIGIT, CAPITAL, WIDE, EAST_ASIAN = 0.3, 0.53, 0.58, 0.65, 0.88, 1.02
NARROW_LETTERS = frozenset(" !'()*,-./:;I[]fijlrt|’·")
WIDE_LETTERS = frozenset("@MWmw%—…")


def width(text):
    """How wide ``text`` is, in ems.

    >>> width("ill") < width("ben") < width("WWW") < width("三三三三")
    True
    """
    return sum(map(_width_of, text))


def _width_of(letter):
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in WIDE_LETTERS:
        return WIDE
    if unicodedata.east_asian_width(letter) in "WF":
        return EAST_ASIAN
    if letter.isdigit():
        return DIGIT
    return CAPITAL if letter.isupper() else USUAL


def wrapped(text, room):
    """``text`` in lines that are not wider than ``room`` ems, as a page breaks them: between words, within one that is too long.

    >>> wrapped("Gesellschaft für Kühlanlagenbau", 12)
    ['Gesellschaft für', 'Kühlanlagenbau']
    >>> wrapped("WWWWWW", 2)
    ['WW', 'WW', 'WW']
    """
    lines = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer) <= room:
            lines[-1] = longer
            continue
        while width(word) > room and len(word) > 1:
            begin = _beginning(word, room)
            lines.append(begin)
            word = word[len(begin) :]
        lines.append(word)
    return lines or [""]


def shortened(text, room):
    """``text`` where it is not wider than ``room`` ems, else its beginning and an ellipsis.

    >>> shortened("Hinterhaus, Aufgang C", 20), shortened("Hinterhaus, Aufgang C", 8)
    ('Hinterhaus, Aufgang C', 'Hinterhaus, Auf…')
    """
    if width(text) <= room:
        return text
    return _beginning(text, room - WIDE).rstrip(" ,;-") + "…"


def _beginning(text, room):
    """As many letters of ``text`` as ``room`` ems hold, but one."""
    used = 0.0
    for count, letter in enumerate(text):
        used += _width_of(letter)
        if used > room:
            return text[: max(count, 1)]
    return text
