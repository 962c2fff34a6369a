"""Files that no recorder makes: each with the code that it must be refused with, or what it is warned of."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec.structs import replace
from support.recordings import encoded, silence, spoken, wav

from audio.encode import CODECS, encode
from audio.master import sixteen_bits
from audio.sound import RATE, Mono

Build = Callable[[], bytes]
CORPUS: dict[str, tuple[str, Build]] = {}
"""What is refused: the code, and the bytes."""
HARMLESS: dict[str, tuple[str, Build]] = {}
"""What is taken: the warning about its length or "", and the bytes."""
RARE = {
    "a FLAC with its middle replaced",
    "a WAV of its first twelve bytes",
    "a WAV that says it is four gigabytes",
    "a billion samples a second",
    "a film in Matroska",
    "a sample of 1e30",
    "a sample without end",
    "a tag of sixteen megabytes",
    "an M4A of boxes in boxes",
    "an M4A with packets outside of itself",
    "an Ogg longer than it may be",
    "no samples a second",
    "nothing but noise",
}
"""Left to long runs: others like them are always tried."""
LONG_S = 40
"""Longer than the tests allow."""


def refused(code: str, name: str) -> Callable[[Build], Build]:
    return lambda build: CORPUS.setdefault(name, (code, build))[1]


def taken(warning: str, name: str) -> Callable[[Build], Build]:
    return lambda build: HARMLESS.setdefault(name, (warning, build))[1]


def voice() -> Mono:
    """Return two seconds of speech."""
    return spoken()[RATE // 2 : RATE * 5 // 2]


def noise(count: int) -> bytes:
    return np.random.default_rng(1).bytes(count)


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old), "there is nothing to change"
    return content.replace(old, new)


def box(kind: bytes, content: bytes, told: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if told is None else told) + kind + content


def with_box(content: bytes, kind: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """Return an MP4 file after `change` was called with it and the place behind the name of a box."""
    changed = bytearray(content)
    change(changed, content.index(kind) + len(kind))
    return bytes(changed)


def m4a() -> bytes:
    return encoded(voice(), "ipod", "aac")


def begun_with_its_index() -> bytes:
    with TemporaryDirectory() as folder:
        encode(iter([sixteen_bits(voice()[:, None])]), replace(CODECS[0], channels=1), path := Path(folder) / "a.m4a")
        return path.read_bytes()


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))


def id3(content: bytes, told: int | None = None) -> bytes:
    return b"ID3\x04\x00\x00" + syncsafe(len(content) if told is None else told) + content


def mp3(**more: dict[str, str]) -> bytes:
    return encoded(voice(), "mp3", "libmp3lame", **more)


def flac(sound: Mono) -> bytes:
    return encoded(sound, "flac", "flac")


def without_length(content: bytes) -> bytes:
    """Return a FLAC file whose header does not say how many samples there are (36 bits, RFC 9639, 8.2)."""
    changed = bytearray(content)
    changed[21] &= 0xF0
    changed[22:26] = bytes(4)
    return bytes(changed)


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


# Not sound at all, or something that leads elsewhere.
refused("empty", "nothing")(lambda: b"")
refused("unknown_format", "one byte")(lambda: b"R")
refused("unknown_format", "a text")(lambda: b"Close your eyes, if you like.\n" * 50)
refused("unknown_format", "a page")(lambda: b"<!doctype html><script>fetch('http://127.0.0.1/')</script>")
refused("unknown_format", "random bytes")(lambda: noise(50_000))
refused("unknown_format", "a zip bomb")(lambda: zipped("a.wav", bytes(20_000_000)))
refused("unknown_format", "an HLS playlist with file and http")(
    lambda: b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\nhttp://127.0.0.1/a.ts\n"
)
refused("unknown_format", "a concat playlist")(
    lambda: b"ffconcat version 1.0\nfile /etc/hostname\nfile http://127.0.0.1/a\n"
)
refused("unknown_format", "a DASH manifest")(
    lambda: b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1/</BaseURL></MPD>'
)
refused("unknown_format", "a session description")(lambda: b"v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n")
refused("unknown_format", "a picture")(lambda: b"\x89PNG\r\n\x1a\n" + bytes(200))
refused("unknown_format", "an AVI")(lambda: b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(300))
refused("unknown_format", "raw AAC")(lambda: encoded(voice(), "adts", "aac"))

# WAV.
refused("damaged", "the wrong magic")(lambda: b"fLaC" + wav(voice())[4:])
refused("damaged", "a WAV of its first twelve bytes")(lambda: wav(voice())[:12])
refused("too_short", "a WAV without samples")(lambda: wav(silence(0)))
refused("too_short", "a WAV of one sample")(lambda: wav(np.ones(1, np.float32)))
taken("length_differs", "a WAV that says it lasts an hour")(lambda: wav(voice(), told_bytes=3600 * RATE * 2))
taken("", "a WAV that says it is four gigabytes")(lambda: wav(voice(), told_bytes=0xFFFFFFFF))
taken("length_differs", "a WAV cut off in the middle")(lambda: wav(voice())[: RATE * 3])
refused("channels", "96 kHz in eight channels")(lambda: wav(np.tile(voice(), 8), rate=96_000, channels=8))
refused("damaged", "no samples a second")(lambda: wav(voice(), rate=0))
refused("sample_rate", "a billion samples a second")(lambda: wav(voice(), rate=1_000_000_000))
refused("channels", "no channel")(lambda: wav(voice(), channels=0))
refused("channels", "65535 channels")(lambda: wav(voice(), channels=0xFFFF))
refused("damaged", "a sample that is no number")(lambda: wav(np.append(voice(), np.nan), floats=True))
refused("damaged", "a sample without end")(lambda: wav(np.append(voice(), -np.inf), floats=True))
refused("damaged", "a sample of 1e30")(lambda: wav(np.append(voice(), np.float32(1e30)), floats=True))
refused("codec", "a WAV of a codec nobody knows")(
    lambda: patched(wav(voice()), b"fmt \x10\0\0\0\1\0", b"fmt \x10\0\0\0\x34\x12")
)
refused("codec", "a WAV of a codec nobody uses")(lambda: encoded(voice(), "wav", "adpcm_ms"))
taken("", "a WAV that is a zip as well")(lambda: wav(voice()) + zipped("payload", b"payload" * 100))
refused("silent", "silence")(lambda: wav(silence(2)))
refused("uneven", "nothing but noise")(
    lambda: wav(np.random.default_rng(2).normal(0, 0.1, 2 * RATE).astype(np.float32))
)

# Others.
refused("too_long", "a FLAC that hides how long its silence is")(lambda: without_length(flac(silence(LONG_S))))
refused("too_long", "an Ogg longer than it may be")(lambda: encoded(silence(LONG_S), "ogg", "libopus"))
refused("damaged", "a FLAC with its middle replaced")(lambda: overwritten(flac(voice())))
refused("damaged", "an MP3 of random bytes")(lambda: mp3()[mp3().index(b"\xff\xfb") :][:4] + noise(60_000))
refused("damaged", "an M4A without its index")(lambda: m4a()[: m4a().index(b"moov") - 4])
taken("length_differs", "an M4A cut off in the middle")(lambda: begun_with_its_index()[:-5_000])
refused("video", "a film")(lambda: encoded(voice(), "mp4", "aac", video="mpeg4"))
refused("video", "a film in Matroska")(lambda: encoded(voice(), "matroska", "libopus", video="mpeg4"))
refused("no_sound", "an M4A without a track")(
    lambda: box(b"ftyp", b"M4A \0\0\0\0M4A ") + box(b"moov", box(b"mvhd", bytes(100)))
)
refused("several_streams", "two recordings at once")(lambda: encoded(voice(), "matroska", "libopus", sounds=2))
taken("", "a tag of sixteen megabytes")(
    lambda: id3(b"PRIV" + syncsafe(16_000_000) + b"\0\0" + bytes(16_000_000)) + mp3()
)
refused("unknown_format", "a tag that says it is longer than the file")(lambda: id3(bytes(10), told=2**28 - 1) + mp3())
refused("unknown_format", "a hundred tags")(lambda: id3(bytes(10)) * 100 + mp3())


def overwritten(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + noise(2000) + content[middle + 2000 :]


@taken("", "a cover")
def cover() -> bytes:
    """An MP3 with a picture (ID3v2.4, 4.14)."""
    picture = b"\0image/png\0\x03\0" + b"\x89PNG\r\n\x1a\n" + noise(5000)
    return id3(b"APIC" + syncsafe(len(picture)) + b"\0\0" + picture) + mp3()


@refused("damaged", "an M4A whose sample table lies")
def sample_table() -> bytes:
    def change(content: bytearray, at: int) -> None:
        content[at + 4 : at + 12] = struct.pack(">II", 0, 0x0FFFFFFF)

    return with_box(m4a(), b"stsz", change)


@refused("damaged", "an M4A with packets outside of itself")
def chunk_offsets() -> bytes:
    def change(content: bytearray, at: int) -> None:
        content[at + 8 : at + 12] = struct.pack(">I", 0x7FFFFFFF)

    return with_box(m4a(), b"stco", change)


@refused("damaged", "an M4A whose sound is in another file")
def other_file() -> bytes:
    path = b"/etc/passwd\0"
    alias = (
        bytes(10 + 28 + 12 + 64 + 16 + 4 + 16) + struct.pack(">HH", 2, len(path)) + path + b"\xff\xff\0\0" + bytes(16)
    )
    content = m4a()
    here = content.index(b"url ", content.index(b"dref")) - 4
    entry = box(b"alis", bytes(4) + alias)
    changed = bytearray(content[:here] + entry + content[here + 12 :])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = changed.rindex(kind, 0, here) - 4
        changed[at : at + 4] = struct.pack(">I", struct.unpack_from(">I", changed, at)[0] + len(entry) - 12)
    return bytes(changed)


@refused("damaged", "an M4A of boxes in boxes")
def nested() -> bytes:
    content = b""
    for _ in range(20_000):
        content = box(b"moov", content) if len(content) < 200_000 else content
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + content


@refused("damaged", "an Ogg whose comments say they are two gigabytes")
def comments() -> bytes:
    return patched(
        encoded(voice(), "ogg", "libopus", metadata={"title": "x" * 50}), b"OpusTags", b"OpusTags\xff\xff\xff\x7f"
    )


@taken("length_differs", "two Oggs in a chain")
def chained() -> bytes:
    return encoded(voice(), "ogg", "libopus") + encoded(voice(), "ogg", "libopus")


@refused("damaged", "an Ogg in a chain with another codec")
def mixed_chain() -> bytes:
    return encoded(voice(), "ogg", "libopus") + encoded(voice(), "ogg", "vorbis")


@refused("sample_rate", "an MP3 that changes its rate")
def two_rates() -> bytes:
    second = encoded(voice(), "mp3", "libmp3lame", rate=32_000)
    return mp3() + second[second.index(b"\xff\xfb") :]
