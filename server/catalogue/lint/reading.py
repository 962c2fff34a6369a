"""How hard a text is to read, by the measure of its language (content brief 8: Flesch-Kincaid is English alone)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from server.catalogue.lint.syllables import english_syllables, spanish_syllables
from server.catalogue.lint.text import words_in
from server.catalogue.yardstick import MeasureName


class Measure(NamedTuple):
    """A readability formula of words per sentence and syllables per word; its score rises with what `noun` says."""

    noun: str
    is_ease: bool
    syllables: Callable[[str], int]
    formula: Callable[[float, float], float]

    def score(self, sentences: Sequence[str]) -> float | None:
        """Return the score of some sentences; None without words."""
        words = [word for sentence in sentences for word in words_in(sentence)]
        if not words:
            return None
        return self.formula(len(words) / len(sentences), sum(map(self.syllables, words)) / len(words))

    def is_harder(self, score: float | None, furthest: float) -> bool:
        """Tell whether a score is on the hard side of a limit."""
        if score is None:
            return False
        return score < furthest if self.is_ease else score > furthest


MEASURES: Final[Mapping[MeasureName, Measure]] = {
    # Kincaid et al. 1975: years of school in the United States.
    "flesch_kincaid": Measure(
        "grade",
        is_ease=False,
        syllables=english_syllables,
        formula=lambda words, syl: 0.39 * words + 11.8 * syl - 15.59,
    ),
    # Fernández Huerta 1959, Consigna 214, as corrected by Law 2011: words per sentence, not sentences per 100 words.
    "fernandez_huerta": Measure(
        "ease", is_ease=True, syllables=spanish_syllables, formula=lambda words, syl: 206.84 - 60 * syl - 1.02 * words
    ),
}
