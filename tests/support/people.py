"""More people of a clinic than its therapist and a client, and their ways in."""

from typing import Any

import httpx
from sqlalchemy import select
from support.clinic import PASSWORD, Clinic, Person

from server.accounts.models import OrganisationRow


async def colleague(clinic: Clinic, theo: Person, name: str, role: Any = "therapist") -> Person:
    """Let somebody work at the clinic of `theo`, who signs in by a handle."""
    assert theo.handle
    async with clinic.sessions(writes=False) as session:
        house = await session.scalar(select(OrganisationRow.id).where(OrganisationRow.handle == theo.handle))
    assert house
    return await clinic.member(house, f"{name}@clinic.example", theo.handle, role)


async def admin(clinic: Clinic, theo: Person, name: str = "ada") -> Person:
    """Let an admin work at the clinic of `theo`, who has just proven again who they are."""
    ada = await colleague(clinic, theo, name, "admin")
    await ada.post("/v1/auth/step-up", {"password": PASSWORD})
    return ada


async def pair(clinic: Clinic, **way_in: str) -> httpx.Response:
    """Pair a phone by a `code` (with its `organisation`) or by a `secret`."""
    return await clinic.http.post("/v1/auth/pair", json={"zone": "Europe/Berlin", **way_in})


def secret_of(url: str) -> str:
    """Return what a link carries behind the `#`."""
    return url.partition("#")[2]


async def let_in(clinic: Clinic, url: str) -> Person:
    """Pair a phone by a link."""
    answer = await pair(clinic, secret=secret_of(url))
    assert answer.status_code == 201, answer.text
    return Person(clinic.http, answer.json(), ("/v1/auth/refresh", {}))
