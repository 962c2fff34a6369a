from typing import Final

from server.web.answer import Answer, RawHeaders, lines, raw

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
_REST: Final[dict[tuple[bool, bool, bool], RawHeaders]] = {
    (policy, kept, cross): [
        *([] if policy else [_DEFAULTS[0]]),
        *([] if kept else [_DEFAULTS[1]]),
        *(_CROSS_ORIGIN if cross else _ALWAYS),
    ]
    for policy in (True, False)
    for kept in (True, False)
    for cross in (True, False)
}


_REST_LINES: Final = {key: lines(rest) for key, rest in _REST.items()}


def completed(headers: RawHeaders, request_id: str, *, cross_origin: bool) -> RawHeaders:
    """Return an answer's header fields with everything every answer carries.

    `cross_origin` says that a page of a configured origin asks, which the browser must allow to read the answer.
    """
    return [*headers, *_REST[*_has(headers), cross_origin], (b"x-request-id", request_id.encode())]


def completed_lines(answer: Answer, request_id: str) -> bytes:
    """Return the same as the lines of a head, for who does not ask from another origin."""
    head = shared_lines(answer.headers) if answer.head is None else answer.head
    return b"%bx-request-id: %b\r\n" % (head, request_id.encode())


def shared_lines(headers: RawHeaders) -> bytes:
    """Return what the answers to all requests have of these lines; an `Answer` can take them along as its `head`."""
    return lines(headers) + _REST_LINES[*_has(headers), False]


def _has(headers: RawHeaders) -> tuple[bool, bool]:
    named = {name for name, _ in headers}
    return _DEFAULTS[0][0] in named, _DEFAULTS[1][0] in named
