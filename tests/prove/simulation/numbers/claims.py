"""Claims as it follows numbers: its own commands and consumers, on a model of what their statements do.

What an accident is worth is a stand-in: a day's rate of the wages that are known of all numbers. Whom a claim is of,
what it joins and what becomes of that when numbers are split is decided by what is shipped.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.claims.commands.assess_claim import AssessClaim
from services.claims.commands.compare_particulars import CompareParticulars
from services.claims.commands.follow_merge import FollowMerge, follow_merge
from services.claims.commands.follow_person import follow_person
from services.claims.commands.forget_person import forget_person
from services.claims.commands.identify_claim import open_claim
from services.claims.domain import subjects
from services.claims.domain.claim import Claim, ClaimKind, ClaimState, Relation
from services.claims.domain.evidence_request import Item
from services.claims.domain.referral import ReferralOffer
from services.claims.storage.assessments import Assessment
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.kernel.clock import now
from shared.law.decision import revision_hash
from tests.prove.simulation.database import Transaction
from tests.prove.simulation.numbers.erased import ErasedModel
from tests.prove.simulation.numbers.links import Link, numbers_of, numbers_once_of
from tests.prove.simulation.numbers.service import Service, Unit
from tests.prove.simulation.watch import Violation

DAYS = 5
SCHEME, BENEFIT = "act4", "temporary_disablement"
MONTHS = ("2026-04", "2026-05")
Follow = Callable[[FollowMerge, Any], Awaitable[Claim]]


def rate_of(wages_sen: int) -> int:
    """What a day is worth."""
    return wages_sen // 100


def owed_of(wages_sen: int) -> int:
    """What an accident is worth in all."""
    return DAYS * rate_of(wages_sen)


class _Part:
    """Some statements of a unit."""

    def __init__(self, unit: "ClaimsUnit") -> None:
        self._unit = unit
        self._uow = unit.uow


class _Persons(_Part):
    async def tokens_of(self, persons: Sequence[int]) -> list[str]:
        await self._unit.statement("tokens")
        return [token for (token, person), _ in self._uow.rows("known_identity") if person in persons]

    async def keep_persons(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._unit.keep_higher("known_person", {row["person"]: row["revision"] for row in _newest_last(rows)})

    async def keep_identities(self, rows: Sequence[dict[str, Any]]) -> None:
        for key in sorted({(row["id_token"], row["person"]) for row in rows}):
            await self._uow.lock("known_identity", key)
            self._uow.put("known_identity", key, True)

    async def keep_spells(self, rows: Sequence[dict[str, Any]]) -> None:
        assert not rows

    async def keep_memberships(self, rows: Sequence[dict[str, Any]]) -> None:
        assert not rows

    async def keep_merges(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._unit.keep_links([Link(**row) for row in rows])

    async def numbers_of(self, person: int) -> list[int]:
        await self._unit.statement("numbers")
        return numbers_of(self._unit.links(), person)

    async def numbers_once_of(self, person: int) -> list[int]:
        await self._unit.statement("numbers once")
        return numbers_once_of(self._unit.links(), person)

    async def forget(self, person: int) -> None:
        await self._unit.statement("forget")
        for key in [key for key, _ in self._uow.rows("known_identity") if key[1] == person]:
            await self._uow.lock("known_identity", key)
            self._uow.delete("known_identity", key)
        if self._uow.get("known_person", person) is not None:
            await self._uow.lock("known_person", person)
            self._uow.delete("known_person", person)


class _Deaths(_Part):
    """Nobody dies here, and registration says of whom it said more once that none is stated."""

    async def days_of(self, persons: Collection[int]) -> dict[int, date | None]:
        await self._unit.statement("deaths")
        return {person: None for person, _ in self._uow.rows("known_death") if person in persons}

    async def keep(self, deaths: Mapping[int, tuple[date | None, int]]) -> None:
        await self._unit.keep_higher("known_death", {person: revision for person, (_, revision) in deaths.items()})


class _Wages(_Part):
    async def keep(self, columns: Mapping[str, Sequence[Any]]) -> None:
        rows = zip(*(columns[name] for name in ("person", "month", "employer", "wage_sen", "revision")), strict=True)
        for person, month, employer, wage_sen, revision in sorted(rows):
            key = person, month, employer
            await self._uow.lock("known_wage", key)
            known = self._uow.get("known_wage", key)
            if known is None or self._unit.replaces(known[0], revision):
                self._uow.put("known_wage", key, (revision, wage_sen))


class _Claims(_Part):
    async def lock_to_assess(self, claim: UUID) -> tuple[Claim, bool, bool]:
        await self._unit.statement("lock claim")
        await self._uow.lock("claim", claim)
        found: Claim = self._uow.get("claim", claim)
        has_turn = found.relation is None or await self._unit.try_lock("person", found.person)
        return found, has_turn, self._strays(found)

    def _strays(self, claim: Claim) -> bool:
        if claim.relation is None:
            return False
        root = self._root(claim)
        twin = None if claim.joined_to is None else self._uow.get("claim", claim.joined_to)
        if claim.person != root or twin is None:
            return claim.person != root
        return self._root(twin) != root or (self._unit.follows_chains and twin.joined_to is not None)

    def _root(self, claim: Claim) -> int:
        return numbers_of(self._unit.links(), claim.stated_of)[0]

    async def lock_person(self, person: int) -> None:
        await self._unit.statement("lock person")
        await self._uow.lock("person", person)

    async def of_event(self, claim: Claim, *, follow: bool = True) -> Claim | None:  # noqa: ARG002  no days are adjacent
        await self._unit.statement("same event")
        return self._standing_beside(claim)

    async def joined_to(self, claim: UUID, persons: Collection[int]) -> list[UUID]:
        await self._unit.statement("joined to")
        rows = self._uow.rows("claim")
        return [other for other, known in rows if known.person in persons and known.joined_to == claim]

    async def save(self, claim: Claim) -> None:
        """Raises Violation where ``uq_claim_event`` would refuse it."""
        await self._unit.statement("save claim")
        stands = claim.relation is not None and claim.joined_to is None
        if stands and (twin := self._standing_beside(claim)):
            raise Violation(f"one claim stands of an event: {claim.id} beside {twin.id}")
        self._uow.put("claim", claim.id, claim)

    def _standing_beside(self, claim: Claim) -> Claim | None:
        rows: list[tuple[UUID, Claim]] = self._uow.rows("claim")
        for id_, other in rows:
            same = (other.person, other.kind, other.happened_on) == (claim.person, claim.kind, claim.happened_on)
            if same and id_ != claim.id and other.relation is not None and other.joined_to is None:
                return other
        return None

    async def of_numbers_once(self, person: int) -> list[UUID]:
        await self._unit.statement("claims of numbers")
        once = numbers_once_of(self._unit.links(), person)
        return [id_ for id_, claim in self._uow.rows("claim") if claim.source_person in once]

    async def is_any_open(self, person: int) -> bool:
        await self._unit.statement("any open")
        open_ = (ClaimState.AWAITING_IDENTITY, ClaimState.ASSESSING)
        return any(claim.person == person and claim.state in open_ for _, claim in self._uow.rows("claim"))

    async def forget_tokens(self, _: int) -> None:
        """A claim has none once it is opened."""


class _Assessments(_Part):
    async def keep(self, assessment: Assessment) -> None:
        """Nobody is asked anything: there is no queue to answer with."""
        await self._unit.statement("keep assessment")
        assert assessment.decided is not None
        claim = assessment.claim
        self._uow.put("claim", claim.id, claim)
        self._uow.put("decision", (claim.id, claim.revision), assessment.decided.hash)


class _Evidence(_Part):
    async def count_of_party(self, _: Claim, __: str, ___: str) -> int:
        return 0


class _Documents(_Part):
    async def forget(self, _: int) -> None:
        """Nobody sends any."""


class _MedicalAuthorisations(_Part):
    async def forget_tokens(self, _: int) -> None:
        """No hospital asks about anybody."""


class _MedicalBills(_Part):
    async def treated_among(self, _: Sequence[int]) -> list[int]:
        """Nobody bills anything."""
        return []


class _NoneOpen(_Part):
    """Nobody appeals, complains, or is put before a board."""

    async def is_any_open(self, _: int) -> bool:
        return False


class _EvidenceRequests(_Part):
    """Nobody is asked for anything."""

    async def waiting_of(self, _: UUID, __: str | None = None, ___: Sequence[Item] | None = None) -> list[UUID]:
        return []

    async def waiting_of_person(self, _: int) -> list[UUID]:
        return []

    async def close(self, ended: Sequence[Any], _: datetime) -> None:
        assert not ended


class _ReferralOffers(_Part):
    """Nobody is refused."""

    async def of(self, _: Sequence[UUID]) -> list[ReferralOffer]:
        return []


class _Loans(_Part):
    """Nothing is lent."""

    async def records_of(self, _: Sequence[UUID], __: Collection[str]) -> Mapping[UUID, list[Any]]:
        return {}


class ClaimsUnit(Unit):
    """The unit of work of claims, as far as numbers concern it."""

    def __init__(
        self, service: Service, uow: Transaction, replaces: Callable[[int, int], bool], *, follows_chains: bool = True
    ) -> None:
        super().__init__(service, uow)
        self.replaces = replaces
        self.follows_chains = follows_chains
        self.known_persons, self.known_wages, self.known_deaths = _Persons(self), _Wages(self), _Deaths(self)
        self.claims, self.assessments, self.evidence = _Claims(self), _Assessments(self), _Evidence(self)
        self.documents, self.medical_authorisations = _Documents(self), _MedicalAuthorisations(self)
        self.medical_bills = _MedicalBills(self)
        self.appeals = self.board_cases = self.complaints = _NoneOpen(self)
        self.loans = _Loans(self)
        self.evidence_requests, self.referral_offers = _EvidenceRequests(self), _ReferralOffers(self)
        self.erased_persons = ErasedModel(self)

    def links(self) -> list[Link]:
        """What is known of numbers."""
        return [link for _, link in self.uow.rows("known_merge")]

    async def keep_higher(self, table: str, rows: Mapping[int, int]) -> None:
        """Revisions by key; the higher one wins."""
        for key, revision in sorted(rows.items()):
            await self.uow.lock(table, key)
            known = self.uow.get(table, key)
            if known is None or self.replaces(known, revision):
                self.uow.put(table, key, revision)

    async def keep_links(self, links: Sequence[Link]) -> None:
        """How numbers stand; the higher revision wins."""
        await self.statement("keep merges")
        for link in sorted(links, key=lambda each: (each.person, each.survivor, each.revision)):
            key = link.person, link.survivor
            await self.uow.lock("known_merge", key)
            known = self.uow.get("known_merge", key)
            if known is None or self.replaces(known.revision, link.revision):
                self.uow.put("known_merge", key, link)


def _newest_last(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["person"], row["revision"]))


class Assessing:
    """``assess_claim`` with its stand-in for the law; all else of it in the order in which that does it."""

    def __init__(self, follow: Follow = follow_merge, *, looks_again: bool = True) -> None:
        self._follow = follow
        self._looks_again = looks_again

    async def assess(self, command: AssessClaim, uow: ClaimsUnit) -> None:
        """Identify, join or decide."""
        claim, has_turn, strays = await uow.claims.lock_to_assess(command.claim)
        if strays and has_turn:
            claim = await self._followed(claim, uow)
        if claim.relation is None:
            opened = await self._opened(command, claim, uow)
            if opened is None:
                return
            claim = opened
        elif not has_turn:
            await uow.due.after_concurrent(command)
            return
        if claim.joined_to is not None:
            await uow.due.at(AssessClaim(claim.joined_to), now())
        else:
            await self._decide(command, claim, uow)

    async def _followed(self, claim: Claim, uow: ClaimsUnit) -> Claim:
        stands = await self._follow(FollowMerge(claim), uow)
        left = await uow.claims.joined_to(claim.id, {claim.insured, stands.insured}) if self._looks_again else []
        await uow.due.all_at([AssessClaim(each) for each in left], now())
        return stands

    async def _opened(self, command: AssessClaim, claim: Claim, uow: ClaimsUnit) -> Claim | None:
        number = claim.insured
        await uow.statement("named")
        if uow.uow.get("known_person", number) is None:
            await uow.due.when(command, {subjects.person(number)}, None)
            return None
        one = numbers_of(uow.links(), number)[0]
        return await open_claim(claim.opened(one, Relation.EMPLOYER, number), uow)  # type: ignore[arg-type]

    async def _decide(self, command: AssessClaim, claim: Claim, uow: ClaimsUnit) -> None:
        await uow.statement("gather facts")
        links, known = uow.links(), uow.uow.rows("known_wage")
        once = numbers_once_of(links, claim.insured)
        numbers = numbers_of(links, claim.insured)
        wages_sen = sum(wage_sen for (person, *_), (_, wage_sen) in known if person in numbers)
        listens = {subjects.person(number) for number in once}
        listens |= {subjects.wage(number, month) for number in once for month in MONTHS}
        await uow.due.when(command, listens, None)
        rate = rate_of(wages_sen)
        hash_ = revision_hash([str(rate)])
        if uow.uow.get("decision", (claim.id, claim.revision)) != hash_:
            stands = replace(claim, state=ClaimState.DECIDED, revision=claim.revision + 1)
            uow.uow.put("decision", (stands.id, stands.revision), hash_)
            uow.publish(assessed(stands, rate, hash_))
            await uow.claims.save(stands)
        elif claim.state is not ClaimState.DECIDED:
            await uow.claims.save(replace(claim, state=ClaimState.DECIDED))

    @property
    def handlers(self) -> dict[str, Callable[[Any, Any], Any]]:
        """What is run by name."""
        run: dict[str, Callable[[Any, Any], Any]] = {"assess_claim": self.assess, "follow_person": follow_person}
        return run | {"forget_person": forget_person, "compare_particulars": _compare_particulars}


async def _compare_particulars(_: CompareParticulars, __: ClaimsUnit) -> None:
    """No notice says what another one contradicts."""


def assessed(claim: Claim, rate: int, hash_: str) -> ClaimAssessedV1:
    """The event of a revision."""
    days = days_of(claim.happened_on)
    term = TermV1(per=Per.DAY, sen=rate, first=days[0], last=days[1]) if rate else None
    owed = EntitlementV1(
        scheme=SCHEME,
        benefit=BENEFIT,
        fund=Fund.EMPLOYMENT_INJURY,
        law="Act 4 s.22",
        party=f"person:{claim.stated_of}",
        decision_hash=hash_,
        provisional=False,
        terms=(term,) if term else (),
    )
    return ClaimAssessedV1(
        person=claim.stated_of,
        claim=claim.id,
        revision=claim.revision,
        event=claim.kind.value,
        happened_on=claim.happened_on,
        decided_at=now(),
        revision_hash=hash_,
        entitlements=(owed,) if term else (),
        refusals=(),
    )


def days_of(happened_on: date) -> tuple[date, date]:
    """The days of an accident that are paid."""
    return happened_on + timedelta(days=1), happened_on + timedelta(days=DAYS)


def notice(number: int, happened_on: date, id_: UUID) -> Claim:
    """A claim as its notice leaves it, of a number whose person need not be known yet."""
    return Claim(
        id_,
        id_,
        f"employer:{number}",
        ClaimState.AWAITING_IDENTITY,
        ClaimKind.ACCIDENT,
        number,
        # All name one employer: which of two is right people would be asked, and none are here.
        *(None, (), None, 1, happened_on, "at_work", now(), now(), 0),
    )
