import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from support.media import VOICE, QuickStudio, draft, exercise, media_in, render_here, renders, until

from server.catalogue.schemas import LENGTHS
from server.media import queue as queue_module
from server.media.compile import cut_of, draft_of
from server.media.service import Media
from server.media.store import file_name
from server.media.workshop import claim, workshop_of


@asynccontextmanager
async def serving(media: Media) -> AsyncIterator[Media]:
    async with media.lifespan(None):
        yield media


def all_ready(media: Media) -> bool:
    audio = [each for item in media.exercises.values() for each in media.audio_of(item, "en")]
    return all(each.status == "ready" for each in audio)


async def test_what_is_missing_is_rendered_in_the_background_and_each_score_once(tmp_path: Path) -> None:
    async with serving(media_in(tmp_path)) as media:
        assert {each.status for each in media.audio_of(exercise(), "en")} == {"preparing"}
        await until(lambda: all_ready(media))
        assert len(media.audio_of(exercise(), "en")) == 9
    assert len(renders(tmp_path / "diary")) == len(set(renders(tmp_path / "diary"))) == 6
    assert not list(workshop_of(tmp_path / "audio").iterdir())


async def test_what_is_rendered_is_not_rendered_again_and_is_ready_at_once(tmp_path: Path) -> None:
    render_here(media_in(tmp_path), QuickStudio(diary=tmp_path / "diary"))
    async with serving(media_in(tmp_path)) as media:
        assert all_ready(media)
        await until(lambda: media.queue.recipe_of(draft().score) is not None)
    assert len(renders(tmp_path / "diary")) == 6


async def test_after_a_new_mix_everything_is_rendered_anew_while_the_old_one_is_still_heard(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    render_here(media_in(tmp_path), QuickStudio(diary=diary))
    async with serving(media_in(tmp_path, studio=QuickStudio(diary=diary, take=2))) as media:
        assert all_ready(media)
        old = media.audio_of(exercise(), "en")
        await until(lambda: len(renders(diary)) == 12)
        await until(lambda: not set(media.audio_of(exercise(), "en")) & set(old))
        assert all_ready(media)


@pytest.mark.parametrize("damage", ["missing", "truncated", "intact"])
async def test_a_missing_or_truncated_file_is_rendered_again(tmp_path: Path, damage: str) -> None:
    media = media_in(tmp_path)
    render_here(media, QuickStudio(diary=tmp_path / "diary"))
    media.renditions.load()
    path = tmp_path / "audio" / file_name(media.audio_of(exercise(), "en")[0].files[0].sha256)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(whole[:-1])
    async with serving(media_in(tmp_path)) as media:
        assert (media.audio_of(exercise(), "en")[0].status == "ready") is (damage == "intact")
        await until(lambda: media.queue.recipe_of(draft().score) is not None and all_ready(media))
    assert path.read_bytes() == whole
    assert len(renders(tmp_path / "diary")) == (6 if damage == "intact" else 7)


async def test_what_is_asked_for_is_rendered_first(tmp_path: Path) -> None:
    items = [exercise(slug, alt_variants=()) for slug in ("a-first", "b-second", "c-third")]
    media = media_in(tmp_path, *items)
    media.audio_of(items[2], "en")
    async with serving(media):
        await until(lambda: all_ready(media))
    recipe = QuickStudio(diary=tmp_path / "diary").recipe
    medium, short = (
        recipe(draft_of(items[2], cut_of(items[2], "en", length, VOICE)).programme) for length in LENGTHS[1::-1]
    )
    order = renders(tmp_path / "diary")
    assert order[:2] == [medium, short]
    assert len(order) == 6


async def test_control_without_a_request_the_exercises_keep_their_order(tmp_path: Path) -> None:
    items = [exercise(slug, alt_variants=()) for slug in ("a-first", "b-second", "c-third")]
    async with serving(media_in(tmp_path, *items)) as media:
        await until(lambda: len(media.renditions) == 6)
    recipe = QuickStudio(diary=tmp_path / "diary").recipe
    mediums = [recipe(draft_of(item, cut_of(item, "en", "medium", VOICE)).programme) for item in items]
    assert renders(tmp_path / "diary")[:3] == mediums


async def test_two_servers_on_one_folder_render_each_cut_once_and_both_serve_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "ELSEWHERE_S", 0.05)
    studio = QuickStudio(diary=tmp_path / "diary", takes_s=0.05)
    async with serving(media_in(tmp_path, studio=studio)) as one, serving(media_in(tmp_path, studio=studio)) as two:
        await until(lambda: all_ready(one) and all_ready(two))
    assert len(renders(tmp_path / "diary")) == 6
    assert len({line.split()[1] for line in (tmp_path / "diary").read_text().splitlines()}) <= 2


