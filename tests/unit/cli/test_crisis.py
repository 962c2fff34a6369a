"""`groundwork crisis` says what is to be seen to, clinic by clinic."""

import asyncio
import os
from typing import Any

from click.testing import CliRunner, Result
from support import lasting as shared
from support.catalogue import CONTENT
from support.clinic import KEYS, Clinic
from support.people import admin

from server.catalogue.crisis.loader import load_crisis
from server.catalogue.crisis.service import version_of
from server.cli import main

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
SPAIN = version_of(load_crisis(CONTENT).cards["ES"])


async def crisis(clinic: Clinic) -> Result:
    clean = {name: None for name in os.environ if name.startswith(("GROUNDWORK_", "DATABASE_"))}
    environ = {
        "GROUNDWORK_DATABASE_URL": clinic.settings.database_url.removeprefix("sqlite+aiosqlite:///"),
        "GROUNDWORK_KEYS": KEYS,
        "GROUNDWORK_DATA": str(clinic.settings.data),
    }
    return await asyncio.to_thread(CliRunner().invoke, main, ("crisis",), env={**clean, **environ})


async def test_a_clinic_is_named_until_it_has_a_line_and_a_confirmed_card(clinic: Clinic, theo: Any) -> None:
    ada = await admin(clinic, theo)
    said = await crisis(clinic)
    assert said.exit_code == 1
    assert f"{theo.handle}: This clinic has set no line of its own" in said.output
    assert "US: 2 entries, documented 2026-11-22" in said.output
    line = {"country": "ES", "name": "Our line", "call": "600 000 000"}
    await ada.ask("PUT", "/v1/organisation/crisis-line", json=line)
    said = await crisis(clinic)
    assert f"{theo.handle}: Nobody at this clinic has confirmed the crisis card of ES" in said.output
    await ada.ask("PUT", "/v1/organisation/crisis-cards/ES/confirmation", json={"version": SPAIN})
    said = await crisis(clinic)
    assert theo.handle not in said.output
    assert "Our line" not in said.output
