"""How many tasks wait for people, for the gauges of a worker."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from shared.telemetry import metrics

# What is due first is counted first: a flood that stands still hides nothing that is overdue.
TASKS = text("""
    SELECT queue, reason, count(*) AS waiting, count(*) FILTER (WHERE due_at <= CAST(:now AS timestamptz)) AS overdue,
           extract(epoch FROM CAST(:now AS timestamptz) - min(opened_at))::float8 AS oldest
    FROM (SELECT queue, reason, due_at, opened_at FROM task WHERE closed_at IS NULL ORDER BY due_at, id LIMIT 100000)
         AS live
    GROUP BY queue, reason
""")


def show_tasks(rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the gauges from the rows of `TASKS`; a queue that is empty is not shown."""
    metrics.TASKS_OVERDUE.set(sum(row["overdue"] for row in rows))
    metrics.TASKS_WAITING.clear()
    metrics.TASKS_OLDEST_SECONDS.clear()
    oldest: dict[str, float] = {}
    for row in rows:
        metrics.TASKS_WAITING.labels(row["queue"], row["reason"]).set(row["waiting"])
        oldest[row["queue"]] = max(row["oldest"], oldest.get(row["queue"], 0.0))
    for queue, seconds in oldest.items():
        metrics.TASKS_OLDEST_SECONDS.labels(queue).set(seconds)
