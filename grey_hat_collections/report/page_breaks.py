"""Where the pages of a letter or a statement end. No Odoo.

The PDF program breaks a page wherever it is full, and does not say where that is. So the rows of a long table are put on pages
by us: each page gets as many as fit by the heights below, which are a little more than what the program needs. On each further
page stand the customer and the reference, and within a table the sum that was carried forward. The last rows, their sum, the bank
details and the greeting stay together, so that nobody finds the bank details alone.
"""

import copy
import itertools
import re
from dataclasses import dataclass, replace

from lxml import html

from .address_window import LETTER_POINTS, LINE_MILLIMETRES, LINES
from .text_size import wrapped

MILLIMETRE = 72 / 25.4
#: Points that the program makes of a pixel of a page: where it may shrink a page to the paper, which it always does, and else.
SHRUNK, UNSHRUNK = 0.6, 0.75
#: Points that a pixel of our documents measures on any paper: as on Odoo's own, of 90 dots per inch.
PIXEL = 0.64
#: How wide the layout for DIN 5008 is, in pixels, whatever the paper; what of it are margins.
DIN_PIXELS, DIN_MARGINS = 704, 81
#: Pixels on each side of a page where styles keep the margins, not the paper.
STYLED_MARGIN = 41

# What a document's own styles (``document_style``) make of words, in pixels: the height of a line, of which the program leaves
# out fractions, and the size of the letters.
TEXT, ITEM, DETAIL, NOTE = (19.2, 14), (16.3, 13), (14.2, 11), (16.4, 12)
#: What is around a paragraph, a heading with its line, a block (of margins that meet, the larger one counts), the facts at the
#: beginning, a row, a table of items.
PARAGRAPH, HEADING, BLOCK, FACTS, ROW, TABLE = 7, 28, 2, 12, 5, 10
#: A line of an address, in points.
WINDOW_LINE = LINE_MILLIMETRES * MILLIMETRE
#: What is above a sum, and around the boxes with the age of what is open.
SUM, BOXES = 5, 48
#: Space inside of a cell, left and right; the share of a label beside what it names.
CELL, LABEL = 10, 0.3
#: What layouts put around the address on the first page, the title, and the bar code of a letter in the post.
AROUND_ADDRESS, TITLE, MAIL_PIECE = 67, 50, 56
#: What a further page begins with.
CONTINUED = 36
#: How small a letter is made at the most, so that it fits on one page; up to which share a page counts as nearly empty.
SQUEEZED, EMPTY = 0.9, 0.5
#: Rows that stay together at the beginning and at the end of a table.
TOGETHER = 2
#: Elements whose children follow one another on the page like all others.
TRANSPARENT = ("riding", "also_open", "statement")
COLUMN = re.compile(r"\.(ghc_w_\w+) \{ width: ([\d.]+)%")


@dataclass(frozen=True)
class Paper:
    """Paper as the PDF program sees it: height and width of what a page may fill, in pixels of our documents, and by how much
    they are zoomed, so that one measures the same on any paper.
    """

    height: float
    width: float
    zoom: float

    @classmethod
    def of(cls, height, width, dpi=0, *, shrinks=True, margin=STYLED_MARGIN):
        """Paper with ``height`` and ``width`` in millimetres between its margins; ``margin`` in pixels is kept by styles.

        >>> paper = Paper.of(213, 210, 90)
        >>> round(paper.height), round(paper.width), round(paper.zoom, 2)
        (943, 848, 1.0)
        """
        pixel = (SHRUNK if shrinks else UNSHRUNK) * (96 / dpi if dpi else 1)
        zoom = PIXEL / pixel
        return cls(height * MILLIMETRE / PIXEL, width * MILLIMETRE / PIXEL - 2 * margin / zoom, zoom)

    def for_layout(self, page):
        """This paper, where a layout wants more room than there is and the program shrinks all of the page to it."""
        if "din_page_pdf" not in page:
            return self
        zoom = max(self.zoom, DIN_PIXELS / self.width)
        return replace(self, zoom=zoom, width=self.width - DIN_MARGINS / zoom)


@dataclass
class Part:
    """What is not broken. ``stays``: with what follows it; ``opens``: a page in any case; ``more``: a row that others follow."""

    node: html.HtmlElement
    height: float
    stays: bool = False
    opens: bool = False
    is_row: bool = False
    more: bool = False


def with_breaks(page, paper):
    """The HTML of one document, with breaks of its own and its address as the window shows it."""
    if 'class="page ghc"' not in page:
        return page
    paper = paper.for_layout(page)
    root = html.document_fromstring(page)
    for address in root.find_class("ghc_window"):
        sizes = (points / PIXEL * paper.zoom for points in (LETTER_POINTS, WINDOW_LINE, LINES * WINDOW_LINE))
        address.set("style", "font-size: {:.2f}px; line-height: {:.2f}px; height: {:.2f}px;".format(*sizes))
    for body in root.xpath("//div[@class='page ghc']"):
        _break(body, paper, {name: float(share) / 100 for name, share in COLUMN.findall(page)})
    return html.tostring(root, doctype="<!DOCTYPE html>", encoding="unicode")


