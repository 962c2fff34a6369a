"""`docs/proxy/haproxy.cfg`, run by HAProxy: TLS or nothing, and one truth about where a request comes from."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.proxies import haproxy

from server.web.protocol import HEAD_SECONDS


class Echo(BaseHTTPRequestHandler):
    """Answers with the method, path, header fields and body that arrived."""

    protocol_version = "HTTP/1.1"

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        told = [self.command, self.path, [[name.lower(), value] for name, value in self.headers.items()], body]
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _echo  # noqa: N815 - the names are the library's

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("haproxy")


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    """Return a file with a certificate for the loopback and its key, as HAProxy wants them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture(scope="module")
def proxied(folder: Path, certificate: Path) -> Iterator[tuple[str, str]]:
    """Run HAProxy in front of an echo; yield its plain address and that of TLS."""
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    with haproxy(folder, f"http://127.0.0.1:{echo.server_port}", certificate) as addresses:
        yield addresses
    echo.shutdown()
    echo.server_close()


@pytest.fixture(scope="module")
def client(certificate: Path) -> Iterator[httpx.Client]:
    with httpx.Client(verify=ssl.create_default_context(cafile=certificate)) as client:
        yield client


@pytest.mark.parametrize(
    "path, plain, by_tls",
    [("/docs", 308, 200), ("/v1/clients", 403, 200), ("/healthz", 403, 200), ("/metrics", 403, 404)],
)
def test_only_the_page_for_people_is_redirected_to_https(
    proxied: tuple[str, str], client: httpx.Client, path: str, plain: int, by_tls: int
) -> None:
    answers = [client.get(address + path) for address in proxied]
    assert [each.status_code for each in answers] == [plain, by_tls]
    assert answers[0].headers.get("location", "").startswith("https://" if plain == 308 else "")


def test_what_a_caller_says_about_where_they_come_from_is_thrown_away(
    proxied: tuple[str, str], client: httpx.Client
) -> None:
    forged = [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "198.51.100.7"),
        ("Forwarded", "for=203.0.113.9"),
        ("X-Forwarded-Proto", "http"),
    ]
    _, _, fields, _ = client.get(f"{proxied[1]}/v1/x", headers=forged).json()
    said = [field for field in fields if "forwarded" in field[0]]
    assert sorted(said) == [["x-forwarded-for", "127.0.0.1"], ["x-forwarded-proto", "https"]]


def test_a_request_arrives_as_it_was_sent(proxied: tuple[str, str], client: httpx.Client) -> None:
    answer = client.post(f"{proxied[1]}/v1/x?a=%20b", content='{"a": "ä"}', headers={"Authorization": "Bearer t"})
    method, path, fields, body = answer.json()
    assert (method, path, body) == ("POST", "/v1/x?a=%20b", '{"a": "ä"}')
    assert ["authorization", "Bearer t"] in fields


def test_http_2_is_offered(proxied: tuple[str, str], certificate: Path) -> None:
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    url = httpx.URL(proxied[1])
    with (
        socket.create_connection((url.host, url.port or 443)) as raw,
        context.wrap_socket(raw, server_hostname=url.host) as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"


def test_a_head_that_does_not_end_is_waited_for_no_longer_than_by_the_server(proxied: tuple[str, str]) -> None:
    url = httpx.URL(proxied[0])
    began = time.monotonic()
    with socket.create_connection((url.host, url.port or 80)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answer = slow.recv(1000)
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < HEAD_SECONDS + 2
