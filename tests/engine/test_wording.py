"""The words of a letter, however they are typed."""

from hypothesis import given
from hypothesis import strategies as st

from engine import wording

TEXTS = st.text(alphabet=st.sampled_from(list("ab *{}<>&\n\r\t_")), max_size=60)


@given(TEXTS)
def test_tidied_once_is_tidy(text):
    tidy = wording.tidy(text)
    assert wording.tidy(tidy) == tidy
    assert tidy.split() == text.split()


@given(TEXTS)
def test_the_parts_of_a_line_say_all_of_it_but_asterisks(text):
    line = " ".join(text.split())
    said = "".join(part.text for part in wording.parts(line))
    assert said.replace("*", "") == line.replace("*", "")


@given(TEXTS, TEXTS)
def test_what_is_filled_in_is_filled_in_no_more(text, value):
    filled = wording.filled(text, {"a": value, "b": value})
    assert filled == value.join(wording.filled(part, {}) for part in text.replace("{b}", "{a}").split("{a}"))


@given(TEXTS)
def test_what_is_not_refused_has_no_brace_left(text):
    if wording.problem(text, {"a", "b"}, set()) is None:
        filled = wording.filled(text, {"a": "x", "b": "x"})
        assert not {"{", "}"} & set(filled)
        assert wording.paragraphs(text)
