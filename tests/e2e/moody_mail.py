"""A mail server with moods, on bare sockets: it may be silent, hang up or say no at any point of the conversation."""

import socketserver
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

SILENT = "says nothing"
HANGS_AT_THE_END = "takes the message and never answers"
DROPS_IN_THE_MIDDLE = "hangs up while the message comes in"
DROPS_AT_THE_END = "takes the message and hangs up without an answer"
SILENT_AT_GOODBYE = "takes the message, says so, and never answers the goodbye"


class MoodyMail(socketserver.ThreadingTCPServer):
    """``mood`` of all connections, ``moods`` by recipient: one of those above, or an answer to the message such as
    ``451 later``. ``taken`` counts the messages that came in whole, by recipient.
    """

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.mood, self.moods, self.taken, self.connections, self.over = None, {}, Counter(), 0, Event()

    def start_over(self):
        """Forget everything."""
        self.mood, self.moods, self.connections = None, {}, 0
        self.taken.clear()


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    def handle(self):
        """Called for each connection."""
        self.server.connections += 1
        if self.server.mood == SILENT:
            return self.say_nothing()
        self.say("220 moody")
        recipient = mood = None
        while line := self.rfile.readline():
            command = line.split(maxsplit=1)[0].upper()
            if command == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                mood = self.server.moods.get(recipient, self.server.mood)
            if command == b"DATA":
                if not self.take(recipient, mood):
                    return None
            elif command == b"QUIT":
                return self.say_nothing() if mood == SILENT_AT_GOODBYE else self.say("221 bye")
            else:
                self.say("250 fine")
        return None

    def take(self, recipient, mood):
        """Read a message; whether the conversation goes on."""
        self.say("354 go on")
        if mood == DROPS_IN_THE_MIDDLE:
            self.rfile.readline()
            return False
        while self.rfile.readline() not in (b".\r\n", b""):
            pass
        said_no = mood and mood[0] in "45"
        if not said_no:
            self.server.taken[recipient] += 1
        if mood == HANGS_AT_THE_END:
            self.say_nothing()
        if mood in (HANGS_AT_THE_END, DROPS_AT_THE_END):
            return False
        self.say(mood if said_no else "250 taken")
        return True

    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")

    def say_nothing(self):
        self.server.over.wait(60)


@contextmanager
def moody_mail() -> Iterator[MoodyMail]:
    """A moody mail server while the block lasts."""
    with MoodyMail() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
