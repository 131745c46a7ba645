"""Settings of the property tests: the same examples on every run, so that a red build can be repeated at a desk.

``HYPOTHESIS_PROFILE=thorough`` looks much longer, with fresh examples each time.

This folder must not become a package (no ``__init__.py``): it would hide the ``engine`` it tests.
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile(
    "thorough",
    max_examples=3000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A real agency to speak to. Its module lies with the add-on's tests, which use it too; their package needs Odoo.
SOURCE = Path(__file__).resolve().parents[2] / "grey_hat_collections" / "tests" / "agency_server.py"
spec = importlib.util.spec_from_file_location("agency_server", SOURCE)
agency_server = sys.modules["agency_server"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agency_server)


@pytest.fixture
def agency():
    """One that takes what it gets, unless it is told otherwise."""
    with agency_server.AgencyServer() as server:
        yield server
