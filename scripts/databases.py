"""Databases with their file stores: create, clone, drop, and the templates that make a start cost a second.

Four kinds of template are kept. The *clean* one has Odoo's accounting and nothing of ours; it depends on Odoo alone, as does the
*crowded* one, which has more of Odoo's applications. The *installed* one has our add-on too, as its sources are now, and what
installs itself with it. The *world* has in addition what the stories of the tests begin with. The add-on for several hosts
is installed where it is needed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from scripts.console import StepFailed, run_logged, step, stop
from scripts.environment import Environment
from scripts.oca_addons import with_queue
from scripts.odoo_scripts import run_script
from scripts.paths import ADDON, ADDON_DIR, LOGS, QUEUE_ADDON, ROOT, TOGETHER, cache_dir, locked

PREFIX = "ghc_"  # every database of the project begins so
# Change it when the clean template is to be made anew.
CLEAN_RECIPE = b"accounting, phone numbers, styles of documents, scripts and styles of the login page"
INSTALLED_TEMPLATES_KEPT = 4
#: What many houses have installed beside accounting; each reads, shows or restricts something that we do, too.
NEIGHBOURS = (
    *("sale_management", "purchase", "stock", "crm", "point_of_sale", "project", "hr", "mass_mailing", "website_sale"),
    "l10n_de",
)
#: What of Odoo only our tests need: a provider that pretends to pay, and payment codes of the SEPA area.
FOR_TESTS = ("payment_demo", "account_qr_code_sepa")
#: The bundles that every copy uses, and no add-on changes: the styles of documents, the login page.
BUNDLING = """
for name in ("web.report_assets_common", "web.report_assets_pdf"):
    env["ir.qweb"]._get_asset_bundle(name, js=False, autoprefix=True).css()
env["ir.qweb"]._get_asset_bundle("web.assets_frontend", js=False).css()
for name in ("web.assets_frontend_minimal", "web.assets_frontend_lazy"):
    env["ir.qweb"]._get_asset_bundle(name, css=False).js()
env.cr.commit()
"""
#: What the world of the tests is made by, beside the add-on.
WORLD_SOURCES = ("accounting_common.py", "common.py", "world.py")
MAKE_WORLD = f"""
from odoo.addons.{ADDON}.tests import common, world
class World(common.TwoCompaniesCommon):
    pass
