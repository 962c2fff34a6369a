import hashlib
import subprocess
import sys
import wave
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from audio.clips import ClipError
from audio.studio import Studio, add_to_index, make
from audio.voices import pico
from audio.voices.kokoro import StudioError
from audio.voices.recorded import Recorded

VOICES = """
[pia]
engine = "pico"
model_sha256 = "00"
language = "de-DE"
licence = "Apache-2.0"
speed = 0.9
sha256 = "%s"
"""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio whose Pico, which only authors have, hums for a second after half a second of silence."""
    monkeypatch.setattr(pico, "_voice_file", lambda _: b"its data")
    monkeypatch.setattr(pico.subprocess, "run", _said)
    (tmp_path / "voices.toml").write_text(VOICES % hashlib.sha256(b"its data").hexdigest())
    (tmp_path / "pia").mkdir()
    return Studio(narration=tmp_path, voice_files=tmp_path)


def _said(command: tuple[str, ...], **_: object) -> CompletedProcess[bytes]:
    if "nie" in command[-1]:
        raise subprocess.TimeoutExpired(command, 20)
    hum = 4_000 * np.sign(np.sin(np.arange(16_000) * 2 * np.pi * 180 / 16_000))
    with wave.open(command[command.index("-o") + 1], "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.concatenate([np.zeros(8_000), hum]).astype("<i2").tobytes())
    return CompletedProcess(command, 0)


def test_a_language_without_a_reader_is_narrated_by_pico(studio: Studio) -> None:
    entry = make(studio, "pia", "Spür den Boden.")
    add_to_index(studio.narration / "pia", entry)
    assert entry.clip.duration_ms == pytest.approx(1_000 + 60, abs=60)
    assert Recorded("pia", studio.narration).clip("Spür den Boden.") == entry.clip


def test_words_have_the_share_of_the_time_that_their_letters_have(studio: Studio) -> None:
    spuer, den, boden = make(studio, "pia", "Spür den Boden.").clip.words
    assert spuer.start_ms < 60
    assert spuer.end_ms - spuer.start_ms == pytest.approx(4 * 1_000 / 16, abs=25)
    assert spuer.end_ms < den.start_ms < den.end_ms < boden.start_ms < boden.end_ms <= 1_060


def test_what_pico_does_not_say_is_told_of_that_sentence_alone(studio: Studio) -> None:
    with pytest.raises(ClipError, match="Pico does not say it"):
        make(studio, "pia", "Das nie.")
    assert not list((studio.narration / "pia").iterdir())


def test_other_data_than_the_pinned_and_a_missing_extra_are_refused(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    (studio.narration / "voices.toml").write_text(VOICES % ("0" * 64))
    with pytest.raises(StudioError, match="not the file"):
        make(studio, "pia", "Spür den Boden.")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "py_nanotts", None)
    with pytest.raises(StudioError, match=r"groundwork\[studio\]"):
        make(studio, "pia", "Spür den Boden.")
