"""The answers about starter sets, encoded once for each language there is."""

from typing import Final

from server.care.starter.schemas import StarterSet, StarterSets
from server.care.starter.service import choose, list_starter_sets, told
from server.catalogue.snapshot import Snapshot, language_of
from server.web.conditional import Prepared

# For whoever has signed in, and for nothing that stands between them and the server.
_KEPT: Final = "private, max-age=300"
_NO_LANGUAGE: Final = ""


class StarterAnswers:
    """The list in each language, and each set in each of its languages."""

    def __init__(self, snapshot: Snapshot) -> None:
        sets = snapshot.starter_sets
        self.snapshot = snapshot
        self._languages = {language for one in sets.values() for language in one.words}
        self._lists: dict[str, Prepared[StarterSets]] = {
            language: Prepared(list_starter_sets(snapshot, language), cache_control=_KEPT)
            for language in (*self._languages, _NO_LANGUAGE)
        }
        self._sets: dict[tuple[str, str], Prepared[StarterSet]] = {
            (one.slug, language): Prepared(told(one, language), cache_control=_KEPT)
            for one in sets.values()
            for language in one.words
        }

    def list(self, locale: str) -> Prepared[StarterSets]:
        """Return what there is in a language."""
        return self._lists[language_of(self._languages, locale) or _NO_LANGUAGE]

    def read(self, slug: str, locale: str) -> Prepared[StarterSet]:
        """Return one starter set.

        Raises:
            NotFound: there is none of this slug, or it has no words in that language.
        """
        found, language = choose(self.snapshot, slug, locale)
        return self._sets[found.slug, language]
