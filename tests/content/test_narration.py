import re
from collections.abc import Mapping

import pytest
from support.catalogue import CONTENT, ROOT

from audio.phrases import normalised
from audio.timeline import clip_texts, layout
from audio.voices.recorded import NARRATION, clip_path, read_index
from server.catalogue.resolve import plan_of
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import load_snapshot
from server.media.compile import cuts_of, draft_of
from server.media.schemas import Cut
from server.media.voices import recorded_sentences, recorded_voices

EXERCISES = load_snapshot(CONTENT).exercises
LANGUAGES = {voice: language for language, voices in recorded_voices().items() for voice in voices}
VOICES = [*LANGUAGES]
# How far what is heard may be from the length that an exercise says it has.
TOLERANCE = 0.1
GUIDE = (ROOT / "docs" / "audio.md").read_text("utf-8")


def sentences(exercise: Exercise, voice: str) -> set[str]:
    drafts = [draft_of(exercise, cut) for cut in cuts_of(exercise, LANGUAGES[voice], voice)]
    return {normalised(text) for draft in drafts for text in clip_texts(draft.programme)}


def narrated(voice: str) -> dict[str, set[str]]:
    said = [(slug, exercise) for slug, exercise in EXERCISES.items() if LANGUAGES[voice] in exercise.words]
    wanted = {slug: sentences(exercise, voice) for slug, exercise in said}
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


def named(guide: str) -> list[str]:
    section = guide.partition("## Which exercises are narrated")[2].partition("\n## ")[0]
    return re.findall(r"`([a-z0-9-]+)`", section.partition("\n\n")[2])


@pytest.mark.parametrize("voice", VOICES)
def test_the_guide_names_the_exercises_of_which_every_sentence_is_narrated(voice: str) -> None:
    assert sorted(narrated(voice)) == named(GUIDE)


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
    assert named("## Which exercises are narrated\n\nTwo:\n`a-b`, `c`\n\n## Next\n\n`d`") == ["a-b", "c"]
