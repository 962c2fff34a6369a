from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace
from support.catalogue import CONTENT

from server.catalogue.search import Query, find
from server.catalogue.snapshot import load_snapshot

SNAPSHOT = load_snapshot(CONTENT)
ALL = {summary.slug for summary in find(SNAPSHOT, Query())}


def slugs(query: Query) -> set[str]:
    return {summary.slug for summary in find(SNAPSHOT, query)}


QUERIES = st.builds(
    Query,
    technique=st.sampled_from([None, "grounding", "breathing", "body_scan"]),
    track=st.sampled_from([None, "perinatal", "trauma", "palliative"]),
    phase=st.sampled_from([None, "dosing_day", "distress"]),
    posture=st.sampled_from([None, "seated", "side_lying", "walking"]),
    max_minutes=st.one_of(st.none(), st.integers(1, 15)),
    max_load=st.one_of(st.none(), st.integers(1, 5)),
    q=st.sampled_from([None, "", "wave", "WAVE  soft", "room", "nothing-like-this"]),
    locale=st.sampled_from(["en", "en-GB", "EN", "es"]),
)


@given(query=QUERIES, name=st.sampled_from(["technique", "track", "phase", "posture", "max_minutes", "max_load", "q"]))
def test_taking_a_filter_away_never_hides_an_exercise(query: Query, name: str) -> None:
    assert slugs(query) <= slugs(replace(query, **{name: None}))


@given(query=QUERIES)
def test_all_filters_together_find_what_each_of_them_finds(query: Query) -> None:
    alone = [
        Query(**{name: value, "locale": query.locale}) for name, value in asdict(query).items() if name != "locale"
    ]
    assert slugs(query) == set.intersection(*(slugs(each) for each in alone))


@given(lower=st.integers(1, 30), higher=st.integers(1, 30))
def test_more_minutes_and_more_load_find_no_less(lower: int, higher: int) -> None:
    lower, higher = sorted((lower, higher))
    assert slugs(Query(max_minutes=lower)) <= slugs(Query(max_minutes=higher))
    assert slugs(Query(max_load=lower)) <= slugs(Query(max_load=higher))


def test_the_whole_list_has_every_exercise_in_the_order_of_slugs() -> None:
    found = [summary.slug for summary in find(SNAPSHOT, Query())]
    assert found == sorted(SNAPSHOT.exercises)
    assert len(found) == 65


def test_each_filter_keeps_only_what_fits() -> None:
    assert {SNAPSHOT.exercises[slug].technique for slug in slugs(Query(technique="breathing"))} == {"breathing"}
    assert "soft-wave-breath" in slugs(Query(posture="side_lying")) - slugs(Query(posture="walking"))
    assert "soft-wave-breath" not in slugs(Query(max_load=2))
    assert slugs(Query(max_minutes=1)) < ALL


def test_words_are_found_in_any_case_and_order_whole_or_in_part() -> None:
    assert "soft-wave-breath" in slugs(Query(q="BREATH sof"))
    assert slugs(Query(q="breath sof qqq")) == set()


def test_a_region_of_a_language_reads_the_language_and_an_unknown_language_finds_nothing() -> None:
    assert slugs(Query(locale="en-GB")) == slugs(Query(locale="EN_us")) == ALL
    assert slugs(Query(locale="es-MX")) == slugs(Query(locale="es")) < ALL
    assert slugs(Query(locale="fr")) == set()
