"""``ErasedPersons`` (shared/persistence/erased.py) on the model of a database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.contracts.erasure_followed import Following
from shared.kernel.clock import now, today
from shared.persistence.erased import FollowedErasure, Hold, followed
from tests.prove.simulation.numbers.service import Unit


class ErasedModel:
    """Of whom registration erased what it kept (rows of revision, whole, erasure), and how this service follows."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._uow = unit.uow

    async def keep(self, told: Sequence[Mapping[str, Any]]) -> None:
        await self._unit.statement("keep erased")
        for each in sorted(told, key=lambda each: (each["person"], each["revision"])):
            await self._uow.lock("erased_person", each["person"])
            revision, whole, erasure = self._uow.get("erased_person", each["person"]) or (0, False, each["erasure"])
            if each["revision"] > revision:
                revision, erasure = each["revision"], each["erasure"]
            self._uow.put("erased_person", each["person"], (revision, whole or each["whole"], erasure))

    async def is_whole(self, person: int) -> bool:
        await self._unit.statement("is whole")
        return bool((self._uow.get("erased_person", person) or (0, False, None))[1])

    async def forgotten(self, persons: Collection[int]) -> set[int]:
        if not persons:
            return set()
        await self._unit.statement("forgotten")
        rows = self._uow.rows("followed_erasure")
        return {person for person, row in rows if row.state is Following.FORGOTTEN and person in persons}

    async def follow(self, person: int, hold: Hold | None) -> FollowedErasure | None:
        await self._unit.statement("how it is followed")
        erasure = self._uow.get("erased_person", person)[2]
        told = followed(self._uow.get("followed_erasure", person), person, erasure, hold, now(), today())
        if told is not None:
            await self._unit.statement("follow")
            await self._uow.lock("followed_erasure", person)
            self._uow.put("followed_erasure", person, told)
        return told
