from datetime import timedelta

from support.clinic import NOON, Clinic, Person, completion


async def test_a_new_client_has_a_new_streak(ana: Person) -> None:
    streak = await ana.get("/v1/me/streak")
    assert (streak["state"], streak["current"], streak["display"]) == ("new", 0, "gentle")
    assert "adherence" not in streak


async def test_practice_without_an_assignment_counts(ana: Person, clinic: Clinic) -> None:
    clinic.clock.move(days=3)
    results = await ana.push(*(completion(NOON + timedelta(days=day)) for day in range(3)))
    assert [each["status"] for each in results] == ["stored"] * 3
    assert (await ana.get("/v1/me/streak"))["current"] == 3
