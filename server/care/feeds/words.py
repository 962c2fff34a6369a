"""What a calendar shows: words for anybody who looks over a shoulder. No clinician has reviewed them yet."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Titles(Struct, frozen=True, kw_only=True):
    """The two titles there are in a language."""

    time: str
    appointment: str


TITLES: Final[Mapping[str, Titles]] = {
    "en": Titles(time="Time for yourself", appointment="Appointment"),
    "es": Titles(time="Un rato para ti", appointment="Cita"),
}


def titles_for(locale: str) -> Titles:
    """Return the titles in a client's language, or in English: a calendar without words is of no use."""
    return TITLES.get(locale.partition("-")[0], TITLES["en"])
