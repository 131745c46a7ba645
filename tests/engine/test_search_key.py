"""What somebody types while a customer is on the phone: a number, an amount, a name, each written in many ways."""

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search_key import LONGEST, MOST_WORDS, last_digits, read_search_key, shorter_on_file

# Amounts


@pytest.mark.parametrize("point", [".", ","])
@pytest.mark.parametrize(
    "text",
    ["1260", "1,260.00", "1.260,00", "1 260,00", "1\u202f260,00", "1'260.00", "1’260.00", "1260,0", "$1,260.00", "1.260,00 €",
     "USD 1260", "1,260.00 USD", "US$ 1,260.00", "€1260", "CHF 1'260.–", "1'260.-", "1260,--"],
)  # fmt: skip
def test_an_amount_in_any_writing(text, point):
    assert read_search_key(text, point).amounts == (Decimal(1260),)


@pytest.mark.parametrize(
    ("text", "point", "amounts"),
    [
        ("1,260", ".", ["1260"]),
        ("1.260", ".", ["1260", "1.260"]),
        ("1.260", ",", ["1260"]),
        ("1,260", ",", ["1260", "1.260"]),
        ("1.260.000", ".", ["1260000"]),
        ("12,34,567.50", ".", ["1234567.50"]),
        ("0.50", ".", ["0.50"]),
        ("10", ".", ["10"]),
        ("1260.5", ".", ["1260.5"]),
        ("1260.505", ".", ["1260.505"]),
    ],
)
def test_what_parts_thousands_in_one_language_parts_cents_in_another(text, point, amounts):
    assert read_search_key(text, point).amounts == tuple(map(Decimal, amounts))


@pytest.mark.parametrize(
    "text",
    ["", "7", "$", "0164", "00", "1,26,0", "1.2.3", "1..2", "1,260.00.00", "12345.6789", "1,2345.00", "INV/2026/00044", "INV44",
     "1260 and more", "1e5", "nan", "9" * 16, "+1 207", "2026-03-02", "٣٤٥", "1 260 1"],
)  # fmt: skip
def test_what_is_no_amount(text):
    assert read_search_key(text).amounts == ()


@given(
    st.decimals(min_value="0.1", max_value="9999999999.99", places=2),
    st.sampled_from(["en", "de", "fr", "ch", "plain"]),
)
def test_every_amount_is_read_as_it_is_printed(amount, country):
    printed = f"{amount:,.2f}"
    printed = {
        "en": printed,
        "de": printed.translate(str.maketrans(",.", ".,")),
        "fr": printed.translate(str.maketrans(",.", "\u202f,")),
        "ch": printed.replace(",", "’"),
        "plain": f"{amount:.2f}",
    }[country]
    for point in ".,":
        assert read_search_key(printed, point).amounts == (amount,)


# Phone numbers

WRITTEN = (
    "+1 (207) 555-0164",
    "207.555.0164",
    "2075550164",
    "001 207 555 0164",
    "tel:+12075550164",
    "1-207-555-0164",
    "(207) 555-0164 ext. 12",
    "207 555 0164 x12",
    "+1\u00a0207\u2011555\u20110164",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_phone_number_in_any_writing(text):
    assert read_search_key(text).phone == "75550164"
    assert last_digits(text) == "75550164"


@pytest.mark.parametrize(
    "text", ["0164", "55-0164", "INV/2026/00044", "K-10077123", "9407 1000 0000 0000 0000 12", "petra@x.example", "()"]
)
def test_what_is_no_phone_number(text):
    assert read_search_key(text).phone == ""


def test_fewer_digits_on_file_are_the_end_of_what_is_typed():
    assert shorter_on_file("75550164") == ("5550164", "550164")
    assert shorter_on_file("5550164") == ("550164",)


@given(st.text(string.digits, min_size=8, max_size=12), st.randoms())
def test_what_parts_the_digits_makes_no_difference(digits, random):
    parted = "".join(digit + random.choice(["", "", "", " ", "-", ".", "/", ") "]) for digit in digits)
    assert last_digits(parted) == digits[-8:] == read_search_key(parted).phone


# Whatever is typed


@given(
    st.one_of(
        st.text(max_size=500), st.none(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
    )
)
def test_any_text_is_read_within_bounds(text):
    key = read_search_key(text)
    assert len(key.text) <= LONGEST
    assert len(key.words) <= MOST_WORDS
    assert not set(key.text) & set(map(chr, range(32)))
    assert all(run.isalnum() for run in key.runs)
    assert all(amount >= 0 for amount in key.amounts)
    assert len(key.phone) in (0, 7, 8)


@pytest.mark.parametrize("text", ["", " ", "%", "_%_", "a", "/", "7", "''", "\x00\x01", "—"])
def test_less_than_two_letters_or_digits_are_nothing(text):
    assert not read_search_key(text)


def test_two_are_a_whole_number_and_three_a_part_of_one():
    assert read_search_key("a7")
    assert not read_search_key("a7").is_part
    assert read_search_key("a-77").is_part
