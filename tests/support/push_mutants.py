"""Seeded defects of a server that takes pushes in, each of which the machine must find."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import delete, update
from support.defects import Page, Pass, Serve, changed, items_of, with_items
from support.phone import OUTBOX
from support.phone_store import Item
from support.sync_house import House
from support.sync_model import NOWHERE

from server.db.unit import unit_of_work
from server.practice.models import CompletionRow, VoidRow


def each_result(change: Callable[[Item, dict[str, Any]], None]) -> Serve:
    def change_all(request: httpx.Request, told: Page) -> None:
        for item, result in zip(items_of(request), told["results"], strict=True):
            change(item, result)

    return changed(OUTBOX, change_all)


def void_without_a_version(_house: House) -> Serve:
    def change(item: Item, result: dict[str, Any]) -> None:
        if item["op"] == "void":
            result["version"] -= 1

    return each_result(change)


def duplicate_with_a_new_version(_house: House) -> Serve:
    def change(_request: httpx.Request, told: Page) -> None:
        for result in told["results"]:
            if result["status"] == "duplicate":
                result["version"] = told["version"] = told["version"] + 1

    return changed(OUTBOX, change)


def void_loses_to_a_later_put(house: House) -> Serve:
    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if answer.status_code == httpx.codes.OK:
            for item, result in zip(items_of(request), answer.json().get("results", []), strict=False):
                if (item["op"], result["status"]) == ("put", "voided"):
                    async with unit_of_work(house.clinic.sessions, writes=True) as session:
                        await session.execute(delete(VoidRow).where(VoidRow.completion_id == UUID(item["id"])))
        return answer

    return serve


def conflict_overwrites(house: House) -> Serve:
    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if answer.status_code == httpx.codes.OK:
            for item, result in zip(items_of(request), answer.json().get("results", []), strict=False):
                if result["status"] == "conflict" and item["type"] == "completion":
                    row = update(CompletionRow).where(CompletionRow.id == UUID(item["id"]))
                    body = item["body"]
                    async with unit_of_work(house.clinic.sessions, writes=True) as session:
                        await session.execute(row.values(seconds=body["seconds"], exercise=body["exercise"]))
        return answer

    return serve


def results_out_of_order(_house: House) -> Serve:
    return changed(OUTBOX, lambda _, told: told["results"].reverse())


def invalid_blocks_the_others(_house: House) -> Serve:
    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        if any(item.get("body", {}).get("zone") == NOWHERE for item in items_of(request)):
            return httpx.Response(400, json={"code": "invalid"})
        return await go_on(request)

    return serve


def too_large_after_half(_house: House) -> Serve:
    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        answer = await go_on(request)
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            items = items_of(request)
            await go_on(with_items(request, items[: len(items) // 2]))
        return answer

    return serve


def acknowledged_but_not_kept(_house: House) -> Serve:
    """The last of several items is answered and forgotten."""

    async def serve(request: httpx.Request, go_on: Pass) -> httpx.Response:
        items = items_of(request)
        if len(items) < 2 or items[-1]["op"] == "void":
            return await go_on(request)
        answer = await go_on(with_items(request, items[:-1]))
        told = answer.json()
        if answer.status_code == httpx.codes.OK:
            told["version"] += 1
            told["results"].append({"status": "stored", "id": items[-1]["id"], "version": told["version"]})
        return httpx.Response(answer.status_code, json=told)

    return serve


def stranger_is_known(house: House) -> Serve:
    def change(item: Item, result: dict[str, Any]) -> None:
        if item["id"] == house.of_mara:
            result["status"] = "conflict"

    return each_result(change)


PUSH: dict[str, Callable[[House], Serve]] = {
    each.__name__.replace("_", " "): each
    for each in (
        void_without_a_version,
        duplicate_with_a_new_version,
        void_loses_to_a_later_put,
        conflict_overwrites,
        results_out_of_order,
        invalid_blocks_the_others,
        too_large_after_half,
        acknowledged_but_not_kept,
        stranger_is_known,
    )
}
