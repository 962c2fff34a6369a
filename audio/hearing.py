"""How well a voice is understood and how fast it speaks: beside what a recogniser writes down (decision 0039)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from msgspec import Struct

from audio.sound import SAMPLES_PER_MS, Mono
from audio.timeline import EDGE_MS
from audio.voices import Narrator
from audio.voices.kokoro import StudioError

_WINDOW_MS = 28_000
"""The recogniser hears 30 s at once, however little there is to hear."""
_PAUSE_MS = 800
# The recogniser leaves them out at times; ñ is another letter.
_ACCENTS = str.maketrans("áéíóúü", "aeiouu")


class Understood(Struct, frozen=True, kw_only=True):
    """What was heard of a voice; `misheard` has, most frequent first, words as written, as heard, and how often."""

    clips: int
    words: int
    errors: int
    speaking_ms: int
    misheard: tuple[tuple[str, str, int], ...]

    @property
    def error_rate(self) -> float:
        """Words put in, left out or replaced, of all that should be heard."""
        return self.errors / self.words

    @property
    def words_a_minute(self) -> float:
        """The pace inside sentences, pauses at their commas included: a programme's own pauses come on top."""
        return self.words * 60_000 / self.speaking_ms


def understood(
    narrator: Narrator,
    texts: Iterable[str],
    language: str,
    hear: Callable[[Mono], str],
    progress: Callable[[int], None],
) -> Understood:
    """Let each text be heard once, in their order, several to a breath of the recogniser; `progress` hears how many.

    Raises:
        StudioError: there is nothing to hear, or the extra `studio` is missing.
        MissingNarrationError: the voice has not said one of the texts.
    """
    written, heard, clips, speaking_ms = [], [], 0, 0
    for window in _windows(narrator, texts):
        plain = _normaliser(language)
        written.append(plain(" ".join(window)))
        heard.append(plain(hear(np.concatenate([_with_pause(narrator.samples(text)) for text in window]))))
        clips += len(window)
        speaking_ms += sum(narrator.clip(text).duration_ms - 2 * EDGE_MS for text in window)
        progress(clips)
    return _compared(written, heard, clips, speaking_ms)


def _compared(written: list[str], heard: list[str], clips: int, speaking_ms: int) -> Understood:
    import jiwer  # noqa: PLC0415  # only authors have it

    if not written:
        raise StudioError("There is nothing to hear: the voice has said none of these lines.")
    found = jiwer.process_words(written, heard)
    wrong = Counter(
        (" ".join(said[part.ref_start_idx : part.ref_end_idx]), " ".join(got[part.hyp_start_idx : part.hyp_end_idx]))
        for said, got, parts in zip(found.references, found.hypotheses, found.alignments, strict=True)
        for part in parts
        if part.type != "equal"
    )
    return Understood(
        clips=clips,
        words=found.hits + found.substitutions + found.deletions,
        errors=found.substitutions + found.deletions + found.insertions,
        speaking_ms=speaking_ms,
        misheard=tuple((*pair, count) for pair, count in wrong.most_common()),
    )


def _windows(narrator: Narrator, texts: Iterable[str]) -> Iterator[list[str]]:
    window: list[str] = []
    filled_ms = 0
    for text in texts:
        length_ms = narrator.clip(text).duration_ms + _PAUSE_MS
        if window and filled_ms + length_ms > _WINDOW_MS:
            yield window
            window, filled_ms = [], 0
        window.append(text)
        filled_ms += length_ms
    if window:
        yield window


def _with_pause(sound: Mono) -> Mono:
    return np.pad(sound, (0, _PAUSE_MS * SAMPLES_PER_MS))


def _normaliser(language: str) -> Callable[[str], str]:
    """Return what takes away all that cannot be heard: case, punctuation, in English contractions and spellings."""
    try:
        from whisper_normalizer.basic import BasicTextNormalizer  # noqa: PLC0415  # only authors have it
        from whisper_normalizer.english import EnglishTextNormalizer  # noqa: PLC0415  # only authors have it
    except ImportError as error:
        raise StudioError('Listening needs the extra "studio": pip install "groundwork[studio]".') from error
    if language != "en":
        basic = BasicTextNormalizer()
        return lambda text: str(basic(text)).translate(_ACCENTS)
    english = EnglishTextNormalizer()
    english.standardize_numbers = str  # numbers are heard as words, and "one" is not always a number
    return lambda text: str(english(text))
