"""What somebody typed into a form of the page: read with bounds, and refused in words for whoever typed it."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from odoo.exceptions import UserError

#: Characters of a name, of one line, of what is told in words.
NAME, LINE, WORDS = 100, 200, 2000
#: Characters of an amount as it is typed.
AMOUNT = 24
LARGEST = Decimal(10) ** 12


class Refused(UserError):
    """The customer is told why; nothing has been done. Such a sentence names nothing of ours."""


class Said:
    """The values of a form, as text, and a way to read each.

    :param env: in whose language is refused
    :param posted: what the browser sent: texts by name
    """

    def __init__(self, env, posted):
        self.env = env
        self.posted = posted

    def _text(self, name):
        """A value without control characters, which no database keeps."""
        value = str(self.posted.get(name) or "").replace("\r\n", "\n")
        return "".join(one for one in value if one in "\n\t" or unicodedata.category(one) != "Cc").strip()

    def has(self, name):
        """Whether a box is ticked, or something is typed."""
        return bool(self._text(name))

    def line(self, name, label, *, most=LINE, needed=False):
        """One line."""
        return " ".join(self.words(name, label, most=most, needed=needed).split())

    def words(self, name, label, *, most=WORDS, needed=False):
        """A text of several lines."""
        text = self._text(name)
        if needed and not text:
            raise Refused(self.env._("Please fill in “%s”.", label))
        if len(text) > most:
            raise Refused(
                self.env._(
                    "“%(label)s” may have %(most)s characters; yours has %(length)s. Please shorten it.",
                    label=label,
                    most=most,
                    length=len(text),
                )
            )
        return text

    def choice(self, name, label, allowed):
        """One of the values that were offered."""
        value = self._text(name)
        if value not in allowed:
            raise Refused(self.env._("Please choose one of the offered values for “%s”.", label))
        return value

    def number(self, name, label, least, most):
        """A whole number."""
        text = self._text(name)
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not least <= int(text) <= most:
            raise Refused(
                self.env._(
                    "“%(label)s” must be a number from %(least)s to %(most)s.", label=label, least=least, most=most
                )
            )
        return int(text)

    def day(self, name, label, first, last, words):
        """A day from ``first`` to ``last``, as browsers send it.

        :param words: how days are written, see ``collection.statement._phrasing``
        """
        try:
            day = date.fromisoformat(self._text(name))
        except ValueError as error:
            raise Refused(
                self.env._(
                    "Please choose a day for “%(label)s”, for example %(day)s.", label=label, day=first.isoformat()
                )
            ) from error
        if not first <= day <= last:
            raise Refused(
                self.env._(
                    "“%(label)s” must be a day from %(first)s to %(last)s.",
                    label=label,
                    first=words.date(first),
                    last=words.date(last),
                )
            )
        return day

    def amount(self, name, label, currency):
        """A positive amount, written as in the language of the reader or as in any other.

        :rtype: float
        """
        text = self._text(name)
        number = as_number(text, self.env["res.lang"]._get_data(code=self.env.lang).thousands_sep or "")
        if number is None or not 0 < number <= LARGEST or currency.compare_amounts(float(number), 0) <= 0:
            raise Refused(self.env._("“%s” must be an amount greater than zero. Please correct it.", label))
        return currency.round(float(number))


def as_number(text, thousands=","):
    """The number that somebody means who types ``text``; None where that is none. Of two separators the last one is the
    decimal one; a single one before three digits stands between thousands, where the language writes it so.

    >>> as_number("1.234,50", "."), as_number("1,234.50", ","), as_number("1.234", "."), as_number("1.234", ",")
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('1234'), Decimal('1.234'))
    >>> as_number("NaN"), as_number("1e9"), as_number("-5"), as_number("12,5", "."), as_number("1 234,5", " ")
    (None, None, Decimal('-5'), Decimal('12.5'), Decimal('1234.5'))
    """
    digits = re.sub(r"[\s'’]", "", text)
    if len(text) > AMOUNT or not re.fullmatch(r"-?[\d.,]*\d[\d.,]*", digits, re.ASCII):
        return None
    marks = [one for one in digits if one in ".,"]
    if marks:
        last = marks[-1]
        head, _mark, tail = digits.rpartition(last)
        grouped = bool(re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3})+", digits, re.ASCII)) and len(set(marks)) == 1
        if grouped and (len(marks) > 1 or last == thousands):
            digits = digits.replace(last, "")
        else:
            digits = re.sub(r"[.,]", "", head) + "." + tail
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None
