import pytest

from server.catalogue.lint.text import reading_grade, sentences_in, syllables_in, words_in


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
    assert syllables_in(word) == syllables


def test_the_reading_grade_rises_with_longer_words_and_sentences() -> None:
    plain = reading_grade(["Look around.", "Find a door."])
    hard = reading_grade(["Contemplate environmental characteristics systematically before continuing onwards."])
    assert plain < 1
    assert hard > 10
    assert reading_grade([]) == 0
