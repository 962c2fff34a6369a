"""What a phone takes along, as it is served."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import event
from support.bundle_phone import BundlePhone
from support.catalogue import CONTENT, ROOM, WAVE, Folder
from support.clinic import Clinic, Person, open_clinic
from support.media import QuickStudio, exercise, media_in, render_here
from support.media_app import client_of
from support.plans import assign, item

from server.catalogue.bundle.service import Contents
from server.catalogue.crisis.loader import load_crisis
from server.catalogue.snapshot import compile_snapshot, load_snapshot

RECALLED = f"review: {{status: recalled, withdrawn_on: 2026-12-01, replaced_by: {WAVE}}}"


async def test_a_bundle_has_every_exercise_and_the_next_has_nothing_new(ana: Person) -> None:
    phone = BundlePhone()
    phone.take(await ana.get("/v1/bundle"))
    assert phone.exercises.keys() == load_snapshot(CONTENT).exercises.keys()
    again = await ana.get("/v1/bundle", params={"since": phone.version})
    assert (again["full"], again["exercises"], again["version"]) == (False, [], phone.version)
    assert len(msgspec.json.encode(again)) < 5_000


async def test_a_bundle_is_bytes_with_an_etag_in_both_forms_and_packed(ana: Person) -> None:
    first = await ana.ask("GET", "/v1/bundle")
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["content-encoding"] == "br"
    assert int(first.headers["content-length"]) < 200_000
    same = await ana.ask("GET", "/v1/bundle", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    packed = await ana.ask("GET", "/v1/bundle", headers={"Accept": "application/msgpack"})
    assert msgspec.msgpack.decode(packed.content) == first.json()


async def test_nothing_but_who_asks_is_asked_of_the_database(clinic: Clinic, ana: Person) -> None:
    engine, said = clinic.app.app.state.sessions.engine.sync_engine, []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    await ana.get("/v1/bundle")
    event.remove(engine, "before_cursor_execute", note)
    assert not any(table in each for each in said for table in ("assignments", "practice_sets", "completions"))
    assert len(said) <= 1


async def test_a_version_of_nothing_is_answered_in_full_and_what_is_none_is_refused(ana: Person) -> None:
    assert (await ana.get("/v1/bundle", params={"since": "of-another-form"}))["full"]
    assert (await ana.ask("GET", "/v1/bundle", params={"since": "not a version"})).status_code == 400


async def test_it_is_for_clients_who_have_signed_in(clinic: Clinic, theo: Person) -> None:
    assert (await clinic.http.get("/v1/bundle")).status_code == 401
    assert (await theo.ask("GET", "/v1/bundle")).status_code == 403


@asynccontextmanager
async def with_content(clinic: Clinic, place: Path, content: Path) -> AsyncIterator[Clinic]:
    """Serve the clinic's own database with other content, as after a release."""
    environ = {"GROUNDWORK_CONTENT": str(content)}
    database = clinic.settings.database_url
    async with open_clinic(database.removeprefix("sqlite+aiosqlite:///"), place, **environ) as again:
        again.clock.at = clinic.clock.at
        yield again


async def test_a_recall_reaches_the_next_bundle_and_the_plan_says_what_replaces_it(
    clinic: Clinic, theo: Person, ana: Person, tmp_path: Path
) -> None:
    await assign(theo, ana, item(ROOM), item(WAVE))
    phone = BundlePhone()
    phone.take(await ana.get("/v1/bundle"))
    assert ROOM in phone.exercises
    assert all("withdrawn" not in each for each in (await ana.get("/v1/me/agenda"))["occurrences"])
    folder = Folder(tmp_path, ROOM, WAVE)
    folder.replace(f"exercises/{ROOM}/exercise.yaml", "review: {status: draft}", RECALLED)
    async with with_content(clinic, tmp_path, folder.path) as released:
        ana.http = theo.http = released.http
        answer = await ana.get("/v1/bundle", params={"since": phone.version})
        phone.take(answer)
        assert not answer["full"]
        assert list(phone.exercises) == [WAVE]
        grave = {"exercise": ROOM, "reason": "recalled", "withdrawn_on": "2026-12-01", "replaced_by": WAVE}
        assert phone.members["tombstones"] == [grave]
        assert (await released.http.get(f"/v1/exercises/{ROOM}")).status_code == 404
        for path in ("/v1/me/agenda", f"/v1/clients/{ana.id}/agenda"):
            reader = ana if path.startswith("/v1/me") else theo
            planned = (await reader.get(path))["occurrences"]
            assert {each["exercise"]: each.get("withdrawn") for each in planned} == {ROOM: [grave], WAVE: None}
        given = (await theo.get(f"/v1/clients/{ana.id}/assignments"))["items"]
        assert [each["withdrawn"] for each in given] == [[grave]]
        preview = await theo.post(
            f"/v1/clients/{ana.id}/assignments:preview", {"practice_set_id": given[0]["practice_set_id"]}
        )
        missing = [each["detail"] for each in preview["findings"] if each["code"] == "not_offered"]
        assert missing == [f"The catalogue no longer offers this exercise; {WAVE} replaces it."]


async def test_every_file_of_a_bundle_can_be_fetched_and_is_what_it_says(tmp_path: Path) -> None:
    media = media_in(tmp_path)
    render_here(media, QuickStudio(diary=tmp_path / "diary"))
    media.renditions.load()
    one = exercise()
    contents = Contents(compile_snapshot([one]), load_crisis(CONTENT), media, "en")
    (held,) = contents.full.exercises
    assert {(each.length, each.alt_variants) for each in held.audio} == {
        (each.length, each.alt_variants) for each in held.scripts if len(each.alt_variants) <= 1
    }
    async with client_of(media) as client:
        for audio in held.audio:
            assert audio.duration_ms == 20_000
            assert (await client.get(str(audio.captions_url))).text.startswith("WEBVTT")
            assert (await client.get(str(audio.cues_url))).json()
            for file in audio.files:
                body = (await client.get(file.url)).content
                assert (len(body), hashlib.sha256(body).hexdigest()) == (file.bytes, file.sha256)
                assert file.lufs < 0


async def test_sound_that_is_not_rendered_yet_is_not_in_a_bundle_and_comes_later(tmp_path: Path) -> None:
    media = media_in(tmp_path)
    before = Contents(compile_snapshot([exercise()]), load_crisis(CONTENT), media, "en")
    assert before.full.exercises[0].audio == ()
    revision = media.revision
    render_here(media, QuickStudio(diary=tmp_path / "diary"))
    media.renditions.load()
    assert media.revision > revision
    after = Contents(compile_snapshot([exercise()]), load_crisis(CONTENT), media, "en")
    assert after.since(before.full.version).exercises[0].audio


async def test_the_sound_of_a_recalled_exercise_is_given_to_nobody(tmp_path: Path) -> None:
    media = media_in(tmp_path)
    render_here(media, QuickStudio(diary=tmp_path / "diary"))
    media.renditions.load()
    (audio, *_) = media.ready_audio(exercise(), "en")
    paths: list[Any] = [audio.files[0].url, audio.captions_url, audio.cues_url]
    recalled = media_in(tmp_path, exercise("another"), recalled=[exercise()])
    recalled.renditions.load()
    async with client_of(media) as before, client_of(recalled) as after:
        assert [(await before.get(path)).status_code for path in paths] == [200, 200, 200]
        assert [(await after.get(path)).status_code for path in paths] == [404, 404, 404]