def _break(body, paper, shares):
    """Put the breaks into ``body``."""
    samples = body.find_class("ghc_continued")
    sample = samples[0] if samples else None
    top = (AROUND_ADDRESS + TITLE) / paper.zoom + LINES * WINDOW_LINE / PIXEL
    mail_piece = MAIL_PIECE if body.find_class("ghc_mail_piece") else 0
    chunks = _chunks(body, _Ruler(paper.width, shares)) if samples else []
    paper, top = _squeezed(chunks, paper, top, mail_piece)
    body.set("style", f"zoom: {paper.zoom:.3f};")
    used = top + mail_piece
    for chunk in chunks:
        rest = chunk
        carried = ITEM[0] + ROW if chunk[-1].more else 0
        if chunk[0].opens or used + _sum(chunk) + carried > paper.height:
            fitting = _fitting(chunk, paper.height - used) if used < paper.height * EMPTY else 0
            rest = chunk[fitting:]
            used = CONTINUED + _begin_page(rest[0], sample, paper.width, shares)
        used += _sum(rest)


def _sum(parts):
    return sum(part.height for part in parts)


def _squeezed(chunks, paper, top, mail_piece):
    """The paper, and what the top of its first page takes up: a letter that is a little too long for one page is made a little
    smaller.
    """
    letter = mail_piece + sum(_sum(chunk) for chunk in itertools.takewhile(lambda one: not one[0].opens, chunks))
    share = (paper.height - top) / letter if letter else 1
    if not SQUEEZED <= share < 1:
        return paper, top
    return replace(paper, zoom=paper.zoom * share, height=paper.height / share, width=paper.width / share), top / share


def _fitting(chunk, room):
    """How many parts of a chunk are left on a page that is nearly empty, so that it is not sent off so: those before the sentence
    above the bank details, if there is room for them. None where the page has no room for as much.
    """
    payment = next((index for index, part in enumerate(chunk) if part.node.get("name") == "payment"), 0)
    before = max(0, payment - 1)
    return before if before and not chunk[before].is_row and _sum(chunk[:before]) <= room else 0


def _begin_page(part, sample, width, shares):
    """Begin a page with ``part``.

    :return: what stands above it, without the line that says whose page it is
    """
    above = 0
    before = part.node
    if part.is_row:
        label = " ".join(sample.find_class("ghc_carried_label")[0].text_content().split())
        above = _split(part.node, label, width, shares)
        before = part.node.getparent().getparent()
    before.addprevious(_head_of_page(sample))
    return above


def _head_of_page(sample):
    head = copy.deepcopy(sample)
    head.tail = None
    head.set("class", "ghc_continued_here")
    head.find_class("ghc_carried_label")[0].drop_tree()
    return head


def _split(row, label, width, shares):
    """Put ``row`` and those behind it into a table of their own, each of both with the sum that is carried forward.

    :return: what the head of the new table and the sum take up
    """
    before = row.getprevious()
    table = row.getparent().getparent()
    rest = html.Element("table", dict(table.attrib))
    rest.extend([copy.deepcopy(head) for head in table.xpath("./thead")])
    rows = html.Element("tbody")
    rest.append(rows)
    rows.extend([row, *row.itersiblings()])
    if (amount := before.get("data-carried")) is not None:
        for place in (before.addnext, lambda carried: rows.insert(0, carried)):
            carried = copy.deepcopy(before)
            carried.set("class", "ghc_carried")
            for number, cell in enumerate(carried.xpath("./td")):
                is_sum = "ghc_sum" in cell.get("class", "")
                for child in list(cell):
                    cell.remove(child)
                cell.text = amount if is_sum else label if number == 0 else ""
            place(carried)
    table.addnext(rest)
    return _Ruler(width, shares).head(rest) + ITEM[0] + ROW


# -- What stays together ------------------------------------------------------------------------------------------------


def _chunks(body, ruler):
    """The parts of a document, those that stay together in one list."""
    parts = list(_parts(body, ruler))
    _keep_payment(parts)
    chunks = [[]]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        chunks[-1].append(part)
        if not part.stays or (following and following.opens):
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _keep_payment(parts):
    """All from the last row before the bank details to the end of the letter stays together."""
    payment = next((index for index, part in enumerate(parts) if part.node.get("name") == "payment"), None)
    if payment is None:
        return
    rows = [index for index, part in enumerate(parts[:payment]) if part.is_row]
    for index in range(rows[-1] if rows else max(0, payment - 1), len(parts)):
        if index > payment and parts[index].opens:
            break
        parts[index].stays = True


