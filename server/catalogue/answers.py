"""The catalogue's answers, encoded once and kept until what they say changes."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from server.catalogue.paths import Tracks, list_tracks
from server.catalogue.search import Query, Searcher
from server.catalogue.service import (
    AudioSource,
    choose,
    list_exercises,
    no_audio,
    read_exercise,
    texts_by_version,
)
from server.catalogue.snapshot import Snapshot, language_of
from server.catalogue.views import ExerciseAudio, ExerciseDetail, Exercises, ExerciseText
from server.kit.errors import NotFound
from server.web.conditional import IMMUTABLE, Prepared, public_for

LISTS_KEPT: Final = 256
_KEPT: Final = public_for(300)
_KEPT_WHILE_PREPARING: Final = public_for(5)
_NO_LANGUAGE: Final = ""


class Answers:
    """Lists by query, the latest few of them, and each exercise by language with the audio it was encoded with."""

    def __init__(self, snapshot: Snapshot, audio: AudioSource = no_audio, news: Callable[[], int] = lambda: 0) -> None:
        """Take the catalogue and where its audio comes from; `news` changes whenever that may have."""
        self.snapshot = snapshot
        self.searcher = Searcher(snapshot)
        self._audio = audio
        self._news = news
        self._lists: OrderedDict[Query, Prepared[Exercises]] = OrderedDict()
        self._details: dict[tuple[str, str], tuple[tuple[ExerciseAudio, ...], Prepared[ExerciseDetail]]] = {}
        self._texts = texts_by_version(snapshot)
        self._versions: dict[tuple[str, str], Prepared[ExerciseText]] = {}
        self._tracks: dict[str, Prepared[Tracks]] = {}

    def make(self) -> Iterator[None]:
        """Make all that is asked for without filters, in every form, a few milliseconds of work at each step."""
        for language in self.searcher.languages:
            self.list(Query(locale=language)).make()
            yield
            self.tracks(language).make()
            yield
        for slug, language in self.snapshot.details:
            self.read(slug, language).make()
            yield
        for slug, version in self._texts:
            self.read_version(slug, version).make()
            yield
        for language in self.searcher.languages:
            self.searcher.shelf(language).index.find("")
            yield

    def list(self, query: Query) -> Prepared[Exercises]:
        """Return the list of what matches; a list of other words is made once, the least used is forgotten.

        Raises:
            Invalid: the cursor is none of this query.
            Conflict: the cursor was given out by another version of the catalogue.
            NotFound: the query pins another version.
        """
        key = replace(query, q=" ".join(query.q.casefold().split()) or None) if query.q else query
        prepared = self._lists.get(key)
        if prepared is None:
            keep = _KEPT if query.version is None else IMMUTABLE
            prepared = Prepared(list_exercises(self.snapshot, self.searcher, key), cache_control=keep)
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
            prepared = kept[1]
        else:
            is_ready = all(each.status == "ready" for each in audio)
            keep = _KEPT if is_ready else _KEPT_WHILE_PREPARING
            prepared = Prepared(read_exercise(self.snapshot, exercise, language, audio), cache_control=keep)
            self._details[slug, language] = (audio, prepared)
        prepared.is_current = self._as_of_now(audio)
        return prepared

    def _as_of_now(self, audio: tuple[ExerciseAudio, ...]) -> Callable[[], bool]:
        """Tell how long an answer may be given unasked: while nothing is rendered, and never while somebody waits."""
        if any(each.status == "preparing" for each in audio):
            return lambda: False
        now = self._news()
        return lambda: self._news() == now

    def read_version(self, slug: str, version: str) -> Prepared[ExerciseText]:
        """Return the text of an exercise by the name of its version: the same bytes for ever.

        Raises:
            NotFound: there is no such exercise, or this is not its version in any language any more.
        """
        text = self._texts.get((slug, version))
        if text is None:
            raise NotFound("The catalogue has no such version.", code="version_not_found")
        prepared = self._versions.get((slug, version))
        if prepared is None:
            prepared = self._versions[slug, version] = Prepared(text, cache_control=IMMUTABLE)
        return prepared

    def tracks(self, locale: str) -> Prepared[Tracks]:
        """Return the tracks, stage by stage."""
        language = language_of(self.searcher.languages, locale) or _NO_LANGUAGE
        prepared = self._tracks.get(language)
        if prepared is None:
            prepared = self._tracks[language] = Prepared(list_tracks(self.snapshot, language), cache_control=_KEPT)
        return prepared
