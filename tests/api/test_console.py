"""The console holds a cookie and never a token; phones hold tokens and never a cookie."""

from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from support.clinic import PASSWORD, Clinic, Person
from support.signing import THEO, WRONG, as_bearer, enrol, sign_in, step_up

COOKIE, KNOWN = "__Host-groundwork", "__Host-groundwork-known"
NEW_CLIENT = {"name": "Jo", "zone": "Europe/Berlin"}


class Page:
    """A page of the console: a browser's cookies, and the CSRF token it was given."""

    def __init__(self, clinic: Clinic, answer: httpx.Response) -> None:
        self.clinic = clinic
        self.answer = answer
        self.jar = SimpleCookie[str]()
        for line in answer.headers.get_list("set-cookie"):
            self.jar.load(line)
        self.csrf = answer.json().get("csrf_token", "")

    async def ask(self, method: str, path: str, cookie: str | None = None, **given: Any) -> httpx.Response:
        own = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf, **given.pop("headers", {})}
        headers = {name: value for name, value in own.items() if value}
        headers["Cookie"] = f"{COOKIE}={self.jar[COOKIE].value if cookie is None else cookie}"
        return await self.clinic.http.request(method, path, headers=headers, **given)


async def open_page(clinic: Clinic, password: str = PASSWORD, **more: Any) -> Page:
    body = {"email": THEO, "password": password}
    page = Page(clinic, await clinic.http.post("/v1/auth/console/sign-in", json=body, **more))
    clinic.http.cookies.clear()
    return page


@pytest.fixture
async def page(clinic: Clinic, theo: Person) -> Page:
    assert theo.id
    return await open_page(clinic)


async def test_a_sign_in_at_the_console_gives_cookies_that_no_script_can_read(page: Page, theo: Person) -> None:
    told = page.answer.json()
    assert (told["outcome"], told["subject_id"], told["role"]) == ("console", theo.id, "therapist")
    assert (told["expires_at"], len(told)) == ("2026-06-01T12:30:00Z", 5)
    for name in (COOKIE, KNOWN):
        morsel = page.jar[name]
        assert (morsel["path"], morsel["secure"], morsel["httponly"]) == ("/", True, True)
        assert (morsel["samesite"].lower(), morsel["domain"]) == ("strict", "")
    assert page.jar[COOKIE].value not in page.answer.text


async def test_a_page_reads_with_the_cookie_and_changes_with_the_token_as_well(page: Page) -> None:
    assert (await page.ask("GET", "/v1/clients", headers={"X-CSRF-Token": ""})).status_code == 200
    assert (await page.ask("POST", "/v1/clients", json=NEW_CLIENT)).status_code == 201


async def test_a_change_without_the_token_of_this_sign_in_is_refused(clinic: Clinic, page: Page) -> None:
    other = await open_page(clinic)
    for forged in ("", "x", other.csrf, ("B" if page.csrf[0] == "A" else "A") + page.csrf[1:]):
        answer = await page.ask("POST", "/v1/clients", json=NEW_CLIENT, headers={"X-CSRF-Token": forged})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), forged
    assert (await other.ask("POST", "/v1/clients", json=NEW_CLIENT)).status_code == 201
    assert len((await page.ask("GET", "/v1/clients")).json()["items"]) == 1


SITES = {"cross-site": False, "same-site": False, "same-origin": True, "none": True, "": True}


@pytest.mark.parametrize("site", SITES)
async def test_a_page_of_another_site_is_refused(page: Page, site: str) -> None:
    for method, given in (("GET", {}), ("POST", {"json": NEW_CLIENT})):
        answer = await page.ask(method, "/v1/clients", headers={"Sec-Fetch-Site": site}, **given)
        assert (answer.status_code < 300) is SITES[site]
        assert SITES[site] or answer.json()["code"] == "cross_site"


