"""Tests of the add-on in a house that has more of Odoo's applications."""

from scripts.odoo_tests import run_among
from scripts.paths import ADDON

#: Those who work with a case every day; all the others as well.
SCREENS, ALL_SCREENS = f"/{ADDON}:TestWhatACaseLeadsTo", f"/{ADDON}:TestWhatACaseLeadsTo,neighbours/{ADDON}"


def screens_open_beside(environment, neighbours, tags=SCREENS):
    """Every screen that a case leads to opens, for each kind of person, where these applications are installed as well."""
    tally = run_among(environment, neighbours, tags)
    assert tally.passed > 3
    assert (tally.failed, tally.skipped, tally.cut_short) == (0, 0, ())
