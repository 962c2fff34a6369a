from pathlib import Path

from support.catalogue import WAVE, Folder, exercises_of

from server.catalogue.schemas import Line, PacedBreaths
from server.catalogue.snapshot import script_of


def test_a_length_has_its_own_steps_and_words(tmp_path: Path) -> None:
    (wave,) = exercises_of(Folder(tmp_path, WAVE).path)
    short = script_of(wave, "en", "short", frozenset())
    assert [step.id for step in short.steps] == ["arrive", "own-pace", "three-and-four", "return"]
    assert short.steps[0].items[0] == Line(
        say="Hello. This is Soft Wave, a breathing practice of about three minutes.", pause_s=2
    )


def test_a_list_under_a_paced_step_becomes_its_breaths(tmp_path: Path) -> None:
    (wave,) = exercises_of(Folder(tmp_path, WAVE).path)
    step = next(s for s in script_of(wave, "en", "medium", frozenset()).steps if s.id == "three-and-four")
    breaths = next(item for item in step.items if isinstance(item, PacedBreaths))
    count = "In, two, three. Out, two, three, four."
    assert breaths.overlay == (count, count, "", "Let it be small.", "")
    assert (breaths.inhale, breaths.hold, breaths.exhale, breaths.hold2, breaths.cycle_s) == (3, 0, 4, 0, 7)


def test_an_alt_variant_swaps_steps_and_lines_together(tmp_path: Path) -> None:
    (wave,) = exercises_of(Folder(tmp_path, WAVE).path)
    script = script_of(wave, "en", "medium", frozenset({"no_baby", "own_pace"}))
    assert "three-and-four" not in [step.id for step in script.steps]
    said = " ".join(item.say for step in script.steps for item in step.items if isinstance(item, Line))
    assert "pregnancy" not in said
    assert "Some days there is less room for breath." in said


def test_a_line_is_left_out_where_the_file_says_so_and_the_last_replacement_wins(tmp_path: Path) -> None:
    folder = Folder(tmp_path, WAVE)
    folder.replace(
        f"exercises/{WAVE}/en.md",
        "> no_baby: Some days there is less room for breath. Small breaths are fine. [7 s]",
        "> no_baby: (left out)\n> own_pace: Own\n> words. [1.5 s]",
    )
    (wave,) = exercises_of(folder.path)

    def lines(*alts: str) -> list[Line]:
        script = script_of(wave, "en", "medium", frozenset(alts))  # type: ignore[arg-type]  # names of the fixture
        return [item for step in script.steps if step.id == "own-pace" for item in step.items if isinstance(item, Line)]

    assert len(lines()) - 1 == len(lines("no_baby"))
    assert Line(say="Own words.", pause_s=1.5) in lines("no_baby", "own_pace")
