# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import collection_demo  # the model
from . import collection_demo_story  # after collection_demo: what happens in a story
from . import collection_demo_customer_side  # after collection_demo_story: its noon
from . import collection_demo_road  # after collection_demo_story: its noon