async def test_while_another_process_renders_a_cut_the_others_go_on(tmp_path: Path) -> None:
    media = media_in(tmp_path)
    recipe = QuickStudio(diary=tmp_path / "diary").recipe(draft().programme)
    with claim(workshop_of(tmp_path / "audio"), recipe) as room:
        assert room is not None
        async with serving(media):
            await until(lambda: len(renders(tmp_path / "diary")) == 5)
            assert recipe not in renders(tmp_path / "diary")


async def test_a_killed_worker_leaves_nothing_half_and_what_it_did_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "ATTEMPTS", 100)
    monkeypatch.setattr(queue_module, "LONGEST_BACK_OFF_S", 0.01)
    bomb = tmp_path / "bomb"
    bomb.touch()
    studio = QuickStudio(diary=tmp_path / "diary", killed_by=bomb)
    with structlog.testing.capture_logs() as logs:
        async with serving(media_in(tmp_path, exercise(alt_variants=()), studio=studio)) as media:
            await until(lambda: len(renders(tmp_path / "diary")) >= 2)
            assert not list((tmp_path / "audio").glob("files/*/*"))
            assert not list((tmp_path / "audio").glob("recipes/*"))
            assert {each.status for each in media.audio_of(exercise(alt_variants=()), "en")} == {"preparing"}
            bomb.unlink()
            await until(lambda: all_ready(media))
    assert [log["event"] for log in logs].count("rendering interrupted") == 1
    assert not list(workshop_of(tmp_path / "audio").iterdir())


async def test_a_cut_that_kills_its_worker_three_times_is_given_up_and_the_others_are_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "LONGEST_BACK_OFF_S", 0.01)
    bomb = tmp_path / "bomb"
    bomb.touch()
    studio = QuickStudio(diary=tmp_path / "diary", killed_by=bomb)
    async with serving(media_in(tmp_path, exercise(alt_variants=()), studio=studio)) as media:
        await until(lambda: len(renders(tmp_path / "diary")) == 3)
        bomb.unlink()
        await until(lambda: len(renders(tmp_path / "diary")) == 4)
        await until(lambda: len(media.renditions) == 1)
        audio = media.audio_of(exercise(alt_variants=()), "en")
        assert {each.length: each.status for each in audio} == {"short": "ready"}, "nothing is being prepared any more"


async def test_an_exercise_that_nobody_has_narrated_is_practised_by_its_text_from_the_first_moment(
    tmp_path: Path,
) -> None:
    items = [exercise(slug, alt_variants=()) for slug in ("never-said", "small-wave", "also-never")]
    silent = frozenset({"Hello from never-said.", "Hello from also-never.", "Hello."})
    studio = QuickStudio(diary=tmp_path / "diary", silent=silent)
    with structlog.testing.capture_logs() as logs:
        media = media_in(tmp_path, *items, studio=studio)
        heard = [[each.length for each in media.audio_of(item, "en")] for item in items]
        assert heard == [[], ["medium", "long"], []]
        async with serving(media):
            await until(lambda: len(media.renditions) == 1)
            assert [[each.length for each in media.audio_of(item, "en")] for item in items] == heard
            assert all_ready(media)
    assert len(renders(tmp_path / "diary")) == 1
    told = [log for log in logs if log["event"] != "audio rendered"]
    assert [(log["event"], log["without_narration"], log["partly"]) for log in told] == [
        ("practised by text", 2, ("small-wave",))
    ]


async def test_where_everything_is_narrated_nothing_is_told_of_it(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with serving(media_in(tmp_path, exercise(alt_variants=()))) as media:
            await until(lambda: all_ready(media))
    assert {log["event"] for log in logs} == {"audio rendered"}


async def test_a_cut_that_cannot_be_laid_out_is_logged_once_without_words_and_left_out(tmp_path: Path) -> None:
    studio = QuickStudio(diary=tmp_path / "diary", impossible=frozenset({"Hello."}))
    with structlog.testing.capture_logs() as logs:
        async with serving(media_in(tmp_path, exercise(alt_variants=()), studio=studio)) as media:
            await until(lambda: len(media.renditions) == 1)
            assert [each.length for each in media.audio_of(exercise(alt_variants=()), "en")] == ["medium", "long"]
            assert all_ready(media)
    impossible = [log for log in logs if log["event"] == "audio impossible"]
    assert [(log["length"], log["reason"]) for log in impossible] == [("short", "A breath is too short for its words.")]


async def test_the_server_ends_at_once_with_a_render_under_way_and_leaves_no_worker(tmp_path: Path) -> None:
    studio = QuickStudio(diary=tmp_path / "diary", takes_s=60)
    async with asyncio.timeout(30):
        async with serving(media_in(tmp_path, studio=studio)):
            await until(lambda: len(renders(tmp_path / "diary")) == 1)
    worker = int((tmp_path / "diary").read_text().split()[1])
    with pytest.raises(ProcessLookupError):
        os.kill(worker, signal.SIG_DFL)
    assert not list((tmp_path / "audio").glob("recipes/*"))
