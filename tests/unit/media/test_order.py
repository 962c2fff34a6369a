from support.media import exercise

from audio.timeline import Programme
from server.media.compile import cut_of
from server.media.order import Waiting
from server.media.schemas import Job

SILENT = Programme(title="", language="en", voice="babble", cues=())


class Now:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def job(name: str, length: str = "medium", *alt_variants: str) -> Job:
    cut = cut_of(exercise(name), "en", length, "babble", alt_variants)
    return Job(cut=cut, programme=SILENT, recipe="-".join((name, length, *alt_variants)))


def taken(waiting: Waiting) -> list[str]:
    return [job.recipe for job in iter(waiting.take, None)]


def all_jobs() -> list[Job]:
    return [
        job(name, length, *names)
        for name in ("a", "b")
        for names in (("no_baby",), ())
        for length in ("long", "short", "medium")
    ]


def test_base_cuts_come_first_medium_short_long_and_alt_variants_last() -> None:
    waiting = Waiting()
    waiting.add(all_jobs())
    base = ["a-medium", "b-medium", "a-short", "b-short", "a-long", "b-long"]
    assert taken(waiting) == base + [f"{name}-no_baby" for name in base]


def test_what_was_asked_for_comes_first_and_who_asked_first_is_served_first() -> None:
    waiting = Waiting()
    waiting.add(all_jobs())
    waiting.ask("b")
    waiting.ask("a")
    waiting.ask("b")
    assert taken(waiting)[:7] == ["b-medium", "b-short", "b-long", "a-medium", "a-short", "a-long", "b-medium-no_baby"]


def test_a_recipe_that_was_asked_for_comes_before_everything() -> None:
    waiting = Waiting()
    waiting.add(all_jobs())
    waiting.ask("b")
    waiting.ask("a-long-no_baby")
    assert taken(waiting)[:2] == ["a-long-no_baby", "b-medium"]


def test_asking_before_a_job_waits_counts_too() -> None:
    waiting = Waiting()
    waiting.ask("b")
    waiting.add(all_jobs())
    assert taken(waiting)[0] == "b-medium"


def test_a_delayed_job_is_not_taken_before_its_time() -> None:
    now = Now()
    waiting = Waiting(now)
    waiting.add([job("a")], delay_s=2)
    assert waiting.pause_s() == 2
    assert waiting.take() is None
    assert len(waiting) == 1
    now.s = 2.0
    assert waiting.pause_s() == 0
    assert taken(waiting) == ["a-medium"]
    assert waiting.pause_s() is None


def test_a_job_waits_only_once() -> None:
    waiting = Waiting()
    waiting.add([job("a"), job("a")])
    assert taken(waiting) == ["a-medium"]
