"""The proxies whose files are in `docs/proxy`, run as packages of the system have them, on the loopback."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.documents import read
from support.server import free_port, listening

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{}}
http {{
    access_log off;
    types {{}}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {behind};
            proxy_http_version 1.1;
        }}
        {location}
    }}
}}
"""


def program(name: str) -> str:
    """Return where a proxy is installed."""
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        raise RuntimeError(
            f"{name} is not installed: `apt install nginx-light haproxy`, or leave `make proxies` alone."
        )
    return found


@contextmanager
def nginx(folder: Path, behind: str, audio: Path, location: str) -> Iterator[str]:
    """Run nginx with a location in front of a server whose audio lies in a folder; yield its address."""
    port = free_port()
    location = location.replace("/srv/groundwork/audio/", f"{audio}/")
    # As root it would give up the right to read a folder of a test.
    user = "user root;" if folder.owner() == "root" else ""
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, user=user, port=port, behind=behind, location=location))
    with listening([program("nginx"), "-c", str(config), "-e", f"{folder}/nginx.log"], port, "/healthz") as address:
        yield address


@contextmanager
def haproxy(folder: Path, behind: str, certificate: Path) -> Iterator[tuple[str, str]]:
    """Run HAProxy with our file in front of a server; yield its addresses, the plain one and that of TLS."""
    plain, secret, ready = (free_port() for _ in range(3))
    text = read("docs/proxy/haproxy.cfg")
    for ours, theirs in (
        ("bind :80\n", f"bind 127.0.0.1:{plain}\n"),
        ("bind :443 ", f"bind 127.0.0.1:{secret} "),
        ("/etc/haproxy/certificate.pem", str(certificate)),
        ("127.0.0.1:8000", behind.removeprefix("http://")),
    ):
        if ours not in text:
            raise RuntimeError(f"docs/proxy/haproxy.cfg does not say {ours.strip()} any more.")
        text = text.replace(ours, theirs)
    # It answers nobody without TLS, and who waits for it has no certificate.
    text += f"\nfrontend ready\n    bind 127.0.0.1:{ready}\n    http-request return status 200\n"
    config = folder / "haproxy.cfg"
    config.write_text(text)
    with listening([program("haproxy"), "-f", str(config)], ready, "/"):
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secret}"
