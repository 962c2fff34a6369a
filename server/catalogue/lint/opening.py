"""L11, L12 and L16: what is said in the first minute (content brief 4.2)."""

from collections.abc import Iterator

from server.catalogue.lint.registry import Problem, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.lint.text import words_in
from server.catalogue.yardstick import PatternName

STOP_BY_S = {"short": 20, "medium": 45, "long": 45}
EYES_BY_S = OPENING_BY_S = 60
_LENGTH_SLACK_S = 45


@take_rule("L11")
def stop_permission(take: Take) -> Iterator[Problem]:
    """Say that stopping is fine before second 45, in the short length before second 20."""
    yield from _early(take, "stop", STOP_BY_S[take.length])


@take_rule("L12")
def eyes(take: Take) -> Iterator[Problem]:
    """Say before second 60 what the eyes may do, never that they are to close, and as exercise.yaml says."""
    yield from _early(take, "eyes", EYES_BY_S)
    if take.item.profile.eyes_open and take.item.exercise.eyes != "open":
        yield Problem(("eyes",), f"the profile `{take.item.exercise.profile}` keeps the eyes open")
    for cue in take.matching("closed_only"):
        yield Problem(cue.source_line, "closed is the only way here")
    for cue in take.matching("eyes_closed"):
        if "eyes_closed" not in take.item.exercise.properties:
            yield Problem(cue.source_line, "closed eyes are offered without the property `eyes_closed`")


def _early(take: Take, name: PatternName, by_s: float) -> Iterator[Problem]:
    first = next(iter(take.matching(name)), None)
    if first is None:
        yield Problem(take.cues[0].source_line, "no line says so")
    elif first.at >= by_s:
        yield Problem(first.source_line, f"the first line that does starts at {first.at:.0f} s")


@take_rule("L16")
def opening(take: Take) -> Iterator[Problem]:
    """Say the name, the rough length, and that posture is a choice, before second 60."""
    early = [cue for cue in take.lines if cue.at < OPENING_BY_S]
    said = " ".join(cue.text for cue in early)
    title = [word.lower() for word in words_in(take.item.words.front.title)]
    spoken = [word.lower() for word in words_in(said)]
    if not _contains(spoken, title[: max(2, len(title) - 1)]):
        yield Problem(take.cues[0].source_line, "the name is not said")
    if not any(take.item.lexicon.has("posture_choice", cue.text) for cue in early):
        yield Problem(take.cues[0].source_line, "no choice of posture is said")
    yield from _said_length(take, said)


def _said_length(take: Take, said: str) -> Iterator[Problem]:
    matches = take.item.lexicon.patterns["length_said"].finditer(said)
    found = next(((match, n) for match in matches if (n := _number(take, match["number"]))), None)
    if found is None:
        yield Problem(take.cues[0].source_line, "the rough length in minutes is not said")
        return
    match, number = found
    seconds = number * 60 + (30 if match["half"] else 0)
    if abs(seconds - take.declared_s) > _LENGTH_SLACK_S:
        yield Problem(take.cues[0].source_line, f"`{match.group()}` is not the declared length, {take.declared_s} s")


def _number(take: Take, word: str) -> int:
    return int(word) if word.isdigit() else take.item.lexicon.numbers.get(word.lower(), 0)


def _contains(words: list[str], run: list[str]) -> bool:
    return any(words[start : start + len(run)] == run for start in range(len(words) - len(run) + 1))
