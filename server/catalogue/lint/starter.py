"""L35 to L42: what a starter set may offer on which day, how much it asks for, and its words (content brief 0, 7)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from server.catalogue.lint.case import Case
from server.catalogue.lint.evidence import claims_in, review_problems
from server.catalogue.lint.registry import Problem, set_rule
from server.catalogue.schemas import Exercise
from server.catalogue.starter import Daily, EveryNDays, StarterItem, Weekdays, WeeklyQuota
from server.catalogue.yardstick import PatternName

LAND_NOW: Final = "land-now"
DAYS_ASKED, THINGS_A_DAY, SECONDS_A_DAY = 4, 2, 600
WEEK: Final = 7
NOT_IN_A_TITLE: Final[tuple[PatternName, ...]] = ("diagnosis", "baby", "mortality")


@set_rule("L35")
def set_sources(case: Case) -> Iterator[Problem]:
    """Name at least one known source for a starter set."""
    if not case.starter.evidence:
        yield Problem(("evidence",), "there is none")
    for index, key in enumerate(case.starter.evidence):
        if key not in case.reference.sources:
            yield Problem(("evidence", index), f"`{key}` is unknown")


@set_rule("L36")
def fit(case: Case) -> Iterator[Problem]:
    """Put into a starter set only what anybody of its track may be given, on the days that it is meant for."""
    for route, item, exercise in case.items():
        where = (*route, "exercise")
        if exercise.review.is_withdrawn:
            yield Problem(where, f"`{exercise.slug}` is retired")
        if exercise.requires_introduction or exercise.requires_flag:
            yield Problem(where, f"`{exercise.slug}` is not for everybody")
        if not {case.starter.track, "general"} & {*exercise.tracks}:
            yield Problem(where, f"`{exercise.slug}` is neither of this track nor for everyone")
        if "baby_content" in exercise.properties and case.starter.track != "perinatal":
            yield Problem(where, f"`{exercise.slug}` speaks of a baby")
        if not all(_is_meant_for(exercise, item, day) for day in item.offsets()):
            yield Problem((*route, "from_day"), f"`{exercise.slug}` is not meant for all of these days")


def _is_meant_for(exercise: Exercise, item: StarterItem, day: int) -> bool:
    if item.is_as_needed and "distress" in exercise.phases:
        return True
    phases = {"between_sessions"}
    if item.anchor == "dosing" and day <= WEEK:
        phases = {"preparation"} if day < 0 else {"dosing_day"} if day == 0 else {"integration", "between_sessions"}
    return not phases.isdisjoint(exercise.phases)


@set_rule("L37")
def session_day(case: Case) -> Iterator[Problem]:
    """Let nothing fall on the day of a dosing session but what is made for after it, and Land now."""
    for route, item, exercise in case.items():
        if is_for_session_day(exercise):
            continue
        if item.anchor != "dosing":
            yield Problem((*route, "anchor"), f"`{exercise.slug}` could fall on that day")
        elif 0 in item.offsets():
            yield Problem((*route, "from_day"), f"`{exercise.slug}` falls on that day")


def is_for_session_day(exercise: Exercise) -> bool:
    """Whether the allow-list of the session day has an exercise (content brief 2.1)."""
    return exercise.dose_window == "after" or exercise.slug == LAND_NOW


@set_rule("L38")
def weekly_sessions(case: Case) -> Iterator[Problem]:
    """Stay within six days of a session, so that weekly sessions do not meet, unless the set is for long gaps."""
    if case.starter.phase == "between_sessions":
        return
    for route, item, exercise in case.items():
        farthest = max(abs(item.from_day), abs(item.to_day))
        if item.anchor == "dosing" and farthest >= WEEK and not is_for_session_day(exercise):
            yield Problem((*route, "from_day"), f"it reaches {farthest} days")


@set_rule("L39")
def small(case: Case) -> Iterator[Problem]:
    """Ask for practice on four days of a week at most, and on a day for two things and ten minutes."""
    asked: dict[int, list[int]] = defaultdict(list)
    for route, item, exercise in case.items():
        seconds = getattr(exercise.variants, item.length).seconds
        for day in _asked(item):
            asked[day] += [seconds] * len(item.times_of_day)
        if isinstance(item.recurrence, WeeklyQuota) and item.recurrence.n > DAYS_ASKED:
            yield Problem((*route, "recurrence"), f"it asks for {item.recurrence.n} days")
        if isinstance(item.recurrence, Weekdays) and len({*item.recurrence.days}) > DAYS_ASKED:
            yield Problem((*route, "recurrence"), f"it asks for {len({*item.recurrence.days})} days")
    for first in sorted(asked):
        days = [day for day in asked if first <= day < first + WEEK]
        if len(days) > DAYS_ASKED:
            yield Problem(("items",), f"from day {first} on it asks for {len(days)} days")
        if len(asked[first]) > THINGS_A_DAY or sum(asked[first]) > SECONDS_A_DAY:
            yield Problem(("items",), f"day {first} has {len(asked[first])} things and {sum(asked[first])} s")


def _asked(item: StarterItem) -> Iterator[int]:
    """Yield the days of the window that an item asks for by themselves."""
    step = item.recurrence.n if isinstance(item.recurrence, EveryNDays) else 1
    if isinstance(item.recurrence, Daily | EveryNDays):
        yield from item.offsets()[::step]


@set_rule("L40")
def nothing_asked(case: Case) -> Iterator[Problem]:
    """Ask for nothing in the palliative track and on a session day: everything is there as needed."""
    for route, item, exercise in case.items():
        on_the_day = exercise.dose_window == "after"
        if not item.is_as_needed and (on_the_day or case.starter.track == "palliative"):
            yield Problem((*route, "recurrence"), f"`{exercise.slug}` is asked for")


@set_rule("L41")
def set_words(case: Case) -> Iterator[Problem]:
    """Claim nothing, use no forbidden phrase, and let a client read the title: no illness, birth or death in it."""
    for route, words, lexicon in case.read():
        for name, text in (("title", words.title), ("description", words.description)):
            if claims_in(text, lexicon):
                yield Problem((*route, name), f"`{name}` claims an effect")
            for entry, found in lexicon.forbidden_in(text):
                yield Problem((*route, name), f"{entry.id} `{found}`: {entry.why}", entry.severity)
        for kind in NOT_IN_A_TITLE:
            if lexicon.has(kind, words.title):
                yield Problem((*route, "title"), f"`{words.title}` names one ({kind})")


@set_rule("L42")
def set_review(case: Case) -> Iterator[Problem]:
    """Give an approved starter set all that an approved text has (L31)."""
    yield from (Problem(("review",), detail) for detail in review_problems(case.starter.review))
    for language, words in case.starter.words.items():
        yield from (Problem(("words", language, "review"), detail) for detail in review_problems(words.review))
