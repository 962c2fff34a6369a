"""From an exercise to what is to be heard; without a bell, because no sound may start suddenly (content brief 2.7)."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import assert_never

import msgspec

from audio.timeline import Breath, Chapter, Cue, Programme, Say, Silence
from server.catalogue.resolve import resolve
from server.catalogue.schemas import LENGTHS, Exercise, Line, PacedBreaths
from server.catalogue.vocabulary import AltVariant, Length
from server.media.schemas import Cut, Draft


def cut_of(
    exercise: Exercise, language: str, length: Length, voice: str, alt_variants: Iterable[AltVariant] = ()
) -> Cut:
    """Name one cut."""
    return Cut(
        slug=exercise.slug,
        content_version=exercise.content_version,
        language=language,
        length=length,
        alt_variants=tuple(sorted(set(alt_variants))),
        voice=voice,
    )


def cuts_of(exercise: Exercise, language: str, voice: str) -> tuple[Cut, ...]:
    """List what is rendered ahead: each length as it stands, and with each authored alt variant alone.

    Rules that demand two alt variants together are rare; their cuts are rendered when they are asked for.
    """
    choices: list[tuple[AltVariant, ...]] = [(), *((name,) for name in exercise.alt_variants)]
    return tuple(cut_of(exercise, language, length, voice, names) for names in choices for length in LENGTHS)


def programme_of(exercise: Exercise, cut: Cut) -> Programme:
    """Turn the script of one cut into what is to be heard.

    Raises:
        KeyError: the exercise has no words in the cut's language.
    """
    script = resolve(exercise, cut.language, cut.length, frozenset(cut.alt_variants))
    cues: list[Cue] = []
    for step in script.steps:
        cues.append(Chapter(title=step.label))
        for item in step.items:
            cues += _cues(item)
    title = exercise.words[cut.language].front.title
    return Programme(title=title, language=cut.language, voice=cut.voice, cues=tuple(cues))


def draft_of(exercise: Exercise, cut: Cut) -> Draft:
    """Put a cut, its programme and its score together.

    Raises:
        KeyError: the exercise has no words in the cut's language.
    """
    programme = programme_of(exercise, cut)
    return Draft(cut=cut, programme=programme, score=score_of(programme))


def score_of(programme: Programme) -> str:
    """Return the hash of a programme (64 hex digits): two cuts with the same words share one rendition."""
    return hashlib.sha256(msgspec.json.encode(programme)).hexdigest()


def _cues(item: Line | PacedBreaths) -> Iterator[Cue]:
    match item:
        case Line():
            yield Say(text=item.say)
            if item.pause_s:
                yield Silence(seconds=item.pause_s)
        case PacedBreaths():
            for words in item.overlay:
                yield Breath(inhale=item.inhale, hold=item.hold, exhale=item.exhale, rest=item.hold2, words=words)
        case _:
            assert_never(item)
