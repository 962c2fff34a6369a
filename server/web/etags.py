import re
from hashlib import blake2b
from typing import Annotated, Final

from litestar.params import HeaderParameter

from server.kit.errors import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag of the revision that this request changes, or *."),
]

_ETAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_ONLY_COMMAS: Final = re.compile(r"[\s,]*")
_MESSAGEPACK_MARK: Final = "+m"


def etag_of(body: bytes) -> str:
    """Return the strong ETag of a body: equal bytes, equal tag (RFC 9110 8.8.3)."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def revision_etag(revision: int | str) -> str:
    """Return the ETag of a thing's revision, to send on its reads and to compare on its writes."""
    return f'"r{revision}"'


def in_messagepack(etag: str) -> str:
    """Return a revision's ETag for its MessagePack form: two forms never share a strong tag (RFC 9110 8.8.3.3)."""
    return f'{etag[:-1]}{_MESSAGEPACK_MARK}"'


def etags(header: str) -> list[str]:
    """Return the entity tags a field lists, weak ones with their `W/`; none when the field is malformed."""
    if not _ONLY_COMMAS.fullmatch(_ETAG.sub("", header)):
        return []
    return _ETAG.findall(header)


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Tell whether the caller already has this representation: `*`, or weakly equal (RFC 9110 13.1.2)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag in (tag.removeprefix("W/") for tag in etags(if_none_match))


def require_match(if_match: str | None, etag: str) -> None:
    """Make sure a write changes the revision its author has seen (RFC 9110 13.1.1).

    `etag` is the present revision's, from `revision_etag`.

    Raises:
        PreconditionRequired: the request does not say which revision it changes.
        PreconditionFailed: it means another revision; weak tags never match.
    """
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag of what you read.")
    if if_match.strip() != "*" and not {etag, in_messagepack(etag)} & set(etags(if_match)):
        raise PreconditionFailed("Read it again, then repeat the change.")
