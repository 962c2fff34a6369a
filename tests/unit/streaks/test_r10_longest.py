import pytest
from support.streak_cases import answered, case

from server.practice.streaks.runs import measure_runs


@pytest.mark.parametrize("pattern,longest", [("", 0), ("MM", 0), ("PPPMMPP", 3), ("PPMPPMMP", 4), ("MPPPPPPPM", 7)])
def test_the_longest_run_is_the_best_over_every_end_date(pattern: str, longest: int) -> None:
    assert measure_runs([day == "P" for day in pattern], 1, 7).longest == longest


def test_it_stands_when_the_run_has_ended_and_falls_with_a_void() -> None:
    given = case(1, 2, 3, now=9)
    assert (answered(given)["current"], answered(given)["longest"]) == (0, 3)
    assert answered(given | {"voids": ["c02"]})["longest"] == 2
