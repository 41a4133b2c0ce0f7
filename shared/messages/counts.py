"""What of messages is counted when somebody looks."""

from sqlalchemy import text

# What the gateway has not taken, and for how long the oldest of it has waited; what reached nobody is a task.
UNSENT = text("""
    SELECT channel, count(*), CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(made_at)) AS double precision)
    FROM message WHERE state = 'waiting' GROUP BY channel
""")
