"""Hand one message to an agency by HTTPS, signed, so that it may be repeated and leads nowhere else.

What is refused raises :class:`Refused` and is not tried again; what may pass raises :class:`Unreachable`. Neither ever
carries the secret, what was sent, or an address.
"""

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError
from urllib3.util.ssl_match_hostname import CertificateError

from .addresses import is_permitted
from .connecting import connect as connect_within

#: No more of an answer is read.
ANSWER_BYTES = 64 * 1024
#: Seconds to connect (from looking up the name to the handshake), seconds of silence, seconds for the whole.
TIMEOUTS = (10.0, 30.0, 120.0)
#: An agency cannot make us wait longer than a day.
LONGEST_WAIT = 24 * 60 * 60
#: The agency knows the key already.
KNOWN = 409
#: Answers that may be others later, beside all from 500 on.
PASSING = (408, 425, 429)


@dataclass(frozen=True)
class Answer:
    """The agency has the message. ``reference`` is what it calls it, empty where it did not say; ``known``: it had the
    message already, from an earlier attempt whose answer we never saw.
    """

    status: int
    reference: str = ""
    known: bool = False


class Refused(Exception):
    """It makes no sense to try again. ``why`` is ``url``, ``address``, ``certificate``, ``redirect`` or ``status``."""

    def __init__(self, why: str, status: int | None = None):
        super().__init__(why)
        self.why = why
        self.status = status


class Unreachable(Exception):
    """To be tried again. ``why`` is ``connection``, ``timeout`` or ``status``; ``wait``: seconds that the agency asked for;
    ``maybe``: the message may have arrived all the same.
    """

    def __init__(self, why: str, status: int | None = None, *, wait: int | None = None, maybe: bool = True):
        super().__init__(why)
        self.why = why
        self.status = status
        self.wait = wait
        self.maybe = maybe


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA-256 over time, a full stop and the body: who knows the secret sees that both are ours.

    >>> sign("not a secret", 1772409600, b"{}")[:16]
    'a9a82ed8d7a13430'
    """
    return hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def check_url(url: str) -> None:
    """Raise :class:`Refused` unless this is a plain address by HTTPS, without a user in it.

    >>> check_url("https://agency.example/inbox")
    >>> check_url("http://agency.example/inbox")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    transport.https.Refused: url
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme == "https" and parts.hostname and parts.port != 0 and _is_name(parts.hostname)
    except ValueError:
        valid = False
    if not valid or "@" in parts.netloc or parts.fragment or any(sign in url for sign in "\\ \t\r\n"):
        raise Refused("url")


def _is_name(host: str) -> bool:
    """Whether a resolver can be asked for it at all: its parts are neither empty nor too long."""
    return all(0 < len(part) < 64 for part in host.removesuffix(".").split("."))


def check_certificate(pem: str) -> None:
    """Raise :class:`Refused` unless this is the certificate of an authority."""
    try:
        _trust(pem)
    except (ssl.SSLError, ValueError):
        raise Refused("certificate") from None


def wait_of(header: str | None, now: float) -> int | None:
    """The seconds to wait that a *Retry-After* asks for, within bounds; None where it says nothing.

    >>> wait_of("120", 0), wait_of("9999999", 0), wait_of("soon", 0), wait_of(None, 0)
    (120, 86400, None, None)
    >>> wait_of("Thu, 01 Jan 1970 00:02:00 GMT", 60.0), wait_of("Thu, 01 Jan 1970 00:02:00 GMT", 999.0)
    (60, 0)
    """
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        seconds = int(header.strip()[:9])
    else:
        try:
            seconds = int(parsedate_to_datetime(header).timestamp() - now)
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0, min(seconds, LONGEST_WAIT))


def post(
    url: str,
    body: bytes,
    secret: str,
    key: str,
    *,
    allow_private: bool = False,
    ca: str | None = None,
    timeouts: tuple[float, float, float] = TIMEOUTS,
) -> Answer:
    """Hand ``body`` to the agency, once for ``key``; a message with the same key may be repeated.

    :param allow_private: whether the address may be one of the house
    :param ca: PEM of the agency's own authority; it is then the only one that is believed
    :param timeouts: seconds to connect, of silence, for the whole (see :data:`TIMEOUTS`)
    """
    check_url(url)
    connect, silence, whole = timeouts
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "GreyHatCollections/1",
        "Idempotency-Key": key,
        "X-GHC-Timestamp": str(timestamp),
        "X-GHC-Signature": sign(secret, timestamp, body),
    }
    line = _Line(allow_private, whole)
    try:
        with line, _session(line, ca) as session:
            response = session.post(
                url, data=body, headers=headers, timeout=(connect, silence), allow_redirects=False, stream=True
            )
            with response:
                if line.late:  # cut while it spoke: half a sentence is no answer
                    raise Unreachable("timeout")
                return _judge(response)
    except (requests.RequestException, OSError) as error:
        raise line.failure(error) from None


