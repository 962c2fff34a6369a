"""The proxy file says what the server relies on. HAProxy itself is not run: it is not part of the environment."""

import re

import pytest
from support.documents import read

from server.web.protocol import BODY_SECONDS, HEAD_SECONDS

FILE = "docs/proxy/haproxy.cfg"


def directives(text: str) -> list[str]:
    """Return every line without its comment and its indentation."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def seconds(text: str, name: str) -> float:
    found = re.search(rf"^\s+timeout {name} (\d+)s$", text, re.MULTILINE)
    return float(found[1]) if found else float("inf")


def lacking(text: str) -> list[str]:
    """Name what the file must say and does not."""
    said = directives(text)
    needed = (
        "http-request set-header X-Forwarded-For %[src]",
        "http-request deny deny_status 404 if { path /metrics }",
        "http-request redirect scheme https code 308 unless { ssl_fc }",
        "option http-buffer-request",
        "retries 0",
    )
    found = [each for each in needed if each not in said]
    found += [name for name in ("connect", "client", "server", "queue") if seconds(text, name) > BODY_SECONDS]
    return found + (["http-request"] if seconds(text, "http-request") > HEAD_SECONDS else [])


def test_the_proxy_file_says_what_the_server_relies_on() -> None:
    assert lacking(read(FILE)) == []


@pytest.mark.parametrize(
    "line", ["set-header X-Forwarded-For", "path /metrics", "timeout http-request", "timeout client"]
)
def test_a_proxy_file_without_one_of_them_is_found(line: str) -> None:
    assert lacking("\n".join(each for each in read(FILE).splitlines() if line not in each)) != []


def test_its_sections_are_those_haproxy_knows() -> None:
    heads = [line.split()[0] for line in read(FILE).splitlines() if line and not line.startswith((" ", "#"))]
    assert heads == ["global", "defaults", "frontend", "backend"]
