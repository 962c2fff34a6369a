from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from support.media import babble, draft, everything
from support.voices import NOISE, Babble

from server.media.compile import score_of
from server.media.place import Place
from server.media.schemas import Job
from server.media.sound import SoundStudio
from server.media.store import local_store
from server.media.studio import CannotRenderError
from server.media.worker import broken_promises, name_programmes, render_job

STUDIO = SoundStudio(narrator=babble, sentences=everything)


def knows_nothing(_voice: str) -> Babble:
    return Babble(unknown=frozenset({"Look around."}))


async def test_an_exercise_becomes_files_captions_cues_and_chapters_in_the_store(tmp_path: Path) -> None:
    one = draft("short", "no_baby")
    job = Job(cut=one.cut, programme=one.programme, recipe=STUDIO.recipe(one.programme))
    rendition = render_job(Place(folder=tmp_path), STUDIO, job)
    store = local_store(tmp_path)
    manifest = await store.manifest(job.recipe)
    assert rendition is not None
    assert manifest is not None
    assert manifest.rendition() == rendition == store.rendition(job.recipe)
    assert manifest.score == one.score == score_of(one.programme)
    assert [file.codec for file in manifest.files] == ["aac", "opus", "opus-low"]
    assert store.sizes() == {file.sha256: file.bytes for file in manifest.files}
    assert manifest.origin == NOISE
    assert manifest.captions.startswith("WEBVTT")
    assert "Rest a little." in manifest.captions
    assert [cue.kind for cue in manifest.cues] == ["inhale", "exhale", "hold"] * 2
    assert [mark.title for mark in manifest.chapters] == ["Arrive", "Count", "Return"]
    assert manifest.rendered_at <= datetime.now(UTC)
    assert render_job(Place(folder=tmp_path), STUDIO, job) == rendition, (
        "a second time it is found, with its time of rendering"
    )


def test_a_sentence_nobody_recorded_is_known_before_rendering_and_named_without_its_words() -> None:
    programme = draft("short").programme
    (answer,) = name_programmes(SoundStudio(narrator=knows_nothing, sentences=everything), (programme,))
    assert isinstance(answer, CannotRenderError)
    assert "has no clip of sentence" in str(answer)
    assert "Look around" not in str(answer)
    assert name_programmes(STUDIO, (programme,)) == (STUDIO.recipe(programme),)


def test_what_a_voice_has_said_is_told_without_its_sound() -> None:
    programme = draft("short").programme
    said = ["Hello.", "Rest.", "In,", "two.", "Out,", "Look around."]
    assert SoundStudio(narrator=knows_nothing, sentences=lambda _: said).can_say(programme)
    for lacking in said:
        others = {each for each in said if each != lacking}
        assert not SoundStudio(narrator=babble, sentences=lambda _, others=others: others).can_say(programme)


def test_rendering_a_sentence_nobody_recorded_is_impossible_too(tmp_path: Path) -> None:
    with pytest.raises(CannotRenderError):
        SoundStudio(narrator=knows_nothing, sentences=everything).render(draft("short").programme, "0" * 64, tmp_path)


def test_what_is_rendered_is_listened_to_before_anybody_may_hear_it(tmp_path: Path) -> None:
    one = draft("short")
    manifest = STUDIO.render(one.programme, STUDIO.recipe(one.programme), tmp_path)
    assert broken_promises(STUDIO, manifest, tmp_path) == ()
    captions = manifest.captions.replace("00:00:0", "00:00:1")
    broken = broken_promises(STUDIO, msgspec.structs.replace(manifest, captions=captions), tmp_path)
    assert {fault.partition(":")[0] for fault in broken} == {"opus"}
