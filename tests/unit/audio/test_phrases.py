import pytest

from audio.phrases import counts, normalised, sentences, spoken, text_hash


@pytest.mark.parametrize(
    "line,expected",
    [
        ("Hello. This is it.", ("Hello.", "This is it.")),
        ("Is it? It is! Good… Yes", ("Is it?", "It is!", "Good…", "Yes")),
        ("Dr. Grey is here. So are you.", ("Dr. Grey is here.", "So are you.")),
        ("About 3.5 minutes. Then rest.", ("About 3.5 minutes.", "Then rest.")),
        ("One thing … and another.", ("One thing … and another.",)),
        ('"Stay." Or go.', ('"Stay."', "Or go.")),
        ("  ", ()),
    ],
)
def test_a_line_becomes_its_sentences(line: str, expected: tuple[str, ...]) -> None:
    assert sentences(line) == expected


def test_habits_of_typing_make_no_new_clip() -> None:
    assert normalised("It\u2019s   here.\n") == normalised("It's here.")
    assert text_hash("It\u2019s here.") == text_hash("It's here.")
    assert text_hash("It is here.") != text_hash("It's here.")


def test_a_counted_breath_is_single_words_with_their_commas() -> None:
    assert counts("In, two, three. Out, two.") == (("In,", "two,", "three."), ("Out,", "two."))
    assert spoken("In, two. Out, two.") == ("In,", "two.", "Out,", "two.")


@pytest.mark.parametrize("phrase", ["", "Let it be small.", "In and out. Again.", "Softly, now."])
def test_an_ordinary_phrase_is_no_count(phrase: str) -> None:
    assert counts(phrase) == ()
