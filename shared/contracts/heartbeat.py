"""What a relay says about the topics it serves: heartbeats, and the totals of each day (rules M5).

These are messages about the topic, not domain events: consumers store a heartbeat as the freshness of the partition,
and hold the totals against what they received.
"""

from datetime import date, datetime
from typing import Annotated, TypeAlias

from pydantic import Field

from shared.contracts.envelope import Part

HEARTBEAT_TYPE = "jaring.heartbeat.v1"
DAILY_TOTALS_TYPE = "jaring.daily.totals.v1"

# What does not fit a consumer's column could be noted by no repeat: such a record is no heartbeat and no total.
BigInt: TypeAlias = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class Heartbeat(Part):
    """Everything that the owner's database committed up to ``complete_until`` has been sent.

    ``epoch`` changes when the owner's database was restored; ``last_offset`` is the relay's last record on this
    partition (-1 when it has sent none in this epoch); ``partitions`` is how many the topic has.
    """

    epoch: BigInt
    """Changes when the owner's database was restored."""
    partitions: Annotated[int, Field(gt=0, lt=2**31)]
    """How many partitions the topic has."""
    last_offset: int
    """The offset of the relay's last record on this partition, -1 when it has sent none in this epoch."""
    complete_until: datetime
    """Everything that was committed up to this instant has been sent."""


class DailyTotals(Part):
    """What an owner published on one topic and business day: events, and the money they state, in sen.

    Repeats and republished events are not counted.
    """

    day: date
    """The business day."""
    events: Annotated[BigInt, Field(ge=0)]
    """How many events were published first on that day."""
    money_sen: BigInt
    """The money that they state, in sen."""
