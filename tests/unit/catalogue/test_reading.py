from support.catalogue import CONTENT, ROOM, WAVE, exercises_of, take_of

from server.catalogue.reading import reading
from server.catalogue.schemas import Exercise
from server.catalogue.vocabulary import AltVariant, Length

SHIPPED = {one.slug: one for one in exercises_of(CONTENT)}


def page(exercise: Exercise, length: Length = "medium", *alts: AltVariant) -> list[str]:
    return list(reading(exercise, "en", length, frozenset(alts), lambda _: None))


def test_every_line_stands_under_its_step_with_the_time_at_which_it_starts() -> None:
    lines = page(SHIPPED[ROOM])
    assert lines[:3] == ["Here, in this room · en · medium", "No clinician has reviewed these words.", ""]
    assert lines[3] == "Arrive"
    take = take_of(CONTENT, ROOM, "medium")
    timed = [line for line in lines if line[2:3] == ":"]
    assert [line[7:] for line in timed[:-1]] == [cue.text for cue in take.cues]
    assert [60 * int(line[:2]) + int(line[3:5]) for line in timed[:-1]] == [int(cue.at) for cue in take.cues]
    assert timed[-1] == " 4:00  The end; 4:00 was declared."
    assert lines[-2] == f"After: {SHIPPED[ROOM].words['en'].front.aftercare}"


def test_a_breath_says_its_pace_with_its_words_or_alone() -> None:
    lines = page(SHIPPED[WAVE])
    assert any(line.endswith("  (in 3, out 4) In, two, three. Out, two, three, four.") for line in lines)
    assert any(line.endswith("  (in 3, out 4)") for line in lines)


def test_lengths_and_variants_have_their_own_words_and_are_named() -> None:
    assert page(SHIPPED[WAVE], "short", "no_baby")[0].endswith(" · en · short+no_baby")
    assert page(SHIPPED[WAVE], "short") != page(SHIPPED[WAVE], "long")
    assert any("pregnancy" in line for line in page(SHIPPED[WAVE]))
    assert not any("pregnancy" in line for line in page(SHIPPED[WAVE], "medium", "no_baby"))


def test_a_notice_stands_before_the_script() -> None:
    notice = SHIPPED[WAVE].words["en"].front.notice
    assert page(SHIPPED[WAVE])[2] == f"Before: {notice}"


def test_lines_without_a_clip_are_counted_and_those_with_one_take_their_time() -> None:
    assert page(SHIPPED[ROOM])[-1].startswith("Nobody has narrated ")
    narrated = list(reading(SHIPPED[ROOM], "en", "medium", frozenset(), lambda _: 10.0))
    assert narrated[-1].startswith("After: ")
    assert narrated[5].startswith(" 0:12  ")
