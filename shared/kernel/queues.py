"""Where what no rule decides waits for a person: a queue, as a service's `domain/queues.py` states it."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SCOPE = re.compile(r"[a-z]+:[a-z_]+:[a-z_]+")
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of question that waits for a person.

    Attributes:
        name: unique in its service, such as ``identity``.
        subject: the kind of what its tasks are about, as `shared.kernel.subjects` writes it, such as ``question``.
        scope: the role: what the token of an officer must carry to work in it, such as ``claims:identity:decide``.
        charter: what the client charter promises for it, a key of the figure ``act4.charter.days``.
    """

    name: str
    subject: str
    scope: str
    charter: str

    def __post_init__(self) -> None:
        """Raises ValueError for a name or a scope that is none."""
        for name in (self.name, self.subject, self.charter):
            if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
                raise ValueError(f"a name of a queue is in snake_case, of {LONGEST_NAME} characters at most: {name!r}")
        if not _SCOPE.fullmatch(self.scope):
            raise ValueError(f"the role of a queue reads service:resource:verb, not {self.scope!r}")
