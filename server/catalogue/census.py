"""How many exercises there are of each kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from server.catalogue.schemas import Exercise
from server.catalogue.vocabulary import Phase, Technique, Track

LOADS = range(1, 6)


def census(exercises: Sequence[Exercise]) -> Mapping[str, Mapping[str, int]]:
    """Count exercises by language, technique, track, phase and interoceptive load; each once in each of its tracks.

    What the vocabulary knows and no exercise has stands there with 0.
    """
    return {
        "language": _counted((), (language for one in exercises for language in sorted(one.words))),
        "technique": _counted(get_args(Technique), (one.technique for one in exercises)),
        "track": _counted(get_args(Track), (track for one in exercises for track in one.tracks)),
        "phase": _counted(get_args(Phase), (phase for one in exercises for phase in one.phases)),
        "load": _counted(map(str, LOADS), (str(one.interoceptive_load) for one in exercises)),
    }


def _counted(known: Iterable[str], found: Iterable[str]) -> Mapping[str, int]:
    counts = Counter(found)
    return {word: counts[word] for word in dict.fromkeys([*known, *counts])}