async def test_the_token_is_read_again_after_the_page_was_loaded_anew(clinic: Clinic, page: Page, theo: Person) -> None:
    assert (await page.ask("GET", "/v1/auth/console/csrf")).json() == {"csrf_token": page.csrf}
    assert (await as_bearer(clinic, "GET", "/v1/auth/console/csrf", theo.tokens)).status_code == 404


async def test_a_cookie_is_no_bearer_token_and_a_token_no_cookie(clinic: Clinic, page: Page, theo: Person) -> None:
    cookie, access = page.jar[COOKIE].value, theo.tokens["access_token"]
    for bearer in (cookie, cookie.replace("gws_", "gwa_")):
        answer = await clinic.http.get("/v1/clients", headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == 401
    for shown in (access, access.replace("gwa_", "gws_"), "", "x"):
        assert (await page.ask("GET", "/v1/clients", cookie=shown)).status_code == 401
    for refresh in (cookie, cookie.replace("gws_", "gwr_")):
        answer = await clinic.http.post("/v1/auth/refresh", json={"refresh_token": refresh})
        assert answer.json()["code"] == "signed_out"
    assert (await page.ask("GET", "/v1/clients")).status_code == 200


async def test_an_authorization_field_counts_and_the_cookie_beside_it_does_not(page: Page, theo: Person) -> None:
    bearer = {"Authorization": f"Bearer {theo.tokens['access_token']}", "Sec-Fetch-Site": "cross-site"}
    assert (await page.ask("GET", "/v1/clients", headers=bearer)).status_code == 200
    assert (await page.ask("GET", "/v1/clients", headers={"Authorization": "Bearer x"})).status_code == 401


async def test_a_page_stays_signed_in_while_it_is_used_and_at_most_twelve_hours(clinic: Clinic, page: Page) -> None:
    for _ in range(24):
        clinic.clock.move(minutes=29, seconds=59)
        assert (await page.ask("GET", "/v1/clients")).status_code == 200
    clinic.clock.move(seconds=23)
    assert (await page.ask("GET", "/v1/clients")).status_code == 200
    clinic.clock.move(seconds=1)
    assert (await page.ask("GET", "/v1/clients")).status_code == 401


async def test_a_page_is_signed_out_after_half_an_hour_of_rest(clinic: Clinic, page: Page) -> None:
    clinic.clock.move(minutes=30)
    assert (await page.ask("GET", "/v1/clients")).status_code == 401


async def test_signing_out_ends_the_sign_in_and_clears_the_cookie(page: Page) -> None:
    answer = await page.ask("POST", "/v1/auth/sign-out")
    assert answer.status_code == 204
    cleared = SimpleCookie[str](answer.headers["set-cookie"])[COOKIE]
    assert (cleared.value, cleared["max-age"], cleared["secure"]) == ("", "0", True)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert (await page.ask("GET", "/v1/clients")).status_code == 401


async def test_a_phone_never_gets_a_cookie(clinic: Clinic, ana: Person) -> None:
    answers = [
        await clinic.http.post("/v1/auth/refresh", json=ana.tokens),
        await sign_in(clinic),
        await as_bearer(clinic, "POST", "/v1/auth/sign-out", ana.tokens),
    ]
    assert [each.headers.get_list("set-cookie") for each in answers] == [[], [], []]
    assert all("clear-site-data" not in each.headers for each in answers)


async def test_a_second_factor_is_asked_for_at_the_console_as_well(clinic: Clinic, theo: Person) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    begun = await open_page(clinic)
    assert begun.answer.json()["outcome"] == "second_factor_needed"
    assert not begun.jar
    body = {"challenge": begun.answer.json()["challenge"], "code": app.code(clinic.clock.now())}
    page = Page(clinic, await clinic.http.post("/v1/auth/console/second-factor", json=body))
    clinic.http.cookies.clear()
    assert (await page.ask("GET", "/v1/clients")).status_code == 200


async def test_a_fresh_proof_replaces_the_cookie_and_ends_the_old_one(page: Page) -> None:
    old = page.jar[COOKIE].value
    wrong = await page.ask("POST", "/v1/auth/step-up", json={"password": WRONG})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
    assert (await page.ask("GET", "/v1/clients")).status_code == 200
    proven = await page.ask("POST", "/v1/auth/step-up", json={"password": PASSWORD})
    assert (proven.status_code, set(proven.json())) == (200, {"until"})
    page.jar.load(proven.headers["set-cookie"])
    morsel = page.jar[COOKIE]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"].lower()) == (True, True, "strict")
    assert (await page.ask("GET", "/v1/clients", cookie=old)).status_code == 401
    assert (await page.ask("POST", "/v1/clients", json=NEW_CLIENT)).status_code == 201
    answer = await page.ask("POST", "/v1/account/recovery-codes")
    assert answer.json()["code"] == "no_second_factor"


async def test_a_fresh_proof_by_a_token_gives_no_cookie(clinic: Clinic, theo: Person) -> None:
    proven = await step_up(clinic, theo.tokens)
    assert (proven.status_code, "set-cookie" in proven.headers) == (200, False)
    assert (await as_bearer(clinic, "GET", "/v1/clients", theo.tokens)).status_code == 200


async def test_signing_in_anew_ends_the_earlier_sign_in_of_this_browser(clinic: Clinic, page: Page) -> None:
    elsewhere = await open_page(clinic)
    held = {"headers": {"Cookie": f"{COOKIE}={page.jar[COOKIE].value}"}}
    assert (await open_page(clinic, WRONG, **held)).answer.status_code == 401
    assert (await page.ask("GET", "/v1/clients")).status_code == 200
    anew = await open_page(clinic, **held)
    assert [(await each.ask("GET", "/v1/clients")).status_code for each in (page, anew, elsewhere)] == [401, 200, 200]


async def test_a_second_factor_ends_the_earlier_sign_in_of_this_browser(
    clinic: Clinic, page: Page, theo: Person
) -> None:
    app, _ = await enrol(clinic, theo.tokens)
    held = {"headers": {"Cookie": f"{COOKIE}={page.jar[COOKIE].value}"}}
    begun = await open_page(clinic, **held)
    assert (await page.ask("GET", "/v1/clients")).status_code == 200
    body = {"challenge": begun.answer.json()["challenge"], "code": app.code(clinic.clock.now())}
    await clinic.http.post("/v1/auth/console/second-factor", json=body, **held)
    clinic.http.cookies.clear()
    assert (await page.ask("GET", "/v1/clients")).status_code == 401


async def test_what_is_not_the_cookie_of_a_sign_in_ends_none(clinic: Clinic, page: Page, theo: Person) -> None:
    cookie, access = page.jar[COOKIE].value, theo.tokens["access_token"]
    forged = f"{cookie[:-5]}{'AAAA' if cookie[-5:-1] != 'AAAA' else 'BBBB'}{cookie[-1]}"
    for shown in (forged, access, access.replace("gwa_", "gws_"), "gws_", "x"):
        assert (await open_page(clinic, headers={"Cookie": f"{COOKIE}={shown}"})).answer.status_code == 200
    assert (await page.ask("GET", "/v1/clients")).status_code == 200
    assert (await as_bearer(clinic, "GET", "/v1/clients", theo.tokens)).status_code == 200


async def test_the_known_device_of_a_browser_is_its_cookie(clinic: Clinic, page: Page) -> None:
    for _ in range(11):
        await sign_in(clinic, password=WRONG)
    assert (await open_page(clinic)).answer.status_code == 429
    known = {"headers": {"Cookie": f"{KNOWN}={page.jar[KNOWN].value}"}}
    assert (await open_page(clinic, **known)).answer.status_code == 200


async def test_a_sign_in_of_the_console_is_told_as_such(page: Page) -> None:
    (own,) = [each for each in (await page.ask("GET", "/v1/account/sign-ins")).json()["items"] if each["current"]]
    assert own["console"] is True
