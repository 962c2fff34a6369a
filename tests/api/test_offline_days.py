import hashlib
import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from support import lasting as shared
from support.clinic import CONTENT, NOON, Clinic, Person, completion
from support.media import QuickStudio, babble, everything
from support.plans import agenda, assign, item

from server.catalogue.snapshot import load_snapshot
from server.db.unit import unit_of_work
from server.media.compile import draft_of
from server.media.place import Place
from server.media.schemas import Job
from server.media.service import Media
from server.media.sound import SoundStudio
from server.media.studio import Studio
from server.media.voices import recorded_voices
from server.media.worker import render_job
from server.practice.models import CompletionRow

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

HEARD, VOICE = "land-now", recorded_voices()["en"][0]
SIX = (
    HEARD,
    "here-in-this-room",
    "follow-the-dot",
    "soft-wave-breath",
    "hands-and-feet-scan",
    "side-lying-contact-scan",
)
Items = list[dict[str, Any]]


@pytest.fixture(scope="module")
def application() -> None:
    """Make a new one for each database here: sound is put into its folder."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the short cut of six exercises: one as real sound, five in no time."""
    folder = tmp_path_factory.mktemp("rendered")
    sound, quick = SoundStudio(narrator=babble, sentences=everything), QuickStudio(diary=folder / "diary")
    media = Media(Place(folder=folder / "audio"), load_snapshot(CONTENT).exercises, recorded_voices(), sound)
    for cut in media.drafts.cuts(SIX):
        if cut.length == "short" and cut.voice == VOICE and not cut.alt_variants:
            studio: Studio = sound if cut.slug == HEARD else quick
            made = draft_of(media.exercises[cut.slug], cut)
            render_job(
                media.place, studio, Job(cut=cut, programme=made.programme, recipe=studio.recipe(made.programme))
            )
    return media.place.folder


@pytest.fixture
async def phone(ana: Person, theo: Person, clinic: Clinic, rendered: Path) -> Person:
    """Give a phone a set of six exercises for five days, their sound ready on the server."""
    shutil.copytree(rendered, clinic.settings.audio, dirs_exist_ok=True)
    await assign(theo, ana, *(item(slug, length="short") for slug in SIX), last=NOON.date() + timedelta(days=4))
    return ana


async def rows(clinic: Clinic, client: str) -> int:
    async with unit_of_work(clinic.sessions, writes=False) as session:
        query = select(func.count()).select_from(CompletionRow).where(CompletionRow.client_id == UUID(client))
        return await session.scalar(query) or 0


async def forty(phone: Person) -> Items:
    """Return forty practices, eight on each of the five days."""
    planned = await agenda(phone)
    assert len(planned) == 30
    practices = [
        completion(
            NOON + timedelta(days=(n % 30) // 6, minutes=n),
            exercise=each["exercise"],
            occurrence_id=each["id"],
        )
        for n, each in enumerate(planned)
    ]
    more = [completion(NOON + timedelta(days=n % 5, hours=3, minutes=n)) for n in range(10)]
    return [*practices, *more]


def voids(practices: Items) -> Items:
    return [{"id": each["id"], "op": "void", "type": "completion"} for each in practices]


async def test_six_exercises_are_fetched_and_their_sound_in_two_parts(phone: Person) -> None:
    # The server looks into the folder again when it is asked for what it does not know.
    assert (await phone.ask("GET", f"/v1/audio/{'0' * 64}")).status_code == 404
    planned = {each["exercise"]: each["length"] for each in await agenda(phone)}
    assert set(planned) == set(SIX)
    for slug, length in planned.items():
        detail = await phone.get(f"/v1/exercises/{slug}")
        heard = [each for each in detail["audio"] if each["voice"] == VOICE and not each["alt_variants"]]
        (audio,) = (each for each in heard if each["length"] == length)
        assert audio["status"] == "ready"
        (file,) = (each for each in audio["files"] if each["codec"] == "aac")
        half = file["bytes"] // 2
        first = await phone.ask("GET", file["url"], headers={"Range": f"bytes=0-{half - 1}"})
        again = {"Range": f"bytes={half}-", "If-Range": first.headers["etag"]}
        second = await phone.ask("GET", file["url"], headers=again)
        assert (first.status_code, second.status_code) == (206, 206)
        whole = first.content + second.content
        assert len(whole) == file["bytes"]
        assert hashlib.sha256(whole).hexdigest() == file["sha256"]
        assert hashlib.sha256(first.content).hexdigest() != file["sha256"], "control: a half is not the whole"
        if slug == HEARD:
            assert whole[4:8] == b"ftyp", "this one is real sound"


async def test_forty_practices_of_five_days_sent_twice_are_forty_rows_and_one_streak(
    phone: Person, clinic: Clinic
) -> None:
    practices = await forty(phone)
    chance = random.Random(40)  # noqa: S311 - a test's own dice
    clinic.clock.move(days=5)
    for status in ("stored", "duplicate"):
        chance.shuffle(practices)
        results = await phone.push(*practices)
        assert [each["status"] for each in results] == [status] * 40
        assert all(each["counted"] for each in results)
        assert all(each.get("occurrence_known", True) for each in results)
    assert await rows(clinic, phone.id) == 40
    streak = await phone.get("/v1/me/streak")
    assert (streak["current"], streak["longest"], streak["missed"], streak["adherence"]) == (5, 5, [], 1.0)
    assert streak["preparation"] == {"days": 5, "practised": 5, "missed": 0, "first_3_days": 3, "adherence": 1.0}


@pytest.mark.parametrize("seed", range(3))
async def test_any_batches_duplicates_and_voids_leave_the_same_ledger(phone: Person, clinic: Clinic, seed: int) -> None:
    practices = await forty(phone)
    chance = random.Random(seed)  # noqa: S311 - a test's own dice
    clinic.clock.move(days=5)
    taken_back = [each for each in practices if each["body"]["started_at"].startswith("2026-06-03")]
    assert len(taken_back) == 8
    pool = [*practices, *practices, *voids(taken_back), *voids(chance.sample(taken_back, 3))]
    chance.shuffle(pool)
    while pool:
        size = chance.randint(1, 25)
        batch, pool = pool[:size], pool[size:]
        doubled = [*batch, *chance.sample(batch, min(2, len(batch)))]
        chance.shuffle(doubled)
        assert "conflict" not in {each["status"] for each in await phone.push(*doubled)}
        if chance.random() < 0.2:
            pool += batch[:5]
    again = await phone.push(*practices)
    gone = {each["id"] for each in taken_back}
    assert {each["id"] for each in again if each["status"] == "voided"} == gone
    assert {each["status"] for each in again if each["id"] not in gone} == {"duplicate"}
    assert 32 <= await rows(clinic, phone.id) <= 40, "a practice that was taken back before it came is not kept"
    streak = await phone.get("/v1/me/streak")
    assert (streak["current"], streak["longest"], streak["grace_used"]) == (4, 4, 1)
    assert (streak["missed"], streak["adherence"]) == (["2026-06-03"], 0.8)
