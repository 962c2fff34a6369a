"""What is to be heard, and when: a programme of cues, and its layout in whole milliseconds (48 samples each)."""

from collections.abc import Callable

from msgspec import Struct

from audio.phrases import counts, sentences, spoken

LEAD_IN_MS = 1_000
TAIL_MS = 3_000
# audio.md, Voices: the engine articulates at 150 to 250 words a minute, slower it slurs; the calm pace comes from gaps.
# A line takes as long as a calm reader at 110 words a minute (content brief 4.2), by up to 2.8 s after each sentence.
WORDS_PER_MINUTE = 110
SENTENCE_GAP_MS = 800
LONGEST_GAP_MS = 2_800
EDGE_MS = 30
"""Silence at both ends of every clip; a caption stands between them, within 50 ms of the first sound."""
COUNT_MS = 1_000
BELL_MS = 2_500


class Say(Struct, frozen=True, kw_only=True, tag="say"):
    """One line, possibly several sentences."""

    text: str


class Silence(Struct, frozen=True, kw_only=True, tag="silence"):
    """A pause in seconds; the bed goes on."""

    seconds: float


class Breath(Struct, frozen=True, kw_only=True, tag="breath"):
    """One breath in seconds: a soft tone rises and falls. Words are counted on its seconds, or said at its start."""

    inhale: float
    hold: float
    exhale: float
    rest: float
    words: str


class Bell(Struct, frozen=True, kw_only=True, tag="bell"):
    """One soft bell."""


class Chapter(Struct, frozen=True, kw_only=True, tag="chapter"):
    """From here on a new chapter."""

    title: str


Cue = Say | Silence | Breath | Bell | Chapter


class Programme(Struct, frozen=True, kw_only=True):
    """Everything one rendition says and sounds, in order."""

    title: str
    language: str
    voice: str
    cues: tuple[Cue, ...]


class Speech(Struct, frozen=True, kw_only=True):
    """One clip of narration in its place; `text` is the sentence or word that names the clip."""

    at_ms: int
    duration_ms: int
    text: str


class Pace(Struct, frozen=True, kw_only=True):
    """One breath in its place."""

    at_ms: int
    inhale_ms: int
    hold_ms: int
    exhale_ms: int
    rest_ms: int


class Caption(Struct, frozen=True, kw_only=True):
    """Words on the screen while they are heard."""

    at_ms: int
    until_ms: int
    text: str


class Mark(Struct, frozen=True, kw_only=True):
    """The start of a chapter."""

    at_ms: int
    title: str


class Timeline(Struct, frozen=True, kw_only=True):
    """A programme in its places."""

    duration_ms: int
    speech: tuple[Speech, ...]
    paces: tuple[Pace, ...]
    bells_ms: tuple[int, ...]
    captions: tuple[Caption, ...]
    marks: tuple[Mark, ...]


class ProgrammeError(ValueError):
    """A programme that cannot be laid out; the message is one sentence for the author."""


Durations = Callable[[str], int]


def clip_texts(programme: Programme) -> tuple[str, ...]:
    """Return every sentence and counted word the programme needs, each once, in order of first use."""
    texts: list[str] = []
    for cue in programme.cues:
        match cue:
            case Say():
                texts += sentences(cue.text)
            case Breath():
                texts += spoken(cue.words)
            case _:
                continue
    return tuple(dict.fromkeys(texts))


def line_ms(text: str, durations: Durations) -> int:
    """Return how long a line takes, with the gaps after its sentences and without the silence a programme adds."""
    said = sentences(text)
    between_ms, last_ms = _gaps(said, durations)
    return sum(map(durations, said)) + between_ms * (len(said) - 1) + last_ms


