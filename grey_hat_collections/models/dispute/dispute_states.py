"""The states of a dispute, in a file that every model may read."""

STATES = [
    ("new", "New"),
    ("in_progress", "In Progress"),
    ("upheld", "Upheld"),
    ("partly_upheld", "Partly Upheld"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
]
#: The answer is ours to give.
OPEN = ("new", "in_progress")
#: The customer has our answer.
ANSWERED = ("upheld", "partly_upheld", "rejected")
