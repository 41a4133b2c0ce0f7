"""The heartbeat that a relay sends to each partition of the topics it serves (rules M5).

It is a message about the topic, not a domain event: consumers store it as the freshness of the partition.
"""

from datetime import datetime

from shared.contracts.envelope import Part

HEARTBEAT_TYPE = "jaring.heartbeat.v1"


class Heartbeat(Part):
    """Everything that the owner's database committed up to ``complete_until`` has been sent.

    ``epoch`` changes when the owner's database was restored; ``last_offset`` is the relay's last record on this
    partition (-1 when it has sent none in this epoch); ``partitions`` is how many the topic has.
    """

    epoch: int
    partitions: int
    last_offset: int
    complete_until: datetime
