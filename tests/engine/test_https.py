"""What leaves the house by HTTPS goes to the agency or nowhere, signed, and nothing else learns of it."""

import contextlib
import json
import logging
import socket
import threading
import time
import tracemalloc
import zlib

import pytest
from agency_server import (
    SECRET,
    answer,
    certificate,
    dribble,
    dribble_headers,
    hang_up,
    keep_and_hang_up,
    reply,
    say_nothing,
)

from transport import connecting, https
from transport.https import Answer, Refused, Unreachable

BODY = b'{"kind": "packet", "payload": {"customer": "Northwind"}}'
QUICK = (2.0, 2.0, 4.0)


def hand_over(agency, url=None, **options):
    options = {"allow_private": True, "ca": agency.ca, "timeouts": QUICK} | options
    return https.post(url or agency.url, BODY, SECRET, "key-1", **options)


@pytest.fixture(autouse=True)
def nothing_leaks(caplog):
    """Whatever happens, neither the secret nor what was sent is in a log."""
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text
    assert "Northwind" not in caplog.text


# -- Taken -------------------------------------------------------------------------------------------------------------


def test_the_agency_takes_it_and_says_what_it_calls_it(agency):
    assert hand_over(agency) == Answer(200, "A-1")
    assert agency.kept == {"key-1": json.loads(BODY)}


def test_the_agency_can_verify_who_wrote_when(agency):
    before = int(time.time())
    hand_over(agency)
    headers, body = agency.requests[0]
    assert before <= int(headers["X-GHC-Timestamp"]) <= time.time()
    assert headers["X-GHC-Signature"] == https.sign(SECRET, int(headers["X-GHC-Timestamp"]), body)
    assert headers["X-GHC-Signature"] != https.sign("another secret", int(headers["X-GHC-Timestamp"]), body)
    assert (headers["Idempotency-Key"], body) == ("key-1", BODY)
    assert SECRET not in str(headers)


def test_what_arrived_unseen_is_repeated_and_kept_once(agency):
    agency.answers(keep_and_hang_up(agency))
    with pytest.raises(Unreachable) as failure:
        hand_over(agency)
    assert (failure.value.why, failure.value.maybe) == ("connection", True)
    assert hand_over(agency) == Answer(409, "A-1", known=True)
    assert (len(agency.requests), len(agency.kept)) == (2, 1)


@pytest.mark.parametrize(
    "content",
    [b"", b"thank you", b"[1]", b'{"reference": {"a": 1}}', b'{"reference": true}', b"\xff", b" " * 70_000 + b"{}"],
    ids=["nothing", "text", "a list", "an object", "a truth", "bytes", "too much"],
)
def test_an_odd_answer_is_a_delivery_without_a_reference(agency, content):
    agency.answers(answer(200, content))
    assert hand_over(agency) == Answer(200, "")


def test_a_reference_is_short_and_printable(agency):
    agency.answers(answer(200, {"reference": "A\n\x00B" + "C" * 100}))
    assert hand_over(agency).reference == "AB" + "C" * 62


def test_no_more_than_a_little_is_read_of_an_answer_without_end(agency):
    read = []

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        try:
            while not agency.release.is_set():
                read.append(handler.wfile.write(b"x" * 65536))
        except OSError:
            pass

    agency.answers(endless)
    assert hand_over(agency) == Answer(200, "")
    time.sleep(0.2)
    assert sum(filter(None, read)) < 50_000_000, "The line was cut, not drained"


# -- Later -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_over_there_may_pass_and_may_have_kept_the_message(agency, status):
    agency.answers(answer(status))
    with pytest.raises(Unreachable) as failure:
        hand_over(agency)
    assert (failure.value.why, failure.value.status, failure.value.maybe) == ("status", status, True)
    assert hand_over(agency).reference == "A-1"


def test_it_is_asked_to_wait(agency):
    agency.answers(answer(429, Retry_After="90"))
    with pytest.raises(Unreachable) as failure:
        hand_over(agency)
    assert (failure.value.status, failure.value.wait, failure.value.maybe) == (429, 90, False)


def test_an_agency_that_says_nothing_is_given_up(agency):
    agency.answers(say_nothing(agency))
    with pytest.raises(Unreachable) as failure:
        hand_over(agency, timeouts=(2.0, 0.3, 4.0))
    assert (failure.value.why, failure.value.maybe) == ("timeout", True)