world.prepare(World)
"""
TEMPORARY = re.compile(rf"{PREFIX}(?:test|e2e|pot)_(?P<process>\d+)_\d+")
IGNORED_PARTS = {"__pycache__", "tests", "i18n"}  # what an installed database does not depend on

_numbers = count(1)


def query(environment: Environment, statement: str, database: str = "postgres") -> list[str]:
    """The lines of an SQL statement's answer, columns separated by ``|``."""
    command = [environment.cluster.program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
    answer = subprocess.run(command, capture_output=True, text=True, env=environment.variables, check=False)
    if answer.returncode:
        raise StepFailed(f"PostgreSQL refused “{statement}”: {answer.stderr.strip()}")
    return answer.stdout.splitlines()


def names(environment: Environment) -> list[str]:
    """The databases of the project, templates included."""
    pattern = PREFIX.replace("_", r"\_") + "%"
    return query(environment, f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}' ORDER BY datname")


def exists(environment: Environment, name: str) -> bool:
    """Whether there is a database of this name."""
    return bool(query(environment, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(environment: Environment, name: str) -> None:
    """Drop a database and its file store, whoever is connected to it."""
    query(environment, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(environment, name), ignore_errors=True)


def clone(environment: Environment, template: str, name: str) -> None:
    """Copy a database with its file store. Odoo never changes a stored file in place, so files are linked."""
    # Copying files is what older servers always do, and five times faster than the newer default.
    strategy = "" if _server_version(environment) < 15 else "STRATEGY file_copy"
    query(environment, f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
    source, target = filestore(environment, template), filestore(environment, name)
    shutil.rmtree(target, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=os.link)


def _server_version(environment: Environment) -> int:
    return int(query(environment, "SHOW server_version_num")[0]) // 10000


def rename(environment: Environment, name: str, new_name: str) -> None:
    """Give a database and its file store another name."""
    if filestore(environment, name).is_dir():
        filestore(environment, name).rename(filestore(environment, new_name))
    query(environment, f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')


def comment(environment: Environment, name: str) -> str:
    """What :func:`remember` noted on a database."""
    found = query(
        environment, f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    return "".join(found)


def remember(environment: Environment, name: str, note: str) -> None:
    """Note something on a database itself, so that the note goes when the database goes."""
    query(environment, f"COMMENT ON DATABASE \"{name}\" IS '{note}'")


def filestore(environment: Environment, name: str) -> Path:
    """The folder of a database's attachments."""
    return environment.data_dir / "filestore" / name


def clean_template(environment: Environment) -> str:
    """The database with Odoo's accounting and without our add-on."""
    name = f"{PREFIX}clean_{_digest(environment.odoo.key.encode(), CLEAN_RECIPE)}"

    def make(draft: str) -> None:
        # Odoo's add-ons only: ours would install itself beside accounting.
        install(environment, draft, "account", LOGS / f"{draft}.log", addons=())
        _generate_assets(environment, draft)

    return _template(environment, name, "Odoo's accounting (about a minute)", make)


def crowded_template(environment: Environment, neighbours: Sequence[str] = NEIGHBOURS) -> str:
    """The clean database with more of Odoo's applications."""
    name = f"{PREFIX}crowded_{_digest(environment.odoo.key.encode(), CLEAN_RECIPE, *map(str.encode, neighbours))}"

    def make(draft: str) -> None:
        clone(environment, clean_template(environment), draft)
        install(environment, draft, ",".join(neighbours), LOGS / f"{draft}.log", addons=())

    return _template(environment, name, f"{len(neighbours)} of Odoo's applications (some minutes)", make)


def installed_template(environment: Environment) -> str:
    """The database with our add-on installed from its present sources."""
    prefix = f"{PREFIX}installed_"
    name = prefix + _digest(environment.odoo.key.encode(), CLEAN_RECIPE, source_hash().encode())

    def make(draft: str) -> None:
        clone(environment, clean_template(environment), draft)
        install(environment, draft, ADDON, LOGS / f"{draft}.log")
        _drop_old_templates(environment, prefix, name)

    return _template(environment, name, "the add-on", make)


def world_template(environment: Environment) -> str:
    """The database with the add-on in which its tests find what their stories begin with."""
    prefix = f"{PREFIX}world_"
    sources = [(ADDON_DIR / "tests" / source).read_bytes() for source in WORLD_SOURCES]
    name = prefix + _digest(
        environment.odoo.key.encode(), CLEAN_RECIPE, source_hash().encode(), *map(str.encode, FOR_TESTS), *sources
    )

    def make(draft: str) -> None:
        clone(environment, installed_template(environment), draft)
        install(environment, draft, ",".join(FOR_TESTS), LOGS / f"{draft}.log")
        run_script(environment, draft, MAKE_WORLD)
        # all that a browser may ask for: the tours begin at once
        run_script(environment, draft, "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()")
        _drop_old_templates(environment, prefix, name)

    return _template(environment, name, "the world of the tests", make)


def ensure(environment: Environment, name: str) -> bool:
    """Make a database with the add-on installed when there is none of this name; tell whether it was made."""
    if exists(environment, name):
        return False
    clone(environment, installed_template(environment), name)
    return True


def source_hash() -> str:
    """A digest of everything in the add-on, and in what installs itself with it, that an installed database depends on."""
    if not (ADDON_DIR / "__manifest__.py").is_file():
        stop(f"There is no add-on to install: {ADDON}/__manifest__.py is missing.")
    digest = hashlib.sha256()
    for path in sorted(path for addon in TOGETHER for path in (ROOT / addon).rglob("*")):
        relative = path.relative_to(ROOT)
        if path.is_file() and not IGNORED_PARTS.intersection(relative.parts):
            digest.update(f"{relative}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _template(environment: Environment, name: str, title: str, make: Callable[[str], None]) -> str:
    """The database ``name``, which ``make`` has made once: under another name, so that a broken one is never taken for it."""
    if exists(environment, name):
        return name
    with locked(name):
        if exists(environment, name):  # somebody else has made it meanwhile
            return name
        draft = f"{name}_new"
        with step(f"Preparing a database with {title}"):
            drop(environment, draft)
            try:
                make(draft)
                rename(environment, draft, name)
            except BaseException:
                drop(environment, draft)
                raise
    return name


def install(
    environment: Environment,
    name: str,
    module: str,
    log: Path,
    *,
    option: str = "-i",
    addons: Sequence[Path] = (ROOT,),
) -> None:
    """Install (``-i``) or upgrade (``-u``) a module, or several with commas between; the database is made when missing."""
    words = ["-d", name, option, module, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    log.unlink(missing_ok=True)
    try:
        run_logged(environment.odoo_command(*words, addons=addons), log, env=environment.variables)
    except StepFailed as failure:
        stop(f"{failure}\nThe module {module} could not be installed.")
    states = query(environment, f"SELECT state FROM ir_module_module WHERE name = ANY('{{{module}}}')", name)
    if states != ["installed"] * len(module.split(",")):
        stop(f"The module {module} could not be installed; see {log}.")


def install_queue(environment: Environment, name: str) -> None:
    """Install the add-on for several hosts into a database that has the main one."""
    install(environment, name, QUEUE_ADDON, LOGS / f"{name}-queue.log", addons=with_queue(environment))


def temporary_name(purpose: str) -> str:
    """A name for a database of this process, which :func:`drop_orphans` recognises when the process is gone."""
    return f"{PREFIX}{purpose}_{os.getpid()}_{next(_numbers)}"


def drop_orphans(environment: Environment) -> None:
    """Drop the temporary databases of runs that were killed."""
    for name in names(environment):
        found = TEMPORARY.fullmatch(name)
        if found and not Path("/proc", found["process"]).exists():
            drop(environment, name)


def _generate_assets(environment: Environment, name: str) -> None:
    """Bundle scripts and styles once, for every copy of the template: those that every copy uses, and no add-on changes."""
    run_script(environment, name, BUNDLING, addons=())


def _drop_old_templates(environment: Environment, prefix: str, newest: str) -> None:
    """Keep the few templates made last; the order of creation is the order of their object ids."""
    pattern = prefix.replace("_", r"\_") + "%"
    found = query(environment, f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}' ORDER BY oid DESC")
    for name in [name for name in found if name != newest and not name.endswith("_new")][INSTALLED_TEMPLATES_KEPT:]:
        drop(environment, name)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:10]


def remove_all(environment: Environment) -> None:
    """Drop every database of the project."""
    for name in names(environment):
        drop(environment, name)
    shutil.rmtree(cache_dir() / "odoo-data", ignore_errors=True)
