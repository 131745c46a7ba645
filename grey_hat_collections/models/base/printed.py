"""How long what somebody typed may get on paper, in an e-mail or in a packet."""

#: Characters of a name, a number or a line of an address; of a text that somebody wrote.
NAME, TEXT = 150, 4000
#: Lines of an address.
ADDRESS_LINES = 10


def printed(text, most=NAME):
    """``text`` as it is printed: what is longer than ``most`` characters ends in an ellipsis, what is empty is an empty string.

    Nothing limits what a name or a reference holds, and a program that makes PDFs spends seconds on one without an end.

    >>> printed("Acme"), printed("Acme Incorporated", 6), printed(False)
    ('Acme', 'Acme…', '')
    """
    text = text or ""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def printed_address(lines):
    """The lines of an address as they are printed, the empty ones left out."""
    return [printed(line) for line in lines if line.strip()][:ADDRESS_LINES]
