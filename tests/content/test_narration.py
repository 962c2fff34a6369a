from pathlib import Path

from audio.phrases import normalised
from audio.timeline import clip_texts
from audio.voices.recorded import NARRATION, clip_path, read_index
from server.catalogue.snapshot import load_snapshot
from server.media.compile import cuts_of, draft_of
from server.media.voices import recorded_voices

CONTENT = Path(__file__).parents[2] / "content"


def wanted(voice: str) -> set[str]:
    exercises = load_snapshot(CONTENT).exercises.values()
    drafts = [draft_of(exercise, cut) for exercise in exercises for cut in cuts_of(exercise, "en", voice)]
    return {normalised(text) for draft in drafts for text in clip_texts(draft.programme)}


def test_every_sentence_of_every_script_has_been_narrated_and_no_clip_is_left_over() -> None:
    voices = recorded_voices()["en"]
    assert voices
    for voice in voices:
        assert set(read_index(NARRATION / voice)) == wanted(voice)


def test_every_clip_of_the_index_is_on_disk_and_no_other() -> None:
    for voice in recorded_voices()["en"]:
        folder = NARRATION / voice
        named = {clip_path(folder, entry.clip.digest) for entry in read_index(folder).values()}
        assert named == set(folder.glob("*.opus"))
