"""The rooms of the add-on, in the order in which they are loaded: a room rests on those above it and names none of those below
it, as far as ``tests/engine/test_rooms.py`` says. docs/design.md shows what is in each, and where something new goes.

The order of loading is by hand, here and in each room. Of two files about one model the later one is asked first, and reaches
the earlier one by ``super()``; a model is loaded before what inherits from it. An import loads a file too, so models import from
files further up, or from files without a model.
"""
# ruff: noqa: I001

from . import base  # what any record may inherit
from . import settings  # what a company, a customer and a ladder say
from . import ledger  # what is owed, and what changes that
from . import case  # the episode, its figures and its decisions
from . import contact  # who was spoken with, and what to say
from . import promise  # what the customer said will be paid
from . import dispute  # what the customer says is wrong
from . import gate  # is it us?
from . import guide  # what to say and ask in a call
from . import letter  # what leaves the house, and what proves it
from . import agency  # who collects in our name
from . import page  # what a customer sees of the account, and says about it
from . import privacy  # what all of the above say of a person

from . import doors  # last: models of others that have fields of ours, all of which are known here
