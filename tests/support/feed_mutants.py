"""Seeded defects of a server that tells, forgets and counts, each of which the machine must find."""

from collections.abc import Callable

import httpx
from support.defects import Page, Pass, Serve, changed
from support.phone import FEED
from support.sync_house import House


def digest_stands_still(_house: House) -> Serve:
    def change(_request: httpx.Request, told: Page) -> None:
        if "digest" in told:
            told["digest"] = "0" * 16

    return changed(FEED, change)


def page_ends_one_early(_house: House) -> Serve:
    def change(_request: httpx.Request, told: Page) -> None:
        if told["has_more"]:
            told["items"].pop()

    return changed(FEED, change)


def page_begins_one_early(_house: House) -> Serve:
    """The row at the cursor comes again."""

    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        since = request.url.params.get("since", "")
        epoch, _, version = since.partition(".")
        if request.url.path != FEED or int(version or 0) < 1:
            return await go_on(request)
        answer = await go_on(request)
        if answer.status_code != httpx.codes.OK:
            return answer
        params = request.url.params.set("since", f"{epoch}.{int(version) - 1}")
        return await go_on(httpx.Request("GET", request.url.copy_with(params=params), headers=request.headers))

    return serve


def tombstones_are_skipped(_house: House) -> Serve:
    def change(_request: httpx.Request, told: Page) -> None:
        told["items"] = [row for row in told["items"] if not row["deleted"]]

    return changed(FEED, change)


def rows_that_changed_keep_their_place(_house: House) -> Serve:
    """A document that was changed is not told again after its first version."""

    def change(request: httpx.Request, told: Page) -> None:
        if "since" in request.url.params:
            told["items"] = [row for row in told["items"] if row.get("body", {}).get("revision", 1) == 1]

    return changed(FEED, change)


def any_epoch_will_do(_house: House) -> Serve:
    """A cursor is honoured whatever its epoch, as far as the head."""

    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if request.url.path != FEED or answer.status_code != httpx.codes.GONE:
            return answer
        if answer.json()["code"] != "sync_reset":
            return answer
        anew = httpx.Request("GET", request.url.copy_with(params={"limit": 1}), headers=request.headers)
        epoch = (await go_on(anew)).json()["epoch"]
        _, _, version = request.url.params["since"].partition(".")
        params = request.url.params.set("since", f"{epoch}.{version}")
        return await go_on(httpx.Request("GET", request.url.copy_with(params=params), headers=request.headers))

    return serve


def a_cursor_ahead_waits(_house: House) -> Serve:
    """A cursor ahead of the head is answered by an empty page."""

    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if request.url.path != FEED or answer.status_code != httpx.codes.GONE:
            return answer
        anew = await go_on(httpx.Request("GET", request.url.copy_with(params={"limit": 500}), headers=request.headers))
        page, since = anew.json(), request.url.params["since"]
        if anew.status_code != httpx.codes.OK or not since.startswith(page["epoch"]):
            return answer
        return httpx.Response(200, json={**page, "items": [], "cursor": since})

    return serve


def erasure_only_says_so(_house: House) -> Serve:
    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        if (request.method, request.url.path) == ("DELETE", "/v1/me"):
            return httpx.Response(204)
        return await go_on(request)

    return serve


def streak_lags_behind(_house: House) -> Serve:
    """The streak is told as it was first asked for, by each caller."""
    kept: dict[str, Page] = {}

    def change(request: httpx.Request, told: Page) -> None:
        first = kept.setdefault(request.headers["Authorization"], dict(told))
        told.update(first)

    return changed("/v1/me/streak", change)


FEEDS: dict[str, Callable[[House], Serve]] = {
    each.__name__.replace("_", " "): each
    for each in (
        digest_stands_still,
        page_ends_one_early,
        page_begins_one_early,
        tombstones_are_skipped,
        rows_that_changed_keep_their_place,
        any_epoch_will_do,
        a_cursor_ahead_waits,
        erasure_only_says_so,
        streak_lags_behind,
    )
}
