"""The topics of a partner's own: one on which it pushes events, one on which it is answered.

Their names say whose they are, and the broker lets nobody else write the one or read the other: so what stands on a
topic is of the partner whose name the topic has, whatever the record says.
"""

import re
from dataclasses import dataclass
from typing import Self

from shared.contracts.topics import DAY_MS, DOMAIN_RETENTION_MS

# What a partner pushes names people: it stays no longer than a service may be away.
EVENTS_RETENTION_MS = 3 * DAY_MS
ANSWERS_RETENTION_MS = DOMAIN_RETENTION_MS

# The service that answers what is of no service: broken records, types that nobody takes.
ANSWERS_FOR_NOBODY = "registration"
_PARTY = re.compile(r"([a-z]+):([1-9][0-9]{0,17})")
_EVENTS = r"in\.([a-z]+)-([1-9][0-9]{0,17})\.events"


@dataclass(frozen=True, slots=True)
class PartnerTopics:
    """Those of a party such as `employer:12`, whose name on the broker is `employer-12`."""

    party: str

    @classmethod
    def of(cls, party: str) -> Self:
        """Those of a party; raises ValueError where this names none."""
        if not _PARTY.fullmatch(party):
            raise ValueError(f"{party} is no party: say it as employer:12 or hospital:1")
        return cls(party)

    @classmethod
    def with_events(cls, topic: str) -> Self:
        """Those whose topic of events has this logical name; raises ValueError where it is none."""
        found = re.fullmatch(_EVENTS, topic)
        if found is None:
            raise ValueError(f"{topic} is no topic of a partner")
        return cls(f"{found[1]}:{found[2]}")

    @property
    def name(self) -> str:
        """The partner's on the broker."""
        return self.party.replace(":", "-")

    @property
    def events(self) -> str:
        """On which it pushes; one partition, so that its order is the order of arrival."""
        return f"in.{self.name}.events"

    @property
    def answers(self) -> str:
        """On which it is answered."""
        return f"out.{self.name}.answers"


def pattern(prefix: str) -> str:
    """What the names of all topics of events match on the broker."""
    return f"^{re.escape(prefix)}{_EVENTS}$"
