from pathlib import Path

import pytest
from support.media import VOICE, QuickStudio, exercise, media_in, render_here, renders

from server.media.batch import Broken, Checked, Tally, check_all, render_all, withdraw
from server.media.place import Place
from server.media.schemas import Unnarrated
from server.media.service import Media

ALL_SAID = Unnarrated(exercises=(), partly=())


def media(folder: Path, studio: QuickStudio | None = None, voices: tuple[str, ...] = (VOICE,)) -> Media:
    items = [exercise("one-wave"), exercise("two-waves", alt_variants=())]
    studio = studio or QuickStudio(diary=folder / "diary")
    return Media(
        Place(folder=folder / "audio"), {each.slug: each for each in items}, {"en": voices}, studio, processes=2
    )


def test_everything_is_rendered_once_and_progress_is_told(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    tally = render_all(media(tmp_path), progress=lambda done, total: heard.append((done, total)))
    assert tally == Tally(rendered=8, ready=0, impossible=0, unnarrated=ALL_SAID)
    assert heard == [(done, 8) for done in range(9)]
    assert len(set(renders(tmp_path / "diary"))) == len(renders(tmp_path / "diary")) == 8
    assert render_all(media(tmp_path)) == Tally(rendered=0, ready=8, impossible=0, unnarrated=ALL_SAID)


def test_only_the_named_exercises_are_rendered(tmp_path: Path) -> None:
    assert render_all(media(tmp_path), only=["two-waves"]) == Tally(
        rendered=2, ready=0, impossible=0, unnarrated=ALL_SAID
    )


def test_an_unknown_slug_is_an_error_and_renders_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no-such"):
        render_all(media(tmp_path), only=["no-such"])
    assert renders(tmp_path / "diary") == []


def test_what_has_no_narration_is_named_and_is_no_failure(tmp_path: Path) -> None:
    studio = QuickStudio(diary=tmp_path / "diary", silent=frozenset({"Hello from one-wave.", "Hello."}))
    lacking = Unnarrated(exercises=("one-wave",), partly=("two-waves",))
    assert render_all(media(tmp_path, studio)) == Tally(rendered=1, ready=0, impossible=0, unnarrated=lacking)


def test_what_one_voice_says_is_narrated_though_another_does_not(tmp_path: Path) -> None:
    studio = QuickStudio(diary=tmp_path / "diary", mute=frozenset({"second"}))
    tally = render_all(media(tmp_path, studio, (VOICE, "second")))
    assert tally == Tally(rendered=8, ready=0, impossible=0, unnarrated=ALL_SAID)
    nobody = QuickStudio(diary=tmp_path / "diary", mute=frozenset({"second", VOICE}))
    assert render_all(media(tmp_path, nobody, (VOICE, "second"))).unnarrated.exercises == ("one-wave", "two-waves")


def test_what_cannot_be_rendered_is_counted(tmp_path: Path) -> None:
    studio = QuickStudio(diary=tmp_path / "diary", impossible=frozenset({"Hello."}))
    tally = render_all(media(tmp_path, studio), only=["two-waves"])
    assert tally == Tally(rendered=1, ready=0, impossible=1, unnarrated=ALL_SAID)


def test_the_server_finds_what_was_rendered(tmp_path: Path) -> None:
    render_all(media(tmp_path))
    served = media_in(tmp_path, exercise("one-wave"))
    served.renditions.load()
    assert {each.status for each in served.audio_of(exercise("one-wave"), "en")} == {"ready"}


def test_what_is_rendered_is_listened_to_and_what_is_not_is_counted(tmp_path: Path) -> None:
    render_all(media(tmp_path), only=["two-waves"])
    heard: list[tuple[int, int]] = []
    checked = check_all(media(tmp_path), progress=lambda done, total: heard.append((done, total)))
    assert checked == Checked(listened=2, broken=(), lacking=6)
    assert heard == [(1, 2), (2, 2)]


def test_a_rendition_that_breaks_a_promise_is_named_by_its_cut(tmp_path: Path) -> None:
    made = media(tmp_path)
    render_all(made, only=["two-waves"])
    lost = next(iter((tmp_path / "audio" / "files").rglob("[0-9a-f]" * 64)))
    lost.unlink()
    (broken,) = check_all(media(tmp_path), only=["two-waves"]).broken
    assert isinstance(broken, Broken)
    assert (broken.cut.slug, broken.fault.partition(": ")[2]) == ("two-waves", "The file is missing.")
    with pytest.raises(KeyError):
        check_all(media(tmp_path), only=["no-such"])


def test_what_is_heard_to_break_a_promise_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    made = media(tmp_path, QuickStudio(diary=tmp_path / "diary", clicking=frozenset({"two-waves"})))
    assert render_all(made) == Tally(rendered=6, ready=0, impossible=2, unnarrated=ALL_SAID)
    assert len(made.store.recipes()) == 6
    assert len(made.store.sizes()) == 12
    listed = [each.status for each in made.audio_of(exercise("two-waves", alt_variants=()), "en")]
    assert listed == []
    assert {each.status for each in made.audio_of(exercise("one-wave"), "en")} == {"ready"}, "control"


def broken(made: Media, slug: str, length: str) -> list[Broken]:
    made.renditions.load()
    cuts = [cut for cut in made.drafts.cuts([slug]) if cut.length == length and not cut.alt_variants]
    renditions = [made.renditions.made(made.drafts.draft(cut).score) for cut in cuts]
    return [
        Broken(cut=cut, rendition=each, fault="aac: It clicks.")
        for cut, each in zip(cuts, renditions, strict=True)
        if each
    ]


def test_what_is_withdrawn_is_heard_by_nobody_and_made_again_and_nothing_else_is(tmp_path: Path) -> None:
    made = media(tmp_path)
    render_here(made, QuickStudio(diary=tmp_path / "diary"))
    withdraw(made, broken(made, "two-waves", "short") * 2)
    assert (len(made.store.recipes()), len(made.store.sizes())) == (7, 14)
    statuses = [each.status for each in made.audio_of(exercise("two-waves", alt_variants=()), "en")]
    assert statuses == ["preparing", "ready", "ready"]
    assert render_all(made) == Tally(rendered=1, ready=7, impossible=0, unnarrated=ALL_SAID)
    withdraw(made, ())
    assert len(made.store.recipes()) == 8, "control: without a broken promise nothing goes"


def test_what_breaks_it_again_stays_away(tmp_path: Path) -> None:
    render_here(media(tmp_path), QuickStudio(diary=tmp_path / "diary"))
    made = media(tmp_path, QuickStudio(diary=tmp_path / "diary", clicking=frozenset({"two-waves"})))
    withdraw(made, broken(made, "two-waves", "short"))
    assert render_all(made, only=["two-waves"]) == Tally(rendered=0, ready=1, impossible=1, unnarrated=ALL_SAID)
    assert [each.length for each in made.audio_of(exercise("two-waves", alt_variants=()), "en")] == ["medium", "long"]