def _gaps(said: tuple[str, ...], durations: Durations) -> tuple[int, int]:
    calm_ms = sum(len(sentence.split()) for sentence in said) * 60_000 // WORDS_PER_MINUTE
    each_ms = min(max(calm_ms - sum(map(durations, said)), 0) // len(said), LONGEST_GAP_MS)
    return max(each_ms, SENTENCE_GAP_MS), each_ms


def layout(programme: Programme, durations: Durations) -> Timeline:
    """Place every cue; `durations` gives a clip's milliseconds.

    Raises:
        ProgrammeError: the words of a breath do not fit into it, or nothing is to be heard.
    """
    placer = _Placer(durations)
    for cue in programme.cues:
        placer.place(cue)
    if placer.now_ms == LEAD_IN_MS:
        raise ProgrammeError("A programme needs at least one cue that takes time.")
    return placer.timeline()


class _Placer:
    def __init__(self, durations: Durations) -> None:
        self.now_ms = LEAD_IN_MS
        self._durations = durations
        self._speech: list[Speech] = []
        self._paces: list[Pace] = []
        self._bells: list[int] = []
        self._captions: list[Caption] = []
        self._marks: list[Mark] = []

    def timeline(self) -> Timeline:
        return Timeline(
            duration_ms=self.now_ms + TAIL_MS,
            speech=tuple(self._speech),
            paces=tuple(self._paces),
            bells_ms=tuple(self._bells),
            captions=tuple(self._captions),
            marks=tuple(self._marks),
        )

    def place(self, cue: Cue) -> None:
        match cue:
            case Say():
                self.now_ms += self._say(cue.text, self.now_ms, *_gaps(sentences(cue.text), self._durations))
            case Silence():
                self.now_ms += milliseconds(cue.seconds)
            case Breath():
                self._breathe(cue)
            case Bell():
                self._bells.append(self.now_ms)
                self.now_ms += BELL_MS
            case Chapter():
                self._marks.append(Mark(at_ms=self.now_ms if self._marks else 0, title=cue.title))

    def _say(self, text: str, at_ms: int, between_ms: int, last_ms: int) -> int:
        """Place a line and return how long it takes."""
        start_ms = end_ms = at_ms
        for sentence in sentences(text):
            end_ms = self._clip(sentence, start_ms)
            self._caption(sentence, start_ms, end_ms)
            start_ms = end_ms + between_ms
        return end_ms + last_ms - at_ms

    def _caption(self, text: str, start_ms: int, end_ms: int) -> None:
        # A clip is quiet at both ends: the words are there when they are heard.
        self._captions.append(Caption(at_ms=start_ms + EDGE_MS, until_ms=end_ms - EDGE_MS, text=text))

    def _clip(self, text: str, at_ms: int) -> int:
        duration_ms = self._durations(text)
        self._speech.append(Speech(at_ms=at_ms, duration_ms=duration_ms, text=text))
        return at_ms + duration_ms

    def _breathe(self, breath: Breath) -> None:
        phases = (breath.inhale, breath.hold, breath.exhale, breath.rest)
        inhale_ms, hold_ms, exhale_ms, rest_ms = (milliseconds(seconds) for seconds in phases)
        if not inhale_ms or not exhale_ms:
            raise ProgrammeError("A breath needs an in-breath and an out-breath.")
        pace = Pace(at_ms=self.now_ms, inhale_ms=inhale_ms, hold_ms=hold_ms, exhale_ms=exhale_ms, rest_ms=rest_ms)
        self._paces.append(pace)
        end_ms = pace.at_ms + inhale_ms + hold_ms + exhale_ms + rest_ms
        grid = counts(breath.words)
        spoken_ms = (
            self._count(grid, pace) if grid else pace.at_ms + self._say(breath.words, pace.at_ms, SENTENCE_GAP_MS, 0)
        )
        if spoken_ms > end_ms:
            raise ProgrammeError(f"The words of a breath take {spoken_ms - end_ms} ms longer than the breath.")
        self.now_ms = end_ms

    def _count(self, grid: tuple[tuple[str, ...], ...], pace: Pace) -> int:
        end_ms = pace.at_ms
        slots = _slots(pace, len(grid))
        for words, (start_ms, length_ms) in zip(grid, slots, strict=True):
            if len(words) * COUNT_MS > length_ms:
                raise ProgrammeError(f"{len(words)} counts do not fit into a phase of {length_ms / 1000:g} s.")
            for index, word in enumerate(words):
                at_ms = start_ms + index * COUNT_MS
                if at_ms < end_ms:
                    raise ProgrammeError(f"A counted word is longer than {COUNT_MS} ms.")
                end_ms = self._clip(word, at_ms)
            self._caption(" ".join(words), start_ms, end_ms)
        return end_ms - pace.at_ms


def _slots(pace: Pace, phases: int) -> list[tuple[int, int]]:
    lengths = (pace.inhale_ms, pace.hold_ms, pace.exhale_ms, pace.rest_ms)
    starts = [pace.at_ms + sum(lengths[:index]) for index in range(4)]
    voiced = [slot for slot in zip(starts, lengths, strict=True) if slot[1]]
    moving = [(starts[0], pace.inhale_ms), (starts[2], pace.exhale_ms)]
    if phases == len(moving):
        return moving
    if phases == len(voiced):
        return voiced
    raise ProgrammeError(f"{phases} counted phrases do not match the phases of the breath.")


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds; a length below zero is an error of the programme.

    Raises:
        ProgrammeError: the length is negative.
    """
    if seconds < 0:
        raise ProgrammeError("A length of time cannot be negative.")
    return round(seconds * 1000)
