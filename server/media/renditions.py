"""The index of what was rendered: recipe to rendition, and the hash of a file to the file."""

import asyncio
import time
from collections.abc import Callable

from server.media.schemas import Rendition, StoredFile
from server.media.store import AudioStore

_LOOK_AGAIN_S = 1.0


class Renditions:
    """What the store holds, in memory. Sizes are compared, bytes are not hashed, so that a start takes milliseconds.

    `revision` grows with whatever is added or lost.
    """

    def __init__(self, store: AudioStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._looked_at = -_LOOK_AGAIN_S
        self._by_recipe: dict[str, Rendition] = {}
        self._files: dict[str, StoredFile] = {}
        self._recipes_of: dict[str, set[str]] = {}
        self._missing: set[str] = set()
        self._by_score: dict[str, Rendition] = {}
        self.changes = 0

    def load(self) -> None:
        """Read the manifests that are not known yet, and note which of their files are missing or truncated."""
        self._take(_read_new(self._store, frozenset(self._by_recipe)))

    async def look_again(self) -> None:
        """Read what other processes have rendered since; at most once a second, whoever asks."""
        now = self._monotonic()
        if now - self._looked_at >= _LOOK_AGAIN_S:
            self._looked_at = now
            self._take(await asyncio.to_thread(_read_new, self._store, frozenset(self._by_recipe)))

    def _take(self, found: list[tuple[Rendition, set[str]]]) -> None:
        for rendition, missing in found:
            self._add(rendition, missing)

    def add(self, rendition: Rendition) -> None:
        """Take in what was just rendered, in place of what the recipe had before."""
        self._add(rendition, set())

    def _add(self, rendition: Rendition, missing: set[str]) -> None:
        self.changes += 1
        self._by_recipe[rendition.recipe] = rendition
        latest = self._by_score.get(rendition.score)
        if latest is None or latest.rendered_at <= rendition.rendered_at:
            self._by_score[rendition.score] = rendition
        for file in rendition.files:
            self._missing.discard(file.sha256)
            self._files[file.sha256] = file
            self._recipes_of.setdefault(file.sha256, set()).add(rendition.recipe)
        self._missing |= missing

    def __len__(self) -> int:
        return len(self._by_recipe)

    def latest(self, score: str) -> Rendition | None:
        """Return the youngest rendition of a score that is ready, with whatever voice clips and mix it was made."""
        rendition = self._by_score.get(score)
        return self.ready(rendition.recipe) if rendition else None

    def made(self, score: str) -> Rendition | None:
        """Return the youngest rendition of a score, also one whose files are missing."""
        return self._by_score.get(score)

    def ready(self, recipe: str) -> Rendition | None:
        """Return a recipe's rendition, None while it is not rendered or one of its files is missing."""
        rendition = self._by_recipe.get(recipe)
        if rendition is None or any(file.sha256 in self._missing for file in rendition.files):
            return None
        return rendition

    def file(self, sha256: str) -> StoredFile | None:
        """Return what is known of a file, whether it is still there or not."""
        return self._files.get(sha256)

    def scores(self, sha256: str) -> frozenset[str]:
        """Return the scores that a file is a rendition of."""
        return frozenset(self._by_recipe[recipe].score for recipe in self._recipes_of.get(sha256, ()))

    def lose(self, sha256: str) -> frozenset[str]:
        """Note that a file is not there as it should be; return the recipes that make it."""
        self.changes += 1
        self._missing.add(sha256)
        return frozenset(self._recipes_of.get(sha256, ()))

    def forget(self, rendition: Rendition) -> None:
        """Take a rendition for one that is not there."""
        for file in rendition.files:
            self.lose(file.sha256)


def _read_new(store: AudioStore, known: frozenset[str]) -> list[tuple[Rendition, set[str]]]:
    """Return each rendition that is not known, with those of its files that are missing or not of their size."""
    sizes = store.sizes()
    renditions = [found for recipe in sorted(store.recipes() - known) if (found := store.rendition(recipe))]
    return [
        (rendition, {file.sha256 for file in rendition.files if sizes.get(file.sha256) != file.bytes})
        for rendition in renditions
    ]
