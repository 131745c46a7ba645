"""What all of the other rooms say of a person."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.

from . import privacy  # names their words
