"""Every cut there can be, and what is to be heard in it."""

from collections.abc import Collection, Mapping

from msgspec import structs

from server.catalogue.schemas import Exercise
from server.media.compile import cuts_of, draft_of
from server.media.schemas import Cut, Draft, Unnarrated
from server.media.studio import Studio
from server.media.voices import Voices


class Drafts:
    """The cuts of a catalogue, each drafted when it is first asked for, and kept."""

    def __init__(self, exercises: Mapping[str, Exercise], voices: Voices, studio: Studio) -> None:
        self._exercises = exercises
        self._voices = voices
        self._studio = studio
        self._drafts: dict[Cut, Draft] = {}
        self._narrated: dict[str, bool] = {}

    def cuts(self, only: Collection[str] | None = None) -> list[Cut]:
        """List every cut that may be rendered ahead; `only` keeps the exercises of those slugs.

        Raises:
            KeyError: there is no exercise of that slug.
        """
        chosen = self._exercises.values() if only is None else [self._exercises[slug] for slug in only]
        return [cut for exercise in chosen for language in exercise.words for cut in self.cuts_of(exercise, language)]

    def cuts_of(self, exercise: Exercise, language: str) -> list[Cut]:
        """List the cuts of one exercise in one language, by each of its voices."""
        return [cut for voice in self._voices.get(language, ()) for cut in cuts_of(exercise, language, voice)]

    def draft(self, cut: Cut) -> Draft:
        """Return what is to be heard in a cut."""
        draft = self._drafts.get(cut)
        if draft is None:
            draft = self._drafts[cut] = draft_of(self._exercises[cut.slug], cut)
        return draft

    def is_narrated(self, cut: Cut) -> bool:
        """Tell whether its voice has said every sentence of a cut."""
        draft = self.draft(cut)
        narrated = self._narrated.get(draft.score)
        if narrated is None:
            narrated = self._narrated[draft.score] = self._studio.can_say(draft.programme)
        return narrated

    def unnarrated(self, only: Collection[str] | None = None) -> Unnarrated:
        """Name the exercises that no voice says, in all their cuts or in some; the arguments are those of `cuts`.

        Raises:
            KeyError: there is no exercise of a slug in `only`.
        """
        cuts = self.cuts(only)
        heard = {_by_anybody(cut) for cut in cuts if self.is_narrated(cut)}
        narrated = {cut.slug for cut in heard}
        lacking = {cut.slug for cut in cuts if _by_anybody(cut) not in heard}
        return Unnarrated(exercises=tuple(sorted(lacking - narrated)), partly=tuple(sorted(lacking & narrated)))


def _by_anybody(cut: Cut) -> Cut:
    return structs.replace(cut, voice="")
