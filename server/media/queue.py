"""Rendering in the background: what is missing, what somebody waits for first, and nothing twice."""

import asyncio
import contextlib
import time
from collections.abc import Iterable

from server.media.compile import score_of
from server.media.news import Finished, Listener, log_finished, log_impossible, log_interrupted
from server.media.order import Waiting
from server.media.place import Place
from server.media.processes import WorkerDiedError, Workers
from server.media.renditions import Renditions
from server.media.schemas import Cut, Draft, Job, Rendition
from server.media.studio import CannotRenderError, Studio
from server.media.worker import name_programmes, render_job

ELSEWHERE_S = 2.0
ATTEMPTS = 3
LONGEST_BACK_OFF_S = 300.0


class RenderQueue:
    """Gives each missing cut to a worker, best one first; a worker's death delays, and never ends, the queue."""

    def __init__(self, place: Place, studio: Studio, renditions: Renditions, workers: Workers) -> None:
        self.waiting = Waiting()
        self._place = place
        self._studio = studio
        self._renditions = renditions
        self._workers = workers
        self._jobs: dict[str, Job] = {}
        self._recipes: dict[str, str] = {}
        self._silent: set[str] = set()
        self.changes = 0
        self._news = asyncio.Event()
        self._active = 0
        self._deaths = 0
        self._attempts: dict[str, int] = {}
        self.listeners: list[Listener] = [log_finished]

    def recipe_of(self, score: str) -> str | None:
        """Return the recipe of a score, None while it has not been worked out."""
        return self._recipes.get(score)

    def is_silent(self, score: str) -> bool:
        """Tell whether a score has turned out to stay without sound, by a lacking sentence or a failing render."""
        return score in self._silent

    def knows(self, recipe: str) -> bool:
        """Tell whether a recipe is one of those this server makes."""
        return recipe in self._jobs

    def ask(self, name: str) -> None:
        """Serve first what somebody waits for: a recipe, or all cuts of a slug."""
        self.waiting.ask(name)
        self._news.set()

    def make_again(self, recipes: Iterable[str]) -> bool:
        """Render again what has gone missing, before anything else; tell whether any of it can be made."""
        jobs = [self._jobs[recipe] for recipe in recipes if recipe in self._jobs]
        self.waiting.add(jobs)
        for job in jobs:
            self.ask(job.recipe)
        return bool(jobs)

    async def put(self, drafts: Iterable[Draft]) -> None:
        """Let the cuts wait whose renditions are missing; those that turn out to be impossible are reported."""
        self.changes += 1
        new: dict[str, Draft] = {}
        for draft in drafts:
            if draft.score not in self._recipes:
                new.setdefault(draft.score, draft)
        for draft, recipe in zip(new.values(), await self._named(tuple(new.values())), strict=True):
            if isinstance(recipe, CannotRenderError):
                self._give_up(draft.cut, draft.score, recipe)
                continue
            self.changes += 1
            self._recipes[draft.score] = recipe
            job = self._jobs[recipe] = Job(cut=draft.cut, programme=draft.programme, recipe=recipe)
            if self._renditions.ready(recipe) is None:
                self.waiting.add([job])
        self._news.set()

    async def _named(self, drafts: tuple[Draft, ...]) -> tuple[str | CannotRenderError, ...]:
        programmes = tuple(draft.programme for draft in drafts)
        while programmes:
            try:
                return await self._workers.call(name_programmes, self._studio, programmes)
            except (WorkerDiedError, OSError) as error:
                await self._back_off(error)
        return ()

    async def run(self) -> None:
        """Render whatever waits, until cancelled."""
        while True:
            await self._next()

    async def drain(self) -> None:
        """Render until nothing waits and nothing is being rendered."""
        while len(self.waiting) or self._active:
            await self._next()

    async def _next(self) -> None:
        self._news.clear()
        job = self.waiting.take()
        if job is not None:
            await self._render(job)
            return
        pause_s = self.waiting.pause_s()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), pause_s)

    async def _render(self, job: Job) -> None:
        started = time.monotonic()
        self._active += 1
        try:
            rendition = await self._workers.call(render_job, self._place, self._studio, job)
        except (WorkerDiedError, OSError) as error:
            self._try_again(job, error)
            await self._back_off(error)
        except Exception as error:  # noqa: BLE001 - one cut that cannot be made must not stop the others
            self._give_up(job.cut, score_of(job.programme), error)
        else:
            self._take_in(job, rendition, time.monotonic() - started)
        finally:
            self._active -= 1
            self._news.set()

    def _take_in(self, job: Job, rendition: Rendition | None, took_s: float) -> None:
        if rendition is None:
            self.waiting.add([job], delay_s=ELSEWHERE_S)
            return
        self._deaths = 0
        self._silent.discard(rendition.score)
        self._renditions.add(rendition)
        self._tell(Finished(cut=job.cut, outcome="rendered", took_s=took_s, waiting=len(self.waiting)))

    def _try_again(self, job: Job, error: Exception) -> None:
        attempts = self._attempts[job.recipe] = self._attempts.get(job.recipe, 0) + 1
        if attempts < ATTEMPTS:
            self.waiting.add([job])
        else:
            self._give_up(job.cut, score_of(job.programme), error)

    async def _back_off(self, error: Exception) -> None:
        if not self._deaths:
            log_interrupted(error)
        self._deaths += 1
        await asyncio.sleep(min(2.0 ** (self._deaths - 1), LONGEST_BACK_OFF_S))

    def _give_up(self, cut: Cut, score: str, error: Exception) -> None:
        self.changes += 1
        self._silent.add(score)
        log_impossible(cut, error)
        self._tell(Finished(cut=cut, outcome="impossible", took_s=0, waiting=len(self.waiting)))

    def _tell(self, finished: Finished) -> None:
        for listener in self.listeners:
            listener(finished)
