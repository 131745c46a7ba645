"""The rules are tested without Odoo.

This folder must not become a package (no ``__init__.py``): it would hide the ``engine`` it tests.
"""

import importlib.util
import sys
from pathlib import Path

import profiles  # noqa: F401
import pytest

# A real agency to speak to. Its module lies with the add-on's tests, which use it too; their package needs Odoo.
SOURCE = Path(__file__).resolve().parents[2] / "grey_hat_collections" / "tests" / "agency/agency_server.py"
spec = importlib.util.spec_from_file_location("agency_server", SOURCE)
agency_server = sys.modules["agency_server"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agency_server)


@pytest.fixture
def agency():
    """One that takes what it gets, unless it is told otherwise."""
    with agency_server.AgencyServer() as server:
        yield server
