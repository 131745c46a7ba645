"""What stands before several hosts: hands each connection to the one with the fewest open."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Balancer:
    """Listens on ``port`` and hands connections on to ``hosts`` (ports of this machine); the dead are passed over."""

    hosts: list[int] = field(default_factory=list)
    port: int = 0
    _open: Counter = field(default_factory=Counter)
    _taken: Counter = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def connection(self) -> Iterator[socket.socket | None]:
        """A connection to the host that has the fewest open, of those that answer."""
        with self._lock:
            host = connection = None
            for port in sorted(self.hosts, key=lambda port: (self._open[port], self._taken[port])):
                with suppress(OSError):
                    connection = socket.create_connection(("127.0.0.1", port))
                    host = port
                    break
            self._open[host] += 1
            self._taken[host] += 1
        try:
            yield connection
        finally:
            if connection:
                connection.close()
            with self._lock:
                self._open[host] -= 1


@contextmanager
def balancing() -> Iterator[Balancer]:
    """A balancer without hosts yet, while the block lasts."""
    balancer = Balancer()
    with socket.create_server(("127.0.0.1", 0)) as door:
        balancer.port = door.getsockname()[1]
        threading.Thread(target=_take, args=(door, balancer), daemon=True).start()
        yield balancer
        door.shutdown(socket.SHUT_RDWR)


def _take(door: socket.socket, balancer: Balancer) -> None:
    with suppress(OSError):  # the door was closed
        while True:
            client, _address = door.accept()
            threading.Thread(target=_join, args=(client, balancer), daemon=True).start()


def _join(client: socket.socket, balancer: Balancer) -> None:
    """Carry what client and host say to each other until the host has said all: a client may hang up before."""
    with client, balancer.connection() as host:
        if host:
            threading.Thread(target=_carry, args=(client, host), daemon=True).start()
            _carry(host, client)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