def _judge(response: requests.Response) -> Answer:
    status = response.status_code
    if 200 <= status < 300 or status == KNOWN:
        return Answer(status, _reference(response), status == KNOWN)
    if status in PASSING or status >= 500:
        wait = wait_of(response.headers.get("Retry-After"), time.time())
        raise Unreachable("status", status, wait=wait, maybe=status not in PASSING)
    raise Refused("redirect" if 300 <= status < 400 else "status", status)


def _reference(response: requests.Response) -> str:
    """What the agency calls the message; that it has it was said before, so nothing in here is an error."""
    try:
        content = response.raw.read(ANSWER_BYTES + 1, decode_content=False)
        answer = json.loads(content) if len(content) <= ANSWER_BYTES else None
    except Exception:  # whatever an agency may answer, its status counts
        return ""
    reference = answer.get("reference") if isinstance(answer, dict) else None
    if not isinstance(reference, (str, int)) or isinstance(reference, bool):
        return ""
    return "".join(letter for letter in str(reference) if letter.isprintable()).strip()[:64]


class _Line:
    """One connection to an agency: where it may lead, how long it may take, and how far it came."""

    def __init__(self, allow_private: bool, whole: float):
        self.allow_private = allow_private
        self.forbidden = False
        self.open = False
        self.late = False
        self.sock = None
        self.timer = threading.Timer(whole, self._cut)
        self.timer.daemon = True

    def __enter__(self):
        self.timer.start()
        return self

    def __exit__(self, *_error):
        self.timer.cancel()

    def _cut(self):
        """An agency that answers a letter a minute is not silent, but does not come to an end either."""
        self.late = True
        if self.sock:
            with suppress(OSError):  # it may just have ended by itself
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def begin(self, sock: socket.socket) -> None:
        """From now on something may arrive over there."""
        self.sock = sock
        if self.late:  # there was nothing to cut yet
            raise TimeoutError("This took too long.")
        self.open = True

    def check(self, address: str) -> None:
        """Raise an error unless a connection may go to ``address``; nobody there is disturbed before."""
        if not is_permitted(address, allow_private=self.allow_private):
            self.forbidden = True
            raise OSError("This address is not permitted.")

    def failure(self, error: Exception) -> Exception:
        """What the caller is told instead of the error, which may name what was sent where."""
        if self.forbidden:
            return Refused("address")
        if _is_certificate(error):
            return Refused("certificate")
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            return Refused("url")
        late = self.late or isinstance(error, requests.Timeout)
        return Unreachable("timeout" if late else "connection", maybe=self.open)


def _is_certificate(error: BaseException | None) -> bool:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        if isinstance(error, (ssl.SSLCertVerificationError, CertificateError)) or "CERTIFICATE_VERIFY_FAILED" in str(
            error
        ):
            return True
        seen.append(error)
        nested = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        error = nested or getattr(error, "reason", None) or error.__cause__ or error.__context__
        error = error if isinstance(error, BaseException) else None
    return False


def _trust(ca: str | None) -> ssl.SSLContext:
    """Whom to believe: the agency's own authority where it has one, else the public ones."""
    context = ssl.create_default_context(cadata=ca) if ca else ssl.create_default_context(cafile=requests.certs.where())
    # the name is compared by urllib3, which also knows how to do so where the address is a number
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Session(requests.Session):
    """Leads nowhere else, and does not look where it might."""

    def get_redirect_target(self, resp):
        """None, whatever the answer says: ``requests`` would read all of it, unpacked, even if it follows no redirects."""
        return


def _session(line: _Line, ca: str | None) -> requests.Session:
    session = _Session()
    session.trust_env = False  # neither proxies nor passwords of the machine
    session.adapters.clear()
    session.mount("https://", _Adapter(line, _trust(ca)))
    return session


class _Adapter(HTTPAdapter):
    """Opens connections that look where they lead before a word is said."""

    def __init__(self, line: _Line, trust: ssl.SSLContext):
        self._line = line
        self._trust = trust
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections, maxsize, block=False, **_options):
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._line)}

    def cert_verify(self, conn, url, verify, cert):
        """Certificates are always verified, by the context that was given."""
        conn.cert_reqs = "CERT_REQUIRED"


def _pool_class(line: _Line) -> type[HTTPSConnectionPool]:
    class Connection(HTTPSConnection):
        def _new_conn(self):
            try:
                line.sock = connect_within(self._dns_host, self.port, self.timeout, line.check)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "nothing answered in time") from error
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line.sock

        def connect(self):
            result = super().connect()
            line.begin(self.sock)
            self.sock.settimeout(self.timeout)  # connecting has used up its own
            return result

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool
