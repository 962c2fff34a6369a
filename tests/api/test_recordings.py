"""A therapist's own voice: begun, sent in parts, looked at, listened to, published, taken back."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from support import lasting as shared
from support.clinic import PASSWORD, Clinic, Person, told
from support.own_voice import CODECS, SOUND, begin, intake, quick, record, send, wanted
from support.recordings import spoken, wav

from server.accounts.tokens import read_token
from server.media.processes import WorkerDiedError
from server.media.uploads import Take, Upload, take_in

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana


async def kim(clinic: Clinic, theo: Person) -> Person:
    """Return a colleague of Theo's."""
    return await clinic.member(organisation_of(theo), f"kim-{uuid4().hex}@clinic.example", theo.handle)


def organisation_of(person: Person) -> UUID:
    token = read_token(person.tokens["access_token"], "gwa")
    assert token
    return token.organisation


def folder_of(clinic: Clinic, recording: str) -> Path:
    return next(clinic.settings.recordings.glob(f"*/{recording}"))


async def heard_by(phone: Person) -> list[str]:
    return [each["id"] for each in (await phone.get("/v1/me/recordings"))["items"]]


async def test_what_somebody_agrees_to_is_told_in_their_language(theo: Person) -> None:
    english, spanish = await theo.get("/v1/recording-consent"), await theo.get("/v1/recording-consent?locale=es-ES")
    assert english["version"] == spanish["version"] == wanted()["consent"]
    assert english["text"].startswith("This is my own voice.")
    assert spanish["text"].startswith("Esta es mi propia voz.")


async def test_a_recording_needs_the_present_consent(theo: Person) -> None:
    answer = await theo.ask("POST", "/v1/recordings", json=wanted(consent="2020-01"))
    assert answer.status_code == 400
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/consent", "consent_outdated")]


@pytest.mark.parametrize("said", [{"exercise": "no-such-exercise"}, {"language": "xx"}])
async def test_a_recording_is_of_an_exercise_that_has_words(theo: Person, said: dict[str, Any]) -> None:
    answer = await theo.ask("POST", "/v1/recordings", json=wanted(**said))
    assert answer.status_code == 400
    assert [each["code"] for each in answer.json()["errors"]] == ["unknown_exercise"]


async def test_more_bytes_than_a_recording_may_have_are_refused_before_they_are_sent(theo: Person) -> None:
    answer = await theo.ask("POST", "/v1/recordings", json=wanted(bytes=64 * 1024 * 1024 + 1))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/bytes"


async def test_sound_is_sent_in_parts_and_goes_on_where_it_broke_off(clinic: Clinic, theo: Person) -> None:
    made = await begin(theo)
    assert (made["status"], made["received_bytes"]) == ("waiting", 0)
    await send(theo, made["id"], 0, SOUND[:4000])
    # The answer was lost: the browser sends the part again, is told no, and asks how far it was.
    again = await send(theo, made["id"], 0, SOUND[:4000])
    assert (again.status_code, again.json()["code"]) == (409, "wrong_offset")
    at = (await theo.get(f"/v1/recordings/{made['id']}"))["received_bytes"]
    last = await send(theo, made["id"], at, SOUND[at:])
    assert last.json()["status"] == "checking"
    await intake(clinic).see_to_all()
    ready = await theo.get(f"/v1/recordings/{made['id']}")
    assert ready["status"] == "ready"
    answer = await theo.ask("GET", ready["sound"]["files"][0]["url"])
    assert answer.content == b"aac " + SOUND


async def test_parts_that_come_at_once_never_mix(theo: Person) -> None:
    made = await begin(theo)
    answers = await asyncio.gather(*(send(theo, made["id"], 0, SOUND) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409]


async def test_more_than_was_announced_is_refused(theo: Person) -> None:
    made = await begin(theo, bytes=10)
    answer = await send(theo, made["id"], 0, SOUND)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_bytes")
    assert (await theo.get(f"/v1/recordings/{made['id']}"))["received_bytes"] == 0


async def test_sound_is_not_sent_twice(clinic: Clinic, theo: Person) -> None:
    made = await record(clinic, theo)
    answer = await send(theo, made["id"], 0, SOUND)
    assert (answer.status_code, answer.json()["code"]) == (409, "has_sound")


async def test_a_part_is_bytes_and_says_so(theo: Person) -> None:
    made = await begin(theo)
    answer = await send(theo, made["id"], 0, b"{}", **{"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/octet-stream")


async def test_what_is_no_sound_is_refused_with_a_reason_and_nothing_of_it_stays(clinic: Clinic, theo: Person) -> None:
    made = await begin(theo, bytes=5)
    await send(theo, made["id"], 0, b"hello")
    await intake(clinic).see_to_all()
    read = await theo.get(f"/v1/recordings/{made['id']}")
    assert (read["status"], read["refusal"]["code"]) == ("refused", "unknown_format")
    assert read["refusal"]["detail"].endswith(".")
    assert [*folder_of(clinic, made["id"]).iterdir()] == []
    answer = await theo.ask("PATCH", f"/v1/recordings/{made['id']}", json={"published": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_hear")


async def test_nobody_hears_it_before_it_is_published(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await record(clinic, theo)
    url = made["sound"]["files"][0]["url"]
    assert await heard_by(ana) == []
    assert (await ana.ask("GET", url)).status_code == 404
    await theo.ask("PATCH", f"/v1/recordings/{made['id']}", json={"published": True})
    assert await heard_by(ana) == [made["id"]]
    assert (await ana.ask("GET", url)).content == b"aac " + SOUND


async def test_a_client_is_told_everything_a_phone_needs(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await record(clinic, theo, publish=True)
    (told_of,) = (await ana.get("/v1/me/recordings"))["items"]
    assert told_of["member_id"] == theo.id
    assert (told_of["exercise"], told_of["language"], told_of["length"]) == ("soft-landing", "en", "short")
    assert [each["codec"] for each in told_of["files"]] == list(CODECS)
    for file in told_of["files"]:
        answer = await ana.ask("GET", file["url"], headers={"Range": "bytes=0-3"})
        assert (answer.status_code, answer.headers["content-range"]) == (206, f"bytes 0-3/{file['bytes']}")
        assert answer.headers["cache-control"] == "private, no-cache"
        # What was asked for a moment ago is on no shelf for others.
        stranger = await clinic.http.get(file["url"], headers={"Range": "bytes=0-3"})
        assert stranger.status_code == 401
    captions = await ana.ask("GET", told_of["captions_url"])
    assert captions.headers["content-type"] == "text/vtt; charset=utf-8"
    assert captions.text.startswith("WEBVTT")
    assert len(captions.text.splitlines()) > 5
    assert made["sound"]["captions_aligned"]


async def test_clients_of_colleagues_and_colleagues_hear_nothing(clinic: Clinic, theo: Person) -> None:
    made = await record(clinic, theo, publish=True)
    colleague = await kim(clinic, theo)
    mara = await clinic.phone(colleague, "Mara")
    url = made["sound"]["files"][0]["url"]
    assert await heard_by(mara) == []
    for person in (mara, colleague):
        hidden, nothing = await person.ask("GET", url), await person.ask("GET", url.replace(made["id"], str(uuid4())))
        assert hidden.status_code == 404
        assert told(hidden) == told(nothing)
    assert (await colleague.get("/v1/recordings"))["items"] == []


async def test_it_is_heard_no_more_when_care_ends(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await record(clinic, theo, publish=True)
    await ana.ask("DELETE", f"/v1/me/care-team/{theo.id}")
    assert await heard_by(ana) == []
    assert (await ana.ask("GET", made["sound"]["files"][0]["url"])).status_code == 404


async def test_it_can_be_taken_back_and_given_again(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await record(clinic, theo, publish=True)
    path = f"/v1/recordings/{made['id']}"
    await theo.ask("PATCH", path, json={"published": False})
    assert await heard_by(ana) == []
    assert (await theo.get(path))["status"] == "ready"
    await theo.ask("PATCH", path, json={"published": True})
    assert await heard_by(ana) == [made["id"]]


async def test_what_is_removed_leaves_no_file(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await record(clinic, theo, publish=True)
    folder = folder_of(clinic, made["id"])
    assert (await theo.ask("DELETE", f"/v1/recordings/{made['id']}")).status_code == 204
    assert await heard_by(ana) == []
    assert (await theo.ask("GET", f"/v1/recordings/{made['id']}")).status_code == 404
    await intake(clinic).see_to_all()
    assert not [*folder.parent.glob(f"{made['id']}*")]


async def test_what_was_set_aside_comes_back_where_the_removal_was_not_kept(clinic: Clinic, theo: Person) -> None:
    made = await record(clinic, theo)
    clinic.app.app.state.recordings.set_aside(organisation_of(theo), UUID(made["id"]))
    await intake(clinic).see_to_all()
    answer = await theo.ask("GET", made["sound"]["files"][0]["url"])
    assert answer.content == b"aac " + SOUND


async def test_the_voice_of_who_has_left_is_removed(clinic: Clinic, theo: Person) -> None:
    colleague = await kim(clinic, theo)
    made = await record(clinic, colleague)
    folder = folder_of(clinic, made["id"])
    admin = await clinic.member(organisation_of(theo), f"ada-{uuid4().hex}@clinic.example", theo.handle, "admin")
    await admin.post("/v1/auth/step-up", {"password": PASSWORD})
    assert (await admin.ask("DELETE", f"/v1/members/{colleague.id}")).status_code == 204
    await intake(clinic).see_to_all()
    assert not folder.exists()


async def test_a_death_of_the_worker_is_tried_again_and_then_told(clinic: Clinic, theo: Person) -> None:
    deaths = 0

    async def dying(upload: Upload) -> Take:
        nonlocal deaths
        deaths += 1
        if deaths < 3:
            raise WorkerDiedError
        return await quick(upload)

    made = await begin(theo)
    await send(theo, made["id"], 0, SOUND)
    desk = intake(clinic, dying)
    for status in ("checking", "checking", "ready"):
        await desk.see_to_all()
        assert (await theo.get(f"/v1/recordings/{made['id']}"))["status"] == status

    async def dead(_: Upload) -> Take:
        raise WorkerDiedError

    other = await begin(theo)
    await send(theo, other["id"], 0, SOUND)
    desk = intake(clinic, dead)
    for status in ("checking", "checking", "refused"):
        await desk.see_to_all()
        assert (await theo.get(f"/v1/recordings/{other['id']}"))["status"] == status


async def test_another_process_that_is_at_it_is_waited_for(clinic: Clinic, theo: Person) -> None:
    async def elsewhere(_: Upload) -> None:
        return None

    made = await begin(theo)
    await send(theo, made["id"], 0, SOUND)
    await intake(clinic, elsewhere).see_to_all()
    assert (await theo.get(f"/v1/recordings/{made['id']}"))["status"] == "checking"
    await intake(clinic).see_to_all()
    assert (await theo.get(f"/v1/recordings/{made['id']}"))["status"] == "ready"


async def test_a_bundle_says_where_the_clients_own_recordings_are(ana: Person) -> None:
    assert (await ana.get("/v1/bundle"))["links"]["recordings"] == "/v1/me/recordings"


async def test_who_lent_their_voice_is_in_the_audit(clinic: Clinic, theo: Person) -> None:
    made = await record(clinic, theo, publish=True)
    admin = await clinic.member(organisation_of(theo), f"ada-{uuid4().hex}@clinic.example", theo.handle, "admin")
    entries = (await admin.get("/v1/audit"))["items"]
    about = [each["action"] for each in entries if each.get("object_id") == made["id"]]
    assert about == ["changeRecording", "addRecording"]


async def test_a_file_of_a_therapist_becomes_what_a_client_hears(clinic: Clinic, theo: Person, ana: Person) -> None:
    """Decoded, measured and mastered for once, as a worker of a server does it."""
    sound = wav(spoken())
    made = await begin(theo, bytes=len(sound))
    for at in range(0, len(sound), 512 * 1024):
        await send(theo, made["id"], at, sound[at : at + 512 * 1024])
    folder = clinic.settings.recordings
    await intake(clinic, lambda upload: asyncio.to_thread(take_in, folder, upload)).see_to_all()
    read = await theo.get(f"/v1/recordings/{made['id']}")
    assert read["status"] == "ready", read
    assert {each.name for each in folder_of(clinic, made["id"]).iterdir()} == {*CODECS, "master.flac"}
    await theo.ask("PATCH", f"/v1/recordings/{made['id']}", json={"published": True})
    (told_of,) = (await ana.get("/v1/me/recordings"))["items"]
    for file in told_of["files"]:
        content = (await ana.ask("GET", file["url"])).content
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
        assert abs(file["lufs"] - (-21 if file["codec"] == "opus-low" else -18)) <= 0.5
