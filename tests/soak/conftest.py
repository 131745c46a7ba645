"""The fixtures of the black-box tests, for those that take long."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

E2E = Path(__file__).parent.parent / "e2e"

sys.path.insert(0, str(E2E))  # for what stands beside them: office, harness
spec = spec_from_file_location("e2e_conftest", E2E / "conftest.py")
fixtures = module_from_spec(spec)
spec.loader.exec_module(fixtures)
globals().update({name: value for name, value in vars(fixtures).items() if not name.startswith("_")})
