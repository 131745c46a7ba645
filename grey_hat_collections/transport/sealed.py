"""An encrypted ZIP for the way by e-mail, and a password for it that can be told on the phone."""

import io
import secrets

import pyzipper

#: Capital letters and digits that neither a reader nor a listener takes for one another: no 0 and O, 1 and I, 5 and S …
ALPHABET = "ACDEFHJKLMNPRTUWXY3479"
GROUPS, GROUP_LENGTH = 6, 4


def new_password() -> str:
    """A password of six groups, drawn anew each time; about 107 bits.

    >>> password = new_password()
    >>> [len(group) for group in password.split("-")]
    [4, 4, 4, 4, 4, 4]
    >>> password == new_password()
    False
    """
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(GROUP_LENGTH)) for _group in range(GROUPS))


def seal(files: dict[str, bytes], password: str) -> bytes:
    """One ZIP with ``files`` by name, each encrypted with AES-256. Names are readable without the password: they must not
    tell anything.

    >>> content = seal({"message.txt": b"Northwind has paid"}, "AC34-FH79")
    >>> b"Northwind" in content, b"message.txt" in content
    (False, True)
    """
    if not password:
        raise ValueError("nothing is sealed without a password")
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
