"""One sentence as a voice's engine says it: Kokoro by phonemes, Pico by the words themselves."""

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from audio.clips import ClipError
from audio.described import Voice
from audio.g2p import Spoken
from audio.pronounce import Lexicon, g2p_name, pronounce, read_lexicon
from audio.voices import pico
from audio.voices.kokoro import Kokoro, Take


class Said(Struct, frozen=True, kw_only=True):
    """A take, its words, and everything that made it."""

    take: Take
    words: tuple[Spoken, ...]
    made_by: tuple[str, ...]


def say(voice: Voice, file: Path, narration: Path, text: str) -> Said:
    """Say a sentence; `file` is the voice's own, `narration` has the lexicons.

    Raises:
        ClipError: a word is not known to be said so, or the engine does not say it.
        StudioError: the engine or its files are missing.
    """
    return _by_kokoro(voice, file, narration, text) if voice.engine == "kokoro" else _by_pico(voice, text)


def _by_kokoro(voice: Voice, file: Path, narration: Path, text: str) -> Said:
    lexicon = _lexicon(narration, voice.language)
    words = pronounce(text, voice.language, lexicon)
    if unknown := [word.text for word in words if not word.known]:
        raise ClipError(f"Nobody has decided how to say {' '.join(unknown)}.")
    phonemes = " ".join(word.phonemes for word in words)
    read_by = (g2p_name(voice.language), f"lexicon {lexicon.version}")
    made_by = ("kokoro", voice.model_sha256, voice.sha256, *read_by, phonemes, str(voice.speed))
    return Said(
        take=_engine(file, voice.sha256, voice.model_sha256).say(phonemes, voice.speed), words=words, made_by=made_by
    )


def _by_pico(voice: Voice, text: str) -> Said:
    words = tuple(Spoken(text=word, phonemes=word, known=True) for word in text.split())
    take = pico.say(text, voice.language, voice.speed, voice.sha256)
    return Said(take=take, words=words, made_by=("pico", voice.sha256, voice.language, text, str(voice.speed)))


@lru_cache(maxsize=1)
def _engine(voice: Path, sha256: str, model_sha256: str) -> Kokoro:
    return Kokoro(voice, sha256, model_sha256)


@lru_cache(maxsize=1)
def _lexicon(narration: Path, language: str) -> Lexicon:
    return read_lexicon(narration, language)
