"""What signals are computed from: facts of one client, in any order; duplicates never matter."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

Instant = Annotated[datetime, Meta(tz=True)]
Rating = Annotated[int, Meta(ge=0, le=10)]


class Practice(Struct, frozen=True, kw_only=True):
    """One practice. `at`: its end as well as it is known. `for_distress`: the exercise has the phase `distress`.

    `too_much`: the client stopped it early and not because something interrupted them; `stop_reason` if they gave one.
    """

    id: str
    at: Instant
    practice_date: date
    exercise: str = ""
    for_distress: bool = False
    distress_before: Rating | None = None
    distress_after: Rating | None = None
    presence: Rating | None = None
    unreal: Literal["no", "passed", "still_here"] | None = None
    too_much: bool = False
    stop_reason: str | None = None

    @property
    def rise(self) -> int | None:
        """How much distress rose; None unless both sides were rated."""
        if self.distress_before is None or self.distress_after is None:
            return None
        return self.distress_after - self.distress_before


class CheckIn(Struct, frozen=True, kw_only=True):
    """One check-in, of which rules look at a single thing: whether "I am not OK" was tapped."""

    id: str
    at: Instant
    practice_date: date
    not_ok: bool = False


class HeldSession(Struct, frozen=True, kw_only=True):
    """A dosing session that was held, and the client's practice date of it."""

    id: str
    start: Instant
    practice_date: date


Told = Practice | CheckIn
Fact = Practice | CheckIn | HeldSession
T = TypeVar("T", Practice, CheckIn, HeldSession)


class Facts(Struct, frozen=True, kw_only=True):
    """All facts of one client that rules look at. Whatever has an id of `voids` never happened."""

    practices: tuple[Practice, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    sessions: tuple[HeldSession, ...] = ()
    voids: frozenset[str] = frozenset()

    def settled(self) -> "Facts":
        """Return the same facts once each and in order, without what was taken back."""
        return Facts(
            practices=_in_order(self.practices, self.voids),
            check_ins=_in_order(self.check_ins, self.voids),
            sessions=_in_order(self.sessions, frozenset()),
        )


def _in_order(facts: Iterable[T], voids: frozenset[str]) -> tuple[T, ...]:
    kept: dict[str, T] = {}
    # Of two facts with one id the ledger keeps the first it got; here nobody knows which, so content decides.
    for fact in sorted(facts, key=msgspec.json.encode):
        if fact.id not in voids:
            kept.setdefault(fact.id, fact)
    return tuple(sorted(kept.values(), key=lambda each: (moment(each), each.id)))


def moment(fact: Fact) -> datetime:
    """Return when a fact happened."""
    return fact.start if isinstance(fact, HeldSession) else fact.at
