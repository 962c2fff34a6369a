import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from support.catalogue import CONTENT, ROOM, WAVE, Folder, exercises_of

from server.catalogue.answers import LISTS_KEPT, Answers
from server.catalogue.schemas import Exercise, Review
from server.catalogue.search import Query
from server.catalogue.snapshot import ContentError, compile_snapshot, load_snapshot
from server.catalogue.views import ExerciseAudio
from server.kit.errors import NotFound


def test_a_snapshot_cannot_be_changed() -> None:
    snapshot = load_snapshot(CONTENT)
    with pytest.raises(TypeError):
        snapshot.exercises["other"] = snapshot.exercises[WAVE]  # type: ignore[index]  # that is the point
    with pytest.raises(AttributeError):
        snapshot.version = "other"  # type: ignore[misc]  # that is the point
    with pytest.raises(AttributeError):
        snapshot.exercises[WAVE].slug = "other"  # type: ignore[misc]  # that is the point


def test_the_version_names_the_content(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    first = load_snapshot(folder.path).version
    assert load_snapshot(folder.path).version == first
    folder.replace(f"exercises/{WAVE}/en.md", "Hello. ", "Hi. ")
    assert load_snapshot(folder.path).version != first
    assert len(first) == 16


def test_retired_exercises_are_left_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    wave, room = sorted(exercises_of(folder.path), key=lambda one: one.slug == ROOM)
    retired = replace(room, review=Review(status="retired"))
    assert list(compile_snapshot([wave, retired]).exercises) == [WAVE]


def test_words_retired_in_one_language_are_left_out_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    words = folder.file(f"exercises/{WAVE}/en.md")
    words.with_name("es.md").write_text(words.read_text("utf-8"), "utf-8")
    assert set(load_snapshot(folder.path).details) == {(WAVE, "en"), (WAVE, "es")}
    folder.replace(f"exercises/{WAVE}/es.md", "status: draft", "status: retired")
    assert set(load_snapshot(folder.path).details) == {(WAVE, "en")}
    folder.replace(f"exercises/{WAVE}/en.md", "status: draft", "status: retired")
    assert not load_snapshot(folder.path).exercises


def test_broken_content_stops_the_server_with_every_finding(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.replace(f"exercises/{WAVE}/exercise.yaml", "eyes: choice", "eyes: closed")
    folder.replace(f"exercises/{ROOM}/exercise.yaml", "eyes: open", "eyes: closed")
    with pytest.raises(ContentError) as caught:
        load_snapshot(folder.path)
    assert len(caught.value.findings) == 2
    assert str(caught.value).count("C03 error") == 2


def test_the_shipped_catalogue_compiles_in_well_under_half_a_second() -> None:
    started = time.process_time()
    answers = Answers(load_snapshot(CONTENT))
    answers.list(Query())
    for slug in answers.snapshot.exercises:
        answers.read(slug, "en")
    assert time.process_time() - started < 0.5


def test_asking_again_gives_the_very_same_answer() -> None:
    answers = Answers(load_snapshot(CONTENT))
    assert answers.list(Query(q="soft  WAVE")) is answers.list(Query(q="soft wave"))
    assert answers.read(WAVE, "en") is answers.read(WAVE, "en-GB")


def test_only_so_many_lists_are_kept() -> None:
    answers = Answers(load_snapshot(CONTENT))
    first = answers.list(Query(q="0"))
    for number in range(1, LISTS_KEPT + 1):
        answers.list(Query(q=str(number)))
    assert answers.list(Query(q="0")) is not first
    assert answers.list(Query(q=str(LISTS_KEPT))) is answers.list(Query(q=str(LISTS_KEPT)))


def test_new_audio_makes_a_new_answer_and_only_for_its_exercise() -> None:
    status = {WAVE: ()}
    preparing = ExerciseAudio(length="short", alt_variants=(), voice="v", language="en", status="preparing", files=())

    def audio(exercise: Exercise, _language: str) -> tuple[ExerciseAudio, ...]:
        return status.get(exercise.slug, ())

    answers = Answers(load_snapshot(CONTENT), audio)
    before, room = answers.read(WAVE, "en"), answers.read(ROOM, "en")
    status[WAVE] = (preparing,)  # type: ignore[assignment]  # one more than none
    after = answers.read(WAVE, "en")
    assert after is not before
    assert answers.read(WAVE, "en") is after
    assert answers.read(ROOM, "en") is room
    body = msgspec.json.decode(after.answer(None, None, None).body)
    assert body["audio"] == [
        {"length": "short", "alt_variants": [], "voice": "v", "language": "en", "status": "preparing", "files": []}
    ]


def test_an_unknown_exercise_and_an_unknown_language_are_two_problems() -> None:
    answers = Answers(load_snapshot(CONTENT))
    with pytest.raises(NotFound) as unknown:
        answers.read("no-such-thing", "en")
    with pytest.raises(NotFound) as untranslated:
        answers.read(WAVE, "fr")
    assert (unknown.value.code, untranslated.value.code) == ("not_found", "language_not_found")
