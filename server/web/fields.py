from litestar.types import HTTPScope, Scope


def field(scope: HTTPScope | Scope, name: bytes) -> str | None:
    """Return a request's header field, its lines joined as RFC 9110 5.3 says, or None; `name` in lower case."""
    return fields(scope, name)[0]


def fields(scope: HTTPScope | Scope, *names: bytes) -> list[str | None]:
    """Return several of a request's header fields, as `field` does."""
    headers = scope["headers"]
    once = dict(headers)
    if len(once) == len(headers):  # type: ignore[arg-type]  # ASGI says iterable; every server gives a list
        return [once[name].decode("latin-1") if name in once else None for name in names]
    return [_joined([value for key, value in headers if key == name]) for name in names]


def _joined(values: list[bytes]) -> str | None:
    return b", ".join(values).decode("latin-1") if values else None
