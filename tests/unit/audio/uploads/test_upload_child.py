"""The child that decodes can open nothing, whatever it is talked into; each defence has a control without it."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import settings
from support.recordings import encoded, spoken, wav

from audio.sound import RATE
from audio.uploads.decoding import Decoding
from audio.uploads.errors import UploadError
from audio.uploads.limits import LIMITS
from audio.uploads.magic import demuxer

SECOND = spoken()[RATE * 3 // 2 : RATE * 5 // 2]


@pytest.fixture
def playlist(tmp_path: Path) -> Path:
    """Return a playlist of somebody else's recording."""
    (tmp_path / "private.wav").write_bytes(wav(SECOND))
    (tmp_path / "list").write_text("ffconcat version 1.0\nfile private.wav\n")
    return tmp_path / "list"


def test_a_library_that_guesses_opens_the_file_of_a_playlist(playlist: Path) -> None:
    # Control: this is what is kept out below.
    with av.open(playlist) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == len(SECOND)


def test_we_do_not_guess(playlist: Path) -> None:
    with playlist.open("rb") as file:
        assert demuxer(file) is None


def test_the_child_opens_no_second_file_even_as_a_playlist(playlist: Path) -> None:
    with playlist.open("rb", buffering=0) as file, pytest.raises(UploadError) as refused:
        list(Decoding(file, "concat", LIMITS).sound())
    assert refused.value.code == "damaged"


TRIES = """
import os, socket, sys, tempfile
import av
import numpy as np
from audio.uploads.child import lock
tries = {
    "file": lambda: open(sys.argv[2]),
    "playlist": lambda: av.open(sys.argv[2]),
    "socket": socket.socket,
    "pipe": os.pipe,
    "memory": lambda: np.zeros(900_000_000, np.uint8),
    "writing": lambda: (os.ftruncate(0, 10), os.pwrite(0, b"x", 0)),
}
if sys.argv[1] == "locked":
    lock(10, 700_000_000)
for name, attempt in tries.items():
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    print(name)
"""


@pytest.mark.parametrize(
    "state, possible", [("locked", set()), ("free", {"file", "playlist", "socket", "pipe", "memory", "writing"})]
)
def test_after_the_lock_nothing_can_be_opened_or_written(
    playlist: Path, tmp_path: Path, state: str, possible: set[str]
) -> None:
    with (tmp_path / "written").open("w+b") as file:
        done = subprocess.run(  # noqa: S603 - this test's own program
            [sys.executable, "-c", TRIES, state, str(playlist)], stdin=file, capture_output=True, check=True, text=True
        )
    assert set(done.stdout.split()) == possible


KINDS = [
    ("wav", "pcm_f32le", 96_000),
    ("aiff", "pcm_s16be", 44_100),
    ("flac", "flac", 44_100),
    ("mp3", "libmp3lame", 44_100),
    ("ogg", "vorbis", 44_100),
    ("ipod", "aac", 44_100),
    ("webm", "libopus", 48_000),
]
if settings.get_current_profile_name() == "chaos":
    KINDS += [
        ("wav", "pcm_s16le", 48_000),
        ("wav", "pcm_s24le", 44_100),
        ("caf", "pcm_s16le", 48_000),
        ("ogg", "libopus", 48_000),
        ("ipod", "alac", 48_000),
        ("mov", "pcm_s16le", 8_000),
    ]


@pytest.mark.parametrize("container, encoder, rate", KINDS)
def test_what_recorders_make_is_read(tmp_path: Path, container: str, encoder: str, rate: int) -> None:
    path = tmp_path / "sent"
    path.write_bytes(encoded(SECOND, container, encoder, rate=rate))
    with path.open("rb", buffering=0) as file:
        decoding = Decoding(file, demuxer(file) or "", LIMITS)
        sound = np.concatenate(list(decoding.sound()))
    assert len(sound) == pytest.approx(len(SECOND), abs=RATE // 15)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(np.sqrt(np.mean(SECOND**2)), rel=0.15)
    assert decoding.told.declared_ms == pytest.approx(1000, abs=70)
    assert decoding.told.clipped_runs == 0


def test_clipped_runs_are_counted_before_anything_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    sound = SECOND.copy()
    for after in range(3):
        sound[1000 + after : -1000 : 2000] = 1.0
    sound[2000:-1000:2000] = 1.0
    path.write_bytes(wav(sound))
    with path.open("rb", buffering=0) as file:
        decoding = Decoding(file, "wav", LIMITS)
        assert sum(map(len, decoding.sound())) == len(sound)
    assert decoding.told.clipped_runs == 23, "single samples at full scale are no runs"
