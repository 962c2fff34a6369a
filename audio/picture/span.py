"""One row of the picture: a minute, or what is left of one, on an axis that is the same in every picture."""

from msgspec import Struct

ROW_MS = 60_000
PX_PER_S = 20
LEFT = 56
WIDTH = LEFT + ROW_MS / 1000 * PX_PER_S + 20


class Span(Struct, frozen=True, kw_only=True):
    """The time that a row shows."""

    start_ms: int
    end_ms: int

    @property
    def right(self) -> float:
        """Where the row ends."""
        return self.x(self.end_ms)

    def x(self, at_ms: float) -> float:
        """Return the place of a time; what is not in this row lies at its edge."""
        return LEFT + (self.inside(at_ms) - self.start_ms) / 1000 * PX_PER_S

    def inside(self, at_ms: float) -> float:
        """Return a time, or the nearest one that the row shows."""
        return min(max(at_ms, self.start_ms), self.end_ms)

    def meets(self, start_ms: float, end_ms: float) -> bool:
        """Tell whether the row shows any of what lies between two times."""
        return start_ms < self.end_ms and end_ms > self.start_ms


def clock(at_ms: float) -> str:
    """Return a time as minutes and seconds."""
    minutes, seconds = divmod(int(at_ms) // 1000, 60)
    return f"{minutes}:{seconds:02}"
