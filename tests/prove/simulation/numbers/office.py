"""Registration, as far as numbers concern it: officers who merge and split them, files with wages, and erasures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.registration.domain.person_merge import MergeReason, MergeStatement, MergeWhat, PersonMerge
from services.registration.events.registration import merge_as_it_stands
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Event
from shared.contracts.person_erased import PersonErasedV1
from shared.contracts.registration import PersonRegisteredV1, Residence
from shared.kernel.clock import now
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Database, Transaction
from tests.prove.simulation.numbers.claims import MONTHS, notice
from tests.prove.simulation.numbers.links import Link, numbers_of
from tests.prove.simulation.numbers.people import ERASED, NUMBERS
from tests.prove.simulation.numbers.service import Service, Unit, until_done

EMPLOYERS = (1, 2)
ACCIDENTS = (date(2026, 5, 4), date(2026, 6, 8))
HELD = timedelta(seconds=6)
LONGER_THAN_HELD = 8.0


@dataclass(frozen=True)
class Proposal:
    """A statement, and how the number stands by it."""

    said: MergeStatement
    merge: PersonMerge


class Office:
    """The database of registration, and what is asked of it and, of accidents, of claims."""

    def __init__(self, service: Service, claims: Service) -> None:
        self._service = service
        self._claims = claims
        self._chance = service.database.chance
        self.open: set[UUID] = set()

    async def officer(self, name: str, acts: int) -> None:
        """State that numbers are one, or are not, and have others decide it."""
        for number in range(acts):
            await Wait(self._chance.between(0.2, 3.0))
            id_ = UUID(int=hash_of(f"{name}/{number}"))
            await until_done(partial(self._state, id_))
            if id_ not in self._service.database.table("statement"):
                continue
            self.open.add(id_)
            lasts_long = self._chance.strikes("nobody decides for long", str(id_.int)[:6])
            await Wait(LONGER_THAN_HELD if lasts_long else self._chance.between(0.2, 3.0))
            counts = not self._chance.strikes("a proposal comes to nothing", str(id_.int)[:6])
            await until_done(partial(self._decide, id_, counts))
            self.open.discard(id_)

    async def employer(self, name: str, files: int) -> None:
        """Send files."""
        for number in range(files):
            await Wait(self._chance.between(0.1, 2.5))
            people = (*NUMBERS, *ERASED)
            line = people[self._chance.below(len(people))], MONTHS[self._chance.below(len(MONTHS))], self._employer()
            await until_done(
                partial(self._file, hash_of(f"{name}/{number}"), line, 100_000 * (1 + self._chance.below(9)))
            )

    def _employer(self) -> int:
        return EMPLOYERS[self._chance.below(len(EMPLOYERS))]

    async def register(self, number: int) -> None:
        """Register a person, late or early, and correct what is known of it now and then."""
        await Wait(self._chance.between(0.0, 4.0))
        await until_done(partial(self._registered, number))
        for _ in range(self._chance.below(3)):
            await Wait(self._chance.between(0.2, 4.0))
            await until_done(partial(self._registered, number))

    async def erase(self, number: int) -> None:
        """In part or at once all of it, as soon as it is registered."""
        await self.register(number)
        for whole in (False, True) if self._chance.fraction() < 0.5 else (True,):
            await Wait(self._chance.between(0.1, 3.0))
            await until_done(partial(self._erased, number, whole))

    async def accident(self, number: int, happened_on: date, id_: UUID) -> None:
        """An employer reports it; the person need not be known yet."""
        await Wait(self._chance.between(0.0, 6.0))
        await until_done(partial(self._reported, number, happened_on, id_))

    async def _reported(self, number: int, happened_on: date, id_: UUID) -> None:
        async with self._claims.database.begin() as uow:
            await self._claims.database.statement("report")
            await uow.lock("request", id_)
            if uow.get("claim", id_) is None:
                uow.put("claim", id_, notice(number, happened_on, id_))
                await Unit(self._claims, uow).due.at(AssessClaim(id_), now())

    async def _registered(self, number: int) -> None:
        def event(revision: int) -> Event:
            return PersonRegisteredV1(
                person=number,
                revision=revision,
                id_tokens=(f"{number:032d}",),
                born_on=date(1990, 1, 1),
                residence=Residence.CITIZEN,
                registered_at=now(),
            )

        async with self._service.database.begin() as uow:
            await uow.lock("person", number)
            if uow.get("erased", number) != "whole":
                await self._told("registered", number, event, uow)

    async def _erased(self, number: int, whole: bool) -> None:
        def event(revision: int) -> Event:
            told = {"erasure": UUID(int=number), "revision": revision, "whole": whole, "erased_at": now()}
            return PersonErasedV1(person=number, reason="asked_by_person", **told)

        async with self._service.database.begin() as uow:
            await uow.lock("person", number)
            if uow.get("erased", number) != "whole":
                uow.put("erased", number, "whole" if whole else "part")
                await self._told("erasures", number, event, uow)

    async def _told(self, table: str, number: int, event: Callable[[int], Event], uow: Transaction) -> None:
        await self._service.database.statement(table)
        revision = (uow.get(table, number) or 0) + 1
        uow.put(table, number, revision)
        await self._publish([event(revision)], uow)

    async def _publish(self, events: list[Event], uow: Transaction) -> None:
        unit = Unit(self._service, uow)
        for each in events:
            unit.publish(each)
        await unit.flush()

    async def _file(self, file: int, line: tuple[int, str, int], wage_sen: int) -> None:
        async with self._service.database.begin() as uow:
            await uow.lock("file", file)
            if uow.get("file", file) is None and uow.get("erased", line[0]) != "whole":
                uow.put("file", file, True)
                await self._publish([await self._line(line, wage_sen, uow)], uow)

    async def _line(self, line: tuple[int, str, int], wage_sen: int, uow: Transaction) -> Event:
        await self._service.database.statement("line")
        await uow.lock("line", line)
        revision = (uow.get("line", line) or (0, 0))[0] + 1
        uow.put("line", line, (revision, wage_sen))
        number, month, employer = line
        zeros = {f"{name}_sen": (0,) for name in _AMOUNTS}
        return ContributionsReceivedV1(
            file=UUID(int=revision),
            employer=employer,
            month=month,
            received_at=now(),
            persons=(number,),
            revisions=(revision,),
            wages_sen=(wage_sen,),
            **zeros,
        )

    async def _state(self, id_: UUID) -> None:
        """As ``state_merge`` and ``state_split``: the numbers are held while officers look."""
        async with self._service.database.begin() as uow:
            await self._service.database.statement("state")
            found = None if uow.get("statement", id_) is not None else await self._found(uow)
            if found is None:
                return
            what, merge, survivor = found
            about = MergeReason.REGISTERED_TWICE, None, "organisation:1", "officer"
            said = MergeStatement(id_, merge.person, survivor, what, *about, now(), now() + HELD)
            stands = merge.stated(said)
            uow.put("merge", merge.person, stands)
            uow.put("statement", id_, said)
            await self._publish([merge_as_it_stands(stands)], uow)

    async def _found(self, uow: Transaction) -> tuple[MergeWhat, PersonMerge, int] | None:
        """What an officer states of two numbers: of people at whom nobody looks, whose numbers are locked."""
        person, other = NUMBERS[self._chance.below(len(NUMBERS))], NUMBERS[self._chance.below(len(NUMBERS))]
        before = [numbers_of(_links(uow), each) for each in (person, other)]
        for number in sorted({number for each in before for number in each}):
            await uow.lock("person", number)
        numbers = [numbers_of(_links(uow), each) for each in (person, other)]
        merge: PersonMerge | None = uow.get("merge", person)
        splits = merge is not None and merge.merged and self._chance.fraction() < 0.7
        concerned = {number for each in numbers[: 1 if splits else 2] for number in each}
        if numbers != before or any(link.numbers & concerned for link in _looked_at(uow)):
            return None
        if merge is not None and splits:
            return MergeWhat.SPLIT, merge, merge.survivor
        # Of a number that is merged already the one that survives is meant.
        goes, stays = numbers[0][0], numbers[1][0]
        own = uow.get("merge", goes) or PersonMerge(goes, stays, 0, merged=False, held_until=None, changed_at=now())
        return None if goes == stays else (MergeWhat.MERGE, own, stays)

    async def _decide(self, id_: UUID, counts: bool) -> None:
        """As ``decide_merge``; a split has some lines that were stated since carried to whose they are."""
        async with self._service.database.begin() as uow:
            await self._service.database.statement("decide")
            said: MergeStatement = uow.get("statement", id_)
            numbers = {number for each in (said.person, said.survivor) for number in numbers_of(_links(uow), each)}
            for number in sorted(numbers):
                await uow.lock("person", number)
            if said.counts is not None:
                return
            stands = uow.get("merge", said.person).ended(said, now(), counts=counts)
            uow.put("merge", said.person, stands)
            uow.put("statement", id_, replace(said, counts=counts))
            carried = await self._carried(said, uow) if counts and said.what is MergeWhat.SPLIT else []
            await self._publish([merge_as_it_stands(stands), *carried], uow)

    async def _carried(self, said: MergeStatement, uow: Transaction) -> list[Event]:
        """Lines of the one that are the other's: each is withdrawn and stated of the other, by revision."""
        if not self._chance.strikes("a split assigns lines", str(said.person)):
            return []
        own = [line for line, (_, wage_sen) in uow.rows("line") if line[0] == said.person and wage_sen]
        found: list[Event] = []
        for number, month, employer in own[:1]:
            wage_sen = uow.get("line", (number, month, employer))[1]
            theirs = said.survivor, month, employer
            beside = (uow.get("line", theirs) or (0, 0))[1]
            found.append(await self._line((number, month, employer), 0, uow))
            found.append(await self._line(theirs, beside + wage_sen, uow))
        return found


_AMOUNTS = ("act4_employer", "act4_employee", "act800_employer", "act800_employee", "skbbk_employee")


def _links(uow: Transaction) -> list[Link]:
    return [_link(merge) for _, merge in uow.rows("merge")]


def _looked_at(uow: Transaction) -> list[Link]:
    return [link for link in _links(uow) if link.held_until is not None]


def _link(merge: PersonMerge) -> Link:
    return Link(merge.person, merge.survivor, merge.merged, merge.revision, merge.held_until)


def links_of(database: Database) -> list[Link]:
    """How numbers stand by what is committed."""
    return [_link(merge) for merge in database.table("merge").values()]


def hash_of(text: str) -> int:
    """A number by a name, the same in every process."""
    return int.from_bytes(text.encode().ljust(16, b"\0")[:16], "big")
