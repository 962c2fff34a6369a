"""What a clinic knows of a client, sealed, and what suits them now (content brief 2.1)."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from support import lasting as shared
from support.clinic import NOON, Clinic, Person
from support.problems import words
from support.web import logged

from server.accounts.models import OrganisationRow
from server.care.flags.models import ClientFlagsRow
from server.db.tenancy import enter
from server.db.unit import unit_of_work

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana
OWN, MINE = "/v1/me/flags", "/v1/me/suitability"
UNSET_REVISION = '"r0"'
DAY = timedelta(days=1)
APPROVED = {"exercise": "box-with-a-lid", "by": "therapist", "reason": "Practised it together."}
LIFTED = {"rule": "R072", "by": "therapist", "exercise": "widen-the-lens", "reason": "Went well twice."}


def flags_of(ana: Person) -> str:
    return f"/v1/clients/{ana.id}/flags"


def suitability_of(ana: Person) -> str:
    return f"/v1/clients/{ana.id}/suitability"


async def know(theo: Person, ana: Person, *flags: str, match: str = "*", **told: Any) -> dict[str, Any]:
    body = {"flags": flags, **told}
    answer = await theo.ask("PUT", flags_of(ana), json=body, headers={"If-Match": match})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def decisions(who: Person, path: str = MINE) -> dict[str, str]:
    return {each["exercise"]: each["decision"] for each in (await who.get(path))["items"]}


async def stored(clinic: Clinic, ana: Person) -> bytes:
    """Return what the database holds of her flags."""
    async with unit_of_work(clinic.sessions, writes=False) as session:
        for organisation in (await session.scalars(select(OrganisationRow.id))).all():
            await enter(session, organisation)
            query = select(ClientFlagsRow.screening).where(
                ClientFlagsRow.organisation_id == organisation, ClientFlagsRow.client_id == UUID(ana.id)
            )
            if found := await session.scalar(query):
                return found
    raise AssertionError


async def test_nobody_is_screened_before_somebody_did(theo: Person, ana: Person) -> None:
    known = await theo.get(flags_of(ana))
    assert (known["screened"], known["flags"], known["in_force"], known["revision"]) == (False, [], ["unscreened"], 0)
    mine = await ana.get(MINE)
    assert mine["notices"] == ["Starter set only, until your therapist has set you up."]
    decided = {each["exercise"]: each["decision"] for each in mine["items"]}
    assert "good-enough-place" in decided
    assert decided["good-enough-place"] == "exclude"
    # Of dying nothing is said at all.
    assert "what-matters-today" not in decided


async def test_flags_are_read_as_they_were_set_and_the_client_sees_them(theo: Person, ana: Person) -> None:
    dates = {"due": "2026-09-01", "trauma_work": ["2026-06-01T09:00:00Z"]}
    set_to = await know(theo, ana, "panic", "asthma", "panic", dates=dates)
    assert set_to == await theo.get(flags_of(ana))
    assert set_to["flags"] == ["asthma", "panic"]
    assert set_to["dates"] == {"trauma_work": ["2026-06-01T09:00:00Z"], "due": "2026-09-01"}
    in_force = ["asthma", "panic", "pregnancy_any", "pregnancy_t2", "trauma_work_48h"]
    assert set_to["in_force"] == in_force
    own = await ana.get(OWN)
    assert own == {"screened": True, "flags": ["asthma", "panic"], "dates": set_to["dates"], "in_force": in_force}


async def test_a_change_names_the_revision_it_changes(theo: Person, ana: Person) -> None:
    read = await theo.ask("GET", flags_of(ana))
    assert read.headers["etag"] == UNSET_REVISION
    without = await theo.ask("PUT", flags_of(ana), json={"flags": []})
    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    first = await theo.ask("PUT", flags_of(ana), json={"flags": ["panic"]}, headers={"If-Match": UNSET_REVISION})
    assert (first.status_code, first.headers["etag"]) == (200, '"r1"')
    stale = await theo.ask("PUT", flags_of(ana), json={"flags": []}, headers={"If-Match": UNSET_REVISION})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (await theo.get(flags_of(ana)))["flags"] == ["panic"]
    cleared = await theo.ask("PUT", flags_of(ana), json={"flags": []}, headers={"If-Match": '"r1"'})
    assert (cleared.json()["screened"], cleared.json()["in_force"]) == (True, [])


async def test_flags_follow_from_dates_at_the_moment_of_use(clinic: Clinic, theo: Person, ana: Person) -> None:
    await know(theo, ana, dates={"due": "2026-06-02"})
    clinic.clock.move(days=22)
    late = await theo.get(flags_of(ana))
    assert (late["in_force"], late["asks"]) == (["pregnancy_any", "pregnancy_t3"], ["outcome_of_pregnancy"])
    born = await know(theo, ana, dates={"due": "2026-06-02", "birth": "2026-06-05"})
    assert (born["in_force"], born["asks"]) == (["postpartum_0_6w"], [])


async def test_the_day_of_a_session_is_an_allow_list(clinic: Clinic, theo: Person, ana: Person) -> None:
    await know(theo, ana)
    session = {"kind": "dosing", "starts_at": (NOON + timedelta(hours=1)).isoformat(), "status": "scheduled"}
    answer = await theo.ask("POST", f"/v1/clients/{ana.id}/sessions", json=session)
    assert answer.status_code == 201, answer.text
    assert set((await decisions(ana)).values()) >= {"as_is"}
    clinic.clock.move(hours=2)
    assert set((await decisions(ana)).values()) == {"exclude"}
    clinic.clock.move(hours=2)
    short_list = {"land-now", "leave-the-breath-alone", "resting-outline", "soft-landing", "sounds-of-the-room"}
    assert {slug for slug, each in (await decisions(ana)).items() if each != "exclude"} == short_list
    assert "Today's short list" in (await ana.get(MINE))["notices"][0]
    change = {"status": "cancelled"}
    headers = {"If-Match": answer.headers["etag"]}
    path = f"/v1/clients/{ana.id}/sessions/{answer.json()['id']}"
    assert (await theo.ask("PATCH", path, json=change, headers=headers)).status_code == 200
    assert "exclude" not in {*(await decisions(ana)).values()}


async def test_an_exercise_is_switched_on_by_a_named_person_with_a_reason(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    await know(theo, ana, "dissociation_prone")
    assert (await decisions(ana))["box-with-a-lid"] == "approve"
    known = await know(theo, ana, "dissociation_prone", approvals=[APPROVED], overrides=[LIFTED])
    said = {"at": "2026-06-01T12:00:00Z", "name": "Theo"}
    (approved,), (lifted,) = known["approvals"], known["overrides"]
    assert {**approved, **said, "name": approved["name"]} == {**APPROVED, **said, "name": approved["name"]}
    assert lifted["rule"] == "R072"
    assert (await decisions(ana))["box-with-a-lid"] in {"as_is", "caution", "adapt"}
    clinic.clock.move(days=3)
    again = await know(theo, ana, "dissociation_prone", "panic", approvals=[APPROVED], overrides=[LIFTED])
    assert again["approvals"] == [approved]
    assert again["overrides"] == [lifted]
    changed = await know(theo, ana, "panic", approvals=[{**APPROVED, "reason": "Again."}])
    assert changed["approvals"][0]["at"] == "2026-06-04T12:00:00Z"


async def test_what_a_therapist_shows_first_waits_for_them(theo: Person, ana: Person) -> None:
    await know(theo, ana)
    assert (await decisions(ana))["crossed-arm-taps"] == "approve"
    assert "what-matters-today" not in await decisions(ana)
    await know(theo, ana, "life_limiting", approvals=[{**APPROVED, "exercise": "what-matters-today"}])
    assert (await decisions(ana))["what-matters-today"] == "as_is"


async def test_staff_read_the_rules_and_the_client_the_words(theo: Person, ana: Person) -> None:
    await know(theo, ana, "panic")
    staff = {each["exercise"]: each for each in (await theo.get(suitability_of(ana)))["items"]}
    assert staff["soft-wave-breath"]["rules"] == ["R025"]
    own = next(each for each in (await ana.get(MINE))["items"] if each["exercise"] == "soft-wave-breath")
    assert own == {
        "exercise": "soft-wave-breath",
        "decision": "adapt",
        "variants": ["own_pace"],
        "client_text": ["Go at your own pace and keep each breath light. There is no target."],
    }


async def test_the_words_are_in_the_language_that_is_asked_for(theo: Person, ana: Person) -> None:
    await know(theo, ana, "panic")
    spanish = "Ve a tu ritmo, con respiraciones ligeras. No hay ninguna meta."
    for answer in (await ana.get(f"{MINE}?locale=es"), await theo.get(f"{suitability_of(ana)}?locale=es-MX")):
        assert [each["client_text"] for each in answer["items"] if each["exercise"] == "soft-wave-breath"] == [
            [spanish]
        ]
    assert (await ana.ask("GET", f"{MINE}?locale=x")).status_code == 400


async def test_what_was_left_out_without_a_reason_is_left_out(theo: Person, ana: Person) -> None:
    await know(theo, ana)
    assert "night-feed-orienting" in await decisions(ana)
    wish = {"left_out": {"properties": ["baby_content"], "postures": []}}
    assert (await ana.ask("PATCH", "/v1/me/preferences", json=wish)).status_code == 200
    neutral = await decisions(ana)
    wish = {"left_out": {"properties": [], "postures": []}}
    await ana.ask("PATCH", "/v1/me/preferences", json=wish)
    await know(theo, ana, "perinatal_loss")
    assert await decisions(ana) == neutral
    assert "night-feed-orienting" not in neutral


@pytest.mark.parametrize(
    "body, pointer, code",
    [
        ({"flags": ["panic", "after_dose_2_24h"]}, "/flags/1", "from_dates"),
        (
            {"flags": [], "approvals": [{**APPROVED, "exercise": "no-such-thing"}]},
            "/approvals/0/exercise",
            "unknown_exercise",
        ),
        ({"flags": [], "overrides": [{**LIFTED, "rule": "R999"}]}, "/overrides/0/rule", "unknown_rule"),
        ({"flags": [], "overrides": [{**LIFTED, "rule": "R140"}]}, "/overrides/0/by", "not_theirs"),
        ({"flags": [], "overrides": [{**LIFTED, "rule": "R045", "by": "prescriber"}]}, "/overrides/0/by", "not_theirs"),
        ({"flags": [], "overrides": [{**LIFTED, "rule": "R001"}]}, "/overrides/0/by", "not_theirs"),
    ],
)
async def test_what_cannot_be_set_is_told_by_its_place(
    theo: Person, ana: Person, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await theo.ask("PUT", flags_of(ana), json=body, headers={"If-Match": "*"})
    assert answer.status_code == 400
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_an_error_never_repeats_a_flag(theo: Person, ana: Person) -> None:
    answer = await theo.ask("PUT", flags_of(ana), json={"flags": ["perinatal_los"]}, headers={"If-Match": "*"})
    assert answer.status_code == 400
    assert "perinatal" not in answer.text
    assert words(answer)


async def test_flags_are_sealed_and_what_is_sealed_does_not_show_how_many_they_are(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    lengths = set()
    for flags in ((), ("panic",), ("suicidality_current", "perinatal_loss", "eating_disorder")):
        await know(theo, ana, *flags)
        sealed = await stored(clinic, ana)
        assert not any(flag.encode() in sealed for flag in flags)
        lengths.add(len(sealed))
    assert len(lengths) == 1


async def test_the_feed_tells_the_phone_what_decides(theo: Person, ana: Person) -> None:
    before = (await ana.get("/v1/me/changes"))["cursor"]
    await know(theo, ana, "panic", dates={"due": "2026-09-01"}, approvals=[APPROVED], overrides=[LIFTED])
    (told,) = (await ana.get(f"/v1/me/changes?since={before}"))["items"]
    assert (told["kind"], told["deleted"]) == ("flags", False)
    assert told["body"] == {
        "flags": ["panic"],
        "dates": {"trauma_work": [], "due": "2026-09-01"},
        "approvals": [{"exercise": "box-with-a-lid", "by": "therapist"}],
        "overrides": [{"rule": "R072", "by": "therapist", "exercise": "widen-the-lens"}],
    }
    assert "together" not in json.dumps(told)


async def test_who_reads_or_changes_them_is_in_the_record(theo: Person, ana: Person) -> None:
    await know(theo, ana, "panic")
    await theo.get(flags_of(ana))
    await theo.get(suitability_of(ana))
    reads = (await ana.get("/v1/me/record-reads"))["items"]
    assert [each["action"] for each in reads[:3]] == ["readClientSuitability", "readClientFlags", "setClientFlags"]
    assert "panic" not in json.dumps(reads)


async def test_a_client_reads_them_only_where_they_are_their_own(theo: Person, ana: Person) -> None:
    await know(theo, ana, "panic")
    assert (await ana.ask("GET", flags_of(ana))).status_code == 403
    assert (await theo.ask("GET", OWN)).status_code == 403


async def test_no_flag_is_in_a_log_line(theo: Person, ana: Person) -> None:
    with logged("debug") as log:
        await know(theo, ana, "eating_disorder", approvals=[APPROVED])
        await theo.get(suitability_of(ana))
        await ana.get(OWN)
        bad = {"flags": ["eating_disorder", "after_dose_2_24h"]}
        assert (await theo.ask("PUT", flags_of(ana), json=bad, headers={"If-Match": "*"})).status_code == 400
    printed = log.getvalue()
    assert "/v1/clients/{client_id}/flags" in printed
    assert not [each for each in ("eating_disorder", "after_dose", "together", "R0") if each in printed]
