"""The catalogue's answers, encoded once and kept until what they say changes."""

from collections import OrderedDict
from typing import Final

from msgspec.structs import replace

from server.catalogue.search import Query
from server.catalogue.service import AudioSource, choose, list_exercises, no_audio, read_exercise
from server.catalogue.snapshot import Snapshot
from server.catalogue.views import ExerciseAudio, ExerciseDetail, Exercises
from server.web.conditional import Prepared, public_for

LISTS_KEPT: Final = 256
_KEPT: Final = public_for(300)
_KEPT_WHILE_PREPARING: Final = public_for(5)


class Answers:
    """Lists by query, the latest few of them, and each exercise by language with the audio it was encoded with."""

    def __init__(self, snapshot: Snapshot, audio: AudioSource = no_audio) -> None:
        self.snapshot = snapshot
        self._audio = audio
        self._lists: OrderedDict[Query, Prepared[Exercises]] = OrderedDict()
        self._details: dict[tuple[str, str], tuple[tuple[ExerciseAudio, ...], Prepared[ExerciseDetail]]] = {}

    def list(self, query: Query) -> Prepared[Exercises]:
        """Return the list of what matches; a list of other words is made once, the least used is forgotten."""
        key = replace(query, q=" ".join(query.q.casefold().split()) or None) if query.q else query
        prepared = self._lists.get(key)
        if prepared is None:
            prepared = Prepared(list_exercises(self.snapshot, key), cache_control=_KEPT)
            self._lists[key] = prepared
            if len(self._lists) > LISTS_KEPT:
                self._lists.popitem(last=False)
        self._lists.move_to_end(key)
        return prepared

    def read(self, slug: str, locale: str) -> Prepared[ExerciseDetail]:
        """Return one exercise; it is encoded anew when its audio has changed.

        Raises:
            NotFound: there is no such exercise, or none in that language.
        """
        exercise, language = choose(self.snapshot, slug, locale)
        audio = self._audio(exercise, language)
        kept = self._details.get((slug, language))
        if kept is not None and kept[0] == audio:
            return kept[1]
        keep = _KEPT if all(each.status == "ready" for each in audio) else _KEPT_WHILE_PREPARING
        detail = read_exercise(self.snapshot, exercise, language, audio)
        prepared = Prepared(detail, cache_control=keep)
        self._details[slug, language] = (audio, prepared)
        return prepared
