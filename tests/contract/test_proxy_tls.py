"""How the proxy file speaks TLS; HAProxy itself is not run here."""

import re

import pytest
from support.documents import read

FILE = "docs/proxy/haproxy.cfg"


def versions(text: str) -> list[str]:
    """Return the oldest versions of TLS that the file allows, one for each place that says so."""
    return re.findall(r"^\s+ssl-default-bind-options .*ssl-min-ver (\S+)", text, re.MULTILINE)


def weak_ciphers(text: str) -> list[str]:
    """Return the listed ciphers of TLS 1.2 without forward secrecy or authenticated encryption."""
    listed = [each for line in re.findall(r"ssl-default-bind-ciphers (\S+)", text) for each in line.split(":")]
    return [each for each in listed if not re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM|CHACHA20)-\w+", each)]


def overridden(text: str) -> list[str]:
    """Return the listeners that speak TLS in another way than the defaults say."""
    found = re.findall(r"^\s+bind (.*)$", text, re.MULTILINE)
    return [each for each in found if re.search(r"ciphers|ssl-min-ver|no-tlsv|force-|sslv3|verify none", each)]


def test_old_versions_of_tls_are_refused() -> None:
    text = read(FILE)
    assert set(versions(text)) <= {"TLSv1.2", "TLSv1.3"}
    assert len(versions(text)) == 1
    assert overridden(text) == []


def test_only_authenticated_ciphers_with_forward_secrecy_are_offered() -> None:
    text = read(FILE)
    assert "ssl-default-bind-ciphers" in text
    assert weak_ciphers(text) == []


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "ALL", "!aNULL"])
def test_a_weak_cipher_is_found(cipher: str) -> None:
    assert weak_ciphers(f"    ssl-default-bind-ciphers ECDHE-RSA-AES128-GCM-SHA256:{cipher}") == [cipher]


def test_an_old_version_is_found() -> None:
    assert versions("    ssl-default-bind-options ssl-min-ver TLSv1.0") == ["TLSv1.0"]
    assert overridden("    bind :443 ssl crt a.pem ssl-min-ver TLSv1.1") != []
