"""Errors that pass by themselves: nothing is wrong with what was being made, so it is made later."""

import errno

from odoo.exceptions import UserError

#: No room on the disk, no memory, no more open files or processes; a disk that is being checked or moved.
PASSING = frozenset(
    {
        errno.EAGAIN,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EROFS,
    }
)


class PdfNotMade(UserError):
    """The PDF program ended before its time, or what it left is no whole document."""


class FileNotWhole(UserError):
    """A file of the same content is there in part: somebody else still writes it, or was ended while they did."""


def is_passing(error):
    """Whether ``error``, or what it came from, passes by itself."""
    seen = []
    while error is not None and error not in seen:
        if isinstance(error, (MemoryError, PdfNotMade, FileNotWhole)) or (
            isinstance(error, OSError) and error.errno in PASSING
        ):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False
