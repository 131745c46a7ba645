"""The call guide: what to say and ask at each stage, with what is known of the customer."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import guide  # the lines of the call guide
from . import stage  # what is said at a stage
from . import case_guide  # after guide: those that fit a case
