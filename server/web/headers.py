from typing import Final

from server.web.answer import RawHeaders, raw

# security.md "Edge". A handler may set the first two itself (the reference page has a style of its own, the catalogue
# may be kept); the rest is on every answer.
_DEFAULTS: Final = raw(
    {
        # The last three are not covered by `default-src` (CSP level 3).
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }.items()
)
_ALWAYS: Final = raw(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items()
)
_CROSS_ORIGIN: Final = [
    (name, b"cross-origin" if name == b"cross-origin-resource-policy" else value) for name, value in _ALWAYS
]


def completed(headers: RawHeaders, request_id: str, *, cross_origin: bool) -> RawHeaders:
    """Return an answer's header fields with everything every answer carries.

    `cross_origin` says that a page of a configured origin asks, which the browser must allow to read the answer.
    """
    named = {name for name, _ in headers}
    return [
        *headers,
        *(default for default in _DEFAULTS if default[0] not in named),
        *(_CROSS_ORIGIN if cross_origin else _ALWAYS),
        (b"x-request-id", request_id.encode()),
    ]
