from msgspec.structs import replace
from support.media import exercise

from server.catalogue.census import census


def test_each_exercise_counts_once_in_each_of_its_tracks_phases_and_languages() -> None:
    one = exercise("one-wave")
    two = replace(
        exercise("two-waves"), tracks=("anxiety", "trauma"), words={"en": one.words["en"], "es": one.words["en"]}
    )
    counts = census([one, two])
    assert counts["language"] == {"en": 2, "es": 1}
    assert counts["technique"] == {"grounding": 0, "breathing": 2, "body_scan": 0}
    assert {track: count for track, count in counts["track"].items() if count} == {"trauma": 1, "anxiety": 2}
    assert {phase: count for phase, count in counts["phase"].items() if count} == {"integration": 2}
    assert counts["load"] == {"1": 0, "2": 2, "3": 0, "4": 0, "5": 0}


def test_without_exercises_there_is_nothing_of_anything() -> None:
    counts = census([])
    assert counts.pop("language") == {}
    assert {count for kind in counts.values() for count in kind.values()} == {0}
