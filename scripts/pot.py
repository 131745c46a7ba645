"""Write the template for translators from the add-on as it is now."""

from __future__ import annotations

import re

from scripts import databases
from scripts.console import say
from scripts.environment import Environment
from scripts.odoo_scripts import ask
from scripts.paths import ADDON, ADDON_DIR

TARGET = ADDON_DIR / "i18n" / f"{ADDON}.pot"
# They change with every run and say nothing: the history of the file knows when it was made.
DATES = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)
EXPORT = f"""
import io
from odoo.tools.translate import trans_export
buffer = io.BytesIO()
trans_export(None, ["{ADDON}"], buffer, "po", env)
answer = buffer.getvalue().decode()
"""


def main(environment: Environment, _arguments: list[str]) -> int:
    """Export from a database with the present sources installed."""
    name = databases.temporary_name("pot")
    databases.clone(environment, databases.installed_template(environment), name)
    try:
        text = ask(environment, name, EXPORT)
    finally:
        databases.drop(environment, name)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(DATES.sub("", text), encoding="utf-8")
    say(f"{text.count('msgid ') - 1} terms in {TARGET.relative_to(ADDON_DIR.parent)}")
    return 0
