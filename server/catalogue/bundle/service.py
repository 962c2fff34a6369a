"""What is in a bundle, and what of it a phone lacks. Nothing here knows who asks."""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any, Final, Protocol

import msgspec
from msgspec.structs import replace

from server.catalogue.bundle.schemas import Bundle, BundleLinks
from server.catalogue.bundle.version import changed, held_in, read, version_of, written
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.crisis.service import all_cards_of, stop_card_of
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import Snapshot, language_of
from server.catalogue.suitability.compiled import compile_table
from server.catalogue.telling import scripts_of
from server.catalogue.views import ExerciseAudio, ExerciseDetail
from server.catalogue.vocabulary import AltVariant

# The one exercise that is never hidden for want of a translation; it says in which language it is (content brief 8).
NEVER_HIDDEN: Final = "land-now"
SOURCE_LANGUAGE: Final = "en"
# BCP 47: no language of the catalogue is meant.
NO_LANGUAGE: Final = "und"
LINKS: Final = BundleLinks(
    crisis="/v1/me/crisis",
    flags="/v1/me/flags",
    agenda="/v1/me/agenda",
    reminders="/v1/me/reminder-schedule",
    changes="/v1/me/changes",
    recordings="/v1/me/recordings",
)


class Sounds(Protocol):
    """What there is to hear; another `revision` means that it may have changed."""

    @property
    def revision(self) -> int:
        """A number that grows whenever something is rendered or lost."""

    def ready_audio(self, exercise: Exercise, language: str) -> tuple[ExerciseAudio, ...]:
        """Return what is rendered of an exercise, without asking for more."""


class Contents:
    """All content of one language as it is now: its full bundle, and what anybody lacks of it."""

    def __init__(self, snapshot: Snapshot, crisis: CrisisContent, sounds: Sounds, language: str) -> None:
        self._details = tuple(_details(snapshot, sounds, language))
        self._members: dict[str, Any] = {
            "suitability": compile_table(snapshot.suitability, snapshot.rule_texts_for(language)),
            "crisis": all_cards_of(crisis, language),
            "stop": stop_card_of(crisis, language),
            "tombstones": snapshot.graveyard.tombstones,
            "links": LINKS,
        }
        self._version = version_of(
            language,
            {name: msgspec.json.encode(member) for name, member in self._members.items()},
            ((each.slug, msgspec.json.encode(each)) for each in self._details),
        )
        self.full = Bundle(
            language=language,
            version=written(self._version),
            catalogue=snapshot.version,
            full=True,
            offered=tuple(each.slug for each in self._details),
            exercises=self._details,
            **self._members,
        )

    def since(self, since: str) -> Bundle:
        """Return what a phone lacks; all of it when it holds another language, or says nothing that is understood."""
        held = read(since)
        if held is None or held.language != self._version.language:
            return self.full
        members, drawers = changed(held, self._version)
        return Bundle(
            language=self.full.language,
            version=self.full.version,
            catalogue=self.full.catalogue,
            full=False,
            offered=self.full.offered,
            exercises=held_in(self._details, drawers),
            **{name: member for name, member in self._members.items() if name in members},
        )


def languages_of(snapshot: Snapshot) -> frozenset[str]:
    """Return every language that an exercise has words in."""
    return frozenset(language for one in snapshot.exercises.values() for language in one.words)


def _details(snapshot: Snapshot, sounds: Sounds, language: str) -> Iterator[ExerciseDetail]:
    for slug, exercise in snapshot.exercises.items():
        spoken = language_of(exercise.words, language)
        if spoken is None and slug == NEVER_HIDDEN:
            spoken = language_of(exercise.words, SOURCE_LANGUAGE)
        if spoken is not None:
            yield replace(
                snapshot.details[slug, spoken],
                scripts=scripts_of(exercise, spoken, combinations_of(exercise)),
                audio=sounds.ready_audio(exercise, spoken),
            )


def combinations_of(exercise: Exercise) -> Iterator[tuple[AltVariant, ...]]:
    """Yield every choice of alt variants, none to all, in the order of the file: rules may ask for several at once."""
    names = tuple(exercise.alt_variants)
    yield from chain.from_iterable(combinations(names, count) for count in range(len(names) + 1))
