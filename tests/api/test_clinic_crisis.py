"""The clinic's own line first, and cards that somebody at the clinic has confirmed (content brief 6.5)."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from support import lasting as shared
from support.catalogue import CONTENT
from support.clinic import Clinic, Person
from support.people import admin

from server.accounts.crisis.models import CrisisConfirmationRow
from server.accounts.crisis.service import warnings_of
from server.catalogue.crisis.loader import load_crisis
from server.catalogue.crisis.service import version_of
from server.kit.ids import new_id

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

CRISIS = load_crisis(CONTENT)
LINE = {"country": "ES", "name": "Clínica, a todas horas", "call": "+34 600 000 000", "hours": "24/7"}
SPAIN = version_of(CRISIS.cards["ES"])


@pytest.fixture
async def ada(clinic: Clinic, theo: Person) -> Person:
    """An admin of Theo's clinic, who has just proved again who she is."""
    return await admin(clinic, theo)


async def put(person: Person, path: str, body: dict[str, Any]) -> Any:
    return await person.ask("PUT", path, json=body)


async def test_without_a_line_a_client_is_told_of_no_country_and_the_clinic_is_warned(
    theo: Person, ana: Person
) -> None:
    own = await ana.get("/v1/me/crisis")
    assert "clinic" not in own
    assert (own["card"]["country"], own["card"]["entries"]) == ("ZZ", [])
    state = await theo.get("/v1/organisation/crisis")
    assert state["warnings"] == ["This clinic has set no line of its own, and no country: its clients see neither."]
    assert [each["country"] for each in state["cards"]] == sorted(CRISIS.cards)


async def test_the_clinics_line_stands_first_in_the_country_it_is_in(ada: Person, ana: Person) -> None:
    answer = await put(ada, "/v1/organisation/crisis-line", LINE)
    assert answer.status_code == 200, answer.text
    told = await ana.ask("GET", "/v1/me/crisis")
    own = told.json()
    assert own["clinic"] == {
        "name": LINE["name"],
        "call": {"shown": "+34 600 000 000", "dialled": "+34600000000"},
        "hours": "24/7",
    }
    assert list(own) == ["clinic_label", "clinic", "card", "unconfirmed"]
    assert own["card"]["entries"][0]["call"]["dialled"] == "024"
    abroad = await ana.get("/v1/me/crisis", params={"country": "US"})
    assert (abroad["clinic"], abroad["card"]["emergency"]["dialled"]) == (own["clinic"], "911")


async def test_a_card_is_unconfirmed_until_an_admin_has_looked_at_this_version(ada: Person, ana: Person) -> None:
    await put(ada, "/v1/organisation/crisis-line", LINE)
    assert (await ana.get("/v1/me/crisis"))["unconfirmed"] == CRISIS.words["en"].unconfirmed
    state = await ada.get("/v1/organisation/crisis")
    assert state["warnings"] == ["Nobody at this clinic has confirmed the crisis card of ES as it is now."]
    path = "/v1/organisation/crisis-cards/ES/confirmation"
    other = await put(ada, path, {"version": "0" * 16})
    assert (other.status_code, other.json()["code"]) == (409, "card_changed")
    answer = await put(ada, path, {"version": SPAIN})
    assert answer.status_code == 200, answer.text
    spain = next(each for each in answer.json()["cards"] if each["country"] == "ES")
    assert (spain["confirmed"]["by"], answer.json()["warnings"]) == (ada.id, [])
    assert "unconfirmed" not in await ana.get("/v1/me/crisis")
    assert "unconfirmed" in await ana.get("/v1/me/crisis", params={"country": "FR"})
    assert (await put(ada, path, {"version": SPAIN})).status_code == 200


async def test_a_country_without_a_card_cannot_be_confirmed_and_is_told_to_the_clinic(ada: Person, ana: Person) -> None:
    await put(ada, "/v1/organisation/crisis-line", LINE | {"country": "CA"})
    assert (await ada.get("/v1/organisation/crisis"))["warnings"] == [
        "There is no crisis card of CA: clients are told so."
    ]
    answer = await put(ada, "/v1/organisation/crisis-cards/CA/confirmation", {"version": SPAIN})
    assert answer.status_code == 404
    own = await ana.get("/v1/me/crisis")
    assert (own["card"]["country"], own["card"]["entries"], own["clinic"]["name"]) == ("CA", [], LINE["name"])


async def test_setting_a_line_needs_an_admin_who_has_just_proved_who_they_are(
    clinic: Clinic, theo: Person, ada: Person
) -> None:
    assert (await put(theo, "/v1/organisation/crisis-line", LINE)).status_code == 403
    clinic.clock.move(minutes=6)
    answer = await put(ada, "/v1/organisation/crisis-line", LINE)
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    answer = await put(ada, "/v1/organisation/crisis-cards/ES/confirmation", {"version": SPAIN})
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


@pytest.mark.parametrize(
    "change", [{"call": None}, {"call": "our desk"}, {"country": "Spain"}, {"name": ""}, {"text": "1" * 40}]
)
async def test_a_line_without_a_number_is_refused(ada: Person, change: dict[str, Any]) -> None:
    body = {name: value for name, value in (LINE | change).items() if value is not None}
    assert (await put(ada, "/v1/organisation/crisis-line", body)).status_code == 400


async def test_another_clinic_sees_nothing_of_it(clinic: Clinic, ada: Person) -> None:
    await put(ada, "/v1/organisation/crisis-line", LINE)
    handle = f"elsewhere-{new_id().hex[-12:]}"
    nils = await clinic.member(await clinic.found(handle), "nils@elsewhere.example", handle)
    lena = await clinic.phone(nils, "Lena")
    assert "clinic" not in await lena.get("/v1/me/crisis")
    assert "line" not in await nils.get("/v1/organisation/crisis")


def test_a_confirmation_does_not_outlive_the_numbers_it_was_about() -> None:
    """The control of the warnings: a card that was documented anew is another one."""
    row = CrisisConfirmationRow(
        organisation_id=new_id(), country="ES", card_version=SPAIN, confirmed_by=new_id(), confirmed_at=None
    )
    assert list(warnings_of("ES", [row], CRISIS)) == []
    renewed = replace(CRISIS.cards["ES"], documented_on=date(2027, 5, 1))
    content = replace(CRISIS, cards={**CRISIS.cards, "ES": renewed})
    assert len(list(warnings_of("ES", [row], content))) == 1
    assert len(list(warnings_of("FR", [row], CRISIS))) == 1
