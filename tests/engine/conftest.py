"""Settings of the property tests: the same examples on every run, so that a red build can be repeated at a desk.

``HYPOTHESIS_PROFILE=thorough`` looks much longer, with fresh examples each time.

This folder must not become a package (no ``__init__.py``): it would hide the ``engine`` it tests.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile(
    "thorough",
    max_examples=3000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
