"""Bundles as bytes: the full one of each language, and the latest few differences that phones asked for."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from server.catalogue.bundle.schemas import Bundle
from server.catalogue.bundle.service import NO_LANGUAGE, Contents, Sounds, languages_of
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.snapshot import Snapshot, language_of
from server.web.conditional import Prepared

DIFFERENCES_KEPT: Final = 64
# While sound is being rendered, what is new is told this often; encoding a bundle takes tens of milliseconds.
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
        self._revision = sounds.revision
        self._made_at = monotonic()

    def read(self, locale: str, since: str | None) -> Prepared[Bundle]:
        """Return the bundle of a language, or what has changed of it."""
        self._renew()
        language = language_of(self._languages, locale) or NO_LANGUAGE
        made = self._made.get(language)
        if made is None:
            made = self._made[language] = _Language(Contents(self._snapshot, self._crisis, self._sounds, language))
        return made.full if since is None else _difference(made, since)

    def _renew(self) -> None:
        revision, now = self._sounds.revision, self._monotonic()
        if revision != self._revision and now - self._made_at >= RENEWED_AFTER_S:
            self._made.clear()
            self._revision, self._made_at = revision, now


def _difference(made: _Language, since: str) -> Prepared[Bundle]:
    known = made.differences.get(since)
    if known is None:
        bundle = made.contents.since(since)
        if bundle is made.contents.full:
            return made.full
        known = made.differences[since] = Prepared(bundle, cache_control=_KEPT)
        if len(made.differences) > DIFFERENCES_KEPT:
            made.differences.popitem(last=False)
    made.differences.move_to_end(since)
    return known
