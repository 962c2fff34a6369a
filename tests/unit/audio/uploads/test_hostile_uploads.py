"""Files that no recorder makes: refused in a sentence or taken without harm, and nothing of them stays."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.hostile_recordings import CORPUS, HARMLESS, RARE

from audio.sound import RATE
from audio.uploads.decoding import Decoding
from audio.uploads.errors import CODES, UploadError
from audio.uploads.limits import Limits
from audio.uploads.magic import demuxer
from audio.uploads.receive import Take, receive

LONG = settings.get_current_profile_name() == "chaos"
SHORT = Limits(max_seconds=30)
MOST_S = 20
MOST_KB = 300_000
FILES = {"programme.m4a", "programme.ogg", "programme-low.ogg", "programme.flac"}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def sent(content: bytes, into: Path, limits: Limits = SHORT) -> Take:
    (into.parent / "sent").write_bytes(content)
    return receive(into.parent / "sent", into, title="A practice", language="en", lines=(), limits=limits)


@pytest.mark.parametrize("name", [name for name in CORPUS if LONG or name not in RARE])
def test_a_hostile_file_ends_in_one_sentence_and_leaves_nothing(name: str, into: Path) -> None:
    code, build = CORPUS[name]
    content = build()
    started = time.monotonic()
    with pytest.raises(UploadError) as refused:
        sent(content, into)
    assert time.monotonic() - started < MOST_S
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in HARMLESS if LONG or name not in RARE])
def test_an_odd_file_is_taken_and_nothing_but_its_sound_is_kept(name: str, into: Path) -> None:
    warning, build = HARMLESS[name]
    content = build()
    take = sent(content, into)
    assert warning == " ".join(each.code for each in take.report.warnings if each.code == "length_differs")
    assert {path.name for path in into.iterdir()} == FILES
    assert b"payload" in content or name != "a WAV that is a zip as well"
    assert not any(b"payload" in path.read_bytes() for path in into.iterdir())


def test_the_corpus_has_at_least_twenty_five_kinds() -> None:
    assert len(CORPUS) + len(HARMLESS) >= 50
    assert {code for code, _ in CORPUS.values()} < CODES


def test_a_file_over_the_limit_is_not_opened(into: Path) -> None:
    with pytest.raises(UploadError) as refused:
        sent(bytes(2000), into, Limits(max_bytes=1999))
    assert refused.value.code == "too_large"


def test_who_takes_too_long_is_ended(into: Path) -> None:
    with pytest.raises(UploadError) as refused:
        sent(CORPUS["a FLAC that hides how long its silence is"][1](), into, Limits(wall_seconds=0.02))
    assert refused.value.code == "took_too_long"
    assert list(into.iterdir()) == []


def test_who_computes_too_long_is_ended(into: Path) -> None:
    with pytest.raises(UploadError) as refused:
        sent(HARMLESS["a tag of sixteen megabytes"][1](), into, Limits(cpu_seconds=1))
    assert refused.value.code == "took_too_long"


def test_who_needs_too_much_memory_is_refused(into: Path) -> None:
    with pytest.raises(UploadError) as refused:
        sent(HARMLESS["a tag of sixteen megabytes"][1](), into, Limits(address_bytes=240_000_000))
    assert refused.value.code == "out_of_memory"


def test_a_child_that_fails_by_itself_blames_no_file(into: Path) -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        sent(HARMLESS["a WAV that is a zip as well"][1](), into, Limits(cpu_seconds=2**80))
    assert list(into.iterdir()) == []


changes = st.lists(
    st.tuples(st.floats(0, 1), st.booleans(), st.binary(min_size=1, max_size=4)), min_size=1, max_size=20
)


@settings(max_examples=400 if LONG else 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(set(HARMLESS) - RARE)), changes)
def test_a_changed_file_is_decoded_or_refused(
    tmp_path: Path, name: str, changed: list[tuple[float, bool, bytes]]
) -> None:
    content = bytearray(HARMLESS[name][1]())
    for place, in_head, put in changed:
        at = int(place * (min(600, len(content)) if in_head else len(content)))
        content[at : at + len(put)] = put
    (tmp_path / "changed").write_bytes(content)
    with (tmp_path / "changed").open("rb", buffering=0) as file, suppress(UploadError):
        sound = list(Decoding(file, demuxer(file) or "mp3", SHORT).sound())
        assert sum(map(len, sound)) <= SHORT.max_seconds * RATE


def test_memory_is_bounded_on_both_sides(tmp_path: Path) -> None:
    """Measured in the child of a small process: a process begins with the peak of who started it."""
    heaviest = {**CORPUS, **HARMLESS}
    paths = []
    for name in ("a FLAC that hides how long its silence is", "an Ogg whose comments say they are two gigabytes"):
        paths.append(tmp_path / str(len(paths)))
        paths[-1].write_bytes(heaviest[name][1]())
    command = [sys.executable, "-c", BETWEEN, MEASURE, str(tmp_path), *map(str, paths)]
    measured = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - this test's own program
    own, child = json.loads(measured.stdout)
    assert 0 < child < MOST_KB
    assert 0 < own < MOST_KB


BETWEEN = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', *sys.argv[1:]]))"
MEASURE = """
import json, resource, sys
from pathlib import Path
from audio.uploads.errors import UploadError
from audio.uploads.limits import Limits
from audio.uploads.receive import receive
into = Path(sys.argv[1], "into")
into.mkdir()
for path in sys.argv[2:]:
    try:
        receive(Path(path), into, title="", language="en", lines=(), limits=Limits(max_seconds=30))
    except UploadError:
        continue
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps(peaks))
"""
