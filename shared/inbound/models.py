"""The door's table of a service: what the data of each type must be, and the command that it becomes."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from shared.inbound.keys import InboundKeys
from shared.security.tokens import Caller
from shared.web.money import In


@dataclass(frozen=True, slots=True, repr=False)
class Stated:
    """What an event says: the command, whom it is about, and what else is part of its key."""

    command: object
    about: str
    key: tuple[str, ...] = ()


class Pushed(In):
    """Base of the data of a pushed event: unknown members are refused."""

    @abstractmethod
    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:
        """As a command of its sender; raises what is wrong with it."""


Models = Mapping[str, type[Pushed]]
