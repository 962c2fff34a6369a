"""What is heard, in strips whose tops are at 0: the sound's edges, its loudness, and the time below them."""

from collections.abc import Iterator

from audio.levels import EDGE_MS, STEP_MS, Levels
from audio.master import TARGET_LUFS, TOLERANCE_LU
from audio.picture.span import LEFT, Span, clock
from audio.picture.svg import Point, box, label, line, shape
from audio.sound import Mono

WAVE, LOUD, AXIS = 64, 90, 18
_LOUDEST, _SOFTEST = -12.0, -48.0
_PX_PER_LU = LOUD / (_LOUDEST - _SOFTEST)


def wave(span: Span, levels: Levels) -> Iterator[str]:
    """Draw the sound between its lowest and highest samples; full scale is the strip's height."""
    lower, upper = (
        [(x, (1 - value) * WAVE / 2) for x, value in _curve(span, edge, EDGE_MS, EDGE_MS / 2)]
        for edge in (levels.low, levels.high)
    )
    yield line([(LEFT, WAVE / 2), (span.right, WAVE / 2)], class_="grid")
    yield shape([*upper, *reversed(lower)], class_="wave")
    yield _frame(span, WAVE)


def loudness(span: Span, levels: Levels) -> Iterator[str]:
    """Draw both curves, each at the end of what it looks back on, and the band in which the whole has to be."""
    top = _loud_y(TARGET_LUFS + TOLERANCE_LU)
    yield box(LEFT, top, span.right - LEFT, 2 * TOLERANCE_LU * _PX_PER_LU, class_="band")
    for lufs in (TARGET_LUFS, -24.0, -36.0):
        y = _loud_y(lufs)
        yield line([(LEFT, y), (span.right, y)], class_="target" if lufs == TARGET_LUFS else "grid")
        yield label(f"\N{MINUS SIGN}{abs(lufs):g}", LEFT - 4, y + 3, class_="small end")
    for kind, curve in (("momentary", levels.momentary), ("short", levels.short_term)):
        yield line([(x, _loud_y(value)) for x, value in _curve(span, curve, STEP_MS, STEP_MS)], class_=kind)
    yield _frame(span, LOUD)


def axis(span: Span) -> Iterator[str]:
    """Draw a tick each second, a longer one each five, and the clock time each ten."""
    for at_ms in range(span.start_ms, span.end_ms + 1, 1000):
        x, length = span.x(at_ms), 3 if at_ms % 5000 else 6
        yield line([(x, 0), (x, length)], class_="axis")
        if at_ms % 10_000 == 0:
            yield label(clock(at_ms), x, 16, class_="small middle")


def _frame(span: Span, height: float) -> str:
    return box(LEFT, 0, span.right - LEFT, height, class_="frame")


def _curve(span: Span, values: Mono, every_ms: int, first_ms: float) -> list[Point]:
    """Return the values of a row with their places; `first_ms` is the time of the first value of all."""
    start, end = span.start_ms // every_ms, -(-span.end_ms // every_ms)
    return [
        (span.x(first_ms + index * every_ms), float(value))
        for index, value in enumerate(values[start:end], start=start)
    ]


def _loud_y(lufs: float) -> float:
    return (_LOUDEST - min(max(lufs, _SOFTEST), _LOUDEST)) * _PX_PER_LU
