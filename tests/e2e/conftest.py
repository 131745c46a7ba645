"""The fixtures of the black-box tests stand in fixtures.py, for the long ones use them too."""

from fixtures import *  # noqa: F403
