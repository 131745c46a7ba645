"""Find out where a name leads and connect, all of it within a given time."""

import socket
import threading
import time
from collections.abc import Callable

LOOK_UP = "look up a name"
#: So many names are looked up at once. The system's resolver cannot be called off; one that never comes back keeps its place.
_lookups = threading.BoundedSemaphore(4)


def connect(host: str, port: int, seconds: float, check: Callable[[str], None]) -> socket.socket:
    """A connection to the first address of ``host`` that answers. Looking up and trying take ``seconds`` together, however
    many addresses there are; afterwards the connection waits for what is left of them.

    :param check: raises an error for an address that nobody may connect to. All are checked before the first is tried, and
        no other is tried: the name is looked up once
    :raise TimeoutError: nothing answered in time
    """
    deadline = time.monotonic() + seconds
    found = _look_up(host, port, deadline)
    for *_kind, address in found:
        check(address[0])
    failure: OSError = TimeoutError("nothing answered in time")
    for number, (family, kind, protocol, _name, address) in enumerate(found):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = socket.socket(family, kind, protocol)
        try:
            # one that is dead does not take the time of those behind it
            connection.settimeout(left / (len(found) - number))
            connection.connect(address)
            connection.settimeout(_left(deadline))
            return connection
        except OSError as error:
            connection.close()
            failure = error
    raise failure


def _look_up(host: str, port: int, deadline: float) -> list[tuple]:
    """What the system's resolver says, if it says it before ``deadline``. What comes later nobody hears."""
    answer: list[list[tuple] | Exception] = []
    answered = threading.Event()

    def ask():
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # told to whoever asked
            answer.append(error)
        finally:
            _lookups.release()
            answered.set()

    if not _lookups.acquire(timeout=_left(deadline)):
        raise TimeoutError("too many names are being looked up")
    try:
        threading.Thread(target=ask, name=LOOK_UP, daemon=True).start()
    except RuntimeError as error:
        _lookups.release()
        raise OSError("no name can be looked up") from error
    if not answered.wait(_left(deadline)):
        raise TimeoutError("the name was not looked up in time")
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
