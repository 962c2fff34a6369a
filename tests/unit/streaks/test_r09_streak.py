import pytest

from server.practice.streaks.runs import measure_runs


def current(pattern: str, grace: int = 1) -> int:
    return measure_runs([day == "P" for day in pattern], grace, 7).current


@pytest.mark.parametrize(
    "pattern,grace,value",
    [
        ("", 1, 0),
        ("PPP", 1, 3),
        ("M", 1, 0),
        ("PPM", 1, 2),
        ("PPMM", 1, 0),
        ("PPM", 0, 0),
        ("PPPMPPPPPMP", 1, 6),
        ("PPPMPPPPPPMP", 1, 10),
        ("PPPMMP", 2, 4),
        ("PPPMMPM", 2, 1),
        ("PPPMPMPPPPMPP", 2, 10),
        ("PPPMPMPPPMPP", 2, 6),
    ],
)
def test_a_run_reaches_back_while_every_window_holds(pattern: str, grace: int, value: int) -> None:
    assert current(pattern, grace) == value


def test_a_window_that_is_cut_off_by_the_beginning_of_the_run_holds_as_well() -> None:
    assert current("PPPPPMMP") == 1


def test_misses_used_are_those_among_the_last_seven_counted_dates() -> None:
    assert measure_runs([c == "P" for c in "MPPPPPPP"], 1, 7).grace_used == 0
    assert measure_runs([c == "P" for c in "MPPPPPP"], 1, 7).grace_used == 1
    assert measure_runs([c == "P" for c in "PPMMP"], 1, 7).grace_used == 2


def test_no_misses_are_used_without_a_run() -> None:
    assert measure_runs([c == "P" for c in "PPMM"], 1, 7).grace_used == 0
