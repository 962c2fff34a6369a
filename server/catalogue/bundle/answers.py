"""Bundles as bytes: the full one of each language, and the latest few differences that phones asked for."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from server.catalogue.bundle.schemas import Bundle
from server.catalogue.bundle.service import NO_LANGUAGE, Contents, Sounds, languages_of
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.snapshot import Snapshot, language_of
from server.web.conditional import Prepared

DIFFERENCES_KEPT: Final = 16
# While sound is being rendered, what is new is told this often; making a bundle takes a third of a second.
RENEWED_AFTER_S: Final = 30.0
# Public content, but asked for by somebody who has signed in.
_KEPT: Final = "private, no-cache"


class _Language:
    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.full = Prepared(contents.full, cache_control=_KEPT)
        self.differences: OrderedDict[str, Prepared[Bundle]] = OrderedDict()


class Bundles:
    """Answers every phone of a language with the same bytes; made anew when there is more to hear."""

    def __init__(
        self,
        snapshot: Snapshot,
        crisis: CrisisContent,
        sounds: Sounds,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._snapshot, self._crisis, self._sounds, self._monotonic = snapshot, crisis, sounds, monotonic
        self._languages = languages_of(snapshot)
        self._made: dict[str, _Language] = {}
        self._making = asyncio.Lock()
        self._revision = sounds.revision
        self._made_at = monotonic()

    async def read(self, locale: str, since: str | None) -> Prepared[Bundle]:
        """Return the bundle of a language, or what has changed of it."""
        language = language_of(self._languages, locale) or NO_LANGUAGE
        async with self._making:
            self._renew()
            made = self._made.get(language)
            if made is None:
                # It takes a third of a second, most of it to pack the bytes.
                made = self._made[language] = await asyncio.to_thread(self._make, language)
            if since is None:
                return made.full
            known = made.differences.get(since)
            return known if known is not None else await asyncio.to_thread(_difference, made, since)

    def _make(self, language: str) -> _Language:
        return _Language(Contents(self._snapshot, self._crisis, self._sounds, language))

    def _renew(self) -> None:
        revision, now = self._sounds.revision, self._monotonic()
        if revision != self._revision and now - self._made_at >= RENEWED_AFTER_S:
            self._made.clear()
            self._revision, self._made_at = revision, now


def _difference(made: _Language, since: str) -> Prepared[Bundle]:
    bundle = made.contents.since(since)
    if bundle is made.contents.full:
        return made.full
    found = made.differences[since] = Prepared(bundle, cache_control=_KEPT)
    if len(made.differences) > DIFFERENCES_KEPT:
        made.differences.popitem(last=False)
    return found
