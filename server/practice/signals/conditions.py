"""The conditions of the rules S1 to S10 (content brief 6.2), each a walk over facts in order.

Each tells the facts that raise it and no others, so that a calm practice in between changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Final

from msgspec import Struct

from server.practice.signals.facts import Fact, Facts, HeldSession, Practice
from server.practice.signals.rules import RuleId

Numbers = Mapping[str, int]
DAY: Final = timedelta(days=1)
BREATH: Final = "breath_felt_bad"


class Raised(Struct, frozen=True, kw_only=True):
    """The facts that raise a rule, and whether it is the rule's hard case."""

    facts: tuple[Fact, ...]
    hard: bool = False


Condition = Callable[[Facts, Numbers, timedelta], Iterator[Raised]]


def rise(facts: Facts, numbers: Numbers, _lookback: timedelta) -> Iterator[Raised]:
    """S1: distress rose by so much."""
    yield from (Raised(facts=(each,)) for each in facts.practices if _rose(each, numbers["rise"]))


def rising_pattern(facts: Facts, numbers: Numbers, lookback: timedelta) -> Iterator[Raised]:
    """S2: it rose in so many of the last rated practices, the newest among them."""
    rated = [each for each in facts.practices if each.rise is not None]
    for newest, window in _windows(rated, numbers["of"], lookback):
        risers = [each for each in window if _rose(each, numbers["rise"])]
        if risers[-1:] == [newest] and len(risers) >= numbers["times"]:
            yield Raised(facts=tuple(risers[-numbers["times"] :]))


def high(facts: Facts, numbers: Numbers, _lookback: timedelta) -> Iterator[Raised]:
    """S3: distress was high afterwards."""
    for each in facts.practices:
        if each.distress_after is not None and each.distress_after >= numbers["distress"]:
            yield Raised(facts=(each,))


def too_much(facts: Facts, numbers: Numbers, lookback: timedelta) -> Iterator[Raised]:
    """S4: too much so many times within some dates, or in so many of the last practices."""
    stops = [each for each in facts.practices if each.too_much]
    near = {newest.id: window for newest, window in _windows(stops, numbers["times"], lookback)}
    for newest, window in _windows(facts.practices, numbers["of"], lookback):
        if not newest.too_much:
            continue
        lately = near[newest.id]
        among = [each for each in window if each.too_much]
        if len(lately) == numbers["times"] and _within(lately, numbers["days"]):
            yield Raised(facts=tuple(lately))
        elif len(among) >= numbers["stops"]:
            yield Raised(facts=tuple(among[-numbers["stops"] :]))


def unreal(facts: Facts, numbers: Numbers, lookback: timedelta) -> Iterator[Raised]:
    """S5: things still seemed unreal; hard on a session day, or so many times within some dates."""
    still = [each for each in facts.practices if each.unreal == "still_here"]
    for newest, window in _windows(still, numbers["times"], lookback):
        again = len(window) == numbers["times"] and _within(window, numbers["days"])
        sessions = [each for each in facts.sessions if each.practice_date == newest.practice_date]
        told = tuple(window) if again else (newest,)
        yield Raised(facts=(*told, *sessions), hard=again or bool(sessions))


def low_presence(facts: Facts, numbers: Numbers, lookback: timedelta) -> Iterator[Raised]:
    """S6: presence was low, or fell by so much against the median of the ratings just before."""
    rated = [each for each in facts.practices if each.presence is not None]
    for newest, window in _windows(rated, numbers["history"] + 1, lookback):
        now, before = newest.presence or 0, [each.presence or 0 for each in window[:-1]]
        fell = len(before) == numbers["history"] and median(before) - now >= numbers["fall"]
        if now <= numbers["presence"] or fell:
            yield Raised(facts=(newest,))


def not_ok(facts: Facts, _numbers: Numbers, _lookback: timedelta) -> Iterator[Raised]:
    """S7: "I am not OK" was tapped."""
    yield from (Raised(facts=(each,)) for each in facts.check_ins if each.not_ok)


def breath(facts: Facts, numbers: Numbers, lookback: timedelta) -> Iterator[Raised]:
    """S9: the breath felt bad so many times."""
    stops = [each for each in facts.practices if each.stop_reason == BREATH]
    for _, window in _windows(stops, numbers["times"], lookback):
        if len(window) == numbers["times"]:
            yield Raised(facts=tuple(window))


def heavy_use(facts: Facts, numbers: Numbers, _lookback: timedelta) -> Iterator[Raised]:
    """S10: more practices than so many a day on each of some dates in a row, or several for hard moments in a day."""
    by_date: dict[date, list[Practice]] = defaultdict(list)
    for each in facts.practices:
        by_date[each.practice_date].append(each)
    run: list[date] = []
    for day in sorted(by_date):
        run = run if run[-1:] == [day - DAY] else []
        run = [*run, day] if len(by_date[day]) > numbers["practices"] else []
        # A run that goes on is not told again.
        if len(run) == numbers["days"]:
            yield Raised(facts=tuple(each for one in run for each in by_date[one][: numbers["practices"] + 1]))
        hard = [each for each in by_date[day] if each.for_distress][: numbers["distress_items"]]
        if len(hard) == numbers["distress_items"]:
            yield Raised(facts=tuple(hard))


def after_session(facts: Facts, numbers: Numbers, hard: Iterable[Practice]) -> Iterator[Raised]:
    """S8: a practice that raises S1, S3 or S5 in the hours after the start of a held dosing session."""
    begin, end = timedelta(hours=numbers["from_hours"]), timedelta(hours=numbers["to_hours"])
    for each in hard:
        sessions = [one for one in facts.sessions if _in_hours(each, one, begin, end)]
        if sessions:
            yield Raised(facts=(each, *sessions))


# All but S8, which looks at what others raise.
CONDITIONS: Final[Mapping[RuleId, Condition]] = {
    "S1": rise,
    "S2": rising_pattern,
    "S3": high,
    "S4": too_much,
    "S5": unreal,
    "S6": low_presence,
    "S7": not_ok,
    "S9": breath,
    "S10": heavy_use,
}
# The thresholds each rule asks for: the file must give these and no others.
NEEDED: Final[Mapping[RuleId, frozenset[str]]] = {
    "S1": frozenset(("rise",)),
    "S2": frozenset(("rise", "times", "of")),
    "S3": frozenset(("distress",)),
    "S4": frozenset(("times", "days", "stops", "of")),
    "S5": frozenset(("times", "days")),
    "S6": frozenset(("presence", "fall", "history")),
    "S7": frozenset(),
    "S8": frozenset(("from_hours", "to_hours")),
    "S9": frozenset(("times",)),
    "S10": frozenset(("practices", "days", "distress_items")),
}


def _windows(
    practices: Sequence[Practice], most: int, lookback: timedelta
) -> Iterator[tuple[Practice, Sequence[Practice]]]:
    """Yield each practice with the last ones up to and with it: at most so many, and none from too long before."""
    for index, newest in enumerate(practices):
        window = practices[max(0, index + 1 - most) : index + 1]
        yield newest, [each for each in window if newest.practice_date - each.practice_date <= lookback]


def _rose(practice: Practice, by: int) -> bool:
    return practice.rise is not None and practice.rise >= by


def _within(practices: Sequence[Practice], days: int) -> bool:
    dates = [each.practice_date for each in practices]
    return max(dates) - min(dates) < days * DAY


def _in_hours(practice: Practice, session: HeldSession, begin: timedelta, end: timedelta) -> bool:
    return begin <= practice.at - session.start <= end
