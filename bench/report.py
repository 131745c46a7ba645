"""The table, the bars and the plot of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEGABYTES = 700
PAYMENT_SHARE = 0.15
BOARD_SECONDS = 0.4
#: How much more the work in the books may take than without us; taking it back, and a list of invoices.
BESIDE, TAKEN_BACK, LISTED = 1.15, 1.2, 1.33
TAKING_BACK, LIST = ("unreconcile", "back to draft"), "the list of invoices"
WITH, WITHOUT = ", with us", ", without us"
#: How much more than in proportion time may grow from the smallest to the largest size: what starts and stops is noise.
GROWTH = 1.1
NIGHTS, PEER_RUN = ("first night", "ordinary night", "quiet night"), ("peer: generate", "peer: set ready")
AGGREGATE, PRINTER = "floor: one aggregate", "floor: wkhtmltopdf on the ready pages"
#: What cannot take less time than another thing does by itself: all that reads the open items of everybody, and a PDF.
FLOORS = {
    **dict.fromkeys((*NIGHTS, *PEER_RUN), AGGREGATE),
    "statement: PDF": PRINTER,
}


@dataclass(frozen=True)
class Bar:
    """A ratio within one run and what it must be: at least ``least``, or at most ``most``."""

    name: str
    ratio: float
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is.

        >>> Bar("first night", 12.0, least=10).met, Bar("board", 0.5, most=0.4).met
        (True, False)
        """
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)

    def __str__(self) -> str:
        wanted = f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"
        return f"{self.name}: {self.ratio:.3g} ({wanted}){'' if self.met else ' — MISSED'}"


def bars(result: dict[str, Any], customers: int) -> Iterator[Bar]:
    """The bars that the figures of one size can tell about."""
    seconds = {name: figure["seconds"] for name, figure in result["figures"].items()}
    if seconds.keys() >= set(PEER_RUN):
        peer = sum(seconds[name] for name in PEER_RUN)
        for name, least in zip(NIGHTS, (10, 60, 100), strict=True):
            yield Bar(f"{name}, times faster than the peer", peer / seconds[name], least=least)
        yield Bar("statement as HTML, of the peer's time", seconds["statement: HTML"] / seconds["peer: HTML"], most=1)
        yield Bar("statement as PDF, of the peer's time", seconds["statement: PDF"] / seconds["peer: PDF"], most=1)
    share = seconds["payment: refresh"] / seconds["payment: Odoo's own"]
    yield Bar("a payment's refresh, of Odoo's own time", share, most=PAYMENT_SHARE)
    for name in [name for name in seconds if name.endswith(WITH)]:
        what = name.removesuffix(WITH)
        times = seconds[name] / seconds[what + WITHOUT]
        yield Bar(f"{what}, of the time without us", times, most=_beside(what))
    if customers <= 20_000:
        yield Bar("board, seconds of the server", seconds["screen: board"], most=BOARD_SECONDS)
    most = max(result["figures"][name]["megabytes"] for name in NIGHTS)
    yield Bar("memory of a night, MB", most, most=MEGABYTES)


def _beside(what: str) -> float:
    if LIST in what:
        return LISTED
    return TAKEN_BACK if any(name in what for name in TAKING_BACK) else BESIDE


def growth(results: dict[str, Any]) -> Iterator[Bar]:
    """How time grows from the smallest size to the largest, against proportion."""
    sizes = sorted(results["sizes"], key=int)
    small, large = sizes[0], sizes[-1]
    if small == large:
        return
    for name in NIGHTS:
        times = [results["sizes"][size]["figures"][name]["seconds"] for size in (small, large)]
        grown = times[1] / times[0] / (int(large) / int(small))
        yield Bar(f"{name}, growth against proportion from {small} to {large}", grown, most=GROWTH)


def missed(results: dict[str, Any]) -> list[str]:
    """A line for each bar that was missed."""
    return [f"{size} customers: {bar}" for size, bar in _all_bars(results) if not bar.met]


def _all_bars(results: dict[str, Any]) -> Iterator[tuple[str, Bar]]:
    for size, result in results["sizes"].items():
        for bar in bars(result, int(size)):
            yield f"{int(size):,}", bar
    for bar in growth(results):
        yield "all", bar


def table(results: dict[str, Any]) -> str:
    """All figures and bars as Markdown."""
    lines = [f"{results['machine']}, {results['day']}", ""]
    for size, result in results["sizes"].items():
        lines += [
            f"**{int(size):,} customers**",
            "",
            "| what | seconds | SQL | MB | × floor |",
            "|---|---:|---:|---:|---:|",
        ]
        for name, figure in result["figures"].items():
            floor = result["figures"][FLOORS[name]]["seconds"] if name in FLOORS else None
            of_floor = f"{figure['seconds'] / floor:,.1f}" if floor else ""
            lines.append(
                f"| {name} | {figure['seconds']:,.4g} | {_number(figure, 'queries')} | {_number(figure, 'megabytes')} "
                f"| {of_floor} |"
            )
        lines.append("")
    lines += ["| customers | bar |", "|---|---|", *(f"| {size} | {bar} |" for size, bar in _all_bars(results))]
    return "\n".join(lines)


def _number(figure: dict[str, float], name: str) -> str:
    return f"{figure[name]:,.4g}" if name in figure else ""


def plot(results: dict[str, Any], target: Path) -> None:
    """Time over customers of the nights, the peer's run and the floor, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for name in (*PEER_RUN, *NIGHTS, AGGREGATE):
        points = [
            (int(size), result["figures"][name]["seconds"])
            for size, result in results["sizes"].items()
            if name in result["figures"]
        ]
        if points:
            axes.plot(*zip(*sorted(points), strict=True), marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="customers, each with five open invoices", ylabel="seconds")
    sizes = [int(size) for size in results["sizes"]]
    axes.set_xticks(sizes, labels=[f"{size:,}" for size in sizes])
    axes.set_xticks([], minor=True)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    figure.savefig(target, bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
