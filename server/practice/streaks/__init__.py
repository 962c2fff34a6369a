"""Streaks and adherence as a pure function of facts, plans, policy and time (streaks.md, R18)."""

from server.kit.days import UnknownZoneError, practice_date_of
from server.practice.streaks.facts import Completion, DosingSession, Facts, Pause, Plan, Policy, ZoneChange
from server.practice.streaks.intervals import Interval
from server.practice.streaks.kinds import Kind
from server.practice.streaks.schedules import AsNeeded, Daily, EveryNDays, OnDates, Schedule, Weekdays, WeeklyQuota
from server.practice.streaks.streaks import DayKind, Report, explain, report
from server.practice.streaks.words import Gentle, State

__all__ = [
    "AsNeeded",
    "Completion",
    "Daily",
    "DayKind",
    "DosingSession",
    "EveryNDays",
    "Facts",
    "Gentle",
    "Interval",
    "Kind",
    "OnDates",
    "Pause",
    "Plan",
    "Policy",
    "Report",
    "Schedule",
    "State",
    "UnknownZoneError",
    "Weekdays",
    "WeeklyQuota",
    "ZoneChange",
    "explain",
    "practice_date_of",
    "report",
]
