from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.timeline import (
    BELL_MS,
    LEAD_IN_MS,
    LONGEST_GAP_MS,
    SENTENCE_GAP_MS,
    TAIL_MS,
    WORDS_PER_MINUTE,
    Bell,
    Breath,
    Chapter,
    Cue,
    Programme,
    ProgrammeError,
    Say,
    Silence,
    clip_texts,
    layout,
    line_ms,
)

COUNTED = "In, two, three. Out, two, three, four."


def programme(*cues: Cue) -> Programme:
    return Programme(title="Test", language="en", voice="babble", cues=cues)


def lengths(text: str) -> int:
    return 40 * len(text)


def breath(words: str = "", *, hold: float = 0, rest: float = 0) -> Breath:
    return Breath(inhale=3, hold=hold, exhale=4, rest=rest, words=words)


cues = st.one_of(
    st.sampled_from(["Hello.", "Look around. Find one colour.", "One. Two. Three words here."]).map(
        lambda text: Say(text=text)
    ),
    st.floats(0, 30).map(lambda seconds: Silence(seconds=seconds)),
    st.sampled_from([breath(), breath(COUNTED), breath("Let it be small."), breath(COUNTED, rest=1.5)]),
    st.builds(Bell),
    st.just(Chapter(title="Next")),
)


@given(st.lists(cues, min_size=1, max_size=30))
def test_speech_never_overlaps_and_the_length_is_the_sum_of_the_cues(many: list[Cue]) -> None:
    whole = programme(Bell(), *many)
    timeline = layout(whole, lengths)
    for before, after in pairwise(timeline.speech):
        assert before.at_ms + before.duration_ms <= after.at_ms
    assert timeline.duration_ms == LEAD_IN_MS + BELL_MS + sum(map(length_of, many)) + TAIL_MS


def length_of(cue: Cue) -> int:
    match cue:
        case Say():
            return line_ms(cue.text, lengths)
        case Silence():
            return round(cue.seconds * 1000)
        case Breath():
            return round(1000 * (cue.inhale + cue.hold + cue.exhale + cue.rest))
        case Bell():
            return BELL_MS
        case Chapter():
            return 0


@given(st.lists(st.integers(1, 16), min_size=1, max_size=4), st.integers(50, 900))
def test_a_line_is_never_hurried_and_its_gaps_are_neither_short_nor_long(words: list[int], ms_a_word: int) -> None:
    text = " ".join(f"Word{' word' * (count - 1)}." for count in words)

    def said(sentence: str) -> int:
        return ms_a_word * len(sentence.split())

    gaps_ms = line_ms(text, said) - sum(words) * ms_a_word
    calm_ms = sum(words) * 60_000 // WORDS_PER_MINUTE
    assert SENTENCE_GAP_MS * (len(words) - 1) <= gaps_ms <= LONGEST_GAP_MS * len(words)
    assert line_ms(text, said) >= calm_ms - len(words) or gaps_ms == LONGEST_GAP_MS * len(words)


@given(st.lists(cues, max_size=20))
def test_every_caption_is_inside_the_programme_and_in_order(many: list[Cue]) -> None:
    timeline = layout(programme(Bell(), *many), lengths)
    for caption in timeline.captions:
        assert LEAD_IN_MS <= caption.at_ms < caption.until_ms <= timeline.duration_ms
    assert list(timeline.captions) == sorted(timeline.captions, key=lambda caption: caption.at_ms)


def test_counted_words_fall_on_the_seconds_of_their_phase() -> None:
    timeline = layout(programme(breath(COUNTED, hold=1)), lengths)
    assert [speech.at_ms - LEAD_IN_MS for speech in timeline.speech] == [0, 1000, 2000, 4000, 5000, 6000, 7000]
    assert [caption.text for caption in timeline.captions] == ["In, two, three.", "Out, two, three, four."]


def test_a_count_may_name_the_hold_too() -> None:
    timeline = layout(programme(breath("In, two, three. Hold. Out, two.", hold=1)), lengths)
    assert [speech.at_ms - LEAD_IN_MS for speech in timeline.speech] == [0, 1000, 2000, 3000, 4000, 5000]


def test_a_phrase_is_said_at_the_start_of_its_breath() -> None:
    timeline = layout(programme(breath(), breath("Let it be small.")), lengths)
    assert timeline.speech[0].at_ms == timeline.paces[1].at_ms


def test_the_first_chapter_starts_with_the_file() -> None:
    timeline = layout(programme(Chapter(title="Arrive"), Say(text="Hi."), Chapter(title="Return"), Bell()), lengths)
    assert [mark.at_ms for mark in timeline.marks] == [0, LEAD_IN_MS + line_ms("Hi.", lengths)]


@pytest.mark.parametrize(
    "cue",
    [
        breath("In, two, three, four. Out, two."),
        breath("In, two. Out, two. Again, two."),
        breath("These words go on for much longer than one breath of seven seconds can hold, and " * 3),
        breath("Uncountablyandunreasonablylong, two. Out, two."),
        Breath(inhale=0, hold=0, exhale=4, rest=0, words=""),
        Silence(seconds=-1),
        Chapter(title="Nothing to hear"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(cue: Cue) -> None:
    with pytest.raises(ProgrammeError):
        layout(programme(cue), lengths)


def test_the_clips_of_a_programme_are_its_sentences_and_counted_words_once() -> None:
    whole = programme(Say(text="Hi. Hi. Now."), breath("In, two. Out, two."), breath("Softly now."))
    assert clip_texts(whole) == ("Hi.", "Now.", "In,", "two.", "Out,", "Softly now.")
