"""The server's audio: what there is to hear of an exercise, and the bytes of it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from server.catalogue.schemas import Exercise
from server.catalogue.views import ExerciseAudio
from server.kit.errors import NotFound, Unavailable
from server.media.compile import draft_of
from server.media.drafts import Drafts
from server.media.entries import entry_of
from server.media.news import log_unnarrated
from server.media.place import Place
from server.media.processes import Workers
from server.media.queue import RenderQueue
from server.media.renditions import Renditions
from server.media.schemas import Cut, Manifest, Rendition, StoredFile
from server.media.studio import Studio
from server.media.voices import Voices
from server.media.workshop import sweep
from server.web.tracing import log_failure

RETRY_AFTER_S = 10


class Media:
    """Everything the application needs of audio; the renderer runs while `lifespan` is entered."""

    def __init__(
        self,
        place: Place,
        exercises: Mapping[str, Exercise],
        voices: Voices,
        studio: Studio,
        *,
        recalled: Iterable[Exercise] = (),
        processes: int = 1,
    ) -> None:
        self.place = place
        self.studio = studio
        self.store = place.store()
        self.renditions = Renditions(self.store)
        self.workers = Workers(processes)
        self.queue = RenderQueue(place, studio, self.renditions, self.workers)
        self.exercises = exercises
        self.drafts = Drafts(exercises, voices, studio)
        self._entries: dict[Cut, tuple[Rendition | None, ExerciseAudio]] = {}
        # What was rendered of them stays in the store, and is given to nobody.
        self._recalled = frozenset(
            draft_of(exercise, cut).score
            for exercise in recalled
            for language in exercise.words
            for cut in self.drafts.cuts_of(exercise, language)
        )

    @property
    def revision(self) -> int:
        """A number that grows whenever something else may be heard than before."""
        return self.queue.changes + self.renditions.changes

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Know what is rendered before the first request, and render the rest in the background."""
        await asyncio.to_thread(self.renditions.load)
        renderer = asyncio.create_task(self._work(), name="audio renderer")
        try:
            yield
        finally:
            renderer.cancel()
            await asyncio.wait([renderer])
            await self.workers.stop()

    async def _work(self) -> None:
        try:
            await asyncio.to_thread(sweep, self.place.folder)
            log_unnarrated(await asyncio.to_thread(self.drafts.unnarrated))
            await self.put()
            await self.queue.run()
        except Exception as error:  # noqa: BLE001 - without a renderer the server still serves what is rendered
            log_failure(error)

    async def put(self, only: Collection[str] | None = None) -> int:
        """Let what is missing wait to be rendered; return how many different cuts are narrated.

        Raises:
            KeyError: there is no exercise of a slug in `only`.
        """
        drafts = [self.drafts.draft(cut) for cut in self.drafts.cuts(only) if self.drafts.is_narrated(cut)]
        await self.queue.put(drafts)
        return len({draft.score for draft in drafts})

    def audio_of(self, exercise: Exercise, language: str) -> tuple[ExerciseAudio, ...]:
        """Return what there is to hear of an exercise in one language; what lacks is made next.

        Cuts whose voice lacks a sentence are left out: nothing is being prepared there, its text is practised.
        """
        cuts = self.drafts.cuts_of(exercise, language)
        audio = tuple(self._audio(cut) for cut in cuts if not self._is_silent(cut))
        if any(each.status == "preparing" for each in audio):
            self.queue.ask(exercise.slug)
        return audio

    def ready_audio(self, exercise: Exercise, language: str) -> tuple[ExerciseAudio, ...]:
        """Return what is rendered of an exercise in one language; nothing is made next because of it."""
        audio = (self._audio(cut) for cut in self.drafts.cuts_of(exercise, language))
        return tuple(each for each in audio if each.status == "ready")

    def _is_silent(self, cut: Cut) -> bool:
        return not self.drafts.is_narrated(cut) or self.queue.is_silent(self.drafts.draft(cut).score)

    def _audio(self, cut: Cut) -> ExerciseAudio:
        rendition = self.heard(cut)
        kept = self._entries.get(cut)
        if kept is None or kept[0] is not rendition:
            kept = self._entries[cut] = (rendition, entry_of(cut, rendition))
        return kept[1]

    def heard(self, cut: Cut) -> Rendition | None:
        """Return a cut's rendition: the one this version of the studio makes, else the youngest of the same words."""
        score = self.drafts.draft(cut).score
        recipe = self.queue.recipe_of(score)
        return (self.renditions.ready(recipe) if recipe else None) or self.renditions.latest(score)

    async def file(self, sha256: str) -> StoredFile:
        """Return a file that is there in full; one that is not is made again.

        Raises:
            NotFound: no such file was ever rendered here, or its exercise was recalled.
            Unavailable: it is missing or truncated, and is being made again; or the store does not answer.
        """
        try:
            return await self._file(sha256)
        except OSError as error:
            raise _silent() from error

    async def _file(self, sha256: str) -> StoredFile:
        known = self.renditions.file(sha256) or await self._found_elsewhere(sha256)
        if known is None or self.renditions.scores(sha256) <= self._recalled:
            raise NotFound("There is no such audio file.")
        if await self.store.size(sha256) != known.bytes:
            if not self.queue.make_again(self.renditions.lose(sha256)):
                raise NotFound("There is no such audio file any more.")
            raise Unavailable("This audio file is being made again.", code="audio_preparing", retry_after=RETRY_AFTER_S)
        return known

    async def _found_elsewhere(self, sha256: str) -> StoredFile | None:
        await self.renditions.look_again()
        return self.renditions.file(sha256)

    async def signed(self, sha256: str, life: timedelta) -> str:
        """Return an address of a file in a bucket, which holds for a while.

        Raises:
            Unavailable: it cannot be signed.
        """
        try:
            return await self.store.signed(sha256, life)
        except OSError as error:
            raise _silent() from error

    async def manifest(self, recipe: str) -> Manifest:
        """Return everything that was rendered for a recipe.

        Raises:
            NotFound: there is no such recipe, or its exercise was recalled.
            Unavailable: it is about to be rendered.
        """
        try:
            manifest = await self.store.manifest(recipe)
        except OSError as error:
            raise _silent() from error
        if manifest is not None:
            if manifest.score in self._recalled:
                raise NotFound("There is no such recording.")
            return manifest
        if self.queue.knows(recipe):
            self.queue.make_again([recipe])
            raise Unavailable("This audio is being made.", code="audio_preparing", retry_after=RETRY_AFTER_S)
        raise NotFound("There is no such recording.")


def _silent() -> Unavailable:
    return Unavailable("The store of audio does not answer.", code="audio_store", retry_after=RETRY_AFTER_S)
