from litestar.types import HTTPScope, Scope


def field(scope: HTTPScope | Scope, name: bytes) -> str | None:
    """Return a request's header field, its lines joined as RFC 9110 5.3 says, or None; `name` in lower case."""
    lines = [value for key, value in scope["headers"] if key == name]
    return b", ".join(lines).decode("latin-1") if lines else None
