# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import models  # the records
from . import controllers  # after models: what they answer with
from . import report  # after models: what letters need for their documents
from . import wizard  # after models: dialogs about them
from . import demo  # after everything that its stories use
from .hooks import post_init_hook, uninstall_hook
