"""Taking in somebody's own recording, from a stranger's bytes to files like those of every programme."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from audio.adjust import RenderError, adjusted
from audio.captions import webvtt
from audio.delivered import RenderedFile
from audio.encode import CODECS, MASTER, Heading
from audio.sound import RATE
from audio.timeline import Caption, Timeline
from audio.uploads.aligning import captions
from audio.uploads.decoding import Decoding
from audio.uploads.errors import UploadError
from audio.uploads.finishing import CEILING_DB, Cut, cut, windows_of
from audio.uploads.hearing import Heard, duration_ms, heard
from audio.uploads.limits import LIMITS, Limits
from audio.uploads.magic import demuxer, promised_bytes
from audio.uploads.reading import Told
from audio.uploads.report import Report, reported
from audio.uploads.speech import Span, spans

QUIETEST_LUFS = -60.0
"""Below it there would be nothing but noise after the gain."""


class Take(Struct, frozen=True, kw_only=True):
    """A recording that was taken in: a file of each codec, the master, WebVTT captions, and how it came.

    `captions_aligned` says that each caption stands between pauses that fit the script.
    """

    report: Report
    duration_ms: int
    files: tuple[RenderedFile, ...]
    master: Path
    captions: str
    captions_aligned: bool


def receive(
    source: Path, into: Path, *, title: str, language: str, lines: Sequence[str], limits: Limits = LIMITS
) -> Take:
    """Read a stranger's file and write what is delivered into an existing private folder; after a failure it is empty.

    Blocks while it computes: a worker calls it. While it works it needs 192 kB of disk for each second. When the whole
    process is killed something may be left: throw the folder away and begin again in another.

    Raises:
        UploadError: the file is refused.
        RuntimeError: no child can be started on this machine; the file is not to blame.
    """
    # Every file is made in a folder of its own, so that whatever happens it goes as a whole.
    with TemporaryDirectory(dir=into) as folder:
        work = Path(folder)
        spool = work / "cleaned"
        hearing, told = _heard(source, spool, limits)
        speech = spans(hearing.levels)
        kept = cut(hearing, speech)
        heading = Heading(title=title, language=language, duration_ms=kept.duration_ms, marks=())
        shown, aligned = captions(lines, tuple(_shifted(span, kept) for span in speech), kept.duration_ms)
        finished = _finished(spool, hearing, kept, heading)
        take = Take(
            report=reported(hearing, told, speech),
            duration_ms=kept.duration_ms,
            files=tuple(_to(into, file) for file in finished[:-1]),
            master=into / finished[-1].path.name,
            captions=_webvtt(shown, kept.duration_ms),
            captions_aligned=aligned,
        )
        for file in finished:
            file.path.rename(into / file.path.name)
    return take


def _heard(source: Path, spool: Path, limits: Limits) -> tuple[Heard, Told]:
    size = source.stat().st_size
    if not 0 < size <= limits.max_bytes:
        raise UploadError("too_large" if size else "empty")
    with source.open("rb", buffering=0) as file:
        name = demuxer(file)
        if name is None:
            raise UploadError("unknown_format")
        decoding = Decoding(file, name, limits)
        hearing = heard(decoding.sound(), spool)
        file.seek(0)
        promised = promised_bytes(file)
    told = decoding.told
    if hearing.frames < limits.min_seconds * RATE:
        raise UploadError("damaged" if told.declared_ms and not hearing.frames else "too_short")
    if hearing.clean_lufs < QUIETEST_LUFS:
        raise UploadError("silent")
    if promised is not None and promised > size:
        told = msgspec.structs.replace(told, declared_ms=duration_ms(hearing.frames) * promised // size)
    return hearing, told


def _finished(spool: Path, hearing: Heard, kept: Cut, heading: Heading) -> tuple[RenderedFile, ...]:
    try:
        return adjusted(
            windows_of(spool, kept),
            heading,
            spool.parent,
            lufs=hearing.clean_lufs,
            ceiling_db=CEILING_DB,
            codecs=(*CODECS, MASTER),
        )
    except RenderError:
        raise UploadError("uneven") from None


def _to(into: Path, file: RenderedFile) -> RenderedFile:
    return msgspec.structs.replace(file, path=into / file.path.name)


def _shifted(span: Span, kept: Cut) -> Span:
    return Span(start_ms=span.start_ms - kept.start_ms, end_ms=min(span.end_ms, kept.end_ms) - kept.start_ms)


def _webvtt(shown: tuple[Caption, ...], duration_ms: int) -> str:
    return webvtt(Timeline(duration_ms=duration_ms, speech=(), paces=(), bells_ms=(), captions=shown, marks=()))
