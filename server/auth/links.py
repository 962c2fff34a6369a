"""Links that let somebody in. The secret is in the fragment: it reaches no server's log and no Referer field."""

import io

import segno


def link_to(public_url: str, page: str, secret: str) -> str:
    """Return the address of a page, with a secret in its fragment (RFC 3986 3.5)."""
    return f"{public_url}/{page}#{secret}"


def drawn(link: str) -> str:
    """Return a link as a QR code in SVG (ISO/IEC 18004, correction level M), to be shown inline."""
    svg = io.BytesIO()
    segno.make(link, error="m", micro=False).save(svg, kind="svg", xmldecl=False, scale=4)
    return svg.getvalue().decode().strip()
