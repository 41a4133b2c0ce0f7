"""What of pushed events waits, for whoever operates the platform: of all partners together, by nobody's name."""

from collections.abc import Sequence

from prometheus_client import Gauge
from sqlalchemy import TextClause, text

from shared.telemetry import metrics

_MOST = 10_000
# Each state has an index of its own rows; what is worked off is in neither.
_WAITING = text(f"""
    SELECT state, coalesce(answer ->> 'reason', '') AS reason, count(*) AS events,
           extract(epoch FROM clock_timestamp() - min(received_at))::float8 AS seconds
    FROM ((SELECT state, answer, received_at FROM inbound_event WHERE state = 'received' LIMIT {_MOST})
          UNION ALL
          (SELECT state, answer, received_at FROM inbound_event WHERE state = 'parked' LIMIT {_MOST})) AS waiting
    GROUP BY 1, 2
""")  # noqa: S608 - a constant
_UNSENT = text(f"SELECT count(*) FROM (SELECT FROM inbound_answer LIMIT {_MOST}) AS unsent")  # noqa: S608
_OLDEST_UNSENT = text("""
    SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8
                     FROM inbound_answer ORDER BY number LIMIT 1), 0)
""")

GROUPS: Sequence[tuple[Sequence[Gauge], TextClause]] = (
    ((metrics.INBOUND_EVENTS, metrics.INBOUND_EVENTS_OLDEST_SECONDS), _WAITING),
)
COUNTS: Sequence[tuple[Gauge, TextClause]] = (
    (metrics.INBOUND_ANSWERS_UNSENT, _UNSENT),
    (metrics.INBOUND_ANSWERS_OLDEST_SECONDS, _OLDEST_UNSENT),
)
