"""One script as it will be heard: what starts when, in one language, length and alt variant."""

from dataclasses import dataclass
from functools import cached_property

from server.catalogue.lint.cues import Cue, cues_of
from server.catalogue.lint.item import Item
from server.catalogue.lint.text import sentences_in, words_in
from server.catalogue.resolve import plan_of
from server.catalogue.vocabulary import AltVariant, Length
from server.catalogue.yardstick import PatternName


@dataclass(frozen=True)
class Take:
    """A script on its way through time."""

    item: Item
    length: Length
    alts: tuple[AltVariant, ...]

    @property
    def name(self) -> str:
        """Return what findings call it."""
        return "+".join((self.length, *self.alts))

    @property
    def declared_s(self) -> int:
        """Return the seconds exercise.yaml declares for this length."""
        return plan_of(self.item.exercise, self.length).seconds

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """Return everything to be heard, in order."""
        item = self.item
        return tuple(cues_of(item.exercise, item.words, self.length, frozenset(self.alts), item.spoken_seconds))

    @cached_property
    def lines(self) -> tuple[Cue, ...]:
        """Return the spoken lines, without the breaths."""
        return tuple(cue for cue in self.cues if cue.breath is None)

    @cached_property
    def total_s(self) -> float:
        """Return the computed length in seconds."""
        return self.cues[-1].end

    @cached_property
    def word_count(self) -> int:
        """Return the number of all words, those over breaths included."""
        return sum(len(words_in(cue.text)) for cue in self.cues)

    @cached_property
    def sentences(self) -> tuple[tuple[Cue, str], ...]:
        """Return every sentence of the lines, with its cue."""
        return tuple((cue, sentence) for cue in self.lines for sentence in sentences_in(cue.text))

    def matching(self, name: PatternName) -> list[Cue]:
        """Return the cues whose words do what the pattern's name says."""
        return [cue for cue in self.cues if self.item.lexicon.has(name, cue.text)]
