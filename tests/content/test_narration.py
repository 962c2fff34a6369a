import re

import pytest
from support.catalogue import CONTENT, ROOT

from audio.phrases import normalised
from audio.timeline import clip_texts
from audio.voices.recorded import NARRATION, clip_path, read_index
from server.catalogue.schemas import Exercise
from server.catalogue.snapshot import load_snapshot
from server.media.compile import cuts_of, draft_of
from server.media.voices import recorded_voices

EXERCISES = load_snapshot(CONTENT).exercises
VOICES = recorded_voices()["en"]
GUIDE = (ROOT / "docs" / "audio.md").read_text("utf-8")


def sentences(exercise: Exercise, voice: str) -> set[str]:
    drafts = [draft_of(exercise, cut) for cut in cuts_of(exercise, "en", voice)]
    return {normalised(text) for draft in drafts for text in clip_texts(draft.programme)}


def narrated(voice: str) -> dict[str, set[str]]:
    wanted = {slug: sentences(exercise, voice) for slug, exercise in EXERCISES.items()}
    return whole(wanted, set(read_index(NARRATION / voice)))


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


def test_control_one_sentence_that_lacks_takes_its_exercise_off_the_narrated_ones() -> None:
    wanted = {"said": {"Hello."}, "half": {"Hello.", "Written this morning."}}
    assert whole(wanted, {"Hello."}).keys() == {"said"}
    assert named("## Which exercises are narrated\n\nTwo:\n`a-b`, `c`\n\n## Next\n\n`d`") == ["a-b", "c"]
