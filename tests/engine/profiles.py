"""How many examples the property tests try: few while one works, all of them in ``make test``.

``HYPOTHESIS_PROFILE`` chooses: ``few`` (``make check``), ``all`` (the default), or ``thorough``, which looks much longer, with
fresh examples each time.
"""

import os

from hypothesis import HealthCheck, settings

#: The same examples on every run, so that a red build can be repeated at a desk.
REPEATABLE = {"derandomize": True, "database": None, "deadline": None}

settings.register_profile("few", max_examples=10, **REPEATABLE)
settings.register_profile("all", max_examples=100, **REPEATABLE)
settings.register_profile(
    "thorough",
    max_examples=3000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "all"))


def times(factor):
    """Settings of a test that needs ``factor`` times as many examples as the others."""
    return settings(max_examples=round(settings.default.max_examples * factor))
