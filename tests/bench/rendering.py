"""A programme composed, encoded and delivered beside real time, and beside pydub as a user would write it."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import msgspec
from bench.composing import Took
from bench.rows import Row, at_least, at_most
from msgspec import structs
from support.catalogue import CONTENT
from support.server import ROOT

from audio.timeline import Programme, layout
from audio.voices.recorded import Recorded
from server.catalogue.snapshot import load_snapshot
from server.media.compile import cuts_of, draft_of

SLUG, VOICE = "easy-six", "af_heart"
MINUTES, HOUR = 10, 60
ROUNDS = 3
COMPOSED_X, ENCODED_X = 300, 90
MEMORY_MB = 200


def rendering() -> Iterator[Row]:
    """Make ten minutes in each way, an hour of them in one, and read what the kernel counted."""
    alone = [_made("composed", MINUTES) for _ in range(ROUNDS)]
    yield _speed("compose 10 minutes, one core", [took.sound_s / took.cpu_s for took in alone], COMPOSED_X)
    naive = _made("naive", MINUTES)
    pairs = [_made("encoded", MINUTES, at_once=2) for _ in range(ROUNDS)]
    yield _speed(
        "Opus and AAC of two programmes at once", [2 * took.sound_s / took.wall_s for took in pairs], ENCODED_X
    )
    yield Row(
        what="Opus and AAC of one, computed",
        measured=f"{pairs[-1].cpu_s:.1f} s",
        beside=f"naive pydub {naive.cpu_s:.1f} s",
        **at_least([naive.cpu_s / took.cpu_s for took in pairs], None),
    )
    served = _made("delivered", MINUTES)
    yield _speed("three files, decoded and measured, a core", [served.sound_s / served.cpu_s], None)
    yield from _memory(pairs[-1], _made("encoded", HOUR), naive)


def _speed(what: str, speeds: list[float], target: float | None) -> Row:
    return Row(what=what, measured="x real time", beside=f"{len(speeds)} rounds", **at_least(speeds, target))


def _memory(short: Took, long: Took, theirs: Took) -> Iterator[Row]:
    yield Row(
        what="peak memory at an hour, beside ten minutes",
        measured=f"{long.peak_mb:.0f} MB",
        beside=f"{short.peak_mb:.0f} MB",
        **at_most(long.peak_mb / short.peak_mb, 1.15),
    )
    yield Row(
        what="peak memory at an hour, beside 200 MB",
        measured=f"{long.peak_mb:.0f} MB",
        beside=f"naive pydub, ten minutes {theirs.peak_mb:.0f} MB",
        **at_most(long.peak_mb / MEMORY_MB, 1),
    )


def _made(way: str, minutes: int, at_once: int = 1) -> Took:
    """Make it in so many processes at once; return what the slowest took."""
    command = [sys.executable, "-m", "bench.composing", way]
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with ThreadPoolExecutor(at_once) as pool:
        told = [
            pool.submit(subprocess.run, command, input=said, env=environ, check=True, capture_output=True)
            for said in [msgspec.json.encode(_programme(minutes))] * at_once
        ]
    return max((msgspec.json.decode(each.result().stdout, type=Took) for each in told), key=lambda took: took.wall_s)


@lru_cache
def _programme(minutes: int) -> Programme:
    """Say a real exercise over and over, about so many minutes."""
    exercise = load_snapshot(CONTENT).exercises[SLUG]
    once = draft_of(exercise, cuts_of(exercise, "en", VOICE)[0]).programme
    recorded = Recorded(VOICE)
    lasts_ms = layout(once, lambda text: recorded.clip(text).duration_ms).duration_ms
    return structs.replace(once, cues=once.cues * round(minutes * 60_000 / lasts_ms))
