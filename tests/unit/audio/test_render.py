import hashlib
import re
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from msgspec import structs
from support.voices import NOISE, Babble

from audio.adjust import RenderError
from audio.cues import breath
from audio.delivered import missed
from audio.encode import CODECS, Codec, Encoder, Heading, decoded
from audio.master import loudness, true_peak
from audio.mix import middle
from audio.render import Rendered, recipe, render
from audio.sound import RATE, SAMPLES_PER_MS, Mono, Samples
from audio.timeline import Programme, Say, layout
from audio.voices import MissingNarrationError

NEAR_MS = 50


def whole(rendered: Rendered, codec: str) -> Samples:
    return np.concatenate(list(decoded(next(file.path for file in rendered.files if file.codec == codec))))


@pytest.fixture(scope="module")
def heard(rendered: Rendered) -> Mono:
    return middle(whole(rendered, "opus"))


def test_loudness_and_peak_of_every_delivered_file_meet_their_figures(rendered: Rendered) -> None:
    for file, codec in zip(rendered.files, CODECS, strict=True):
        sound = whole(rendered, file.codec)
        target = -18.0 if codec.channels == 2 else -21.0
        assert loudness(sound) == pytest.approx(target, abs=0.5)
        assert 20 * np.log10(true_peak(sound)) <= -1.5
        assert loudness(sound) == pytest.approx(file.lufs, abs=0.02)


def test_the_check_of_a_file_can_fail(rendered: Rendered) -> None:
    right = rendered.files[0]
    assert not missed(right, CODECS[0], rendered.duration_ms)
    assert missed(msgspec.structs.replace(right, lufs=-18.6), CODECS[0], rendered.duration_ms)
    assert missed(msgspec.structs.replace(right, true_peak_db=-1.4), CODECS[0], rendered.duration_ms)
    assert missed(right, CODECS[0], rendered.duration_ms + 1)
    assert missed(right, CODECS[2], rendered.duration_ms), "a mono file is not to be as loud as a stereo one"


def test_every_file_has_exactly_the_frames_of_the_programme(rendered: Rendered, programme: Programme) -> None:
    length_ms = layout(programme, lambda text: Babble().clip(text).duration_ms).duration_ms
    assert rendered.duration_ms == length_ms
    for file in rendered.files:
        assert len(whole(rendered, file.codec)) == length_ms * SAMPLES_PER_MS


def test_captions_start_with_the_sound(rendered: Rendered, heard: Mono) -> None:
    starts = re.findall(r"^(\d+):(\d+):(\d+)\.(\d+) -->", rendered.captions, re.MULTILINE)
    assert len(starts) == 6
    for hours, minutes, seconds, thousandths in starts:
        caption_ms = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)
        assert abs(onset_near(heard, caption_ms) - caption_ms) <= NEAR_MS


def onset_near(sound: Mono, at_ms: int) -> int:
    """Return the first millisecond from 400 ms before that is as loud as speech."""
    start = at_ms - 400
    levels = np.abs(sound[start * SAMPLES_PER_MS : (at_ms + 400) * SAMPLES_PER_MS]).reshape(-1, SAMPLES_PER_MS)
    return start + int(np.flatnonzero(levels.max(axis=1) > 0.12)[0])


def test_the_breath_of_the_cue_sheet_is_where_it_is_heard(rendered: Rendered, heard: Mono) -> None:
    inhale = [point for point in rendered.cues if point.kind == "inhale"][1]
    tone = breath(3000, 1000, 4000)
    start = round(inhale.t * RATE)
    lags = range(-4800, 4801, 48)
    likeness = [float(heard[start + lag : start + lag + len(tone)] @ tone) for lag in lags]
    assert abs(lags[int(np.argmax(likeness))]) <= NEAR_MS * SAMPLES_PER_MS


def test_the_cue_sheet_names_every_phase_and_the_bell(rendered: Rendered) -> None:
    kinds = [(point.kind, point.haptic) for point in rendered.cues]
    counted = [("inhale", "rise"), ("exhale", "fall")]
    paced = [("inhale", "rise"), ("hold", "soft"), ("exhale", "fall"), ("hold", "soft")]
    assert kinds == [*counted, *paced, ("bell", "soft")]


def test_nothing_starts_suddenly_and_the_end_is_silent(rendered: Rendered) -> None:
    sound = np.abs(whole(rendered, "opus"))
    assert sound[: RATE // 10].max() < 0.001
    assert sound[-RATE // 10 :].max() < 0.002


def test_chapters_and_title_are_in_the_files(rendered: Rendered) -> None:
    for file in rendered.files:
        with av.open(file.path) as container:
            assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["Arrive", "Breathe", "Return"]
    assert [mark.title for mark in rendered.chapters] == ["Arrive", "Breathe", "Return"]


def test_the_same_programme_gives_the_same_bytes(rendered: Rendered, programme: Programme, into: Path) -> None:
    again = render(programme, Babble(), into)
    assert [file.sha256 for file in again.files] == [file.sha256 for file in rendered.files]
    for file in again.files:
        assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256


def test_a_changed_word_changes_the_recipe(programme: Programme) -> None:
    changed = msgspec.structs.replace(programme, cues=(*programme.cues, Say(text="Thank you.")))
    assert recipe(programme, Babble()) == recipe(programme, Babble())
    assert recipe(programme, Babble()) != recipe(changed, Babble())
    assert recipe(programme, Babble()) != recipe(programme, Babble(louder_db=1)), "another recording, another recipe"


def test_another_model_or_licence_makes_another_record_and_recipe(rendered: Rendered, programme: Programme) -> None:
    other = Babble()
    other.origin = structs.replace(NOISE, model_sha256="2" * 64)
    assert rendered.origin == NOISE
    assert recipe(programme, other) != recipe(programme, Babble())


def test_a_sentence_without_a_clip_is_named_by_its_hash_alone(programme: Programme, into: Path) -> None:
    with pytest.raises(MissingNarrationError, match=r"sentence [0-9a-f]{16}") as error:
        render(programme, Babble(unknown=frozenset({"Hello there."})), into)
    assert "Hello" not in str(error.value)


def test_a_file_that_cannot_meet_its_figures_is_refused(into: Path) -> None:
    murmur = Programme(title="Too quiet", language="en", voice="babble", cues=(Say(text="Hello there."),))
    with pytest.raises(RenderError, match="misses"):
        render(murmur, Babble(louder_db=-200), into)


def test_a_failing_encoder_is_heard_of_and_stops_nothing_else(into: Path) -> None:
    heading = Heading(title="", language="en", duration_ms=1000, marks=())
    broken = Codec(**{**msgspec.structs.asdict(CODECS[0]), "container": "no such container"})
    encoder = Encoder(broken, into / "x.m4a", heading)
    for _ in range(5):
        encoder.put(np.zeros((RATE, 2), np.int16))
    with pytest.raises(ValueError, match="no such container"):
        encoder.finish()
