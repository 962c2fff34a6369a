"""The proxies' files say what the server relies on. HAProxy and nginx themselves are run by `make proxies`."""

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
        "http-request redirect scheme https code 308 if { path /docs } !{ ssl_fc }",
        "http-request deny deny_status 403 unless { ssl_fc }",
        "option http-buffer-request",
        "retries 0",
    )
    found = [each for each in needed if each not in said]
    found += [name for name in ("connect", "client", "server", "queue") if seconds(text, name) > BODY_SECONDS]
    return found + (["http-request"] if seconds(text, "http-request") > HEAD_SECONDS else [])


def test_the_proxy_file_says_what_the_server_relies_on() -> None:
    assert lacking(read(FILE)) == []


@pytest.mark.parametrize(
    "line", ["set-header X-Forwarded-For", "deny_status 403", "path /metrics", "timeout http-request", "timeout client"]
)
def test_a_proxy_file_without_one_of_them_is_found(line: str) -> None:
    assert lacking("\n".join(each for each in read(FILE).splitlines() if line not in each)) != []


def answer_to(text: str, path: str, *, tls: bool) -> str:
    """Return what the frontend does with a request: of its rules that end one, the first that applies."""
    truth = {"{ ssl_fc }": tls, "!{ ssl_fc }": not tls} | {
        f"{{ path {each} }}": path == each for each in ("/docs", "/metrics")
    }
    rules = re.findall(
        r"^http-request (redirect|deny) (.+?) (if|unless) (.+)$", "\n".join(directives(text)), re.MULTILINE
    )
    for action, given, word, conditions in rules:
        applies = all(truth[each] for each in re.findall(r"!?\{[^}]+\}", conditions))
        if applies is (word == "if"):
            return f"{action} {given.split()[-1]}"
    return "served"


@pytest.mark.parametrize(
    "path, plain, by_tls",
    [
        ("/docs", "redirect 308", "served"),
        ("/v1/clients", "deny 403", "served"),
        ("/healthz", "deny 403", "served"),
        ("/metrics", "deny 403", "deny 404"),
    ],
)
def test_only_the_page_for_people_is_redirected_to_https(path: str, plain: str, by_tls: str) -> None:
    assert answer_to(read(FILE), path, tls=False) == plain
    assert answer_to(read(FILE), path, tls=True) == by_tls


def test_a_proxy_file_that_redirects_an_app_is_found() -> None:
    everybody = re.sub(r"if \{ path /docs \} !\{ ssl_fc \}", "unless { ssl_fc }", read(FILE))
    assert answer_to(everybody, "/v1/clients", tls=False) == "redirect 308"


def test_its_sections_are_those_haproxy_knows() -> None:
    heads = [line.split()[0] for line in read(FILE).splitlines() if line and not line.startswith((" ", "#"))]
    assert heads == ["global", "defaults", "frontend", "backend"]


def lacking_of_audio(text: str) -> list[str]:
    """Name what the location of nginx must say and does not."""
    said = directives(text)
    needed = (
        "location /_audio/ {",
        "internal;",
        "alias /srv/groundwork/audio/;",
        "etag off;",
        "add_header ETag $upstream_http_etag;",
        "max_ranges 1;",
    )
    return [each for each in needed if each not in said]


@pytest.mark.parametrize("line", ["location", "internal", "alias", "etag off", "ETag", "max_ranges"])
def test_only_the_server_leads_to_the_audio_that_nginx_sends(line: str) -> None:
    text = read("docs/proxy/nginx-audio.conf")
    assert lacking_of_audio(text) == []
    assert "GROUNDWORK_ACCEL=/_audio/" in text
    assert lacking_of_audio("\n".join(each for each in text.splitlines() if line not in each)) != []
