"""The part of a style sheet that a document uses, with the fonts and pictures it names in it. No Odoo, no files of its own."""

import re
from dataclasses import dataclass
from functools import lru_cache

#: Pieces of a style sheet: what may hide a brace, braces and semicolons, and all else.
PIECE = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | url\([^"')]*\) | [{};] | [^"'{};u/]+ | .""", re.S | re.X
)
#: Parts of a selector that say nothing about which classes an element must have.
ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
CLASS = re.compile(r"\.([\w-]+)")
CLASSES_OF_ELEMENT = re.compile(r"""\bclass=(?:"([^"]*)"|'([^']*)')""")
#: Rules whose block holds rules.
GROUPS = ("@media", "@supports")
URL = re.compile(r"""url\(\s*(?P<quote>["']?)(?P<path>/[^"')]*)(?P=quote)\s*\)""")
FONT_NAMES = re.compile(r"(?<!-)\bfont(?:-family)?\s*:\s*([^;{}]+)")
FONT_WEIGHT = re.compile(r"\bfont-weight\s*:\s*(\w+)")
#: Font files, by how gladly they are taken: the small ones first, none that the PDF program does not read.
FONT_FILES = (".woff", ".ttf", ".otf")
WEIGHTS = {"normal": "400", "bold": "700"}


@dataclass(frozen=True)
class Rule:
    """A rule as it is written, and the sets of classes one of which a document must have for it to apply; None: it always may.
    The rules of a group stand in ``inner``.
    """

    text: str
    classes: tuple[frozenset[str], ...] | None = None
    inner: tuple["Rule", ...] = ()

    def used(self, present):
        """The rule for a document with these classes; empty where it does not apply."""
        if self.inner:
            inner = "".join(rule.used(present) for rule in self.inner)
            return inner and f"{self.text}{{{inner}}}"
        applies = self.classes is None or any(wanted <= present for wanted in self.classes)
        return self.text if applies else ""


class StyleSheet:
    """A style sheet that was read once and gives each document what it uses of it.

    :param embed: gives the data URI of a file by its path on the server, None where there is none to be had
    """

    def __init__(self, css, embed):
        rules = list(_rules(css))
        faces = [rule.text for rule in rules if rule.text.startswith("@font-face")]
        self._faces = [(_family(face), _weight(face), face) for face in faces]
        self._rules = [rule for rule in rules if not rule.text.startswith("@font-face")]
        self._embed = embed
        self._rules_for = lru_cache(maxsize=16)(self._choose)  # many documents are of few kinds

    def used_by(self, html):
        """The styles that this document uses, and the fonts that it may be set in."""
        # without a declaration of its type, a page does not tell capitals in the names of classes
        present = {name for pair in CLASSES_OF_ELEMENT.findall(html) for name in "".join(pair).lower().split()}
        css = self._rules_for(frozenset(present))
        fonts = "".join(self._fonts(css + html))
        return fonts.replace("</", r"<\/") + css

    def _choose(self, present):
        used = "".join(rule.used(present) for rule in self._rules)
        return embedded(used, self._embed).replace("</", r"<\/")

    def _fonts(self, text):
        """The fonts that ``text`` names, with their files in them. Others are left out: words wait for a font that cannot be
        fetched and stay white.
        """
        names = " ".join(FONT_NAMES.findall(text)).lower()
        weights = {"400", "700", *map(_number, FONT_WEIGHT.findall(text))}
        for family, weight, face in self._faces:
            if family in names and weight in weights:
                yield self._font(face) or ""

    def _font(self, face):
        paths = sorted(
            (rank, path)
            for path in (match["path"] for match in URL.finditer(face))
            for rank, ending in enumerate(FONT_FILES)
            if re.split("[?#]", path)[0].endswith(ending)
        )
        files = (self._embed(path) for _rank, path in paths)
        data = next(filter(None, files), None)
        return data and re.sub(r"\bsrc\s*:[^;}]*(?:;\s*src\s*:[^;}]*)*", f'src: url("{data}")', face, count=1)


def embedded(text, embed):
    """Text of a style sheet or a page with the files that it names by ``url(/…)`` in it, where they are to be had."""

    def replace(match):
        data = embed(match["path"])
        return f"url({data})" if data else match[0]

    return URL.sub(replace, text)


def _family(face):
    found = re.search(r"font-family\s*:\s*[\"']?([^\"';}]+)", face)
    return found[1].strip().lower() if found else ""


def _weight(face):
    found = FONT_WEIGHT.search(face)
    return _number(found[1]) if found else "400"


def _number(weight):
    return WEIGHTS.get(weight, weight)


def _rules(css):
    """The rules of a style sheet, one after the other."""
    text, prelude, depth = [], "", 0
    for match in PIECE.finditer(css):
        piece = match[0]
        if piece.startswith("/*"):
            continue
        text.append(piece)
        if piece == "{":
            depth += 1
            prelude = "".join(text[:-1]).strip() if depth == 1 else prelude
        elif piece == "}":
            depth -= 1
        if depth <= 0 and piece in "};":
            yield _rule(prelude, "".join(text).strip())
            text, prelude, depth = [], "", 0


def _rule(prelude, text):
    if prelude.startswith(GROUPS):
        block = text[text.index("{") + 1 : text.rindex("}")]
        return Rule(prelude, inner=tuple(_rules(block)))
    if prelude.startswith("@") or not prelude or "\\" in prelude:
        return Rule(text)
    selector = prelude
    while (shorter := ASIDE.sub("", selector)) != selector:
        selector = shorter
    return Rule(text, tuple(frozenset(CLASS.findall(one.lower())) for one in selector.split(",")))
