"""The picture of a rendition: everything that is heard and told, on one axis, for whoever cannot see colours too."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.captions import CuePoint, read_webvtt
from audio.encode import decoded
from audio.levels import Levels, levels
from audio.master import loudness
from audio.picture import Told, picture
from audio.render import Rendered
from audio.sound import RATE, Samples
from audio.timeline import Caption, Mark

SVG = "{http://www.w3.org/2000/svg}"
LEFT, PX_PER_S = 56, 20
QUIET = Levels(
    low=np.zeros(4, np.float32),
    high=np.zeros(4, np.float32),
    momentary=np.full(2, -70, np.float32),
    short_term=np.full(2, -70, np.float32),
    integrated=-18.2,
    true_peak_db=-3.0,
)


def told_of(rendered: Rendered) -> Told:
    return Told(
        title="Soft wave",
        duration_ms=rendered.duration_ms,
        captions=tuple(read_webvtt(rendered.captions)),
        cues=rendered.cues,
        chapters=rendered.chapters,
    )


def told(duration_ms: int = 2_000, *, words: str = "Hello.", title: str = "Small", chapter: str = "Arrive") -> Told:
    return Told(
        title=title,
        duration_ms=duration_ms,
        captions=(Caption(at_ms=500, until_ms=900, text=words),),
        cues=(),
        chapters=(Mark(at_ms=0, title=chapter),),
    )


@pytest.fixture(scope="module")
def measured(rendered: Rendered) -> Levels:
    return levels(decoded(rendered.files[1].path))


@pytest.fixture(scope="module")
def drawn(rendered: Rendered, measured: Levels) -> ET.Element:
    return read(picture(measured, told_of(rendered)))


def read(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - our own picture


def texts(drawn: ET.Element) -> list[str]:
    return [each.text or "" for each in drawn.iter(f"{SVG}text")]


def of_kind(drawn: ET.Element, kind: str) -> list[ET.Element]:
    return [each for each in drawn.iter() if each.get("class") == kind]


def test_levels_are_those_of_the_record(rendered: Rendered, measured: Levels) -> None:
    file = rendered.files[1]
    assert measured.integrated == pytest.approx(file.lufs, abs=0.02)
    assert measured.true_peak_db == pytest.approx(file.true_peak_db, abs=0.02)
    assert len(measured.momentary) == len(measured.short_term) == -(-rendered.duration_ms // 100)
    assert len(measured.low) == len(measured.high) == -(-rendered.duration_ms // 50)


def test_a_steady_tone_reads_the_same_however_it_is_cut() -> None:
    time = np.arange(5 * RATE) / RATE
    tone = np.repeat((0.1 * np.sin(2 * np.pi * 997 * time)).astype(np.float32)[:, None], 2, axis=1)
    whole, cut = levels([tone]), levels(pieces(tone, 7_001))
    assert whole.momentary[10:] == pytest.approx(loudness(tone), abs=0.1)
    assert whole.short_term[-1] == pytest.approx(loudness(tone), abs=0.1)
    assert (cut.momentary.tolist(), cut.high.tolist()) == (whole.momentary.tolist(), whole.high.tolist())
    assert whole.high.max() == pytest.approx(0.1, abs=1e-3)
    assert whole.low.min() == pytest.approx(-0.1, abs=1e-3)


def pieces(sound: Samples, frames: int) -> Iterator[Samples]:
    for start in range(0, len(sound), frames):
        yield sound[start : start + frames]


def test_every_caption_chapter_phase_and_pause_stands_in_it(rendered: Rendered, drawn: ET.Element) -> None:
    shown = texts(drawn)
    assert {each.text for each in told_of(rendered).captions} <= set(shown)
    assert {"Arrive", "Breathe", "Return"} <= set(shown)
    assert [each for each in shown if each in {"in", "hold", "out", "rest", "bell"}] == [
        *("in", "out"),
        *("in", "hold", "out", "rest"),
        "bell",
    ]
    captions = told_of(rendered).captions
    assert f"{(captions[1].at_ms - captions[0].until_ms) / 1000:.1f}" in shown


def test_captions_are_marked_where_they_are_said(rendered: Rendered, drawn: ET.Element) -> None:
    captions = told_of(rendered).captions
    grounds = of_kind(drawn, "spoken")[1:]
    first = captions[0]
    assert float(grounds[0].get("x", "")) == pytest.approx(LEFT + first.at_ms / 1000 * PX_PER_S, abs=0.1)
    assert float(grounds[0].get("width", "")) == pytest.approx(
        (first.until_ms - first.at_ms) / 1000 * PX_PER_S, abs=0.2
    )


def test_the_wave_is_wide_where_somebody_speaks_and_narrow_where_nobody_does(drawn: ET.Element) -> None:
    corners = [tuple(map(float, each.split(","))) for each in of_kind(drawn, "wave")[1].get("points", "").split()]
    spoken = of_kind(drawn, "spoken")[1]
    left, right = float(spoken.get("x", "")), float(spoken.get("x", "")) + float(spoken.get("width", ""))
    inside = [abs(y - 32) for x, y in corners if left < x < right]
    before = [abs(y - 32) for x, y in corners if x < left - 1]
    assert max(inside) > 5
    assert max(before) < 1


def test_it_says_in_words_what_it_shows(drawn: ET.Element, measured: Levels) -> None:
    assert drawn.get("role") == "img"
    named = {each.get("id"): each.text or "" for each in drawn if each.get("id")}
    assert set((drawn.get("aria-labelledby") or "").split()) == set(named)
    assert named["title"] == "Soft wave"
    assert f"integrated {measured.integrated:.1f}".replace("-", "\N{MINUS SIGN}") in named["desc"]
    assert "Arrive at 0:00" in named["desc"]
    assert "2 breaths" in named["desc"]


def test_a_level_that_misses_says_so() -> None:
    assert "MISSES" not in picture(QUIET, told())
    assert "(MISSES \N{MINUS SIGN}18.0" in picture(msgspec.structs.replace(QUIET, integrated=-17.4), told())
    assert "(MISSES at most" in picture(msgspec.structs.replace(QUIET, true_peak_db=-1.2), told())


@pytest.mark.parametrize("minutes, rows", [(0.5, 1), (1, 1), (1.1, 2), (12, 12)])
def test_a_long_programme_has_a_row_for_each_minute_at_the_same_scale(minutes: float, rows: int) -> None:
    made = picture(QUIET, told(int(minutes * 60_000)))
    drawn = read(made)
    assert len([each for each in texts(drawn) if each == "sound"]) == rows
    assert drawn.get("width") == "1276"
    bottom = max(float(match) for match in re.findall(r"translate\(0 ([\d.]+)\)", made))
    assert float(drawn.get("height", "")) > bottom


def test_words_never_lie_upon_each_other_nor_outside() -> None:
    words = "Quick words " * 3
    sentences = tuple(Caption(at_ms=50_000 + 900 * n, until_ms=50_800 + 900 * n, text=words) for n in range(9))
    crowded = msgspec.structs.replace(told(60_000), captions=sentences)
    placed = [each for each in read(picture(QUIET, crowded)).iter(f"{SVG}text") if each.text == words]
    spans = sorted((float(each.get("y", "")), float(each.get("x", ""))) for each in placed)
    assert len(spans) == 9
    for (y, x), (next_y, next_x) in pairwise(spans):
        assert y != next_y or next_x - x > 6 * len(words)
    assert all(LEFT <= x <= 1276 - 6 * len(words) for _, x in spans)


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_the_words_are_the_picture_can_be_read(words: str, title: str) -> None:
    drawn = read(picture(QUIET, told(words=words, title=title, chapter=words)))
    assert not [each for each in drawn.iter() if each.tag not in {SVG + name for name in NAMES}]


NAMES = ("svg", "title", "desc", "style", "g", "rect", "polyline", "polygon", "text")


def test_markup_in_words_stays_words() -> None:
    hostile = '</text><script>alert(1)</script> & "quotes" \x00'
    drawn = read(picture(QUIET, told(words=hostile, title=hostile)))
    assert texts(drawn).count(hostile.replace("\x00", "\N{REPLACEMENT CHARACTER}")) == 2


def test_captions_are_read_as_they_were_written(rendered: Rendered) -> None:
    assert [each.text for each in read_webvtt(rendered.captions)][:2] == [
        "Hello there.",
        "This is a practice of about one minute, to be heard by a test.",
    ]
    (one,) = read_webvtt("WEBVTT\n\n1\n01:02:03.004 --> 01:02:05.000\na &lt;b&gt; &amp;amp; c\n")
    assert one == Caption(at_ms=3_723_004, until_ms=3_725_000, text="a <b> &amp; c")


def test_a_breath_that_goes_on_in_the_next_row_goes_on_from_its_height() -> None:
    cue = CuePoint(t=55, kind="inhale", dur=10, haptic="rise")
    drawn = read(picture(QUIET, msgspec.structs.replace(told(70_000), cues=(cue,))))
    shapes = [each.get("points", "").split() for each in of_kind(drawn, "breath")][1:]
    (_, _, end, _), (_, start, _, _) = shapes
    assert end.split(",")[1] == start.split(",")[1]
