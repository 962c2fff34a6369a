from enum import StrEnum


class Kind(StrEnum):
    """The kind of a date: the first that applies, in this order (streaks.md R3); `outside`: no plan has it (R16)."""

    OUTSIDE = "outside"
    PRACTISED = "practised"
    PAUSED = "paused"
    DOSING = "dosing"
    REST = "rest"
    SHORT_DAY = "short_day"
    NOT_DUE = "not_due"
    OPEN = "open"
    UNKNOWN = "unknown"
    MISSED = "missed"


# All other kinds are transparent (R3).
COUNTED = frozenset({Kind.PRACTISED, Kind.MISSED})

# The rule of streaks.md that decides for each kind.
RULES = {
    Kind.OUTSIDE: "R16",
    Kind.PRACTISED: "R2",
    Kind.PAUSED: "R5",
    Kind.DOSING: "R4",
    Kind.REST: "R4",
    Kind.SHORT_DAY: "R6",
    Kind.NOT_DUE: "R11",
    Kind.OPEN: "R7",
    Kind.UNKNOWN: "R8",
    Kind.MISSED: "R8",
}
