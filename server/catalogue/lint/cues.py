"""What starts when in a script: every line and every breath with its seconds."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from server.catalogue.lint.text import words_in
from server.catalogue.resolve import Placed, placed_steps
from server.catalogue.schemas import Exercise, Line, PacedBreaths, Section, StepPlan, Words
from server.catalogue.vocabulary import AltVariant, Length

WORDS_PER_MINUTE = 110
"""The estimate where no clip exists (content brief 4.2)."""
SpokenSeconds: TypeAlias = Callable[[str], "float | None"]
"""How long a text takes to say in the narrator's clips; None when there is no clip."""


def nobody(_text: str) -> None:
    """Have no clip of any text."""


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
    section: Section
    breath: PacedBreaths | None = None

    @property
    def end(self) -> float:
        """Seconds from the start of the script to the end of the silence."""
        return self.at + self.sounding_s + self.pause_s


def cues_of(
    exercise: Exercise,
    words: Words,
    length: Length,
    alt_variants: AbstractSet[AltVariant],
    spoken_seconds: SpokenSeconds,
) -> Iterator[Cue]:
    """Yield everything to be heard in one length, in order."""
    at = 0.0
    for step, section, items in placed_steps(exercise, words, length, alt_variants):
        for placed in items:
            for cue in _placed(placed, step, section, at, spoken_seconds):
                at = cue.end
                yield cue


def _placed(
    placed: Placed, step: StepPlan, section: Section, at: float, spoken_seconds: SpokenSeconds
) -> Iterator[Cue]:
    item = placed.item
    said = (item.say,) if isinstance(item, Line) else item.overlay
    for number, text in enumerate(said):
        spoken_s, measured = _spoken(text, spoken_seconds)
        breath = None if isinstance(item, Line) else item
        yield Cue(
            at=at + number * breath.cycle_s if breath else at,
            text=text,
            spoken_s=spoken_s,
            sounding_s=breath.cycle_s if breath else spoken_s,
            pause_s=item.pause_s if isinstance(item, Line) else 0,
            measured=measured,
            source_line=placed.source_line + number,
            step=step,
            section=section,
            breath=breath,
        )


def _spoken(text: str, spoken_seconds: SpokenSeconds) -> tuple[float, bool]:
    known = spoken_seconds(text) if text else None
    return (len(words_in(text)) * 60 / WORDS_PER_MINUTE, False) if known is None else (known, True)
