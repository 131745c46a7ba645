"""Let the engine's modules be imported, and their doctests run, without Odoo.

Importing ``grey_hat_collections`` proper would import Odoo and its models. A stand-in without content takes its name
here, so that ``grey_hat_collections.engine`` is found inside and nothing else is loaded.
"""

import sys
from pathlib import Path
from types import ModuleType

ADDON = Path(__file__).resolve().parent.parent / "grey_hat_collections"

stand_in = ModuleType(ADDON.name)
stand_in.__path__ = [str(ADDON)]
stand_in.__file__ = str(ADDON / "__init__.py")
sys.modules.setdefault(ADDON.name, stand_in)
