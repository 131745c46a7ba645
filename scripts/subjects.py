"""Which tests belong to what was changed: by the words in the names of files, and by who imports what."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from scripts.lanes import test_modules, weigh_tags
from scripts.paths import ADDON, ROOT

TESTS = Path(ADDON, "tests")
#: Words that say where a file lies or what kind it is, not what it is about.
NOT_A_SUBJECT = frozenset(
    [
        "abstract",
        "access",
        "account",
        "action",
        "and",
        "at",
        "common",
        "common",
        "collection",
        "data",
        "demo",
        "few",
        "from",
        "init",
        "inside",
        "ir",
        "is",
        "js",
        "life",
        "line",
        "mail",
        "move",
        "of",
        "partner",
        "queries",
        "refused",
        "res",
        "review",
        "rights",
        "static",
        "template",
        "test",
        "the",
        "tour",
        "tours",
        "view",
        "what",
        "when",
        "who",
        "wizard",
        "with",
        "words",
    ]
)


def changed_files(base: str) -> list[Path]:
    """The files that differ from a commit, those that Git does not know yet included; relative to the checkout."""
    commands = (["diff", "--name-only", base], ["ls-files", "--others", "--exclude-standard"])
    names = [
        name
        for words in commands
        for name in subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    ]
    return sorted(Path(name) for name in set(names))


def subjects(path: Path) -> frozenset[str]:
    """What a file is about.

    >>> sorted(subjects(Path("models/promise/case_promise.py"))), sorted(subjects(Path("tests/test_promises_kept.py")))
    (['case', 'promise'], ['kept', 'promise'])
    """
    words = re.findall(r"[a-z]+", path.stem.lower())
    return frozenset(_singular(word) for word in words) - NOT_A_SUBJECT


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def rank(changed: Iterable[Path], modules: Iterable[Path]) -> list[Path]:
    """The test modules that belong to changed files: those that were changed, then by how much they have in common.

    The word *case* is in many names; it counts where it is all that a file is about.

    >>> tests = [Path("tests/test_case.py"), Path("tests/test_promise_kept.py"), Path("tests/test_ledger.py")]
    >>> [path.stem for path in rank([Path("models/collection_case_promise.py")], tests)]
    ['test_promise_kept']
    >>> [path.stem for path in rank([Path("models/collection_case.py")], tests)]
    ['test_case']
    """
    changed = list(changed)
    wanted = [words - {"case"} or words for path in changed if (words := subjects(path))]
    names = {path.name for path in changed}
    scores = {}
    for module in modules:
        words = subjects(module)
        score = max((len(words & about) for about in wanted), default=0)
        if module.name in names:
            score += 100
        if score:
            scores[module] = score
    return sorted(scores, key=lambda module: (-scores[module], module.name))


def users_of(changed: Iterable[Path], modules: Iterable[Path]) -> list[Path]:
    """The test modules that are told with what was changed: the add-on's ``…_common.py`` and the like."""
    stems = {path.stem for path in changed if TESTS in path.parents and not path.stem.startswith("test_")} - {
        "__init__"
    }
    where = rf"(?:\.+|odoo\.addons\.{ADDON}\.tests\.)(?:\w+\.)?"
    pattern = re.compile(rf"^from {where}({'|'.join(sorted(stems))}) import", re.MULTILINE) if stems else None
    return [module for module in modules if pattern and pattern.search((ROOT / module).read_text(encoding="utf-8"))]


def choose(changed: list[Path], seconds: float) -> tuple[list[str], list[str]]:
    """Test classes that belong to changed files, by Odoo's tags, of about so many seconds; and the modules for which there was no
    time.
    """
    modules = test_modules()
    chosen, left_out = [], []
    for module in dict.fromkeys([*rank(changed, modules), *users_of(changed, modules)]):
        weights = weigh_tags(module)
        needed = sum(weights.values())
        if needed <= seconds:
            chosen += weights
            seconds -= needed
        else:
            left_out.append(module.stem)
    return chosen, left_out
