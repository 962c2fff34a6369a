"""SVOX Pico: a light voice for drafts and for languages without a better one, one process for each sentence."""

import subprocess
import sys
import tempfile
import wave
from importlib.resources import files
from pathlib import Path

import numpy as np

from audio.clips import ClipError
from audio.sound import Mono, resampled
from audio.voices.kokoro import ENGINE_RATE, StudioError, Take, checked

_RATE = 16_000
_SECONDS = 20
_AUDIBLE = 0.01
_FIRST_WORD_MS = 75
"""What `finish` takes off, because Kokoro's grid runs late."""
_MARKUP = str.maketrans("<>&", "   ")


def say(text: str, language: str, speed: float, sha256: str) -> Take:
    """Say a sentence; its letters are taken for equally long, since the engine tells no times.

    In a process of its own: what Pico says depends on what the same process said before (audio.md).

    Raises:
        ClipError: Pico does not say it.
        StudioError: the extra `studio` is missing, or its voice is not the pinned one.
    """
    checked(language, _voice_file(language), sha256)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        options = ("-o", str(file), "-v", language, "--speed", str(speed))
        command = (sys.executable, "-m", "py_nanotts", *options, "--", text.translate(_MARKUP))
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - words are an argument
        except (OSError, subprocess.SubprocessError) as error:
            raise ClipError("Pico does not say it.") from error
        sound = _read(file)
    return Take(sound=sound, phonemes_ms=(_FIRST_WORD_MS, *_shares(len(text) + 1, len(sound) * 1000 // ENGINE_RATE)))


def _voice_file(language: str) -> bytes:
    try:
        found = [file for file in (files("py_nanotts") / "lang").iterdir() if file.name.startswith(f"{language}_")]
    except ImportError as error:
        raise StudioError('Narrating needs the extra "studio": pip install "groundwork[studio]".') from error
    return b"".join(file.read_bytes() for file in sorted(found, key=lambda file: file.name))


def _read(file: Path) -> Mono:
    with wave.open(str(file)) as said:
        pcm = np.frombuffer(said.readframes(said.getnframes()), "<i2").astype(np.float32) / np.float32(32_768)
    loud = np.flatnonzero(np.abs(pcm) > np.abs(pcm).max(initial=0) * _AUDIBLE)
    return resampled(pcm[loud[0] : loud[-1] + 1] if loud.size else pcm, _RATE, ENGINE_RATE)


def _shares(parts: int, whole: int) -> list[int]:
    return [int(share) for share in np.diff(np.linspace(0, whole, parts + 1).round())]