def _parts(container, ruler):
    for node in container:
        if not isinstance(node.tag, str) or node.tag == "style" or node.find_class("ghc_mail_piece"):
            continue
        classes = node.get("class", "").split()
        if "ghc_continued" in classes:
            continue
        if "ghc_items" in classes:
            yield from _rows(node, ruler)
        elif node.get("name") in TRANSPARENT:
            parts = list(_parts(node, ruler))
            if "ghc_new_page" in classes and parts:
                node.classes.remove("ghc_new_page")
                parts[0].opens = True
            yield from parts
        else:
            following = node.getnext()
            before_items = following is not None and "ghc_items" in following.get("class", "").split()
            yield Part(node, ruler.height(node), stays=before_items or node.tag in ("h2", "h4"))


def _rows(table, ruler):
    """The head with the first rows; the rows; the last rows with the sums."""
    yield Part(table, ruler.head(table), stays=True)
    rows = table.xpath("./tbody/tr")
    count = next((number for number, row in enumerate(rows) if "ghc_total" in row.get("class", "")), len(rows))
    columns = ruler.columns(table)
    for number, row in enumerate(rows):
        is_item, is_last = number < count, number == len(rows) - 1
        yield Part(
            row,
            ruler.row(row, columns) + (TABLE if is_last else 0) + (0 if is_item else SUM),
            stays=not is_last and (number < TOGETHER - 1 or number >= count - TOGETHER),
            is_row=is_item,
            more=number < count - 1,
        )


# -- How high things are --------------------------------------------------------------------------------------------------


class _Ruler:
    """How high the elements of a document are that is ``width`` pixels wide."""

    def __init__(self, width, shares):
        self.width = width
        self.shares = shares  # of the width of a table, by the class of a column

    def height(self, node, width=None):
        """The height of an element with all that is around it."""
        width = width or self.width
        classes = node.get("class", "").split()
        if node.tag == "h2":
            return TITLE
        if node.tag == "h4":
            return HEADING
        if "ghc_aging" in classes:
            return BOXES + self.head(node)
        if node.tag == "table":
            rows = sum(self._plain_row(row, width) for row in node.xpath("./tr | ./thead/tr | ./tbody/tr"))
            return rows + (FACTS if "ghc_facts" in classes else 0)
        blocks = [child for child in node if child.tag in ("div", "p", "h4", "table")]
        line, letter = NOTE if "ghc_note" in classes else TEXT
        if blocks:
            around = (BLOCK if "ghc_block" in classes else 0) + (
                line if any(child.tag == "strong" for child in node) else 0
            )
            return around + sum(self.height(child, width) for child in blocks)
        around = PARAGRAPH if node.tag == "p" else 0
        return line * self._lines(node, width, letter, broken="ghc_said" in classes) + around

    def _plain_row(self, row, width):
        cells = row.xpath("./td | ./th")
        labelled = bool(cells) and "ghc_label" in cells[0].get("class", "")
        rooms = [LABEL * width, (1 - LABEL) * width] if labelled else [width / len(cells) for _cell in cells]
        return max((self.height(cell, room - CELL) for cell, room in zip(cells, rooms, strict=True)), default=0)

    def head(self, table):
        """The height of a table's head."""
        columns = self.columns(table)
        return sum(
            max(
                (
                    NOTE[0] * self._lines(cell, columns[0] if cell.get("colspan") else room, NOTE[1])
                    for cell, room in zip(row, columns, strict=False)
                ),
                default=0,
            )
            + ROW
            for row in table.xpath("./thead/tr")
        )

    def columns(self, table):
        """The widths of the columns of a table, inside of its cells."""
        heads = table.xpath("./thead/tr[1]/th")
        known = [
            next((self.shares[name] for name in head.get("class", "").split() if name in self.shares), None)
            for head in heads
        ]
        free = max(0.05, 1 - sum(filter(None, known))) / max(1, known.count(None))
        return [(free if share is None else share) * self.width - CELL for share in known] or [self.width - CELL]

    def row(self, row, columns):
        """The height of a row of items or of a sum."""
        cells = row.xpath("./td")
        if len(cells) != len(columns):
            return ITEM[0] + ROW
        return max(self._cell(cell, room) for cell, room in zip(cells, columns, strict=True)) + ROW

    def _cell(self, cell, room):
        blocks = cell.xpath("./div")
        own = (cell.text or "") + "".join(child.text_content() for child in cell if child.tag != "div")
        height = ITEM[0] * len(wrapped(own, room / ITEM[1])) if own.strip() or not blocks else 0
        for block in blocks:
            line, letter = DETAIL if "ghc_detail" in block.get("class", "") else ITEM
            height += line * self._lines(block, room, letter)
        return height

    @staticmethod
    def _lines(node, width, letter, *, broken=False):
        text = node.text_content()
        texts = text.splitlines() if broken else [text]
        return sum(len(wrapped(one, width / letter)) for one in texts or [""])
