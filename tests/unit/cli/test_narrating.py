"""`groundwork narrate`: what it says where there is nothing to be made, and where it cannot."""

from support.catalogue import CONTENT
from support.copies import invoke
from support.server import groundwork

from server.catalogue.snapshot import load_snapshot
from server.cli.narrating import sentences_of


def test_who_has_said_everything_is_asked_for_nothing_and_needs_no_engine() -> None:
    answered = groundwork("narrate", "land-now", "soft-landing")
    assert (answered.returncode, answered.stdout.strip()) == (0, "0 made, 0 failed.")


def test_an_unknown_exercise_or_voice_is_told_in_a_sentence() -> None:
    for arguments, sentence in (
        (("no-such-exercise",), "The catalogue has no such exercise."),
        (("land-now", "--voice", "nobody"), "voices.toml has no voice nobody"),
    ):
        answered = invoke("narrate", *arguments)
        assert (answered.exit_code, type(answered.exception)) == (1, SystemExit)
        assert answered.stderr.strip().startswith(sentence)


def test_a_voice_says_its_own_language_in_every_length_and_variant_and_nothing_else() -> None:
    exercises = load_snapshot(CONTENT).exercises
    land_now, spanish = exercises["land-now"], [each for each in exercises.values() if "es" in each.words]
    english = set(sentences_of([land_now], "en", "af_heart"))
    assert len(english) > 20
    assert set(sentences_of(spanish, "es", "ef_dora")).isdisjoint(english)
    assert list(sentences_of([land_now], "fr", "nobody")) == []
