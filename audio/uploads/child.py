"""The child that decodes: a stranger's file is its standard input, and its limits are set before a byte of it is read.

It writes mono float32 at 48 kHz to its standard output, and `READY` and then `Told` or `Refused` to its standard error.
After `lock` no file, socket or pipe can be opened by anybody in the process, whatever a file talks libav into.
"""

import os
import resource
import struct
import sys
from io import BytesIO

import av
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.codeccontext
import av.video.stream
import msgspec
from msgspec import Struct

from audio.sound import RATE
from audio.uploads.reading import RefusedError, Told, decode

READY = b"ready\n"
"""What is told before anything is read: without it the child failed by itself, and no file is to blame."""
_STANDARD_FILES = 3
_REHEARSAL = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + 200, b"WAVE", b"fmt ", 16, 1, 1, RATE * 2, RATE * 4, 2, 16, b"data", 200
) + bytes(200)
"""A hundred samples of silence, as WAV."""


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """Why the file is not read on: a code of `errors.py`."""

    code: str


def main(demuxer: str, cpu_seconds: int, address_bytes: int) -> None:
    """Decode standard input to standard output."""
    av.logging.set_level(None)
    # Whoever imports when it is first needed finds no file to open afterwards, so all is used once before.
    decode(BytesIO(_REHEARSAL), "wav", BytesIO())
    lock(cpu_seconds, address_bytes)
    os.write(sys.stderr.fileno(), READY)
    os.write(sys.stderr.fileno(), msgspec.json.encode(_outcome(demuxer)))


def _outcome(demuxer: str) -> Told | Refused:
    source = os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    sink = os.fdopen(sys.stdout.fileno(), "wb", buffering=0, closefd=False)
    try:
        return decode(source, demuxer, sink)
    except RefusedError as error:
        return Refused(code=error.code)
    except MemoryError:
        return Refused(code="out_of_memory")
    except (av.FFmpegError, OSError, ValueError, OverflowError):
        return Refused(code="damaged")


def lock(cpu_seconds: int, address_bytes: int) -> None:
    """Set the limits of this process, for good; a superuser's number of processes is bounded by nothing."""
    for limit, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, address_bytes, address_bytes),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_NOFILE, _STANDARD_FILES, _STANDARD_FILES),
    ):
        _, allowed = resource.getrlimit(limit)
        most = hard if allowed == resource.RLIM_INFINITY else min(hard, allowed)
        resource.setrlimit(limit, (min(soft, most), most))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
