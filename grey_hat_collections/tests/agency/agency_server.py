"""A real agency on this machine, for the tests: it speaks HTTPS with a certificate of its own, keeps each message once by
its key, and behaves as badly as it is told to.

Nothing in here needs Odoo.
"""

import json
import socket
import ssl
import tempfile
import threading
import time
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = "mind-the-gap-between-us"
LONG_AGO, FAR_AWAY = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@cache
def certificate(name="agency"):
    """PEM of a certificate that signs itself, for this machine; key and certificate in one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)  # the tests live on days of their own
        .not_valid_after(FAR_AWAY)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), signed.public_bytes(serialization.Encoding.PEM).decode()


class AgencyServer:
    """``with AgencyServer() as agency:`` – ``agency.url`` is where it listens, ``agency.ca`` whom to believe.

    ``script`` is what it does with the next requests, one after the other; then it takes what comes. ``kept`` holds the
    messages by their key, ``requests`` all that arrived, with headers and body.
    """

    def __init__(self):
        key, self.ca = certificate()
        self.script, self.requests, self.kept = [], [], {}
        self.release = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            pem = Path(folder, "agency.pem")
            pem.write_text(key + self.ca)
            context.load_cert_chain(pem)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *_args: None  # a caller that hangs up is not worth a word
        self.port = self.server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}/inbox"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def answers(self, *script):
        """Each a function of the request's handler, called instead of taking the message."""
        self.script = list(script)

    def take(self, handler):
        """Keep the message unless its key is known, and say what it is called here."""
        _headers, body = self.requests[-1]
        key = _headers["Idempotency-Key"]
        known = key in self.kept
        self.kept.setdefault(key, json.loads(body))
        reply(handler, 409 if known else 200, {"reference": f"A-{list(self.kept).index(key) + 1}"})


def _handler(agency):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            agency.requests.append((dict(self.headers), body))
            action = agency.script.pop(0) if agency.script else agency.take
            action(self)

        def log_message(self, *_args):
            pass  # the tests look at what arrived

    return Handler


# -- What an agency may do ---------------------------------------------------------------------------------------------


def reply(handler, status, answer=None, **headers):
    content = answer if isinstance(answer, bytes) else json.dumps(answer or {}).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def answer(status, content=None, **headers):
    return lambda handler: reply(handler, status, content, **headers)


def hang_up(handler):
    """Read all and say nothing."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def keep_and_hang_up(agency):
    """The message has arrived, but nobody is told."""

    def action(handler):
        headers, body = agency.requests[-1]
        agency.kept.setdefault(headers["Idempotency-Key"], json.loads(body))
        hang_up(handler)

    return action


def say_nothing(agency):
    """Keep the line open until the test is over."""
    return lambda handler: agency.release.wait(30)


def dribble(agency):
    """A letter at a time, without end."""

    def action(handler):
        handler.send_response(200)
        handler.end_headers()
        while not agency.release.is_set():
            handler.wfile.write(b" ")
            time.sleep(0.02)

    return action


def dribble_headers(agency):
    """The same before anything is said."""

    def action(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Patience: ")
        while not agency.release.is_set():
            handler.wfile.write(b"z")
            handler.wfile.flush()
            time.sleep(0.02)

    return action
