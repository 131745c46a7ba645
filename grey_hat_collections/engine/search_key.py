"""What somebody types to find a customer's case, while that customer is on the phone.

One text may be several things: 1260 is an amount as well as a part of an invoice's number. All that it may be is looked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import category

#: Characters that are read of what was typed: more than any number or address has.
LONGEST = 100
#: Fewer letters and digits find nothing: they would find everybody.
SHORTEST = 2
#: Of a number that is not typed whole, at least so many letters and digits.
SHORTEST_PART = 3
#: Words of a name that are compared.
MOST_WORDS = 6
#: The last so many digits of a phone number decide; those before them are written in many ways, or not at all.
PHONE_DIGITS = 8
#: A number without its area code, as one reads it out to neighbours.
LOCAL_DIGITS = 7
#: A number on file may be as short as this, if it has no more digits.
SHORTEST_ON_FILE = 6
#: The longest that the telephone networks of the world allow (E.164), with a prefix for calls abroad.
MOST_PHONE_DIGITS = 18
#: Digits of an amount, cents included: nobody is owed more.
MOST_AMOUNT_DIGITS = 15

_EXTENSION = re.compile(r"([0-9])[ .]*(?:ext|x|#|;|,).*", re.IGNORECASE | re.DOTALL)
_NO_DIGIT = re.compile(r"\(0\)|[^0-9]")
_PHONE = re.compile(r"(?:tel:)?[0-9()+./\s\u00a0\u202f\u2010-\u2015-]+", re.IGNORECASE)
_SPACES = "\u0020\u00a0\u202f"
_AMOUNT = re.compile(rf"[0-9](?:[0-9.,'’{_SPACES}]*[0-9])?")
_BEFORE_AMOUNT = re.compile(r"(?:[A-Za-z]{3}\s+|[A-Za-z]{0,3}¤\s*)?")
_AFTER_AMOUNT = re.compile(r"(?:[.,](?:-{1,2}|–|—))?(?:\s*¤|\s*[A-Za-z]{3})?")


@dataclass(frozen=True)
class SearchKey:
    """What a typed text may be; a part that it cannot be is empty.

    :param text: as typed, without what cannot be seen, in one line
    :param words: the words of a name, in any order
    :param runs: the letters and digits of a number or reference, without what parts them
    :param amounts: the amounts that it may mean
    :param phone: the last digits of a phone number, eight of them, or seven of a local one
    """

    text: str = ""
    words: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    phone: str = ""

    def __bool__(self) -> bool:
        return sum(map(len, self.runs)) >= SHORTEST

    @property
    def is_part(self) -> bool:
        """Whether it is long enough to be looked for inside a number or an address."""
        return sum(map(len, self.runs)) >= SHORTEST_PART


def read_search_key(text: object, decimal_point: str = ".") -> SearchKey:
    """What ``text`` may be. Whatever is no text, and text without two letters or digits, is nothing.

    :param decimal_point: of the language of whoever types

    >>> key = read_search_key("Bergmann, Petra")
    >>> key.words, key.amounts, key.phone
    (('Bergmann', 'Petra'), (), '')
    >>> read_search_key("inv 2026/44").runs
    ('inv', '2026', '44')
    >>> read_search_key("+1 (207) 555-0164").phone
    '75550164'
    >>> bool(read_search_key("%")), bool(read_search_key("7"))
    (False, False)
    """
    if not isinstance(text, str):
        return SearchKey()
    seen = "".join(" " if char.isspace() or category(char)[0] == "C" else char for char in text[: 4 * LONGEST])
    line = " ".join(seen.split())[:LONGEST].strip()
    return SearchKey(
        text=line,
        words=tuple(re.findall(r"[^\s,;]+", line)[:MOST_WORDS]),
        runs=tuple(re.findall(r"[^\W_]+", line)),
        amounts=tuple(dict.fromkeys(_amounts(line, decimal_point))),
        phone=typed_phone(line),
    )


# -- Phone numbers ---------------------------------------------------------------------------------------------------


def last_digits(phone: str) -> str:
    """The last eight digits of a phone number, however it is written; of several in one field those of the first. An extension
    and the zero that is left out in calls from abroad are no part of it.

    >>> last_digits("+49 (0)69 1234-567"), last_digits("207.555.0164 ext. 12")
    ('91234567', '75550164')
    """
    return _NO_DIGIT.sub("", _EXTENSION.sub(r"\1", phone))[-PHONE_DIGITS:]


def typed_phone(text: str) -> str:
    """The digits by which a typed phone number is found; nothing where it is none, or too short to tell one from another.

    >>> typed_phone("207.555.0164"), typed_phone("555-0164"), typed_phone("0164"), typed_phone("INV/2026/00044")
    ('75550164', '5550164', '', '')
    """
    number = _EXTENSION.sub(r"\1", text)
    if not _PHONE.fullmatch(number):
        return ""
    count = len(re.sub(r"[^0-9]", "", number))
    digits = last_digits(number)
    return digits if count <= MOST_PHONE_DIGITS and len(digits) >= LOCAL_DIGITS else ""


def shorter_on_file(digits: str) -> tuple[str, ...]:
    """The numbers that somebody may have on file who wrote fewer digits of the same number.

    >>> shorter_on_file("75550164")
    ('5550164', '550164')
    """
    return tuple(digits[-length:] for length in range(len(digits) - 1, SHORTEST_ON_FILE - 1, -1))


# -- Amounts ---------------------------------------------------------------------------------------------------------


def _amounts(text: str, decimal_point: str) -> Iterator[Decimal]:
    """The amounts that ``text`` may mean: none where it is no amount, two where what parts its last three digits may be either.

    >>> [*_amounts("1,260.00", ".")], [*_amounts("€ 1.260,00", ".")], [*_amounts("CHF 1'260.–", ".")]
    ([Decimal('1260.00')], [Decimal('1260.00')], [Decimal('1260')])
    >>> [*_amounts("1.260", ",")], [*_amounts("1.260", ".")]
    ([Decimal('1260')], [Decimal('1260'), Decimal('1.260')])
    >>> [*_amounts("9", ".")], [*_amounts("0164", ".")], [*_amounts("1,26,0", ".")]
    ([], [], [])
    """
    signs = "".join("¤" if category(char) == "Sc" else char for char in text)
    match = _AMOUNT.search(signs)
    if not match or not _BEFORE_AMOUNT.fullmatch(signs[: match.start()]):
        return
    if not _AFTER_AMOUNT.fullmatch(signs[match.end() :]):
        return
    number = re.sub(rf"[{_SPACES}’]", "'", match.group())
    digits = re.sub(r"[^0-9]", "", number)
    if not SHORTEST <= len(digits) <= MOST_AMOUNT_DIGITS or re.match(r"0[0-9]", number):
        return
    grouped = _without_groups(number)
    if grouped:
        yield Decimal(grouped)
    whole, point, cents = _last_part(number)
    units = _without_groups(whole, other_than=point) if point else ""
    if units and len(cents) <= 3 and (len(cents) < 3 or not grouped or point == decimal_point):
        yield Decimal(f"{units}.{cents}")


def _last_part(number: str) -> tuple[str, str, str]:
    """What stands before and after the last point or comma, and which of them it is."""
    place = max(number.rfind("."), number.rfind(","))
    return (number[:place], number[place], number[place + 1 :]) if place > 0 else (number, "", "")


def _without_groups(number: str, other_than: str = "") -> str:
    """The digits of a whole number, where its groups are parted by one sign in the right places; else nothing.

    >>> _without_groups("12,34,567"), _without_groups("1260"), _without_groups("1,26"), _without_groups("1.2,345")
    ('1234567', '1260', '', '')
    """
    signs = set(re.sub(r"[0-9]", "", number))
    if not signs:
        return number
    first, *groups = re.split(r"[.,']", number)
    fits = len(signs) == 1 and other_than not in signs and 1 <= len(first) <= 3
    if fits and len(groups[-1]) == 3 and all(len(group) in (2, 3) for group in groups):
        return first + "".join(groups)
    return ""
