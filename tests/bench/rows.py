"""What the bench prints."""

import statistics
from collections.abc import Iterable, Sequence

from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Row(Struct, frozen=True, kw_only=True):
    """A figure beside another of the same run, their ratio, and what it should be."""

    what: str
    measured: str
    beside: str
    ratio: str = ""
    target: str = ""


def at_least(ratios: Sequence[float], target: float | None) -> dict[str, str]:
    """Return how the median of the rounds' ratios stands to its target, if it has one; the larger the better."""
    ratio = statistics.median(ratios)
    told = {"ratio": f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"}
    return told if target is None else {**told, "target": f"≥ {target:g} {_met(met=ratio >= target)}"}


def at_most(ratio: float, target: float) -> dict[str, str]:
    """Return how a ratio, the smaller the better, stands to its target."""
    return {"ratio": f"{ratio:.2f}", "target": f"≤ {target:g} {_met(met=ratio <= target)}"}


def _met(*, met: bool) -> str:
    return "met" if met else "missed"


def show(title: str, rows: Iterable[Row]) -> None:
    """Print rows as a table."""
    table = Table("what", "measured", "beside", "ratio", "target", title=title, title_justify="left")
    for row in rows:
        table.add_row(row.what, row.measured, row.beside, row.ratio, row.target)
    Console(width=130).print(table)
