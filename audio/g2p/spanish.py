"""Spanish by the rules of espeak-ng, which is asked as a program of its own: its licence is not this project's."""

# ruff: noqa: RUF001  # phonetic letters look like others and are meant
import re
import subprocess
from collections.abc import Mapping

from audio.g2p import Spoken
from audio.voices.kokoro import StudioError

NAME = "espeak-ng es, map 1"
# As the model's makers read it: of Castile, which says /θ/; with ties, so that one sound of two letters is seen.
_COMMAND = ("espeak-ng", "-q", "--ipa", "--tie=^", "-v", "es")
_ONE_SOUND = {"t^ʃ": "ʧ", "d^ʒ": "ʤ", "a^ɪ": "I", "a^ʊ": "W", "e^ɪ": "A"}
_MARKS = re.compile(r"^\W*(?P<word>.*?)(?P<after>\W*)$")
_SAID_AFTER = frozenset(",.;:!?…—")
# What Spanish spelling says for certain; a word with other letters (Groundwork) is to be put into the lexicon.
_BY_RULE = re.compile(r"(?!.*(?:sh|th|ph|ck|[aeiou]{4}))[abcdefghijlmnopqrstuvxyzáéíóúüñ]+")


def spoken(sentence: str, reviewed: Mapping[str, str]) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said; `reviewed` wins over the rules.

    Raises:
        StudioError: espeak-ng is not installed, or sees other words than the eye.
    """
    words, said = sentence.split(), _said(sentence)
    if len(said) != len(words):
        raise StudioError("The G2P divides a sentence into other words than its spaces do; write it more plainly.")
    return tuple(_spoken(word, phonemes, reviewed) for word, phonemes in zip(words, said, strict=True))


def _spoken(word: str, said: str, reviewed: Mapping[str, str]) -> Spoken:
    bare, after = _MARKS.fullmatch(word.lower()).groups()  # type: ignore[union-attr] # it matches every word
    own = reviewed.get(bare)
    known = own is not None or bare.isdigit() or _BY_RULE.fullmatch(bare) is not None
    return Spoken(
        text=word, phonemes=(own or said) + "".join(mark for mark in after if mark in _SAID_AFTER), known=known
    )


def _said(text: str) -> tuple[str, ...]:
    try:
        told = subprocess.run(  # noqa: S603 - a fixed program; the words are an argument, never a shell's
            (*_COMMAND, "--", text), capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StudioError("Narrating Spanish needs the program espeak-ng (Debian: apt install espeak-ng).") from error
    for two, one in _ONE_SOUND.items():
        told = told.replace(two, one)
    return tuple(told.replace("^", "").replace("-", "").split())
