"""``ErasedPersons`` (shared/persistence/erased.py) on the model of a database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tests.prove.simulation.numbers.service import Unit


class ErasedModel:
    """Of whom registration erased what it kept, and of whom this service has let go: rows of revision, whole, gone."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._uow = unit.uow

    async def keep(self, told: Sequence[Mapping[str, Any]]) -> None:
        await self._unit.statement("keep erased")
        for each in sorted(told, key=lambda each: (each["person"], each["revision"])):
            await self._uow.lock("erased_person", each["person"])
            revision, whole, gone = self._uow.get("erased_person", each["person"]) or (0, False, False)
            fresh = max(revision, each["revision"]), whole or each["whole"], gone
            self._uow.put("erased_person", each["person"], fresh)

    async def is_whole(self, person: int) -> bool:
        await self._unit.statement("is whole")
        return bool((self._uow.get("erased_person", person) or (0, False, False))[1])

    async def forgotten(self, persons: Collection[int]) -> set[int]:
        if not persons:
            return set()
        await self._unit.statement("forgotten")
        return {person for person, (*_, gone) in self._uow.rows("erased_person") if gone and person in persons}

    async def forget(self, person: int) -> None:
        await self._unit.statement("forgotten from now on")
        await self._uow.lock("erased_person", person)
        revision, whole, _ = self._uow.get("erased_person", person)
        self._uow.put("erased_person", person, (revision, whole, True))
