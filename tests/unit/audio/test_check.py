"""`render --check`: every promise about a file, each with a file that breaks it."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from audio.captions import CuePoint
from audio.check import Sidecars, faults
from audio.delivered import RenderedFile, measured
from audio.encode import CODECS, decoded, encode
from audio.master import sixteen_bits
from audio.render import Rendered
from audio.sound import RATE, Samples

OPUS = CODECS[1]
Change = Callable[[Samples], Samples]


@pytest.fixture
def told(rendered: Rendered) -> Sidecars:
    return Sidecars(duration_ms=rendered.duration_ms, captions=rendered.captions, cues=rendered.cues)


def planted(rendered: Rendered, into: Path, change: Change) -> RenderedFile:
    """Return a file whose sound was changed after it was mastered, with a record that is true of it."""
    sound = np.concatenate(list(decoded(rendered.files[1].path)))
    encode(iter([sixteen_bits(change(sound.copy()))]), OPUS, into / "planted.ogg")
    return measured(into / "planted.ogg", OPUS)


def found(file: RenderedFile, told: Sidecars) -> str:
    return " ".join(faults(file.path, file, told))


def quiet_at(rendered: Rendered) -> int:
    """Return a sample in the longest pause: nobody speaks and nothing sounds."""
    return (rendered.duration_ms - 1_500) * RATE // 1000


def step(sound: Samples, at: int) -> Samples:
    sound[at : at + 240] += 0.08
    return sound


def hum(sound: Samples, at: int) -> Samples:
    time = np.arange(RATE // 2) / RATE
    sound[at - RATE // 2 : at] += 0.2 * np.sin(2 * np.pi * 180 * time)[:, None].astype(np.float32)
    return sound


def test_what_was_rendered_keeps_every_promise(rendered: Rendered, told: Sidecars) -> None:
    for file in rendered.files:
        assert found(file, told) == ""


def test_a_missing_file_is_found(rendered: Rendered, told: Sidecars, tmp_path: Path) -> None:
    lost = msgspec.structs.replace(rendered.files[0], path=tmp_path / "gone.m4a")
    assert found(lost, told) == "The file is missing."


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_one_changed_byte_is_found(rendered: Rendered, told: Sidecars, tmp_path: Path, at: float) -> None:
    content = bytearray(rendered.files[1].path.read_bytes())
    content[int(len(content) * at)] ^= 1
    changed = tmp_path / "changed.ogg"
    changed.write_bytes(content)
    assert hashlib.sha256(content).hexdigest() != rendered.files[1].sha256
    assert "bytes" in found(msgspec.structs.replace(rendered.files[1], path=changed), told)


@pytest.mark.parametrize("content", [b"", b"RIFF", bytes(4000)])
def test_what_is_no_sound_at_all_is_found(rendered: Rendered, told: Sidecars, tmp_path: Path, content: bytes) -> None:
    nothing = tmp_path / "nothing.ogg"
    nothing.write_bytes(content)
    assert found(msgspec.structs.replace(rendered.files[1], path=nothing), told).startswith("Its bytes are not")


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda sound: sound[: -RATE // 10], "-100 ms longer than told"),
        (lambda sound: sound * np.float32(0.8), "misses its level"),
        (
            lambda sound: np.concatenate([sound[:RATE], sound[RATE : RATE + 480] * 0 + 0.95, sound[RATE + 480 :]]),
            "peak",
        ),
    ],
)
def test_a_wrong_length_or_level_is_found(
    rendered: Rendered, told: Sidecars, tmp_path: Path, change: Change, sentence: str
) -> None:
    assert sentence in found(planted(rendered, tmp_path, change), told)


def test_a_click_in_a_pause_is_found(rendered: Rendered, told: Sidecars, tmp_path: Path) -> None:
    assert "clicks" in found(planted(rendered, tmp_path, lambda sound: step(sound, quiet_at(rendered))), told)


def test_sound_where_the_script_is_silent_is_found(rendered: Rendered, told: Sidecars, tmp_path: Path) -> None:
    assert "silent" in found(planted(rendered, tmp_path, lambda sound: hum(sound, quiet_at(rendered))), told)


def test_captions_beside_the_words_are_found(rendered: Rendered, told: Sidecars) -> None:
    late = msgspec.structs.replace(told, captions=shifted(told.captions, 200))
    assert "The captions are -200 ms" in found(rendered.files[1], late)


def test_cues_beside_the_tones_are_found(rendered: Rendered, told: Sidecars) -> None:
    late = tuple(CuePoint(t=round(cue.t + 0.2, 3), kind=cue.kind, dur=cue.dur, haptic=cue.haptic) for cue in told.cues)
    assert "The cues are -200 ms" in found(rendered.files[1], msgspec.structs.replace(told, cues=late))


def shifted(captions: str, by_ms: int) -> str:
    """Return captions that all come later."""

    def later(match: re.Match[str]) -> str:
        at_ms = int(match["s"]) * 1000 + int(match["ms"]) + by_ms
        return f"00:00:{at_ms // 1000:02}.{at_ms % 1000:03}"

    return re.sub(r"00:00:(?P<s>\d\d)\.(?P<ms>\d{3})", later, captions)
