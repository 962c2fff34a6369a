"""A starter set with all that the lint measures it by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.catalogue.lexicon import Lexicon
from server.catalogue.reference_loader import Reference
from server.catalogue.schemas import Exercise
from server.catalogue.starter import StarterItem, StarterSet, StarterWords
from server.catalogue.starter_loader import LoadedSet
from server.catalogue.tree import Route


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the rules of starter sets look at; `exercises` are all that are whole, by slug."""

    loaded: LoadedSet
    exercises: Mapping[str, Exercise]
    reference: Reference

    @property
    def starter(self) -> StarterSet:
        """Return the set itself."""
        return self.loaded.starter

    def items(self) -> Iterator[tuple[Route, StarterItem, Exercise]]:
        """Yield each item with its route; an exercise that is broken has findings of its own."""
        for index, item in enumerate(self.starter.items):
            if item.exercise in self.exercises:
                yield ("items", index), item, self.exercises[item.exercise]

    def read(self) -> Iterator[tuple[Route, StarterWords, Lexicon]]:
        """Yield the words of each language that has word lists."""
        for language, words in self.starter.words.items():
            if language in self.reference.lexicons:
                yield ("words", language), words, self.reference.lexicons[language]
