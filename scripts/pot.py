"""Write the templates for translators from the add-ons as they are now."""

from __future__ import annotations

import re

from scripts import databases
from scripts.console import say
from scripts.environment import Environment
from scripts.oca_addons import with_queue
from scripts.odoo_scripts import ask
from scripts.paths import ADDONS, ROOT

# They change with every run and say nothing: the history of the file knows when it was made.
DATES = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)
EXPORT = f"""
import io
from odoo.tools.translate import trans_export
answer = {{}}
for addon in {ADDONS}:
    buffer = io.BytesIO()
    trans_export(None, [addon], buffer, "po", env)
    answer[addon] = buffer.getvalue().decode()
"""


def main(environment: Environment, _arguments: list[str]) -> int:
    """Export from a database with the present sources of all of them installed."""
    name = databases.temporary_name("pot")
    databases.clone(environment, databases.installed_template(environment), name)
    try:
        databases.install_queue(environment, name)
        texts = ask(environment, name, EXPORT, addons=with_queue(environment))
    finally:
        databases.drop(environment, name)
    for addon, text in texts.items():
        target = ROOT / addon / "i18n" / f"{addon}.pot"
        target.parent.mkdir(exist_ok=True)
        target.write_text(DATES.sub("", text), encoding="utf-8")
        say(f"{text.count('msgid ') - 1} terms in {target.relative_to(ROOT)}")
    return 0
