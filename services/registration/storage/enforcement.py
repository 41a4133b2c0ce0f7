"""Inspections, follow-up notices, compounds and what was paid of them."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.employer import tenant_of
from services.registration.domain.enforcement import (
    Compound,
    CompoundState,
    Demand,
    Finding,
    Inspection,
    InspectionReason,
    InspectionState,
    Notice,
    NoticeState,
    Offence,
    Payment,
)
from services.registration.domain.errors import EnforcementUnknown, InspectionReported, InspectionUnknown
from services.registration.storage.persons import Viewer
from shared.kernel.clock import now
from shared.kernel.officers import Officers

_NOTHING = UUID(int=0)
Stated = TypeVar("Stated", Inspection, Notice, Compound)
_INSPECTION = (
    "inspection, employer, reason, planned_for, officer, stated_at, state, held_on, findings, evidence, reported_by, "
    "reported_at"
)
_PLAN = text("""
    INSERT INTO inspection (inspection, employer, tenant, reason, planned_for, officer, stated_at, state)
    VALUES (:id, :employer, :tenant, :reason, :planned_for, :officer, :stated_at, :state)
""")
_REPORT = text("""
    UPDATE inspection SET state = :state, held_on = :held_on, findings = CAST(:findings AS text[]),
                          evidence = :evidence, reported_by = :reported_by, reported_at = :reported_at
    WHERE inspection = :id AND state = 'planned'
""")
_FIND_INSPECTION = text(f"SELECT {_INSPECTION} FROM inspection WHERE inspection = :id")  # noqa: S608 - a constant
_NOTICE = (
    "notice, employer, inspection, demand, given_on, answer_by, law, evidence, officer, stated_at, revision, state, "
    "proposed_by, approved_by, decided_at"
)
_GIVE = text("""
    INSERT INTO enforcement_notice (notice, employer, tenant, inspection, demand, given_on, answer_by, law, evidence,
                                    officer, stated_at, state)
    VALUES (:id, :employer, :tenant, :inspection, :demand, :given_on, :answer_by, :law, :evidence, :officer,
            :stated_at, :state)
""")
_FIND_NOTICE = f"SELECT {_NOTICE} FROM enforcement_notice WHERE notice = :id"  # noqa: S608 - a constant
_LAPSE = text("""
    UPDATE enforcement_notice SET state = 'overdue', revision = revision + 1 WHERE notice = :id AND state = 'open'
""")
_DECIDE_NOTICE = text("""
    UPDATE enforcement_notice SET state = :state, revision = revision + 1, proposed_by = :proposed_by,
                                  approved_by = :approved_by, decided_at = :at
    WHERE notice = :id
""")
_COMPOUND = (
    "compound, number, employer, inspection, offence, amount_sen, evidence, law, officer, stated_at, revision, state, "
    "offered_on, pay_by, lapsed_at, paid_sen, paid_late, proposed_by, approved_by, decided_at, decided_for, "
    "returned_sen"
)
_STATE_COMPOUND = text("""
    INSERT INTO compound (compound, employer, tenant, inspection, offence, amount_sen, evidence, law, officer,
                          stated_at, state)
    VALUES (:id, :employer, :tenant, :inspection, :offence, :amount_sen, :evidence, :law, :officer, :stated_at, :state)
    RETURNING number
""")
_FIND_COMPOUND = f"SELECT {_COMPOUND} FROM compound WHERE compound = :id"  # noqa: S608 - a constant
_BY_NUMBER = text(f"SELECT {_COMPOUND} FROM compound WHERE number = ANY(CAST(:numbers AS bigint[]))")  # noqa: S608
_DECIDE_COMPOUND = text("""
    UPDATE compound SET state = :state, revision = :revision, offered_on = :offered_on, pay_by = :pay_by,
                        paid_late = :paid_late, proposed_by = :proposed_by, approved_by = :approved_by,
                        decided_at = :decided_at, decided_for = :decided_for, returned_sen = :returned_sen
    WHERE compound = :id
