import sys
from collections.abc import Callable

import pytest
from support.voices import Babble

from audio.hearing import Understood, understood
from audio.recogniser import recogniser
from audio.sound import RATE, Mono
from audio.voices import MissingNarrationError
from audio.voices.kokoro import StudioError

LINES = ("Let both feet rest, at their own pace.", "It is the colour of a thing close by.", "One. Two. Three.")


def ears(*told: str, language: str = "en", lines: tuple[str, ...] = LINES) -> Understood:
    """Hear the lines as a recogniser would that writes `told`, one string for each time it is asked."""
    answers = iter(told)
    return understood(Babble(), lines, language, lambda _: next(answers), lambda _: None)


def test_what_is_heard_word_by_word_has_no_error_however_it_is_written() -> None:
    found = ears("let both feet rest at their own pace, it's the color of a thing close-by one two three")
    assert (found.clips, found.words, found.errors, found.misheard) == (3, 20, 0, ())
    assert found.error_rate == 0


def test_each_word_put_in_left_out_or_replaced_is_an_error() -> None:
    found = ears("Let both the feet rest at their own place. It is the colour of thing close by. One, two, three.")
    assert (found.words, found.errors) == (20, 3)
    assert found.error_rate == pytest.approx(0.15)
    assert set(found.misheard) == {("", "the", 1), ("pace", "place", 1), ("a", "", 1)}


def test_an_accent_that_was_left_out_is_no_error_and_another_letter_is() -> None:
    lines = ("Quizá mañana, despacio.",)
    assert ears("QUIZA mañana despacio", language="es", lines=lines).errors == 0
    assert ears("quizá manana despacio", language="es", lines=lines).misheard == (("mañana", "manana", 1),)


def test_the_pace_leaves_out_the_edges_of_clips() -> None:
    long = Babble().clip("breathing").duration_ms
    found = ears("breathing breathing", lines=("breathing", "breathing"))
    assert found.words_a_minute == pytest.approx(60_000 / (long - 60))


def test_the_recogniser_never_gets_more_at_once_than_it_can_hear() -> None:
    lengths: list[float] = []

    def hear(sound: Mono) -> str:
        lengths.append(len(sound) / RATE)
        return ""

    heard: list[int] = []
    found = understood(Babble(), LINES * 8, "en", hear, heard.append)
    assert len(lengths) > 1
    assert max(lengths) <= 28
    assert heard[-1] == found.clips == 24
    assert found.error_rate == 1


def test_nothing_to_hear_and_a_sentence_without_a_clip_are_said() -> None:
    with pytest.raises(StudioError, match="nothing to hear"):
        ears(lines=())
    with pytest.raises(MissingNarrationError):
        understood(Babble(unknown=frozenset(LINES)), LINES, "en", str, lambda _: None)


@pytest.mark.parametrize("listen", [lambda: ears(""), lambda: recogniser("en")])
def test_without_the_extra_an_author_is_told_what_to_install(
    listen: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("faster_whisper", "whisper_normalizer.basic"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(StudioError, match=r"groundwork\[studio\]"):
        listen()
