"""JSON that somebody, or an earlier version, has stored otherwise than expected: nothing ends over it."""


def as_dict(stored):
    """``stored`` where it is one; else nothing."""
    return stored if isinstance(stored, dict) else {}


def as_list(stored):
    """``stored`` where it is one; else nothing."""
    return stored if isinstance(stored, list) else []


def known(stored, names):
    """Those of ``names`` that the list ``stored`` names, as a set: what a list of JSON holds need not fit into one."""
    stored = as_list(stored)
    return {name for name in names if name in stored}
