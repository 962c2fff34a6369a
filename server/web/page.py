from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import Final

# Colours hold 4.5:1 against their background in both schemes (WCAG 2.2 1.4.3); nothing is told by colour alone.
STYLE: Final = """
:root{color-scheme:light dark;--paper:#fdfdfb;--ink:#20241f;--soft:#5a6157;--line:#d9ddd4;--card:#f4f5f0;--link:#22577a}
@media(prefers-color-scheme:dark){:root{--paper:#171a17;--ink:#e8ebe4;--soft:#a8b0a3;--line:#363c36;--card:#1f241f;
--link:#8fc3e8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
.layout{display:grid;grid-template-columns:minmax(0,1fr)}
nav,main{padding:1.5rem}
nav h2{font-size:1rem;margin:1.25rem 0 .25rem}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.2rem 0;text-decoration:none;overflow-wrap:anywhere}
nav a:hover{text-decoration:underline}
h1,h2,h3,h4{line-height:1.25}
section{margin:2.5rem 0}
article{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0}
article h3{margin:0 0 .5rem;font-size:1.1rem}
article h4{margin:1.25rem 0 .25rem;font-size:.95rem;color:var(--soft)}
code{font:.9em/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
.method{font-weight:700}
.path{font-weight:400}
.note{color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line)}
th:first-child{width:11rem}
thead th{border-top:0;color:var(--soft);font-weight:600}
@media(min-width:60rem){.layout{grid-template-columns:18rem minmax(0,52rem)}
nav{position:sticky;top:0;height:100vh;overflow:auto;border-right:1px solid var(--line)}}
""".strip()

_DIGEST: Final = b64encode(sha256(STYLE.encode()).digest()).decode()

# The page may use its own style and nothing else: no script, no image, no font, no form (CSP level 3).
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def element(name: str, *children: str, **attributes: str) -> str:
    """Return an HTML element; children are HTML already, attribute values are escaped. `class_` is `class`."""
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


def table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table of HTML cells whose first column names its row, or nothing when there are no rows."""
    if not rows:
        return ""
    head = element("thead", element("tr", *(element("th", each, scope="col") for each in heads)))
    body = element(
        "tbody",
        *(
            element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
            for first, *rest in rows
        ),
    )
    return element("h4", caption) + element("div", element("table", head, body), class_="scroll")


def page(title: str, nav: str, main: str) -> bytes:
    """Return a complete document with a skip link, a navigation and a main part."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<a class="skip" href="#main">Skip to the operations</a><div class="layout">'
        f'<nav aria-label="Operations">{nav}</nav><main id="main">{main}</main></div></body></html>'
    ).encode()
