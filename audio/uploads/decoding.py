"""The parent's side of decoding: it starts the child, counts what comes, and ends it when a limit is reached."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from typing import IO, BinaryIO

import msgspec
import numpy as np

from audio.sound import RATE, Mono
from audio.uploads.child import READY, Refused
from audio.uploads.errors import CODES, UploadError
from audio.uploads.limits import Limits
from audio.uploads.reading import Told

_MOST_TOLD = 4096
_SAMPLE = 4
_FOR_TIME = {-signal.SIGXCPU}
_FOR_MEMORY = {-signal.SIGKILL, -signal.SIGABRT}
"""Killed by the system, or given up by an allocator that got nothing."""


class Decoding:
    """One file being decoded; `told` is there when its sound has been read to the end."""

    told: Told

    def __init__(self, source: BinaryIO, demuxer: str, limits: Limits) -> None:
        self._source = source
        self._demuxer = demuxer
        self._limits = limits
        self._late = False

    def sound(self) -> Iterator[Mono]:
        """Yield pieces of a second at 48 kHz, the last one shorter; every sample is finite.

        Raises:
            UploadError: the file is refused, or a limit was reached; whatever came before is to be thrown away.
            RuntimeError: no child can be started on this machine.
        """
        self._source.seek(0)
        with self._started() as child:
            timer = Timer(self._limits.wall_seconds, self._end_late, (child,))
            timer.start()
            try:
                yield from self._counted(child)
                self.told = self._outcome(child)
            finally:
                timer.cancel()
                _end(child)

    def _started(self) -> "subprocess.Popen[bytes]":
        arguments = (self._demuxer, str(self._limits.cpu_seconds), str(self._limits.address_bytes))
        return subprocess.Popen(  # noqa: S603 - this program's own interpreter and module; numbers and a name we chose
            [sys.executable, "-I", "-m", "audio.uploads.child", *arguments],
            stdin=self._source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"OPENBLAS_NUM_THREADS": "1"},
            cwd="/",
            start_new_session=True,
        )

    def _end_late(self, child: "subprocess.Popen[bytes]") -> None:
        self._late = True
        _end(child)

    def _counted(self, child: "subprocess.Popen[bytes]") -> Iterator[Mono]:
        left = round(self._limits.max_seconds * RATE)
        while piece := _pipe(child.stdout).read(RATE * _SAMPLE):
            sound = np.frombuffer(piece[: len(piece) // _SAMPLE * _SAMPLE], np.float32)
            left -= len(sound)
            if left < 0:
                raise UploadError("too_long")
            if not np.isfinite(sound).all():
                raise UploadError("damaged")
            yield sound

    def _outcome(self, child: "subprocess.Popen[bytes]") -> Told:
        written = _pipe(child.stderr).read(_MOST_TOLD)
        status = child.wait()
        if self._late or status in _FOR_TIME:
            raise UploadError("took_too_long")
        if status in _FOR_MEMORY:
            raise UploadError("out_of_memory")
        if not written.startswith(READY):
            raise RuntimeError("The child that decodes recordings does not start.")
        with suppress(msgspec.DecodeError):
            match msgspec.json.decode(written.removeprefix(READY), type=Told | Refused):
                case Told() as told if status == os.EX_OK:
                    return told
                case Refused(code=code) if code in CODES:
                    raise UploadError(code)
        raise UploadError("damaged")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    """Return what `Popen` was asked for."""
    if pipe is None:
        raise ValueError
    return pipe


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it may have started; once it has been waited for, its number belongs to others."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
