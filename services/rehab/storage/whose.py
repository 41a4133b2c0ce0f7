"""Whose data rehab tells, by what leads to people (`shared/persistence/read_log.py`)."""

from collections.abc import Mapping

from shared.persistence.read_log import Whose, of_tasks

# By the kind of subject of each queue.
TASKS: Mapping[str, str] = {"bill": "SELECT person FROM bill WHERE id = {id}"}
WHOSE: Whose = {"task": of_tasks(TASKS)}
