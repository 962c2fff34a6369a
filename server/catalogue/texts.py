"""What is looked through when somebody looks for words, and how much each part of it says about an exercise."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import UNSET, UnsetType

from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import Snapshot
from server.catalogue.ways import Labels

IN_TITLE, IN_LABELS, IN_DESCRIPTION, IN_STEPS = 8.0, 3.0, 2.0, 1.0


def text_of(snapshot: Snapshot, exercise: Exercise, language: str) -> Mapping[str, float]:
    """Return the parts of an exercise's text in one language, each with its weight."""
    words = exercise.words[language]
    return {
        " ".join(section.label for section in words.sections.values()): IN_STEPS,
        words.front.description: IN_DESCRIPTION,
        " ".join(labels_of(snapshot, exercise, language)): IN_LABELS,
        words.front.title: IN_TITLE,
    }


def labels_of(snapshot: Snapshot, exercise: Exercise, language: str) -> Iterator[str]:
    """Yield what an exercise's words of the vocabulary are called; without labels in that language, nothing."""
    labels = snapshot.ways.labels.get(language.split("-", maxsplit=1)[0])
    if labels is None:
        return
    yield labels.techniques[exercise.technique]
    yield labels.arousal[exercise.arousal]
    yield labels.attention[exercise.attention]
    yield from (labels.methods[each] for each in exercise.methods)
    yield from (labels.tracks[each] for each in exercise.tracks)
    yield from (labels.phases[each] for each in exercise.phases)
    yield from (labels.postures[each] for each in exercise.postures)
    yield from (labels.anchors[each] for each in exercise.anchors)


def label_of(labels: Labels | None, name: str, value: str | bool) -> str | UnsetType:  # noqa: FBT001 - the values of filters
    """Return what a value of a filter is called, if it is called anything."""
    words: Mapping[str | bool, str] = getattr(labels, _PLURALS[name], {}) if name in _PLURALS else {}
    return words.get(value, UNSET)


_PLURALS: Final = {
    "technique": "techniques",
    "method": "methods",
    "track": "tracks",
    "phase": "phases",
    "posture": "postures",
    "anchor": "anchors",
    "arousal": "arousal",
    "attention": "attention",
}
