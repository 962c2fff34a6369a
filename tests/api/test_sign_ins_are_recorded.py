"""Signing in leaves a trace, also when it fails: who came in is in the audit, who did not is a line without a name."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from support.clinic import Clinic, Person
from support.signing import THEO, WRONG, enrol, sign_in
from support.web import logged

from server.accounts.tokens import read_token
from server.audit.models import AuditRow
from server.db.tenancy import enter
from server.db.unit import unit_of_work


async def recorded(clinic: Clinic, about: Person) -> list[str]:
    """Return what the audit says that somebody did, in order."""
    async with unit_of_work(clinic.sessions, writes=False) as session:
        await enter(session, clinic_of(about))
        query = select(AuditRow.action).where(AuditRow.actor_id == UUID(about.id)).order_by(AuditRow.number)
        return list((await session.scalars(query)).all())


def clinic_of(person: Person) -> UUID:
    token = read_token(person.tokens["access_token"], "gwa")
    assert token
    return token.organisation


async def test_who_comes_in_is_in_the_audit(clinic: Clinic, theo: Person) -> None:
    before = (await recorded(clinic, theo)).count("signIn")
    assert (await sign_in(clinic)).status_code == 200
    assert (await recorded(clinic, theo)).count("signIn") == before + 1


async def test_who_has_not_shown_the_second_factor_has_not_come_in(clinic: Clinic, theo: Person) -> None:
    await enrol(clinic, theo.tokens)
    before = (await recorded(clinic, theo)).count("signIn")
    assert (await sign_in(clinic)).json()["outcome"] == "second_factor_needed"
    assert (await recorded(clinic, theo)).count("signIn") == before


@pytest.mark.parametrize(
    "path, body",
    [
        ("/v1/auth/sign-in", {"email": THEO, "password": WRONG}),
        ("/v1/auth/console/sign-in", {"email": THEO, "password": WRONG}),
        ("/v1/auth/pair", {"code": "00000-00000", "zone": "Europe/Berlin"}),
        ("/v1/auth/refresh", {"refresh_token": "gwr_nonsense"}),
    ],
)
async def test_who_does_not_come_in_is_a_line_with_the_way_they_tried(
    clinic: Clinic, theo: Person, path: str, body: dict[str, Any]
) -> None:
    with logged() as log:
        answer = await clinic.http.post(path, json=body)
    (line,) = [each for each in log.lines() if each["event"] == "request"]
    assert (answer.status_code, line["status"], line["route"]) == (401, 401, path)
    assert line["timestamp"].endswith("Z")
    assert theo.id not in log.getvalue()
    assert THEO not in log.getvalue()
    assert WRONG not in log.getvalue()
