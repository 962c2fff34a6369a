"""One script as it will be heard: what starts when, in one language, length and alt variant."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from server.catalogue.lint.item import Item
from server.catalogue.lint.text import sentences_in, words_in
from server.catalogue.resolve import Placed, placed_steps, plan_of
from server.catalogue.schemas import Line, PacedBreaths, StepPlan
from server.catalogue.vocabulary import AltVariant, Length
from server.catalogue.yardstick import PatternName

WORDS_PER_MINUTE = 110
"""The estimate where no clip exists (content brief 4.2)."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A line, or one breath, from its start `at`: seconds of speech, of sound in all, and of silence after it."""

    at: float
    text: str
    spoken_s: float
    sounding_s: float
    pause_s: float
    measured: bool
    source_line: int
    step: StepPlan
    breath: PacedBreaths | None = None

    @property
    def end(self) -> float:
        """Seconds from the start of the script to the end of the silence."""
        return self.at + self.sounding_s + self.pause_s


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
        return tuple(self._cues())

    def _cues(self) -> Iterator[Cue]:
        at = 0.0
        for step, _, items in placed_steps(self.item.exercise, self.item.words, self.length, frozenset(self.alts)):
            for placed in items:
                for cue in self._placed(placed, step, at):
                    at = cue.end
                    yield cue

    def _placed(self, placed: Placed, step: StepPlan, at: float) -> Iterator[Cue]:
        item = placed.item
        if isinstance(item, Line):
            yield self._cue(at, item.say, placed.source_line, step, pause_s=item.pause_s)
            return
        for number, words in enumerate(item.overlay):
            yield self._cue(
                at + number * item.cycle_s,
                words,
                placed.source_line + number,
                step,
                sounding_s=item.cycle_s,
                breath=item,
            )

    def _cue(
        self,
        at: float,
        text: str,
        source_line: int,
        step: StepPlan,
        *,
        sounding_s: float | None = None,
        pause_s: float = 0,
        breath: PacedBreaths | None = None,
    ) -> Cue:
        known = self.item.spoken_seconds(text) if text else None
        spoken = len(words_in(text)) * 60 / WORDS_PER_MINUTE if known is None else known
        return Cue(
            at=at,
            text=text,
            spoken_s=spoken,
            sounding_s=spoken if sounding_s is None else sounding_s,
            pause_s=pause_s,
            measured=known is not None,
            source_line=source_line,
            step=step,
            breath=breath,
        )

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
