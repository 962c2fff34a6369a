"""A recording that is taken in: cut, cleaned, at the level of every programme, with nothing of the file it came in."""

import re
from pathlib import Path

import av
import numpy as np
import pytest
from support.recordings import LEAD_S, LINES, TAIL_S, encoded, spoken

from audio.delivered import missed
from audio.encode import CODECS, decoded
from audio.sound import RATE, Mono, decibels
from audio.uploads.receive import Take, receive

HUM_HZ = 30
SECRET = "recorded at home"


def hum(sound: Mono, amplitude: float) -> Mono:
    return (amplitude * np.sin(2 * np.pi * HUM_HZ * np.arange(len(sound)) / RATE)).astype(np.float32)


def strength(sound: Mono, hertz: float) -> float:
    """Return the level in dB of one frequency."""
    tone = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    return decibels(2 * abs(sound @ tone) / len(sound))


@pytest.fixture(scope="module")
def sent() -> Mono:
    """The lines, quiet, off the middle, over a hum."""
    return spoken() * np.float32(0.5) + hum(spoken(), 0.01) + np.float32(0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("taken")


@pytest.fixture(scope="module")
def take(sent: Mono, folder: Path) -> Take:
    (folder / "sent").write_bytes(encoded(sent, "flac", "flac", metadata={"title": SECRET, "comment": SECRET}))
    (folder / "into").mkdir()
    return receive(folder / "sent", folder / "into", title="For you", language="en", lines=LINES)


@pytest.fixture(scope="module")
def master(take: Take) -> Mono:
    return np.concatenate(list(decoded(take.master)))[:, 0]


def test_every_file_meets_the_figures_of_a_programme(take: Take) -> None:
    assert [file.codec for file in take.files] == [codec.name for codec in CODECS]
    for file, codec in zip(take.files, CODECS, strict=True):
        assert not missed(file, codec, take.duration_ms)


def test_the_master_is_flac_of_one_channel_at_48_khz(take: Take, master: Mono) -> None:
    with av.open(take.master) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.layout.name) == ("flac", RATE, "mono")
    assert len(master) == take.duration_ms * RATE // 1000


def test_three_tenths_of_a_second_stay_before_and_after_the_words(take: Take, sent: Mono) -> None:
    words_ms = len(sent) * 1000 // RATE - (LEAD_S + TAIL_S) * 1000
    assert take.duration_ms == pytest.approx(words_ms + 600, abs=150)
    assert take.report.lead_ms == pytest.approx(LEAD_S * 1000, abs=60)
    assert take.report.tail_ms == pytest.approx(TAIL_S * 1000, abs=90)


def test_it_begins_and_ends_in_silence_without_a_click(master: Mono) -> None:
    for edge in (master[:480], master[-480:]):
        assert np.abs(edge).max() < 0.002
    assert np.abs(np.diff(master[: RATE // 5])).max() < 0.01


def test_hum_and_offset_are_gone_and_the_voice_is_not(sent: Mono, master: Mono) -> None:
    apart = strength(sent, HUM_HZ) - strength(sent, 300)
    assert strength(sent, HUM_HZ) > -42
    assert strength(master, HUM_HZ) - strength(master, 300) < apart - 12
    assert abs(master.mean()) < 0.0002


def test_what_it_was_is_reported(take: Take) -> None:
    report = take.report
    assert report.duration_ms == report.declared_ms == len(spoken()) * 1000 // RATE
    assert report.dc_offset == pytest.approx(0.02, abs=0.001)
    assert 0.4 < report.speech_ratio < 0.9
    assert report.snr_db > 10
    assert report.clipped_runs == 0


def test_captions_stand_where_the_words_are_heard(take: Take, master: Mono) -> None:
    assert take.captions_aligned
    starts = re.findall(r"^00:00:(\d\d)\.(\d{3}) -->", take.captions, re.MULTILINE)
    assert len(starts) == 4
    levels = np.abs(master[: len(master) // 48 * 48].reshape(-1, 48)).max(axis=1)
    for seconds, thousandths in starts:
        at_ms = int(seconds) * 1000 + int(thousandths)
        onset_ms = at_ms - 200 + int(np.flatnonzero(levels[at_ms - 200 : at_ms + 400] > 0.05)[0])
        assert abs(onset_ms - at_ms) <= 60


def test_title_and_language_are_ours_and_nothing_of_theirs_is_kept(take: Take) -> None:
    for path in (*(file.path for file in take.files), take.master):
        with av.open(path) as container:
            told = {**container.metadata, **container.streams[0].metadata}
        assert "For you" in {value for key, value in told.items() if key.lower() == "title"}
        assert SECRET.encode() not in path.read_bytes()


def test_nothing_but_what_is_delivered_is_left(take: Take, folder: Path) -> None:
    assert {path.name for path in (folder / "into").iterdir()} == {
        *(file.path.name for file in take.files),
        take.master.name,
    }
