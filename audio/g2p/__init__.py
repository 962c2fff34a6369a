"""From written words to phonemes, one reader for each language; installed where narration is made only."""

from msgspec import Struct


class Spoken(Struct, frozen=True, kw_only=True):
    """One written word with its phonemes, punctuation included; `known` to a dictionary, a rule or the lexicon."""

    text: str
    phonemes: str
    known: bool
