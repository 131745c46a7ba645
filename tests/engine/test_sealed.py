"""What goes by e-mail is sealed: with the password it opens, without it nothing can be read."""

import io

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from transport.sealed import ALPHABET, new_password, seal

FILES = {"packet.zip": b"PK Northwind 500.00", "message.txt": "Zoë has paid".encode()}


def opened(content, password):
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(password.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_opens_with_the_password():
    password = new_password()
    assert opened(seal(FILES, password), password) == FILES


def test_it_does_not_open_without():
    content = seal(FILES, new_password())
    for password in ("", new_password()):
        with pytest.raises(RuntimeError):
            opened(content, password)
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive, pytest.raises(RuntimeError):
        archive.read("packet.zip")


def test_it_is_the_strong_cipher():
    with pyzipper.AESZipFile(io.BytesIO(seal(FILES, "AC34"))) as archive:
        assert {info.wz_aes_strength for info in archive.infolist()} == {3}


def test_nothing_is_sealed_without_a_password():
    with pytest.raises(ValueError, match="without a password"):
        seal(FILES, "")


@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.binary(max_size=200), max_size=4), st.text(ALPHABET, min_size=1)
)
def test_whatever_is_sealed_comes_out_again(files, password):
    assert opened(seal(files, password), password) == files


def test_a_password_can_be_told_on_the_phone():
    for pair in ("0O", "1I", "1L", "5S", "2Z", "8B", "6G", "UV", "VY", "DO", "QO"):
        assert not set(pair) <= set(ALPHABET)
    assert len({new_password() for _number in range(200)}) == 200