@pytest.mark.parametrize("slow", [dribble, dribble_headers])
def test_an_agency_that_never_comes_to_an_end_is_given_up(agency, slow):
    agency.answers(slow(agency))
    begun = time.monotonic()
    if slow is dribble:  # the status was said: it has the message
        assert hand_over(agency, timeouts=(2.0, 2.0, 0.6)) == Answer(200, "")
    else:
        with pytest.raises(Unreachable) as failure:
            hand_over(agency, timeouts=(2.0, 2.0, 0.6))
        assert failure.value.why == "timeout"
    assert time.monotonic() - begun < 3


def test_a_line_that_breaks(agency):
    agency.answers(hang_up)
    with pytest.raises(Unreachable) as failure:
        hand_over(agency)
    assert (failure.value.why, failure.value.maybe) == ("connection", True)


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as failure:
        https.post(f"https://127.0.0.1:{port}/", BODY, SECRET, "key-1", allow_private=True, timeouts=QUICK)
    assert (failure.value.why, failure.value.maybe) == ("connection", False), "Nothing was said, so nothing arrived"


def test_a_name_that_means_nothing():
    with pytest.raises(Unreachable) as failure:
        https.post("https://agency.invalid/", BODY, SECRET, "key-1", timeouts=QUICK)
    assert (failure.value.why, failure.value.maybe) == ("connection", False)


# -- Connecting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dead():
    """Addresses at which nobody answers, and nobody refuses either: their queue is full."""
    listeners = []
    fillers = []
    for _number in range(2):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        listeners.append(listener)
        for _filler in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
    time.sleep(0.05)
    yield [listener.getsockname() for listener in listeners]
    for one in (*listeners, *fillers):
        one.close()


def leads_to(*addresses):
    return lambda *_args, **_options: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]


