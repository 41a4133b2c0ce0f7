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
    partitions: Annotated[int, Field(gt=0, lt=2**31)]
    last_offset: int
    complete_until: datetime


class DailyTotals(Part):
    """What an owner published on one topic and business day: events, and the money they state, in sen.

    Repeats and republished events are not counted.
    """

    day: date
    events: Annotated[BigInt, Field(ge=0)]
    money_sen: BigInt
