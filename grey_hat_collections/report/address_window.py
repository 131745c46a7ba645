"""The address in the window of an envelope: as many lines as it shows, none broken by the page. No Odoo."""

from .text_size import shortened, width, wrapped

#: The address zone of DIN 5008 form B is 27.3 mm high: six lines of 4.5 mm, and so wide that a line holds this many ems of
#: letters of 9.6 points.
LINES, ROOM = 6, 22.0
LINE_MILLIMETRES, LETTER_POINTS = 4.5, 9.6


def as_window(names, street, more, town, country=""):
    r"""The ``lines`` of an address as a window shows them; the first ones, as many as ``names`` says, are the customer's name.
    What does not fit is merged or shortened, the least important first: never the street, the postal code and the town.

    :param names: the customer, and who reads it there, if anybody is named
    :param street: the first line of the street address
    :param more: further lines of it
    :param town: lines with postal code and town
    :param country: of a letter that goes abroad
    :rtype: dict

    >>> as_window(["Acme", "Jane Doe"], "1 Main Street", [], ["04101 Portland"])
    {'lines': ['Acme', 'Jane Doe', '1 Main Street', '04101 Portland'], 'names': 1}
    >>> shown = as_window(
    ...     ["Norddeutsche Gesellschaft für Lebensmitteltechnik mbH & Co. KG", "Dr. Petra Bergmann, Buchhaltung"],
    ...     "Heinrich-von-Kleist-Straße 112-114", ["Hinterhaus, Aufgang C", "3. Obergeschoss"], ["20457 Hamburg"], "Deutschland")
    >>> print(*shown["lines"], sep="\n")
    Norddeutsche Gesellschaft für Lebensmitteltec…
    Dr. Petra Bergmann, Buchhaltung
    Heinrich-von-Kleist-Straße 112-114
    Hinterhaus, Aufgang C, 3. Obergeschoss
    20457 Hamburg
    Deutschland
    """
    parts = {
        "name": wrapped(names[0], ROOM) if names else [],
        "reader": [line for name in names[1:] for line in wrapped(name, ROOM)],
        "street": wrapped(street, ROOM) if street else [],
        "more": [line for one in more for line in wrapped(one, ROOM)],
        "town": [line for one in town for line in wrapped(one, ROOM)],
        "country": [shortened(country, ROOM)] if country else [],
    }
    whole = {"name": " ".join(names[:1]), "reader": ", ".join(names[1:]), "street": street, "more": ", ".join(more)}
    for fit in (_merge_more, _merge_towns, _one_reader, _two_names, _one_more, _one_name, _no_more, _cut):
        if sum(map(len, parts.values())) <= LINES:
            break
        fit(parts, whole)
    return {"lines": [line for part in parts.values() for line in part], "names": len(parts["name"])}


def as_window_again(lines):
    """An address that was kept as text, line by line, as a window shows it."""
    return as_window(lines[:1], lines[1] if len(lines) > 2 else "", lines[2:-1], lines[1:][-1:])


def _merge_more(parts, whole):
    """What follows the street in as few lines as hold it, the first of them beside the street where there is room."""
    parts["more"] = wrapped(whole["more"], ROOM) if whole["more"] else []
    if parts["more"] and len(parts["street"]) == 1 and len(parts["more"]) == 1:
        together = f"{parts['street'][0]}, {parts['more'][0]}"
        if width(together) <= ROOM:
            parts["street"], parts["more"] = [together], []


def _merge_towns(parts, _whole):
    together = ", ".join(parts["town"])
    if width(together) <= ROOM:
        parts["town"] = [together]


def _one_reader(parts, whole):
    parts["reader"] = [shortened(whole["reader"], ROOM)] if whole["reader"] else []


def _two_names(parts, whole):
    parts["name"] = _at_most(parts["name"], whole["name"], 2)


def _one_more(parts, whole):
    parts["more"] = [shortened(whole["more"], ROOM)] if whole["more"] else []


def _one_name(parts, whole):
    parts["name"] = _at_most(parts["name"], whole["name"], 1)


def _no_more(parts, _whole):
    parts["more"] = []


def _cut(parts, whole):
    """What is left where somebody typed a street or a town of many lines."""
    parts["street"] = _at_most(parts["street"], whole["street"], 1)
    parts["town"] = parts["town"][-1:]


def _at_most(lines, text, most):
    """The lines of ``text``, the last of ``most`` shortened."""
    if len(lines) <= most:
        return lines
    rest = text[len(" ".join(lines[: most - 1])) :].strip() if most > 1 else text
    return [*lines[: most - 1], shortened(rest, ROOM)]