def test_many_dead_addresses_take_no_longer_than_one(agency, dead, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", leads_to(*dead * 10))
    begun = time.monotonic()
    with pytest.raises(Unreachable) as failure:
        hand_over(agency, "https://agency.example/inbox", timeouts=(0.6, 2.0, 4.0))
    assert (failure.value.why, failure.value.maybe) == ("timeout", False)
    assert time.monotonic() - begun < 1.2


def test_a_dead_address_leaves_time_for_the_one_behind_it(agency, dead, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", leads_to(*dead, ("127.0.0.1", agency.port)))
    with pytest.raises(Refused) as failure:  # it answers: the certificate is for another name
        hand_over(agency, "https://agency.example/inbox", timeouts=(1.5, 2.0, 4.0))
    assert failure.value.why == "certificate"


def test_a_handshake_that_does_not_come_to_an_end_is_part_of_connecting(agency):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(5)
        begun = time.monotonic()
        with pytest.raises(Unreachable) as failure:
            hand_over(agency, f"https://127.0.0.1:{mute.getsockname()[1]}/", timeouts=(0.6, 5.0, 9.0))
    assert (failure.value.why, failure.value.maybe) == ("timeout", False)
    assert time.monotonic() - begun < 1.2


def test_a_resolver_that_says_nothing_is_not_waited_for(agency, monkeypatch):
    silence = threading.Event()

    def getaddrinfo(*_args, **_options):
        silence.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    begun = time.monotonic()
    try:
        for _attempt in range(7):
            with pytest.raises(Unreachable) as failure:
                hand_over(agency, "https://agency.example/inbox", timeouts=(0.2, 2.0, 4.0))
            assert (failure.value.why, failure.value.maybe) == ("timeout", False)
        assert time.monotonic() - begun < 2.8
        waiting = [thread for thread in threading.enumerate() if thread.name == connecting.LOOK_UP]
        assert len(waiting) == 4, "Those that wait for it do not become more and more"
    finally:
        silence.set()
    for _slot in range(4):
        assert connecting._lookups.acquire(timeout=5), "Afterwards names are looked up again"
    for _slot in range(4):
        connecting._lookups.release()


# -- Never -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_what_is_refused_is_refused(agency, status):
    agency.answers(answer(status, {"error": "no"}))
    with pytest.raises(Refused) as failure:
        hand_over(agency)
    assert (failure.value.why, failure.value.status) == ("status", status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_led_elsewhere(agency, status):
    agency.answers(answer(status, Location=f"https://127.0.0.1:{agency.port}/elsewhere"))
    with pytest.raises(Refused) as failure:
        hand_over(agency)
    assert (failure.value.why, failure.value.status) == ("redirect", status)
    assert len(agency.requests) == 1


def bomb(encoding, size=64 * 1024 * 1024):
    """A little that becomes a lot where somebody unpacks it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, {"gzip": 31, "deflate": 15}[encoding])
    return packer.compress(bytes(size)) + packer.flush()


BOMBS = {encoding: bomb(encoding) for encoding in ("gzip", "deflate")}


@pytest.mark.parametrize("encoding", BOMBS)
@pytest.mark.parametrize("status", [200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 407, 409, 429, 500, 503])
def test_no_answer_is_ever_unpacked(agency, status, encoding):
    content = BOMBS[encoding]
    agency.answers(
        lambda handler: reply(
            handler, status, content, Location=agency.url, Content_Encoding=encoding, Content_Type="application/json"
        )
    )
    tracemalloc.start()
    try:
        with contextlib.suppress(Refused, Unreachable):
            hand_over(agency)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
    assert len(agency.requests) == 1


@pytest.mark.parametrize("status", [302, 401, 500])
def test_nothing_is_read_of_an_answer_whose_status_says_all(agency, status):
    """Not even a while: the agency could go on for ever."""

    def endless(handler):
        handler.send_response(status)
        handler.send_header("Location", agency.url)
        handler.end_headers()
        agency.release.wait(10)

    agency.answers(endless)
    begun = time.monotonic()
    with pytest.raises((Refused, Unreachable)) as failure:
        hand_over(agency)
    assert failure.value.status == status
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/inbox",
        "ftp://agency.example/",
        "file:///etc/hostname",
        "https://me:pass@agency.example/",
        "https://agency.example@127.0.0.1/",
        "https://",
        "https://agency.example\\@127.0.0.1/",
        "https://agency.example:port/",
        "https://[::1/",
        f"https://{'a' * 64}.example/",
        "https://agency..example/",
        "agency.example",
        "",
    ],
)
def test_only_plain_addresses_by_https(url):
    with pytest.raises(Refused) as failure:
        https.post(url, BODY, SECRET, "key-1", allow_private=True, timeouts=QUICK)
    assert failure.value.why == "url"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nothing_in_the_house_unless_it_is_allowed(agency, host, monkeypatch):
    """Not even a connection is opened, which would tell who listens there."""
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: opened.append(address))
    with pytest.raises(Refused) as failure:
        hand_over(agency, f"https://{host}:{agency.port}/inbox", allow_private=False)
    assert failure.value.why == "address"
    assert opened == []
    assert agency.requests == []


def test_one_address_in_the_house_among_public_ones_is_enough_to_go_nowhere(agency, monkeypatch):
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: opened.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", resolves_to("93.184.216.34", "fec0::1"))
    with pytest.raises(Refused) as failure:
        hand_over(agency, "https://agency.example/inbox", allow_private=False)
    assert failure.value.why == "address"
    assert opened == []


def test_a_name_that_means_something_else_a_moment_later_gains_nothing(agency, monkeypatch):
    """It is looked up once; the connection goes to what was checked."""
    asked, opened = [], []
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def getaddrinfo(host, port, *_args, **_options):
        asked.append(host)
        return resolves_to(next(answers))(host, port)

    def connect(_self, address):
        opened.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(Unreachable):
        hand_over(agency, f"https://agency.example:{agency.port}/inbox", allow_private=False)
    assert asked == ["agency.example"]
    assert opened == ["93.184.216.34"]
    assert agency.requests == []


def resolves_to(*addresses):
    """A resolver that knows one answer."""

    def getaddrinfo(_host, port, *_args, **_options):
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    return getaddrinfo


def test_a_certificate_that_nobody_vouches_for(agency):
    with pytest.raises(Refused) as failure:
        hand_over(agency, ca=None)
    assert failure.value.why == "certificate"
    _key, other = certificate("another")
    with pytest.raises(Refused) as failure:
        hand_over(agency, ca=other)
    assert failure.value.why == "certificate"
    assert agency.requests == []


def test_a_certificate_for_another_name(agency, monkeypatch):
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kw: real("127.0.0.1" if host == "other.example" else host, *args, **kw),
    )
    with pytest.raises(Refused) as failure:
        hand_over(agency, f"https://other.example:{agency.port}/inbox")
    assert failure.value.why == "certificate"
    assert agency.requests == []


def test_no_proxy_and_no_password_of_the_machine(agency, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password let-me-in\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert hand_over(agency).reference == "A-1"
    assert "Authorization" not in agency.requests[0][0]


def test_an_authority_is_a_certificate():
    https.check_certificate(certificate()[1])
    for text in ("not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(Refused):
            https.check_certificate(text)


def test_failures_tell_nothing(agency):
    agency.answers(lambda handler: reply(handler, 400, {"echo": SECRET}))
    with pytest.raises(Refused) as failure:
        hand_over(agency)
    told = f"{failure.value!r} {failure.value} {failure.value.__cause__} {vars(failure.value)}"
    assert SECRET not in told
    assert agency.url not in told
