"""Files that customers send: what they are by their content, made anew where they are pictures."""

import io
import re
from dataclasses import dataclass

from odoo.tools.pdf import PdfReader
from PIL import Image, ImageOps, UnidentifiedImageError

#: Files of one action, bytes of each, and files of one customer within a day.
MOST_FILES, LARGEST, MOST_A_DAY = 5, 10 * 1024 * 1024, 20
#: Bytes of one request: as many files, and what is typed.
LARGEST_REQUEST = MOST_FILES * LARGEST + 1024 * 1024
#: Pixels that are looked at, and the longer side of what is kept.
MOST_PIXELS, LONGEST_SIDE = 50_000_000, 2600
PICTURES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png")}
#: What a document need not do, by the names that PDF has for it.
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")

#: The same, where a document lists it by name.
HIDDEN = frozenset({"/JavaScript", "/EmbeddedFiles"})


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be kept: its name has the ending of what it is."""

    name: str
    mimetype: str
    content: bytes


class NotAFile(ValueError):
    """This content is neither a picture nor a document that is taken."""


def as_file(name, content):
    """The file of this content, whatever its name says.

    :raises NotAFile: unless it is a JPEG, PNG or PDF that can be read to its end
    """
    stem = re.sub(r"[^\w .()-]", "_", (name or "").rpartition(".")[0] or name or "file")[:80].strip(" .") or "file"
    if content.startswith(b"%PDF-"):
        return File(f"{stem}.pdf", "application/pdf", _document(content))
    mimetype, ending, picture = _picture(content)
    return File(f"{stem}.{ending}", mimetype, picture)


def _document(content):
    try:
        pages = len(PdfReader(io.BytesIO(content), strict=False).pages)
    except Exception as error:
        raise NotAFile from error
    if not pages or ACTIVE.search(content):
        raise NotAFile
    return content


def _picture(content):
    """The picture painted anew: what hides in the file, such as the place where it was taken, stays behind."""
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAFile
            kind = image.format
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAFile from error
    painted = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    out = io.BytesIO()
    painted.save(out, format=kind, **({"quality": 85} if kind == "JPEG" else {"optimize": True}))
    return *PICTURES[kind], out.getvalue()
