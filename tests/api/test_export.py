import pytest
from pathlib import Path
from support.clinic import Clinic, Person
from support.living import live, opened, take_along, take_in, tells, prove


async def test_smoke(clinic: Clinic, theo: Person, ana: Person) -> None:
    await live(theo, ana)
    packed = await take_along(ana)
    import pprint
    pprint.pprint(opened(packed))
    print(await tells(theo, ana))
    assert 0
