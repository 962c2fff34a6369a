"""Elements of SVG as text. Whatever people wrote passes `label`, which escapes it."""

import re
from collections.abc import Iterable
from html import escape

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2, Char)."""
Point = tuple[float, float]


def element(name: str, *content: str, **attributes: float | str) -> str:
    """Return an element around others; in attributes' names `_` stands for `-`, numbers are rounded to a tenth."""
    told = "".join(f' {key.strip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{told}>{''.join(content)}</{name}>" if content else f"<{name}{told}/>"


def label(words: str, x: float, y: float, **attributes: float | str) -> str:
    """Return words in their place."""
    return element("text", escaped(words), x=x, y=y, **attributes)


def line(points: Iterable[Point], **attributes: float | str) -> str:
    """Return a line through points."""
    return element("polyline", points=_points(points), **attributes)


def shape(points: Iterable[Point], **attributes: float | str) -> str:
    """Return a filled shape with corners."""
    return element("polygon", points=_points(points), **attributes)


def box(x: float, y: float, width: float, height: float, **attributes: float | str) -> str:
    """Return a rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def escaped(words: str) -> str:
    """Return words as XML holds them; characters that it cannot hold are replaced."""
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", words))


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_value(x)},{_value(y)}" for x, y in points)


def _value(value: float | str) -> str:
    return escaped(value) if isinstance(value, str) else f"{round(float(value), 1):g}"
