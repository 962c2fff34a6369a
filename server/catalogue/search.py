"""Which exercises of the snapshot match, in which order, and how many there would be otherwise: pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from msgspec import Struct

from server.catalogue.index import Index, bits_of, numbers_of
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import Snapshot, language_of
from server.catalogue.texts import text_of
from server.catalogue.views import ExerciseSummary
from server.catalogue.vocabulary import Anchor, Arousal, Attention, Eyes, Method, Phase, Posture, Technique, Track

DEFAULT_LOCALE = "en"
DEFAULT_LIMIT: Final = 100


class Query(Struct, frozen=True, kw_only=True):
    """What a caller looks for; each filter that is set narrows the rest.

    `max_minutes` asks for a length of that many minutes, rounded; `text_alone` for what can be practised by reading;
    `q` for words in title, description, steps and labels; `locale` leaves out what has no words in that language.
    `limit`, `cursor` and `facets` change what is told of what matches; `version` pins that of the catalogue.
    """

    technique: Technique | None = None
    method: Method | None = None
    track: Track | None = None
    phase: Phase | None = None
    posture: Posture | None = None
    anchor: Anchor | None = None
    arousal: Arousal | None = None
    attention: Attention | None = None
    eyes: Eyes | None = None
    text_alone: bool | None = None
    max_minutes: int | None = None
    max_load: int | None = None
    q: str | None = None
    locale: str = DEFAULT_LOCALE
    facets: bool = False
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    version: str | None = None


# What an exercise has of each filter by a value.
FIELDS: Final[Mapping[str, Callable[[Exercise], tuple[str | bool, ...]]]] = {
    "technique": lambda one: (one.technique,),
    "method": lambda one: one.methods,
    "track": lambda one: one.tracks,
    "phase": lambda one: one.phases,
    "posture": lambda one: one.postures,
    "anchor": lambda one: one.anchors,
    "arousal": lambda one: (one.arousal,),
    "attention": lambda one: (one.attention,),
    "eyes": lambda one: (one.eyes,),
    "text_alone": lambda one: (one.text_alone,),
}
# And of each by a figure that is not to be exceeded.
FIGURES: Final[Mapping[str, Callable[[Exercise], int]]] = {
    "max_minutes": lambda one: (one.variants.short.seconds + 30) // 60,
    "max_load": lambda one: one.interoceptive_load,
}


class Matches(NamedTuple):
    """Everything that matches, best first, and how many would with another value of a filter: by filter and value."""

    items: list[ExerciseSummary]
    counts: Mapping[str, Mapping[str | bool, int]]


class Shelf:
    """The exercises that a language can be read in, by slug; a set of them is an integer with a bit for each."""

    def __init__(self, snapshot: Snapshot, language: str | None) -> None:
        pairs = [(one, snapshot.language_for(one, language)) for one in snapshot.exercises.values() if language]
        self._pairs = [(one, tag) for one, tag in pairs if tag]
        self._snapshot = snapshot
        self._language = language or DEFAULT_LOCALE
        self.summaries = [snapshot.summaries[one.slug, tag] for one, tag in self._pairs]
        self.all = (1 << len(self._pairs)) - 1
        self._having = {name: self._by_value(having) for name, having in FIELDS.items()}
        self._up_to = {name: self._by_figure(figure) for name, figure in FIGURES.items()}

    @cached_property
    def index(self) -> Index:
        """The words of all texts; taking them apart takes a while, and only who looks for words needs it."""
        return Index(self._language, [text_of(self._snapshot, one, tag) for one, tag in self._pairs])

    def find(self, query: Query) -> Matches:
        """Return what matches; without words to look for in the order of slugs."""
        found = self.index.find(query.q) if query.q else None
        kept = dict(self._filters(query))
        start = found.bits if found else self.all
        bits = _all_of(kept.values(), start)
        numbers = found.ranked(bits) if found else numbers_of(bits)
        counts = dict(self._counts(kept, start)) if query.facets else {}
        return Matches([self.summaries[number] for number in numbers], counts)

    def _filters(self, query: Query) -> Iterator[tuple[str, int]]:
        for name, values in self._having.items():
            if (wanted := getattr(query, name)) is not None:
                yield name, values.get(wanted, 0)
        for name, figures in self._up_to.items():
            if (most := getattr(query, name)) is not None:
                yield name, _up_to(figures, most)

    def _counts(self, kept: Mapping[str, int], start: int) -> Iterator[tuple[str, Mapping[str | bool, int]]]:
        """Count each value of a filter among what all the others leave."""
        for name, values in self._having.items():
            rest = _all_of([bits for other, bits in kept.items() if other != name], start)
            yield name, {value: (bits & rest).bit_count() for value, bits in values.items()}

    def _by_value(self, having: Callable[[Exercise], tuple[str | bool, ...]]) -> dict[str | bool, int]:
        numbers: dict[str | bool, list[int]] = defaultdict(list)
        for number, (one, _) in enumerate(self._pairs):
            for value in having(one):
                numbers[value].append(number)
        bits = {value: bits_of(found) for value, found in numbers.items()}
        # Whatever posture is comfortable is any that is asked for.
        return {value: each | bits.get("any", 0) for value, each in bits.items()}

    def _by_figure(self, figure: Callable[[Exercise], int]) -> dict[int, int]:
        numbers: dict[int, list[int]] = defaultdict(list)
        for number, (one, _) in enumerate(self._pairs):
            numbers[figure(one)].append(number)
        return {value: bits_of(found) for value, found in numbers.items()}


def _all_of(sets: Iterable[int], start: int) -> int:
    bits = start
    for each in sets:
        bits &= each
    return bits


def _up_to(figures: Mapping[int, int], most: int) -> int:
    bits = 0
    for value, each in figures.items():
        if value <= most:
            bits |= each
    return bits


class Searcher:
    """A shelf for each language that there are words in, made when it is first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._languages = {language for one in snapshot.exercises.values() for language in one.words}
        self._shelves: dict[str | None, Shelf] = {}

    @property
    def languages(self) -> list[str]:
        """The languages that there are words in."""
        return sorted(self._languages)

    def shelf(self, locale: str) -> Shelf:
        """Return what a locale reads; an empty shelf where there is nothing in its language."""
        language = language_of(self._languages, locale)
        if language not in self._shelves:
            self._shelves[language] = Shelf(self._snapshot, language)
        return self._shelves[language]
