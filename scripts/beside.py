"""Do things beside each other that do not need each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Protocol, TypeVar

from scripts.console import Abandoned, given_up
from scripts.processes import end_all

T = TypeVar("T")
AT_ONCE = 8  # more than anybody starts: work that waits for other work must not keep it from beginning


class Start(Protocol):
    """Begin some work; its result, when it is there, is that of the future. Work may ask for the result of other work."""

    def __call__(self, work: Callable[[], T]) -> Future[T]: ...


@contextmanager
def beside(at_once: int = AT_ONCE) -> Iterator[Start]:
    """Start work inside the block; when the block is left, all of it is done.

    Once something fails, or the block is interrupted, what is under way is ended and what waits does not begin; the block raises
    the failure.

    >>> with beside() as start:
    ...     one = start(lambda: 1)
    ...     two = start(lambda: one.result() + 1)
    >>> two.result()
    2
    >>> with beside() as start:
    ...     one, two = start(lambda: 1 / 0), start(lambda: given_up.wait(60))
    Traceback (most recent call last):
    ZeroDivisionError: division by zero
    >>> given_up.is_set()
    False
    """
    started: list[Future] = []
    with ThreadPoolExecutor(at_once) as pool:

        def start(work: Callable[[], T]) -> Future[T]:
            started.append(pool.submit(work))
            return started[-1]

        try:
            yield start
            _raise_failure(wait(started, return_when=FIRST_EXCEPTION).done)
        except BaseException:
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()  # the work then comes to its own end, and puts away what it has made
            raise
        finally:
            pool.shutdown()
            given_up.clear()


def _raise_failure(done: set[Future]) -> None:
    for future in done:
        failure = future.exception()
        if failure and not isinstance(failure, Abandoned):
            raise failure
