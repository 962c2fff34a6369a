"""Where a request comes from: believed of proxies of ours, of nobody else."""

from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from litestar import get
from litestar.connection import Request
from support.web import an_app, logged

from server.settings import SettingsError, read_settings
from server.web.kit import UVICORN_OPTIONS
from server.web.proxies import client_address

OURS = tuple(ip_network(each) for each in ("10.0.0.0/8", "2001:db8:1::/48"))
PROXY = "10.0.0.1"


@get("/whence", sync_to_thread=False)
def tell_whence(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {"address": client_address(request.scope)}


async def whence(peer: str, *forwarded: str, proxies: Any = OURS) -> str:
    app = an_app(routes=[tell_whence], proxies=proxies)
    headers = [("X-Forwarded-For", each) for each in forwarded]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(peer, 1)), base_url="http://a") as http:
        return str((await http.get("/whence", headers=headers)).json()["address"])


@pytest.mark.parametrize(
    "forwarded, address",
    [
        (["192.0.2.7"], "192.0.2.7"),
        ([], PROXY),
        (["192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        (["192.0.2.7", "10.0.0.2"], "192.0.2.7"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (["2001:db8:2::7, 2001:db8:1::5"], "2001:db8:2::/64"),
        (["::ffff:192.0.2.7"], "192.0.2.7"),
        (["::ffff:10.0.0.4"], "10.0.0.4"),
    ],
)
async def test_a_proxy_of_ours_tells_whom_it_speaks_for(forwarded: list[str], address: str) -> None:
    assert await whence(PROXY, *forwarded) == address


@pytest.mark.parametrize("forwarded", [["10.0.0.9, 192.0.2.7"], ["198.51.100.1, 192.0.2.7"], ["a", "192.0.2.7"]])
async def test_what_a_caller_forged_before_the_proxy_wrote_is_passed_over(forwarded: list[str]) -> None:
    assert await whence(PROXY, *forwarded) == "192.0.2.7"


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "unknown",
        "192.0.2.7:443",
        "[2001:db8::7]",
        "192.0.2.07",
        "192.0.2",
        "fe80::1%eth0",
        "7" * 5000,
        "192.0.2.7\t1",
    ],
)
async def test_what_is_no_address_ends_the_walk_at_the_proxy_that_passed_it_on(entry: str) -> None:
    assert await whence(PROXY, f"198.51.100.1, {entry}, 10.0.0.2") == "10.0.0.2"


async def test_nobody_else_is_believed() -> None:
    forged = ("192.0.2.7", "10.0.0.1", "2001:db8::7", "127.0.0.1")
    told = {await whence("203.0.113.5", each) for each in forged}
    assert told == {"203.0.113.5"}
    control = {await whence("203.0.113.5", each, proxies=[ip_network("203.0.113.0/24")]) for each in forged}
    assert control == {"192.0.2.7", "10.0.0.1", "2001:db8::/64", "127.0.0.1"}


async def test_no_proxy_is_believed_by_default() -> None:
    assert await whence("127.0.0.1", "192.0.2.7", proxies=()) == "127.0.0.1"


@pytest.mark.parametrize("header", ["Forwarded", "X-Real-IP", "X-Forwarded", "True-Client-IP", "CF-Connecting-IP"])
async def test_no_other_field_is_read(header: str) -> None:
    app = an_app(routes=[tell_whence], proxies=OURS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(PROXY, 1)), base_url="http://a") as http:
        answer = await http.get("/whence", headers={header: "for=192.0.2.7" if header == "Forwarded" else "192.0.2.7"})
    assert answer.json()["address"] == PROXY


async def test_an_ipv6_network_of_one_customer_is_one_address() -> None:
    peers = ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:f::")
    assert {await whence(peer, proxies=()) for peer in peers} == {"2001:db8::/64"}
    assert await whence("2001:db8:0:1::1", proxies=()) == "2001:db8:0:1::/64"


@pytest.mark.parametrize("peer", ["testclient", ""])
async def test_a_peer_without_an_address_has_none(peer: str) -> None:
    assert await whence(peer, "192.0.2.7") == ""


async def test_head_and_get_come_from_the_same_address() -> None:
    seen = []

    @get("/seen", sync_to_thread=False)
    def see(request: Request[Any, Any, Any]) -> dict[str, str]:
        seen.append(client_address(request.scope))
        return {}

    transport = httpx.ASGITransport(an_app(routes=[see], proxies=OURS), client=(PROXY, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
        for method in ("GET", "HEAD"):
            await http.request(method, "/seen", headers={"X-Forwarded-For": "192.0.2.7"})
    assert seen == ["192.0.2.7"] * 2


async def test_the_address_is_not_logged_answered_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> str:
        transport = httpx.ASGITransport(an_app(proxies=OURS), client=(PROXY, 1), raise_app_exceptions=False)
        with logged("debug") as log:
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
                answers = [
                    await http.get(path, headers={"X-Forwarded-For": "192.0.2.177"})
                    for path in ("/things/a", "/broken/a", "/nowhere", "/things?size=9", "/metrics")
                ]
        return log.getvalue() + "".join(answer.text + str(answer.headers) for answer in answers)

    assert "192.0.2.177" not in await told()
    monkeypatch.setattr("server.web.exchange.NO_ROUTE", "192.0.2.177")
    assert "192.0.2.177" in await told()


def test_uvicorn_believes_no_header_either() -> None:
    assert UVICORN_OPTIONS["proxy_headers"] is False


@pytest.mark.parametrize("given", ["10.1.0.0/16", " 10.1.0.0/16 , 2001:db8::1 ,", "192.0.2.1"])
def test_proxies_are_set_as_networks(given: str) -> None:
    assert read_settings({"GROUNDWORK_PROXIES": given}).proxies
    assert read_settings({}).proxies == ()


@pytest.mark.parametrize("given", ["0.0.0.0/0", "::/0", "10.1.2.3/8", "proxy.example.org", "10.0.0.0/33", "*", "10.1"])
def test_neither_everybody_nor_what_is_no_network_is_a_proxy(given: str) -> None:
    with pytest.raises(SettingsError, match=r"GROUNDWORK_PROXIES must be IP networks"):
        read_settings({"GROUNDWORK_PROXIES": given})
