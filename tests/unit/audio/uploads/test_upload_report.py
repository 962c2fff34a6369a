"""What a therapist is warned of, each with a recording just as it should be."""

from pathlib import Path

import numpy as np
import pytest
from support.recordings import silence, spoken

from audio.sound import RATE, Mono
from audio.uploads.finishing import CEILING_DB, cut, windows_of
from audio.uploads.hearing import Heard, heard
from audio.uploads.reading import Told
from audio.uploads.report import Report, reported
from audio.uploads.speech import spans

TOLD = Told(declared_ms=None, clipped_runs=0)
VOICE = spoken()[: 6 * RATE]


def measured(sound: Mono, into: Path) -> Heard:
    pieces = (sound[at : at + RATE] for at in range(0, len(sound), RATE))
    return heard(pieces, into / "spool")


def report(sound: Mono, into: Path, told: Told = TOLD) -> Report:
    hearing = measured(sound, into)
    return reported(hearing, told, spans(hearing.levels))


def codes(found: Report) -> list[str]:
    return [each.code for each in found.warnings]


def noise(amplitude: float, sound: Mono) -> Mono:
    return np.random.default_rng(3).normal(0, amplitude, len(sound)).astype(np.float32)


def test_a_good_recording_is_not_warned_of(tmp_path: Path) -> None:
    assert codes(report(VOICE, tmp_path, Told(declared_ms=6100, clipped_runs=20))) == []


@pytest.mark.parametrize(
    "code, sound, told",
    [
        ("clipped", VOICE, Told(declared_ms=None, clipped_runs=21)),
        ("length_differs", VOICE, Told(declared_ms=6125, clipped_runs=0)),
        ("length_differs", VOICE, Told(declared_ms=5875, clipped_runs=0)),
        ("noisy", VOICE + noise(0.006, VOICE), TOLD),
        ("quiet", VOICE * np.float32(0.15), TOLD),
    ],
)
def test_one_thing_amiss_is_one_warning(tmp_path: Path, code: str, sound: Mono, told: Told) -> None:
    assert codes(report(sound, tmp_path, told)) == [code]


def test_noise_alone_is_not_taken_for_speech(tmp_path: Path) -> None:
    found = report(noise(0.05, VOICE), tmp_path)
    assert codes(found) == ["noisy", "no_speech"]
    assert (found.speech_ratio, found.lead_ms, found.tail_ms, found.snr_db) == (0, 0, 0, 0)


def test_the_noise_floor_is_the_level_of_the_pauses(tmp_path: Path) -> None:
    still = np.concatenate([silence(2), VOICE, silence(2)])
    assert report(still + noise(0.001, still), tmp_path).noise_floor_db == pytest.approx(-60, abs=1.5)


def test_a_window_is_limited_as_the_whole_would_be(tmp_path: Path) -> None:
    sound = np.concatenate([VOICE, VOICE, VOICE])
    hearing = measured(sound, tmp_path)
    whole = cut(hearing, ())
    windows = list(windows_of(tmp_path / "spool", whole)(20.0, CEILING_DB))
    later = type(whole)(start_ms=6_000, end_ms=whole.end_ms, fade_in_ms=5, fade_out_ms=5)
    shifted = np.concatenate(list(windows_of(tmp_path / "spool", later)(20.0, CEILING_DB)))
    assert len(windows) == 2
    assert np.abs(windows[1]).max() <= 10 ** (CEILING_DB / 20) * 1.001
    there = np.concatenate(windows)[6 * RATE : -RATE]
    assert np.abs(there[RATE:] - shifted[RATE:-RATE]).max() < 1e-6
