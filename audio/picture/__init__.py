"""A rendition as an engineer looks at it: sound, cues, loudness and words on one axis of time, as SVG."""

from collections.abc import Iterator

from audio.levels import Levels
from audio.master import PEAK_AFTER_DB, TARGET_LUFS, TOLERANCE_LU
from audio.picture import heard, shown
from audio.picture.span import LEFT, ROW_MS, WIDTH, Span, clock
from audio.picture.svg import box, element, escaped, label, line, shape
from audio.picture.told import Told, pauses, phases

__all__ = ["Told", "picture"]
_HEAD, _GAP = 88, 34
_STYLE = (
    "text{font:11px sans-serif;fill:#111;stroke:#fff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}"
    ".plain{stroke:none}.name{font-size:17px;font-weight:bold}.chapter{font-weight:bold}"
    ".small{font-size:9px}.middle{text-anchor:middle}.end{text-anchor:end}.frame,.axis,.pause,.hanger{fill:none}"
    ".frame,.hanger{stroke:#999}.axis,.pause{stroke:#444}.grid{stroke:#ccc}.mark{stroke:#111;stroke-dasharray:2 2}"
    ".wave{fill:#2f4a66}.spoken{fill:#fdf0c0}.breath{fill:#d3e8f6;stroke:#25648c}.band{fill:#b9dfbd}"
    ".target{stroke:#14612a;stroke-dasharray:6 3}.short{fill:none;stroke:#0a4f86;stroke-width:2}"
    ".momentary{fill:none;stroke:#666;stroke-width:.8}"
)


def picture(levels: Levels, told: Told) -> str:
    """Return an SVG of a stereo rendition with a row for each minute; it needs neither colour nor a pointer."""
    rows, y = [], _HEAD
    for start_ms in range(0, told.duration_ms, ROW_MS):
        drawn, height = _row(Span(start_ms=start_ms, end_ms=min(start_ms + ROW_MS, told.duration_ms)), levels, told)
        rows.append(_at(y, *drawn))
        y += height
    return element(
        "svg",
        element("title", escaped(told.title), id="title"),
        element("desc", escaped(" ".join(_described(levels, told))), id="desc"),
        element("style", _STYLE),
        box(0, 0, WIDTH, y, fill="#fff"),
        *_head(levels, told),
        *rows,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {y}",
        width=WIDTH,
        height=y,
        role="img",
        aria_labelledby="title desc",
    )


def _row(span: Span, levels: Levels, told: Told) -> tuple[list[str], int]:
    """Return the strips of a row, and the height that they take with the space below."""
    sound, cues, loud = heard.WAVE, shown.CUES, heard.LOUD
    words, height = shown.words(span, told.captions)
    bottom = sound + cues + loud
    strips = [
        *shown.spoken(span, told.captions, bottom),
        *heard.wave(span, levels),
        _at(sound, *shown.breaths(span, phases(told)), *shown.pauses(span, pauses(told))),
        _at(sound + cues, *heard.loudness(span, levels)),
        _at(bottom, *heard.axis(span)),
        _at(bottom + heard.AXIS, *words),
        *shown.chapters(span, told.chapters, bottom),
        *(
            label(name, LEFT - 4, at + 12, class_="small end")
            for name, at in (("sound", 0), ("cues", sound), ("LUFS", bottom - 16), ("words", bottom + heard.AXIS))
        ),
    ]
    return strips, bottom + heard.AXIS + height + _GAP


def _head(levels: Levels, told: Told) -> Iterator[str]:
    yield label(told.title, 12, 24, class_="name")
    yield label(" · ".join(_figures(levels, told)), 12, 42)
    legend = (
        (box(0, -9, 24, 10, class_="wave"), "sound, full scale"),
        (box(0, -9, 24, 10, class_="spoken"), "words as captioned"),
        (shape([(0, 1), (12, -9), (24, 1)], class_="breath"), "breath"),
        (line([(0, -8), (0, 0), (0, -4), (24, -4), (24, -8), (24, 0)], class_="pause"), "pause, seconds"),
        (line([(0, -4), (24, -4)], class_="short"), "loudness of the last 3 s"),
        (line([(0, -4), (24, -4)], class_="momentary"), "of the last 0.4 s"),
        (box(0, -9, 24, 10, class_="band") + line([(0, -4), (24, -4)], class_="target"), "where the whole has to be"),
    )
    x = 12
    for sign, meaning in legend:
        yield element("g", sign, label(meaning, 30, 0), transform=f"translate({x} 62)")
        x += 60 + 6 * len(meaning)


def _figures(levels: Levels, told: Told) -> Iterator[str]:
    yield clock(told.duration_ms)
    misses = "" if abs(levels.integrated - TARGET_LUFS) <= TOLERANCE_LU else "MISSES "
    yield f"integrated {_db(levels.integrated)} LUFS ({misses}{_db(TARGET_LUFS)} ± {TOLERANCE_LU})"
    misses = "" if levels.true_peak_db <= PEAK_AFTER_DB else "MISSES "
    yield f"true peak {_db(levels.true_peak_db)} dB ({misses}at most {_db(PEAK_AFTER_DB)})"


def _described(levels: Levels, told: Told) -> Iterator[str]:
    yield f"{'; '.join(_figures(levels, told))}."
    silent = list(pauses(told))
    longest = max((end_ms - start_ms for start_ms, end_ms in silent), default=0)
    yield f"{len(told.captions)} captions, {sum(each.name == 'in' for each in phases(told))} breaths,"
    yield f"{len(silent)} pauses, the longest of {longest / 1000:.1f} seconds."
    yield f"Chapters: {', '.join(f'{mark.title} at {clock(mark.at_ms)}' for mark in told.chapters) or 'none'}."
    yield "A row shows a minute: the sound, breaths and pauses, loudness, and the words below their time."


def _db(level: float) -> str:
    return f"{level:.1f}".replace("-", "\N{MINUS SIGN}")


def _at(y: float, *content: str) -> str:
    return element("g", *content, transform=f"translate(0 {y:g})")
