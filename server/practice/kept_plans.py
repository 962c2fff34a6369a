"""How each assignment was kept, by itself (`streaks.md` R11: adherence is also kept per assignment)."""

from msgspec import UNSET
from msgspec.structs import replace

from server.care.models import AssignmentRow
from server.practice import figures
from server.practice.agreed import counts_towards, plan_of
from server.practice.schemas import AssignmentReport
from server.practice.standing import Standing
from server.practice.streaks.intervals import Count
from server.practice.streaks.streaks import counts


def assignment_report(standing: Standing, row: AssignmentRow) -> AssignmentReport:
    """Count an assignment's dates, with its own plans and the practice that its set says counts."""
    count = _count(standing, row)
    return AssignmentReport(
        assignment_id=row.id,
        practice_set_id=row.set_id,
        version=row.set_version,
        first_date=row.from_date,
        last_date=row.to_date or UNSET,
        practised=count.kept,
        missed=count.missed,
        adherence=figures.or_unset(count.adherence),
    )


def _count(standing: Standing, row: AssignmentRow) -> Count:
    plan = standing.lived.plan
    (assigned,) = (each for each in plan.assigned if each.id == row.id)
    counting = {
        str(done.id)
        for done in standing.completions
        if counts_towards(assigned, plan.anchored, done.exercise, done.practice_date)
    }
    facts = replace(
        standing.facts, completions=tuple(each for each in standing.facts.completions if each.id in counting)
    )
    policy = replace(standing.policy, plans=plan_of(assigned, plan.anchored))
    return counts(facts, policy, now=standing.now, last_sync=standing.last_sync)
