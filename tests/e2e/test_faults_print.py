"""The PDF program is ended, as for want of memory: the letter is made later, and nobody looks for an address."""

from collections import Counter

from crashes import received

#: Send, and end the first PDF program that this process starts to print with.
SEND_WITHOUT_MEMORY = """
import os, signal, threading, time
from pathlib import Path
ended = []
def is_ours(status):
    _pid, rest = status.read_text().split(" (", 1)
    name, rest = rest.rsplit(") ", 1)
    if name != "wkhtmltopdf" or int(rest.split()[1]) != os.getpid():
        return False
    return b"--quiet" in status.with_name("cmdline").read_bytes()  # it prints, and does not only tell its version
def end_the_first():
    while not ended:
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                if is_ours(status):
                    os.kill(int(status.parent.name), signal.SIGKILL)
                    ended.append(status.parent.name)
                    return
            except OSError:
                pass  # it has just ended by itself
        time.sleep(0.001)
threading.Thread(target=end_the_first, daemon=True).start()
env["collection.letter"]._cron_send_queued()
answer = len(ended)
"""
SENDING = 'env["collection.letter"]._cron_send_queued()'
WAITING = """
    SELECT attempts, failure_reason FROM collection_letter
     WHERE state = 'queued' AND send_after > now() AT TIME ZONE 'utc' AND attempts > 0"""
ASKED = """
    SELECT type.name->>'en_US' FROM mail_activity activity JOIN mail_activity_type type ON type.id = activity_type_id
     WHERE type.name->>'en_US' IN ('Check the address', 'Letter not made')"""


def test_a_letter_whose_pdf_program_was_ended_is_made_later(sending):
    crew = sending.crew
    sending.begin_again()
    assert crew.do(SEND_WITHOUT_MEMORY, print=True) == 1
    ((attempts, reason),) = crew.query(WAITING)
    assert attempts == "1"
    assert "-9" in reason
    assert crew.query(ASKED) == []
    missing = sending.received - received(sending.sink)
    assert sum(missing.values()) == 1, "the others have theirs"
    crew.query("UPDATE collection_letter SET send_after = now() AT TIME ZONE 'utc' WHERE attempts > 0")
    crew.do(SENDING)
    assert received(sending.sink) == sending.received == Counter(dict.fromkeys(sending.received, 1))
