"""Which flags a person has at one moment: those given, and those that follow from dates (content brief 2.1, 2.3)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, cast, get_args

from msgspec import UNSET, UnsetType

from server.catalogue.reference import Clock, Span, SuitabilityRules
from server.catalogue.suitability.person import Dosing, Occasion, Person
from server.catalogue.vocabulary import Flag, Question

KNOWN: Final[frozenset[str]] = frozenset(get_args(Flag))
NO_SCREENING: Final[Flag] = "unscreened"
_DATED: Final = ("due", "birth", "loss", "caesarean", "surgery")
HOURS: Final = 24


def flags_at(person: Person, at: datetime, rules: SuitabilityRules) -> frozenset[Flag]:
    """Return every flag of a person at an instant; a flag that nobody knows is as no screening at all.

    Raises:
        UnknownZoneError: the person's zone is not an IANA zone.
    """
    given = {NO_SCREENING} if person.flags is UNSET else person.flags
    found = {cast("Flag", flag) for flag in given if flag in KNOWN}
    if given - KNOWN:
        found.add(NO_SCREENING)
    occasions = tuple(occasions_of(person, rules.clock))
    moments = Moments(person, at, rules.clock)
    found |= {window.flag for window in rules.windows if any(moments.on(window, each) for each in occasions)}
    return frozenset(found.union(*(rules.implies.get(flag, ()) for flag in found)))


def asks_at(person: Person, at: datetime, rules: SuitabilityRules) -> tuple[Question, ...]:
    """Return what the clinic is to be asked, as the person's dates leave it open."""
    occasions = tuple(occasions_of(person, rules.clock))
    zone = person.clock_zone
    return tuple(each.ask for each in rules.asks if any(within(each, one, at, zone) for one in occasions))


def occasions_of(person: Person, clock: Clock) -> Iterator[Occasion]:
    """Yield the dates that belong together: a pregnancy and its end, each piece of work, each dosing session."""
    dates = {kind: getattr(person.dates, kind) for kind in _DATED}
    if known := {kind: date for kind, date in dates.items() if date is not UNSET}:
        yield cast("Occasion", known)
    for work in person.dates.trauma_work:
        yield {"trauma_work": work}
    for dosing in person.dates.dosing:
        yield {"dosing": dosing.at, "release": _release(dosing, clock)}


def _release(dosing: Dosing, clock: Clock) -> datetime:
    earliest = dosing.at + timedelta(hours=clock.release_h)
    if dosing.discharged_at is None:
        return dosing.at + timedelta(hours=clock.undischarged_h)
    return earliest if dosing.discharged_at is UNSET else max(earliest, dosing.discharged_at)


class Moments:
    """What "now" may be for a person, by a clock that may look wrong: then the stricter result counts."""

    def __init__(self, person: Person, at: datetime, clock: Clock) -> None:
        self.at, self.clock, self.zone = at, clock, person.clock_zone
        self.data = at if person.as_of is UNSET else person.as_of
        ahead = at - self.data
        self.wrong = not timedelta(seconds=-clock.behind_s) <= ahead <= timedelta(days=clock.ahead_days)

    def on(self, span: Span, occasion: Occasion) -> bool:
        """Tell whether a span may be running."""
        if span.since not in occasion:
            return False
        if within(span, occasion, self.at, self.zone):
            return True
        if span.unsure and self._too_early(span, occasion):
            return True
        if not self.wrong:
            return False
        return within(span, occasion, self.data, self.zone) or (
            span.unsure and not _over(span, occasion, self.data, self.zone)
        )

    def _too_early(self, span: Span, occasion: Occasion) -> bool:
        """Tell whether a date lies further ahead than it can."""
        ahead = self.clock.ahead.get(span.since)
        if ahead is None or _ended(span, occasion, self.at, self.zone):
            return False
        unit = HOURS if isinstance(occasion[span.since], datetime) else 1
        return _since(occasion[span.since], self.at, self.zone) < -ahead * unit


def within(span: Span, occasion: Occasion, at: datetime, zone: tzinfo) -> bool:
    """Tell whether a span is running at an instant."""
    if span.since not in occasion or _over(span, occasion, at, zone):
        return False
    return isinstance(span.begin, UnsetType) or _since(occasion[span.since], at, zone) >= span.begin


def _over(span: Span, occasion: Occasion, at: datetime, zone: tzinfo) -> bool:
    late = not isinstance(span.until, UnsetType) and _since(occasion[span.since], at, zone) >= span.until
    return late or _ended(span, occasion, at, zone)


def _ended(span: Span, occasion: Occasion, at: datetime, zone: tzinfo) -> bool:
    ends = (occasion[kind] for kind in span.before if kind in occasion)
    return any(_belongs(end, occasion[span.since], span) and _since(end, at, zone) >= 0 for end in ends)


def _belongs(end: date, since: date, span: Span) -> bool:
    """Tell whether a date can be the end of this one: an earlier birth ends no later pregnancy."""
    return isinstance(span.reach, UnsetType) or (since - end).days <= span.reach


def _since(moment: date, at: datetime, zone: tzinfo) -> float:
    """Return hours since an instant, or days since a date where the person is."""
    if isinstance(moment, datetime):
        return (at - moment) / timedelta(hours=1)
    return float((at.astimezone(zone).date() - moment).days)
