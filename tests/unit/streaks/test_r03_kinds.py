from datetime import date

from support.streak_cases import answered, case, done, explained, june

EVERYTHING = {
    "pauses": [{"from": "2026-06-03", "to": "2026-06-03"}],
    "sessions": [
        {"id": "s1", "start": june(3), "status": "held"},
        {"id": "s2", "start": june(4), "status": "held"},
    ],
    "last_sync_at": june(8),
    "policy": {"post_dose_rest_days": 2, "schedule": {"type": "every_n_days", "n": 2, "anchor": "2026-06-02"}},
}


def test_the_first_kind_that_applies_is_the_kind() -> None:
    given = case(2, 5, now=11, **EVERYTHING)
    kinds = [
        (each.date.day, str(each.kind), each.rule) for each in explained(given, date(2026, 5, 31), date(2026, 6, 12))
    ]
    assert kinds == [
        (31, "outside", "R16"),
        (1, "not_due", "R11"),
        (2, "practised", "R2"),
        (3, "paused", "R5"),
        (4, "dosing", "R4"),
        (5, "practised", "R2"),
        (6, "rest", "R4"),
        (7, "not_due", "R11"),
        (8, "unknown", "R8"),
        (9, "not_due", "R11"),
        (10, "unknown", "R8"),
        (11, "not_due", "R11"),
        (12, "open", "R7"),
    ]


def test_only_practised_and_missed_dates_count() -> None:
    report = answered(case(1, 8, now=9, policy={"grace": 0}, pauses=[{"from": "2026-06-02", "to": "2026-06-07"}]))
    assert (report["current"], report["grace_used"], report["missed"]) == (2, 0, [])
    assert answered(case(1, 8, now=9, policy={"grace": 0}))["current"] == 1


def test_practice_outranks_everything_else() -> None:
    report = answered(case(3, 4, 6, now=6, **EVERYTHING, completions=[done(5)]))
    assert report["current"] == 4
    assert "2026-06-03" not in report["neutral"]
