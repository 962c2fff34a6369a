"""L13, L15, L17, L18 and L34: choice, outside cues, return and stock lines (content brief 4.2)."""

from collections.abc import Iterator, Sequence

from server.catalogue.agreement import RETURN
from server.catalogue.lint.cues import Cue
from server.catalogue.lint.registry import Problem, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.yardstick import PatternName

OUTSIDE_GAP_S = {"mixed": 60, "internal": 90}
OUTSIDE_STEPS = 0.80
LAST_S = 30
FULL_SET_FROM_S, FULL_SET_FROM_LOAD, CAREFUL_LOAD = 300, 3, 4


@take_rule("L13")
def choice_density(take: Take) -> Iterator[Problem]:
    """Offer a choice at least as often as the profile asks."""
    limit = take.item.profile.choice_every_s
    yield from _gaps(take, take.matching("choice"), limit, "a choice")


@take_rule("L15")
def outside_cues(take: Take) -> Iterator[Problem]:
    """Point outside the body as often as the exercise's attention promises."""
    attention = take.item.exercise.attention
    if attention == "external":
        steps = {cue.step.id: cue.step.ext_cue for cue in take.cues}
        share = sum(steps.values()) / len(steps)
        if share < OUTSIDE_STEPS:
            yield Problem(("steps",), f"{share:.0%} of the steps have `ext_cue`, 80% are needed")
        return
    yield from _gaps(take, _outside(take), OUTSIDE_GAP_S[attention], "an outside cue")


def _outside(take: Take) -> list[Cue]:
    """Return the cues that point outside: by their words, by the pacer's tone, or by their step's word alone."""
    found = [cue for cue in take.cues if cue.breath or take.item.lexicon.has("outside", cue.text)]
    spoken_for = {cue.step.id for cue in found}
    first = {cue.step.id: cue for cue in reversed(take.cues)}
    declared = [cue for step_id, cue in first.items() if cue.step.ext_cue and step_id not in spoken_for]
    return sorted([*found, *declared], key=lambda cue: cue.at)


def _gaps(take: Take, cues: Sequence[Cue], limit: float, what: str) -> Iterator[Problem]:
    """Report stretches longer than the limit from one such cue to the next; a breath's tone lasts to its end."""
    ends = [0.0, *(cue.at + cue.sounding_s if cue.breath else cue.at for cue in cues)]
    starts = [*(cue.at for cue in cues), take.total_s]
    places = [take.cues[0], *cues]
    for end, start, place in zip(ends, starts, places, strict=True):
        if start - end > limit:
            yield Problem(place.source_line, f"{start - end:.1f} s pass from here without {what}, {limit:g} s are fine")


@take_rule("L17")
def way_back(take: Take) -> Iterator[Problem]:
    """End with a return of 20 s and a tenth of the length, careful items 30 s and 15%: look, move, one next thing."""
    exercise = take.item.exercise
    careful = exercise.tracks[0] == "trauma" or exercise.interoceptive_load >= CAREFUL_LOAD
    seconds, share = (30.0, 0.15) if careful else (20.0, 0.10)
    cues = [cue for cue in take.cues if cue.step.id == RETURN]
    lasts = sum(cue.sounding_s + cue.pause_s for cue in cues)
    needed = max(seconds, share * take.total_s)
    if lasts < needed:
        yield Problem(cues[0].source_line, f"it lasts {lasts:.1f} s, {needed:.1f} s are needed")
    said = " ".join(cue.text for cue in cues)
    parts: dict[PatternName, str] = {
        "look_or_listen": "nothing to look at or listen for",
        "move_or_touch": "nothing to move or touch",
        "next_step": "no next step",
    }
    for name, missing in parts.items():
        if not take.item.lexicon.has(name, said):
            yield Problem(cues[0].source_line, f"it has {missing}")


@take_rule("L18")
def nothing_new_at_the_end(take: Take) -> Iterator[Problem]:
    """Bring no pacing, region or imagery into the return or the last 30 s."""
    first = {cue.step.id: cue.at for cue in reversed(take.cues)}
    for cue in take.cues:
        late = cue.step.id == RETURN or first[cue.step.id] > take.total_s - LAST_S
        if late and (cue.step.paced or cue.step.region or take.item.lexicon.has("imagery", cue.text)):
            yield Problem(cue.source_line, "this is new here")


@take_rule("L34")
def stock_lines(take: Take) -> Iterator[Problem]:
    """Have a help line; from 5 minutes, from load 3 or in `settle` also move, skip and better-same-or-harder lines."""
    exercise = take.item.exercise
    full = (
        exercise.profile == "settle"
        or exercise.interoceptive_load >= FULL_SET_FROM_LOAD
        or take.declared_s >= FULL_SET_FROM_S
    )
    families: tuple[PatternName, ...] = ("help", "move", "skip", "same") if full else ("help",)
    for name in families:
        if not take.matching(name):
            yield Problem(take.cues[0].source_line, f"no line of the family `{name}`")