""")
_FOLLOW_COMPOUND = text("""
    UPDATE compound SET state = CAST(:state AS text), revision = :revision, paid_sen = :paid_sen,
                        lapsed_at = CASE WHEN CAST(:state AS text) = 'to_be_prosecuted' THEN coalesce(lapsed_at, :at)
                                         ELSE lapsed_at END
    WHERE compound = :id
""")
_PAY = text("""
    INSERT INTO compound_payment (credit, compound, employer, tenant, amount_sen, banked_on, recorded_at)
    VALUES (:credit, :compound, :employer, :tenant, :amount_sen, :banked_on, :at)
    ON CONFLICT (credit, compound) DO UPDATE SET taken_back_at = NULL
""")
_TAKE_BACK = text("UPDATE compound_payment SET taken_back_at = coalesce(taken_back_at, :at) WHERE credit = :credit")
_PAYMENTS = text("""
    SELECT credit, amount_sen, banked_on, taken_back_at IS NOT NULL AS is_taken_back
    FROM compound_payment WHERE compound = :compound ORDER BY banked_on, credit
""")
_PAGES = {
    (name, is_one): text(f"""
        SELECT {columns} FROM {table} WHERE {name} > CAST(:after AS uuid) AND (:officer OR tenant = :tenant)
        {"AND employer = :employer" if is_one else ""} ORDER BY {name} LIMIT :limit
    """)  # noqa: S608 - constants
    for name, table, columns in (
        ("inspection", "inspection", _INSPECTION),
        ("notice", "enforcement_notice", _NOTICE),
        ("compound", "compound", _COMPOUND),
    )
    for is_one in (True, False)
}


class EnforcementRepository:
    """What the transaction may see: an employer what it was told, officers all of it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def plan(self, inspection: Inspection) -> None:
        """Keep an inspection that is planned."""
        await self._connection.execute(_PLAN, _values(inspection))

    async def report(self, inspection: Inspection) -> None:
        """Keep what became of one; raises InspectionReported where that is known already."""
        if (await self._connection.execute(_REPORT, _values(inspection))).rowcount == 0:
            raise InspectionReported()

    async def inspection(self, id_: UUID) -> Inspection:
        """Raises InspectionUnknown."""
        found = (await self._connection.execute(_FIND_INSPECTION, {"id": id_})).one_or_none()
        if found is None:
            raise InspectionUnknown()
        return inspection_of(found)

    async def check_inspection(self, id_: UUID | None, employer: int) -> None:
        """Raises InspectionUnknown for an inspection that is not of the employer."""
        if id_ is not None and (await self.inspection(id_)).employer != employer:
            raise InspectionUnknown()

    async def give(self, notice: Notice) -> None:
        """Keep a notice."""
        await self._connection.execute(_GIVE, _values(notice))

    async def lock_notice(self, id_: UUID) -> Notice:
        """A notice, held until the transaction ends; raises EnforcementUnknown."""
        return await self._one(f"{_FIND_NOTICE} FOR UPDATE", id_, notice_of)

    async def lapse_notice(self, id_: UUID) -> None:
        """Its time is over."""
        await self._connection.execute(_LAPSE, {"id": id_})

    async def decide_notice(self, id_: UUID, state: NoticeState, officers: Officers) -> None:
        """Keep what two officers found."""
        await self._connection.execute(_DECIDE_NOTICE, {"id": id_, "state": state, **officers.row})

    async def state_compound(self, compound: Compound) -> int:
        """Keep a compound that is proposed; its number."""
        number: int = (await self._connection.execute(_STATE_COMPOUND, _values(compound))).scalar_one()
        return number

    async def compound(self, id_: UUID) -> Compound:
        """Raises EnforcementUnknown."""
        return await self._one(_FIND_COMPOUND, id_, compound_of)

    async def lock_compound(self, id_: UUID) -> Compound:
        """The same, held until the transaction ends."""
        return await self._one(f"{_FIND_COMPOUND} FOR UPDATE", id_, compound_of)

    async def by_number(self, numbers: Collection[int]) -> dict[int, Compound]:
        """Compounds by what their payers write."""
        if not numbers:
            return {}
        found = await self._connection.execute(_BY_NUMBER, {"numbers": sorted(numbers)})
        return {row.number: compound_of(row) for row in found}

    async def decide_compound(self, compound: Compound) -> None:
        """Keep what two officers decided of it."""
        await self._connection.execute(_DECIDE_COMPOUND, _values(compound))

    async def follow_compound(self, compound: Compound) -> None:
        """Keep what its payments and its day made of it."""
        await self._connection.execute(_FOLLOW_COMPOUND, {**_values(compound), "at": now()})

    async def pay(self, compound: Compound, payment: Payment) -> None:
        """Keep a payment, once; money that had gone back from it is its payment again."""
        whose = {"compound": compound.id, "employer": compound.employer, "tenant": tenant_of(compound.employer)}
        await self._connection.execute(_PAY, {**asdict(payment), **whose, "at": now()})

    async def take_back(self, credit: UUID) -> None:
        """The bank took it back, or it is the payment of nothing."""
        await self._connection.execute(_TAKE_BACK, {"credit": credit, "at": now()})

    async def payments(self, compound: UUID) -> list[Payment]:
        """What was paid of a compound, by day."""
        found = await self._connection.execute(_PAYMENTS, {"compound": compound})
        return [Payment(row.credit, row.amount_sen, row.banked_on, row.is_taken_back) for row in found]

    async def inspections(
        self, employer: int | None, after: UUID | None, limit: int, viewer: Viewer
    ) -> list[Inspection]:
        """Inspections by id, after one."""
        return await self._page("inspection", inspection_of, employer, after, limit, viewer)

    async def notices(self, employer: int | None, after: UUID | None, limit: int, viewer: Viewer) -> list[Notice]:
        """Notices by id, after one."""
        return await self._page("notice", notice_of, employer, after, limit, viewer)

    async def compounds(self, employer: int | None, after: UUID | None, limit: int, viewer: Viewer) -> list[Compound]:
        """Compounds by id, after one."""
        return await self._page("compound", compound_of, employer, after, limit, viewer)

    async def _page(
        self,
        name: str,
        read: Callable[[Any], Stated],
        employer: int | None,
        after: UUID | None,
        limit: int,
        viewer: Viewer,
    ) -> list[Stated]:
        asked = {"after": after or _NOTHING, "limit": limit, "tenant": viewer.tenant, "officer": viewer.officer}
        whose = {} if employer is None else {"employer": employer}
        found = await self._connection.execute(_PAGES[name, employer is not None], {**asked, **whose})
        return [read(row) for row in found]

    async def _one(self, query: str, id_: UUID, read: Callable[[Any], Stated]) -> Stated:
        found = (await self._connection.execute(text(query), {"id": id_})).one_or_none()
        if found is None:
            raise EnforcementUnknown()
        return read(found)


def inspection_of(row: Row[Any]) -> Inspection:
    """The inspection in a row of its table."""
    id_, employer, reason, planned_for, officer, stated_at, state, held_on, findings, *reported = row
    found = tuple(Finding(each) for each in findings)
    what = (InspectionReason(reason), planned_for, officer, stated_at, InspectionState(state), held_on)
    return Inspection(id_, employer, *what, found, *reported)


def notice_of(row: Row[Any]) -> Notice:
    """The notice in a row of its table."""
    known = dict(row._mapping)
    known |= {"id": known.pop("notice"), "demand": Demand(row.demand), "state": NoticeState(row.state)}
    return Notice(**known)


def compound_of(row: Row[Any]) -> Compound:
    """The compound in a row of its table."""
    known = dict(row._mapping)
    known |= {"id": known.pop("compound"), "offence": Offence(row.offence), "state": CompoundState(row.state)}
    return Compound(**known)


def _values(stated: Inspection | Notice | Compound) -> dict[str, Any]:
    known = asdict(stated)
    if isinstance(stated, Inspection):
        known["findings"] = list(stated.findings)
    return {**known, "tenant": tenant_of(stated.employer)}
