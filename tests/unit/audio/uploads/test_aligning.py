"""Captions for a recording, from its pauses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.uploads.aligning import captions
from audio.uploads.speech import Span

MS_A_LETTER = 60
sentence_lists = st.lists(
    st.integers(1, 12).map(lambda words: " ".join(["word"] * words).capitalize() + "."), min_size=1, max_size=12
)


def spoken(lines: list[str], *, pause_ms: int = 900, breath_every: int = 0) -> tuple[Span, ...]:
    """Return where a voice says the sentences, with a breath of 300 ms inside the longer ones."""
    found, at_ms = [], 400
    for line in lines:
        length_ms = MS_A_LETTER * len(line)
        parts = 2 if breath_every and len(line) > breath_every else 1
        for _ in range(parts):
            found.append(Span(start_ms=at_ms, end_ms=at_ms + length_ms // parts))
            at_ms = found[-1].end_ms + 300
        at_ms += pause_ms - 300
    return tuple(found)


@given(sentence_lists, st.integers(600, 3000))
def test_a_sentence_between_two_pauses_has_its_place(said: list[str], pause_ms: int) -> None:
    speech = spoken(said, pause_ms=pause_ms)
    found, aligned = captions([" ".join(said)], speech, speech[-1].end_ms + 300)
    assert aligned
    assert [(each.at_ms, each.until_ms) for each in found] == [(span.start_ms, span.end_ms) for span in speech]
    assert [each.text for each in found] == said


@given(sentence_lists)
def test_a_breath_inside_a_sentence_is_no_new_sentence(said: list[str]) -> None:
    speech = spoken(said, pause_ms=1500, breath_every=30)
    found, aligned = captions(said, speech, speech[-1].end_ms + 300)
    starts = {span.start_ms for span in spoken(said, pause_ms=1500, breath_every=30)}
    assert aligned
    assert [each.text for each in found] == said
    assert {each.at_ms for each in found} <= starts
    for each, line in zip(found, said, strict=True):
        assert each.until_ms - each.at_ms == pytest.approx(MS_A_LETTER * len(line) + 300 * (len(line) > 30), abs=2)


@given(sentence_lists, st.lists(st.tuples(st.integers(0, 900), st.integers(80, 20_000)), max_size=20))
def test_captions_are_in_order_inside_of_the_recording_whatever_was_said(
    said: list[str], heard: list[tuple[int, int]]
) -> None:
    speech, at_ms = [], 0
    for pause_ms, length_ms in heard:
        at_ms += 200 + pause_ms
        speech.append(Span(start_ms=at_ms, end_ms=at_ms + length_ms))
        at_ms += length_ms
    found, _ = captions(said, tuple(speech), at_ms + 500)
    assert [each.text for each in found] == said
    assert all(0 <= each.at_ms <= each.until_ms <= at_ms + 500 for each in found)
    assert all(earlier.until_ms <= later.at_ms for earlier, later in pairwise(found))


def test_other_words_than_the_scripts_are_spread_by_their_letters() -> None:
    said = ["Short.", "This one is a great deal longer than the other one was."]
    swapped = spoken(said[::-1])
    found, aligned = captions(said, swapped, swapped[-1].end_ms)
    assert not aligned
    assert found[0].until_ms - found[0].at_ms < 1000


def test_one_breath_for_all_is_spread_by_their_letters() -> None:
    found, aligned = captions(["One two.", "Six ten."], (Span(start_ms=1000, end_ms=3000),), 4000)
    assert not aligned
    assert [(each.at_ms, each.until_ms) for each in found] == [(1000, 2000), (2000, 3000)]


def test_a_recording_without_speech_and_a_script_without_words() -> None:
    assert captions([], (Span(start_ms=0, end_ms=9),), 9) == ((), False)
    found, aligned = captions(["Hello."], (), 5000)
    assert not aligned
    assert (found[0].at_ms, found[0].until_ms) == (0, 5000)
