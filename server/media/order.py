"""Which job comes next: what somebody waits for, then base cuts in the usual length, then the rest. Pure."""

import time
from collections.abc import Callable, Iterable

from server.catalogue.vocabulary import Length
from server.media.schemas import Job

_LENGTH_RANK: dict[Length, int] = {"medium": 0, "short": 1, "long": 2}


class Waiting:
    """Jobs that wait to be rendered, each recipe once."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._jobs: dict[str, Job] = {}
        self._added: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._asked: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, jobs: Iterable[Job], *, delay_s: float = 0) -> None:
        """Let jobs wait; with a delay they are not taken before it is over."""
        for job in jobs:
            self._jobs[job.recipe] = job
            self._added.setdefault(job.recipe, len(self._added))
            if delay_s:
                self._not_before[job.recipe] = self._monotonic() + delay_s

    def drop(self, recipe: str) -> None:
        """Forget a job that somebody else has done."""
        self._jobs.pop(recipe, None)
        self._not_before.pop(recipe, None)

    def ask(self, name: str) -> None:
        """Move forward what somebody waits for, a recipe or all cuts of a slug; who asked first is served first."""
        self._asked.setdefault(name, len(self._asked))

    def take(self) -> Job | None:
        """Return the next job and stop it waiting; None when there is none, or none yet."""
        now = self._monotonic()
        free = [job for job in self._jobs.values() if self._not_before.get(job.recipe, now) <= now]
        if not free:
            return None
        job = min(free, key=self._rank)
        self.drop(job.recipe)
        return job

    def pause_s(self) -> float | None:
        """Return the seconds until a delayed job may be taken; None when no job waits."""
        if not self._jobs:
            return None
        now = self._monotonic()
        return max(0.0, min(self._not_before.get(recipe, now) for recipe in self._jobs) - now)

    def _rank(self, job: Job) -> tuple[int, int, int, int]:
        cut = job.cut
        alternative = bool(cut.alt_variants)
        length, added = _LENGTH_RANK[cut.length], self._added[job.recipe]
        if job.recipe in self._asked:
            return 0, self._asked[job.recipe], length, added
        if cut.slug in self._asked:
            return 1 + alternative, self._asked[cut.slug], length, added
        return 3 + alternative, length, added, 0
