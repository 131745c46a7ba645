"""The long tests use the fixtures and helpers of the black-box tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
from fixtures import *  # noqa: F403
