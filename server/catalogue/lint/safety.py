"""L21, L23 to L25, L27 and L28: properties match the words, and sensitive content is marked (content brief 4.2)."""

from collections.abc import Iterator, Mapping

from server.catalogue.lint.item import Item
from server.catalogue.lint.registry import Problem, item_rule, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.vocabulary import Property
from server.catalogue.yardstick import PatternName

REGIONS: Mapping[PatternName, Property] = {
    "region_belly": "region_belly",
    "region_chest": "region_chest",
    "region_throat": "region_throat",
    "region_back": "region_back",
    "region_pelvis": "region_pelvis",
}
NOT_AFTER_A_SESSION: frozenset[Property] = frozenset(
    {
        "slow_paced",
        "deep_breath",
        "breath_hold",
        "imagery",
        "muscle_tensing",
        "posture_change",
        "walking",
        "outdoors",
        "taste",
        "baby_contact",
    }
)


def _naming(take: Take, name: PatternName) -> Iterator[int]:
    """Yield the source line of everything, spoken or shown, that names something."""
    yield from (cue.source_line for cue in take.matching(name))
    yield from (1 for _, text in take.item.front_texts() if take.item.lexicon.has(name, text))


@take_rule("L21")
def named_regions(take: Take) -> Iterator[Problem]:
    """Set the property of every inner region that the words name."""
    for name, needed in REGIONS.items():
        if needed not in take.item.exercise.properties:
            yield from (Problem(line, f"the property `{needed}` is missing") for line in _naming(take, name))


@take_rule("L23")
def baby_words(take: Take) -> Iterator[Problem]:
    """Mark words of pregnancy, birth, baby or feeding with `baby_content`, and keep them out of `no_baby`."""
    if "baby_content" not in take.item.exercise.properties:
        yield from (Problem(line, "the property `baby_content` is missing") for line in _naming(take, "baby"))
    if "no_baby" in take.alts:
        yield from (Problem(cue.source_line, "this is said in `no_baby`") for cue in take.matching("baby"))


@take_rule("L24")
def mortality_words(take: Take) -> Iterator[Problem]:
    """Speak of death or legacy only with `mortality`, and in the palliative track alone."""
    if "mortality" not in take.item.exercise.properties or take.item.exercise.tracks != ("palliative",):
        yield from (Problem(line, "the property or the track is not so") for line in _naming(take, "mortality"))


@take_rule("L25")
def imagery(take: Take) -> Iterator[Problem]:
    """Ask for a picture in the mind only with `imagery`, and an introduction or an object instead."""
    exercise = take.item.exercise
    for line in _naming(take, "imagery"):
        if "imagery" not in exercise.properties:
            yield Problem(line, "the property `imagery` is missing")
    with_object = "object" in exercise.methods or "object_touch" in exercise.alt_variants
    if "imagery" in exercise.properties and not (exercise.requires_introduction or with_object):
        yield Problem(("requires_introduction",), "it has neither an introduction nor an object version")


@item_rule("L27")
def distress(item: Item) -> Iterator[Problem]:
    """Keep items for hard moments to load 2, attention outside or mixed, and a short length of 120 s."""
    exercise = item.exercise
    if "distress" not in exercise.phases:
        return
    if exercise.interoceptive_load > 2:  # noqa: PLR2004 - the rule's own figure
        yield Problem(("interoceptive_load",), f"the load is {exercise.interoceptive_load}")
    if exercise.attention == "internal":
        yield Problem(("attention",), "the attention is internal")
    if exercise.variants.short.seconds > 120:  # noqa: PLR2004 - the rule's own figure
        yield Problem(("variants", "short", "seconds"), f"the short length is {exercise.variants.short.seconds} s")


@item_rule("L28")
def after_a_session(item: Item) -> Iterator[Problem]:
    """Keep items for after a session free of pacing, effort and pictures, to load 3, and to 300 s in medium."""
    exercise = item.exercise
    if exercise.dose_window != "after":
        return
    for name in sorted(NOT_AFTER_A_SESSION & set(exercise.properties)):
        yield Problem(("properties",), f"`{name}` is not for that day")
    if exercise.interoceptive_load > 3:  # noqa: PLR2004 - the rule's own figure
        yield Problem(("interoceptive_load",), f"the load is {exercise.interoceptive_load}")
    if exercise.variants.medium.seconds > 300:  # noqa: PLR2004 - the rule's own figure
        yield Problem(("variants", "medium", "seconds"), f"medium is {exercise.variants.medium.seconds} s")
