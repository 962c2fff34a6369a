import re
from collections.abc import Mapping
from functools import cache, partial

import pytest
from support.catalogue import CONTENT, ROOT

from audio.phrases import normalised
from audio.timeline import clip_texts, layout
from audio.voices.recorded import NARRATION, clip_path, read_index
from server.catalogue.lint import check_content
from server.catalogue.resolve import plan_of
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import load_snapshot
from server.cli.authoring import spoken_seconds
from server.media.compile import cuts_of, draft_of
from server.media.schemas import Cut
from server.media.voices import recorded_sentences, recorded_voices

EXERCISES = load_snapshot(CONTENT).exercises
LANGUAGES = {voice: language for language, voices in recorded_voices().items() for voice in voices}
FIRST = [voices[0] for voices in recorded_voices().values()]
VOICES = [*LANGUAGES]
# How far what is heard may be from the length that an exercise says it has.
TOLERANCE = 0.1
GUIDE = (ROOT / "docs" / "audio.md").read_text("utf-8")


def sentences(exercise: Exercise, voice: str) -> set[str]:
    drafts = [draft_of(exercise, cut) for cut in cuts_of(exercise, LANGUAGES[voice], voice)]
    return {normalised(text) for draft in drafts for text in clip_texts(draft.programme)}


def to_say(voice: str) -> list[str]:
    return [slug for slug, exercise in EXERCISES.items() if LANGUAGES[voice] in exercise.words]


@cache
def narrated(voice: str) -> dict[str, set[str]]:
    wanted = {slug: sentences(EXERCISES[slug], voice) for slug in to_say(voice)}
    return whole(wanted, set(read_index(NARRATION / voice)))


def astray(voice: str, of_declared: float = 1.0) -> list[str]:
    """Return the cuts that take longer or shorter than so much of their declared length, as they are rendered."""
    lengths = recorded_sentences(voice)
    return [
        f"{cut.slug} {cut.length} {cut.alt_variants} {heard / declared:.2f}"
        for slug in narrated(voice)
        for cut in cuts_of(EXERCISES[slug], LANGUAGES[voice], voice)
        for declared in [plan_of(EXERCISES[slug], cut.length).seconds * of_declared]
        for heard in [_seconds(cut, lengths)]
        if abs(heard / declared - 1) > TOLERANCE
    ]


def _seconds(cut: Cut, lengths: Mapping[str, int]) -> float:
    programme = draft_of(EXERCISES[cut.slug], cut).programme
    return layout(programme, lambda text: lengths[normalised(text)]).duration_ms / 1000


def whole(wanted: dict[str, set[str]], index: set[str]) -> dict[str, set[str]]:
    return {slug: texts for slug, texts in wanted.items() if texts <= index}


def named(guide: str, voice: str) -> list[str]:
    section = guide.partition("## Which exercises are narrated")[2].partition("\n## ")[0]
    told = section.partition(f"\n- `{voice}`:")[2]
    return re.findall(r"`([a-z0-9-]+)`", re.split(r"\n\n|\n- ", told)[0])


def test_the_first_voices_are_those_of_all_languages() -> None:
    assert {LANGUAGES[voice] for voice in FIRST} == {
        language for exercise in EXERCISES.values() for language in exercise.words
    }


@pytest.mark.parametrize("voice", FIRST)
def test_the_first_voice_of_a_language_says_every_exercise(voice: str) -> None:
    assert set(to_say(voice)) - set(narrated(voice)) == set()


def test_the_guide_names_what_every_other_voice_says() -> None:
    others = [voice for voice in VOICES if voice not in FIRST]
    assert {voice: sorted(narrated(voice)) for voice in others} == {voice: named(GUIDE, voice) for voice in others}


def test_no_other_voice_is_hurried_either() -> None:
    """`groundwork check-content` measures the first voices (L01 to L07 by their clips)."""
    for voice in [voice for voice in VOICES if voice not in FIRST]:
        findings = check_content(CONTENT, lambda _language: partial(spoken_seconds, voice=voice)).findings  # noqa: B023 - called at once
        assert [str(finding) for finding in findings] == []


@pytest.mark.parametrize("voice", VOICES)
def test_no_clip_is_left_over(voice: str) -> None:
    assert set(read_index(NARRATION / voice)) == set().union(*narrated(voice).values())


@pytest.mark.parametrize("voice", VOICES)
def test_every_clip_of_the_index_is_on_disk_and_no_other(voice: str) -> None:
    folder = NARRATION / voice
    on_disk = {clip_path(folder, entry.clip.digest) for entry in read_index(folder).values()}
    assert on_disk == set(folder.glob("*.opus"))


@pytest.mark.parametrize("voice", VOICES)
def test_what_is_heard_takes_as_long_as_it_says(voice: str) -> None:
    """By the clips' own lengths; a rendition has exactly the frames of its layout (`audio.delivered`)."""
    assert astray(voice) == []


@pytest.mark.parametrize("voice", VOICES)
def test_control_nothing_would_be_as_long_as_another_length(voice: str) -> None:
    cuts = sum(len(cuts_of(EXERCISES[slug], LANGUAGES[voice], voice)) for slug in narrated(voice))
    assert len(astray(voice, of_declared=0.8)) == cuts > 0


def test_control_one_sentence_that_lacks_takes_its_exercise_off_the_narrated_ones() -> None:
    wanted = {"said": {"Hello."}, "half": {"Hello.", "Written this morning."}}
    assert whole(wanted, {"Hello."}).keys() == {"said"}


def test_control_the_guide_is_read_a_voice_at_a_time() -> None:
    guide = "## Which exercises are narrated\n\n- `b_one`: `a-b`,\n  `c`.\n- `b_two`: `d`.\n\n`e`\n\n## Next\n\n`f`\n"
    assert [named(guide, voice) for voice in ("b_one", "b_two", "b_three")] == [["a-b", "c"], ["d"], []]
