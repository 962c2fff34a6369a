import pytest

from server.catalogue.lint.reading import MEASURES
from server.catalogue.lint.syllables import english_syllables, spanish_syllables
from server.catalogue.lint.text import sentences_in, words_in


def test_a_word_may_have_an_apostrophe_or_a_hyphen() -> None:
    assert words_in("An in-and-out rhythm, today's one.") == ("An", "in-and-out", "rhythm", "today's", "one")


def test_sentences_end_at_full_stops_questions_and_exclamations() -> None:
    assert sentences_in("In, two. Out? Yes!  Now, rest") == ("In, two.", "Out?", "Yes!", "Now, rest")


@pytest.mark.parametrize(
    "word, syllables",
    [
        ("breath", 1),
        ("notice", 2),
        ("little", 2),
        ("pressed", 1),
        ("places", 2),
        ("shoulders", 2),
        ("colour", 2),
        ("together", 3),
        ("side-lying", 3),
        ("therapist's", 3),
        ("refrigerator", 5),
    ],
)
def test_syllables_are_counted_by_vowel_groups(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(
    "word, syllables",
    [
        ("y", 1),
        ("muy", 1),
        ("aire", 2),
        ("ahora", 3),
        ("puerta", 2),
        ("día", 2),
        ("leer", 2),
        ("queso", 2),
        ("seguir", 2),
        ("Guitarra", 3),
        ("pingüino", 3),
        ("playa", 2),
        ("búho", 2),
        ("oír", 2),
        ("vehículo", 4),
        ("alrededor", 4),
        ("respiración", 4),
        ("terapeuta", 4),
    ],
)
def test_spanish_syllables_are_counted_by_strong_vowels_and_runs_of_weak_ones(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_the_grade_rises_and_the_ease_falls_with_longer_words_and_sentences() -> None:
    grade, ease = MEASURES["flesch_kincaid"], MEASURES["fernandez_huerta"]
    plain, hard = grade.score(["Look around.", "Find a door."]), grade.score(["Contemplate characteristics onwards."])
    assert plain is not None
    assert plain < 1
    assert not grade.is_harder(plain, 5)
    assert grade.is_harder(hard, 5)
    plain = ease.score(["Mira el cuarto.", "Ve la luz."])
    hard = ease.score(["Contempla sistemáticamente características ambientales individualizadas anteriormente."])
    assert plain == pytest.approx(206.84 - 60 * 8 / 6 - 1.02 * 3)
    assert not ease.is_harder(plain, 80)
    assert ease.is_harder(hard, 80)


def test_no_words_have_no_score_and_are_not_hard() -> None:
    assert all(measure.score([]) is None and not measure.is_harder(None, 50) for measure in MEASURES.values())
