"""What is told, drawn in strips whose tops are at 0: chapters, breaths and pauses, and the words."""

from collections.abc import Iterable, Iterator

from audio.picture.span import LEFT, WIDTH, Span
from audio.picture.svg import Point, box, label, line, shape
from audio.picture.told import Phase, PhaseName
from audio.timeline import Caption, Mark

CUES, WORDS = 22, 14
_FOOT, _TOP = CUES - 3, 3
_CHARACTER = 6.0
"""The width of a character of 11 px, a little more than most typefaces take."""
_NARROW = 17
_HEIGHTS: dict[PhaseName, tuple[float, float]] = {"in": (0, 1), "hold": (1, 1), "out": (1, 0), "rest": (0, 0)}


def chapters(span: Span, marks: Iterable[Mark], height: float) -> Iterator[str]:
    """Draw where chapters begin, with a line down to `height`; a row that begins inside of one says so in brackets."""
    begun = [mark for mark in marks if mark.at_ms < span.end_ms]
    here = [mark for mark in begun if mark.at_ms >= span.start_ms]
    for mark in here:
        x = span.x(mark.at_ms)
        yield line([(x, -14), (x, height)], class_="mark")
        yield label(mark.title, x + 4, -4, class_="chapter")
    inside = begun[: len(begun) - len(here)]
    if inside and (not here or span.x(here[0].at_ms) - LEFT > (len(inside[-1].title) + 2) * _CHARACTER):
        yield label(f"({inside[-1].title})", LEFT + 4, -4)


def spoken(span: Span, captions: Iterable[Caption], height: float) -> Iterator[str]:
    """Draw the ground that says during which sound words are shown."""
    for each in captions:
        if span.meets(each.at_ms, each.until_ms):
            x = span.x(each.at_ms)
            yield box(x, 0, span.x(each.until_ms) - x, height, class_="spoken")


def breaths(span: Span, told: Iterable[Phase]) -> Iterator[str]:
    """Draw breaths as they rise and fall, and bells, with their names."""
    for phase in told:
        if not span.meets(phase.start_ms, phase.end_ms):
            continue
        left, right = span.x(phase.start_ms), span.x(phase.end_ms)
        corners = _breath(span, phase) if phase.name in _HEIGHTS else _bell(left)
        yield shape(corners, class_="breath")
        yield label(phase.name, (left + right) / 2, _FOOT - 3, class_="small middle plain")


def _breath(span: Span, phase: Phase) -> list[Point]:
    low, high = _HEIGHTS[phase.name]
    edges = [span.inside(at_ms) for at_ms in (phase.start_ms, phase.end_ms)]
    shares = [(at_ms - phase.start_ms) / (phase.end_ms - phase.start_ms) for at_ms in edges]
    tops = [_FOOT - (low + (high - low) * share) * (_FOOT - _TOP) for share in shares]
    left, right = map(span.x, edges)
    return [(left, _FOOT), (left, tops[0]), (right, tops[1]), (right, _FOOT)]


def _bell(x: float) -> list[Point]:
    middle = (_FOOT + _TOP) / 2
    return [(x, middle), (x + 5, _TOP), (x + 10, middle), (x + 5, _FOOT)]


def pauses(span: Span, told: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Draw brackets with the seconds of each pause; the numbers stand where they fit."""
    y = _FOOT - 3
    for start_ms, end_ms in told:
        if span.meets(start_ms, end_ms):
            left, right = span.x(start_ms), span.x(end_ms)
            bracket = [(left, y - 3), (left, y + 3), (left, y), (right, y), (right, y - 3), (right, y + 3)]
            yield line(bracket, class_="pause")
            if right - left > _NARROW:
                seconds = f"{(end_ms - start_ms) / 1000:.1f}"
                yield label(seconds, (left + right) / 2, y - 3, class_="small middle plain")


def words(span: Span, captions: Iterable[Caption]) -> tuple[list[str], int]:
    """Draw the words that begin in a row, each hanging from its time on the first free line; return the height too."""
    hangers: list[str] = []
    drawn: list[str] = []
    taken: list[float] = []
    for each in captions:
        if not span.start_ms <= each.at_ms < span.end_ms:
            continue
        x = span.x(each.at_ms)
        width = len(each.text) * _CHARACTER + 10
        left = max(LEFT, min(x, WIDTH - width))
        row = next((row for row, until in enumerate(taken) if until <= left), len(taken))
        taken[row : row + 1] = [left + width]
        y = (row + 1) * WORDS
        hangers.append(line([(x, 0), (x, y)], class_="hanger"))
        drawn.append(label(each.text, left + 3, y - 2))
    return [*hangers, *drawn], len(taken) * WORDS + 4
