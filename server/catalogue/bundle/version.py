"""The version of a bundle: what a phone holds, in 6 bytes for each of 256 drawers, so that no server must remember it.

A drawer has the exercises whose slugs hash to it. It says nothing of a person, and is of one length for any catalogue.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from server.catalogue.views import ExerciseDetail

DRAWERS: Final = 256
DIGEST_BYTES: Final = 6
# Another first byte means another form, and so a full bundle.
FORM: Final = b"\x01"
# In the order in which a version tells them.
MEMBERS: Final = ("suitability", "crisis", "stop", "tombstones", "links")
_BYTES: Final = len(FORM) + (1 + len(MEMBERS) + DRAWERS) * DIGEST_BYTES
# In base64url, without padding.
CHARACTERS: Final = -(-_BYTES * 4 // 3)


class Version(NamedTuple):
    """The digests of a language's name, of each member and of each drawer."""

    language: bytes
    members: tuple[bytes, ...]
    drawers: tuple[bytes, ...]


def version_of(language: str, members: Mapping[str, bytes], exercises: Iterable[tuple[str, bytes]]) -> Version:
    """Return the version of content: members and exercises (slug, bytes) as they are sent."""
    drawers: list[list[bytes]] = [[] for _ in range(DRAWERS)]
    for slug, body in sorted(exercises):
        drawers[drawer_of(slug)].append(digest(body))
    return Version(
        digest(language.encode()),
        tuple(digest(members[name]) for name in MEMBERS),
        tuple(digest(b"".join(each)) for each in drawers),
    )


def drawer_of(slug: str) -> int:
    """Return which drawer an exercise is in."""
    return blake2b(slug.encode(), digest_size=1).digest()[0]


def digest(body: bytes) -> bytes:
    """Return 6 bytes that tell bodies apart."""
    return blake2b(body, digest_size=DIGEST_BYTES).digest()


def written(version: Version) -> str:
    """Return a version as it travels."""
    raw = b"".join([FORM, version.language, *version.members, *version.drawers])
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(text: str) -> Version | None:
    """Return what a phone holds; None for anything that is no version of this form."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _BYTES or not raw.startswith(FORM):
        return None
    parts = _parts(raw[len(FORM) :])
    last = 1 + len(MEMBERS)
    return Version(parts[0], tuple(parts[1:last]), tuple(parts[last:]))


def _parts(raw: bytes) -> Sequence[bytes]:
    return [raw[start : start + DIGEST_BYTES] for start in range(0, len(raw), DIGEST_BYTES)]


def changed(held: Version, now: Version) -> tuple[frozenset[str], frozenset[int]]:
    """Return which members and which drawers a phone of that language has to be sent."""
    members = frozenset(name for name, a, b in zip(MEMBERS, held.members, now.members, strict=True) if a != b)
    drawers = frozenset(n for n, (a, b) in enumerate(zip(held.drawers, now.drawers, strict=True)) if a != b)
    return members, drawers


def held_in(details: Iterable[ExerciseDetail], drawers: frozenset[int]) -> tuple[ExerciseDetail, ...]:
    """Keep the exercises that are in these drawers."""
    return tuple(each for each in details if drawer_of(each.slug) in drawers)
