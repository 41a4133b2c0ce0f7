"""What was stated of claims, in the database: appended, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import OFFICERS, RECALLED, STATED_TOO_MUCH, WITHOUT_NOTICE, Claim, ClaimKind, Relation
from services.claims.domain.contested import HeldDays
from services.claims.domain.evidence import OF_A_DEATH, Evidence, EvidenceKind
from services.claims.domain.facts import Cause, Death, Neighbour
from services.claims.storage import tables as t
from services.claims.storage.claims import FOUND_ALIVE, ranges
from shared.kernel.periods import Days
from shared.law.decision import Source

# The notices of a death: of the claim, and of those that joined it.
_SAID = "said.person = death.person AND (said.id = death.id OR said.joined_to = death.id)"
# One party's word ends nothing of a living person's: two officers say it, or two parties do; and two officers may have
# found since that the person lives. By whose word a death was known that was recalled, is not: it is stated again.
# Officers say it too by what they let count of it: they would pay those left behind while the dead person is paid.
_DIED = f"""
    kind = 'death' AND relation IS NOT NULL AND joined_to IS NULL
    AND (EXISTS (SELECT FROM claim AS said
                 WHERE {_SAID}
                       AND said.reported_by <> '{RECALLED}' AND said.relation <> '{Relation.REFUSED_EMPLOYER}'
                 HAVING bool_or(said.relation IN ('officer', 'shown')) OR count(DISTINCT said.tenant) > 1)
         OR EXISTS (SELECT FROM claim AS said
                         JOIN evidence AS of_death ON of_death.claim = said.id
                         JOIN evidence AS approval ON approval.claim = said.id AND approval.about = of_death.id
                    WHERE {_SAID}
                          AND of_death.kind IN ({", ".join(f"'{kind}'" for kind in sorted(OF_A_DEATH))})
                          AND approval.kind = 'approval'
                          AND NOT EXISTS (SELECT FROM evidence AS change
                                               JOIN evidence AS let ON let.claim = said.id AND let.about = change.id
                                          WHERE change.claim = said.id AND change.about = of_death.id
                                                AND change.kind <> 'approval' AND let.kind = 'approval')))
    AND NOT {FOUND_ALIVE}
"""  # noqa: S608  nothing that came from outside
# As _evidence takes it.
_STATEMENT = """
    ROW (evidence.id, claim.id, evidence.tenant, evidence.kind, stated_at, issued_on, first_day, last_day, fit_from,
         wage_days, about, stated, stated_by, late OR joined_at_revision > 0)
"""
# What joined a claim, and is read there.
_JOINED = f"joined_to = :claim AND reason IS DISTINCT FROM '{STATED_TOO_MUCH}'"
# All that was stated of a claim, in the columns of one row. Claims that joined are of the same person, by whom they are
# found: no index knows what joined which claim.
OF_CLAIM = f"""
    ARRAY (SELECT {_STATEMENT}
           FROM evidence JOIN claim ON claim.id = evidence.claim
           WHERE person = :person AND relation IS NOT NULL AND (claim.id = :claim OR {_JOINED})
           ORDER BY stated_at, evidence.id) AS evidence,
    ARRAY (SELECT ROW (id, revision, decided_days || waiting_days) FROM claim
           WHERE person = :person AND id <> :claim AND cardinality(decided_days || waiting_days) > 0
           ORDER BY id) AS held,
    EXISTS (SELECT FROM claim
            WHERE person = :person AND joined_to = :claim AND relation IN ('employer', 'officer'))
        AS joined_by_employer,
    (SELECT min(received_at) FROM claim
     WHERE person = :person AND relation IS NOT NULL AND (id = :claim OR joined_to = :claim)) AS received_at,
    (SELECT ROW (happened_on, id) FROM claim AS death
     WHERE person = :person AND {_DIED} ORDER BY happened_on, id LIMIT 1) AS death,
    EXISTS (SELECT FROM claim WHERE person = :person AND kind = 'death' AND relation IS NOT NULL)
        AS death_stated,
    ARRAY (SELECT happened_on FROM claim AS death
           WHERE person = :person AND kind = 'death' AND id <> :claim
                 AND relation IS NOT NULL AND joined_to IS NULL AND NOT {FOUND_ALIVE}
                 AND EXISTS (SELECT FROM claim AS said
                             WHERE {_SAID}
                                   AND said.relation <> '{Relation.REFUSED_EMPLOYER}')
           ORDER BY happened_on) AS other_deaths,
    EXISTS (SELECT FROM claim
            WHERE person = :person AND id <> :claim AND relation IS NOT NULL AND joined_to IS NULL)
        AS has_others,
    ARRAY (SELECT {_STATEMENT}
           FROM evidence JOIN claim ON claim.id = evidence.claim
           WHERE person = :person AND claim.id <> :claim AND joined_to IS DISTINCT FROM :claim
                 AND claim.happened_on < (SELECT happened_on FROM claim WHERE id = :claim)
                 AND claim.relation IS NOT NULL
                 AND evidence.kind IN ('permanent_loss', 'withdrawal', 'approval')) AS earlier_losses,
    ARRAY (SELECT DISTINCT tenant FROM claim
           WHERE person = :person AND relation IS NOT NULL AND (id = :claim OR joined_to = :claim)
           ORDER BY tenant) AS senders,
    ARRAY (SELECT ROW (id, happened_on, revision > 0) FROM claim
           WHERE person = :person AND id <> :claim AND kind = 'accident' AND relation IS NOT NULL
                 AND joined_to IS NULL AND state <> 'closed'
                 AND abs(happened_on - (SELECT happened_on FROM claim WHERE id = :claim)) = 1
           ORDER BY id) AS neighbours
"""  # noqa: S608  nothing that came from outside
_OF_CLAIM = text(f"SELECT {OF_CLAIM}")

# The one that officers found, else that which a notice names.
_CAUSE = text("""
    SELECT stands.id, stands.revision, stands.happened_on, question.state,
           coalesce(stands.reason = ANY(:without_notice), false) AS is_lost
    FROM claim AS caused
         JOIN claim AS stated ON stated.id = coalesce(CAST(:found AS uuid), caused.caused_by)
         JOIN claim AS stands ON stands.id = coalesce(stated.joined_to, stated.id)
         LEFT JOIN question ON question.claim = stands.id AND question.question = 'employment_injury'
    WHERE caused.person = :person AND (caused.id = :claim OR caused.joined_to = :claim) AND caused.relation IS NOT NULL
          AND stands.person = :person AND stands.relation IS NOT NULL AND stands.kind = 'accident'
    ORDER BY caused.stored_at LIMIT 1
""")
_CAUSE_OF_KIND = text("""
    SELECT EXISTS (
        SELECT FROM claim AS caused JOIN claim AS stated ON stated.id = caused.caused_by
        WHERE caused.person = :person AND (caused.id = :claim OR caused.joined_to = :claim)
              AND caused.relation IS NOT NULL AND stated.person = :person AND stated.relation IS NOT NULL
              AND stated.kind = ANY(:kinds))
""")
# What claims know of a death first; else a register's word of any number of the person.
_DEATHS = text(f"""
    SELECT DISTINCT ON (person) person, happened_on, claim, revision FROM (
        SELECT person, happened_on, id AS claim, 0 AS revision, 1 AS place FROM claim AS death
        WHERE person = ANY(:persons) AND {_DIED}
        UNION ALL
        SELECT own.person, died.died_on, NULL, died.revision, 2
        FROM unnest(CAST(:persons AS bigint[])) AS own (person)
        JOIN known_death AS died ON died.person = ANY (numbers_of(own.person)) AND died.died_on IS NOT NULL
    ) AS said ORDER BY person, place, happened_on, claim, revision
""")  # noqa: S608  nothing that came from outside
# As many as _OF_CLAIM reads; of a claim whose person is not known yet, its own.
_COUNT = text(f"""
    SELECT count(*) FROM evidence JOIN claim ON claim.id = evidence.claim
    WHERE claim.id = :claim
       OR (person = CAST(:person AS bigint) AND relation IS NOT NULL AND {_JOINED})
""")  # noqa: S608  nothing that came from outside
_COUNT_OF_PARTY = text("""
    SELECT count(*) FROM evidence JOIN claim ON claim.id = evidence.claim
    WHERE evidence.tenant = :tenant AND evidence.kind <> 'approval'
          AND (CAST(:officer AS text) IS NULL OR stated_by = :officer)
          AND (claim.id = :claim OR (person = CAST(:person AS bigint) AND joined_to = :claim))
""")
_COUNT_BY = text("SELECT count(*) FROM evidence WHERE claim = :claim AND tenant = :tenant")
# While nobody has found either, it is open.
_FOUND = {"found": True, "refused": False}
# A list in a list would be taken apart: the days of each statement are a text.
ADD_EVIDENCE = """
    INSERT INTO evidence
        (id, claim, tenant, kind, stated_at, issued_on, first_day, last_day, fit_from, wage_days, about, stated,
         stated_by, late)
    SELECT id, claim, tenant, kind, stated_at, issued_on, first_day, last_day, fit_from,
           CAST(string_to_array(wage_days, ',') AS date[]), about, CAST(stated AS jsonb), stated_by, late
    FROM unnest(CAST(:ids AS uuid[]), CAST(:claims AS uuid[]), CAST(:tenants AS text[]), CAST(:kinds AS text[]),
                CAST(:stated_at AS timestamptz[]), CAST(:issued_on AS date[]), CAST(:first_days AS date[]),
                CAST(:last_days AS date[]), CAST(:fit_from AS date[]), CAST(:wage_days AS text[]),
                CAST(:about AS uuid[]), CAST(:stated AS text[]), CAST(:stated_by AS text[]),
                CAST(:late AS boolean[]))
        AS given (id, claim, tenant, kind, stated_at, issued_on, first_day, last_day, fit_from, wage_days, about,
                  stated, stated_by, late)
    ON CONFLICT DO NOTHING
"""
_ADD = text(ADD_EVIDENCE)


@dataclass(frozen=True)
class OfClaim:
    """All that was stated of a claim and of those that joined it, and the days that the person's other claims have.

    ``joined_by_employer``: one that joined it is of the employer of the day, or of officers. ``received_at`` is when
    the first of them came, whichever opened. ``died_on`` is the day of the person's death by more than one party's
    word, ``death`` the claim about it, ``death_stated`` whether anybody stated one, ``earlier_losses`` what was stated
    of permanent losses in the claims of earlier events, with what was said about it since, ``other_deaths`` the days
    of other deaths that were reported of the person, ``has_others`` whether the person has another claim. ``senders``
    are the parties whose notices count, ``neighbours`` the person's accidents of adjacent days.
    """

    evidence: tuple[Evidence, ...]
    held: tuple[HeldDays, ...]
    joined_by_employer: bool
    received_at: datetime
    died_on: date | None
    death: UUID | None
    death_stated: bool
    earlier_losses: tuple[Evidence, ...]
    other_deaths: tuple[date, ...]
    has_others: bool
    senders: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


class EvidenceRepository:
    """Reads and appends evidence inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, *evidence: Evidence) -> None:
        """Append statements; one that is known already changes nothing."""
        if evidence:
            await self._connection.execute(_ADD, values_of(evidence))

    async def of(self, claim: Claim) -> OfClaim:
        """What is known of a claim whose person is known, as one instant has it."""
        return stated_of((await self._connection.execute(_OF_CLAIM, {"claim": claim.id, "person": claim.person})).one())

    async def count(self, claim: Claim) -> int:
        """How many statements there are of a claim and of those that joined it."""
        found = await self._connection.execute(_COUNT, {"claim": claim.id, "person": claim.person})
        return int(found.scalar_one())

    async def count_of_party(self, claim: Claim, tenant: str, by: str) -> int:
        """How many statements a party, or an officer, has made of a claim and of what joined the same.

        An approval states nothing itself.
        """
        officer = by if tenant.startswith(OFFICERS) else None
        values = {"claim": claim.joined_to or claim.id, "person": claim.person, "tenant": tenant, "officer": officer}
        return int((await self._connection.execute(_COUNT_OF_PARTY, values)).scalar_one())

    async def count_by(self, claim: UUID, tenant: str) -> int:
        """How many statements of one claim a party has made that may not see the claim itself."""
        return int((await self._connection.execute(_COUNT_BY, {"claim": claim, "tenant": tenant})).scalar_one())

    async def cause_of(self, claim: Claim, found: UUID | None) -> Cause | None:
        """The event that brought a claim's about, if it is one of the same person, as it stands.

        It is the one of a claim that officers found, else that which a notice names.
        """
        lost = {"without_notice": list(WITHOUT_NOTICE)}
        values = {"claim": claim.id, "person": claim.person, "found": found, **lost}
        row = (await self._connection.execute(_CAUSE, values)).one_or_none()
        if row is None:
            return None
        return Cause(row.id, row.revision, row.happened_on, _FOUND.get(row.state), is_lost=row.is_lost)

    async def names_cause_of(self, claim: Claim, kinds: Sequence[ClaimKind]) -> bool:
        """Whether a notice of a claim names as its cause an event of one of these kinds, of the same person."""
        values = {"claim": claim.id, "person": claim.person, "kinds": list(kinds)}
        return bool((await self._connection.execute(_CAUSE_OF_KIND, values)).scalar_one())

    async def deaths_of(self, persons: Sequence[int]) -> Mapping[str, Death]:
        """Which of these persons have died, by party."""
        if not persons:
            return {}
        rows = await self._connection.execute(_DEATHS, {"persons": list(persons)})
        return {f"person:{row.person}": _death_of(row) for row in rows}

    async def died_on(self, numbers: Sequence[int]) -> date | None:
        """The first day that anybody knows of as that of the death of the person of these numbers."""
        return min((each.day for each in (await self.deaths_of(numbers)).values()), default=None)

    async def find(self, evidence: UUID) -> Evidence | None:
        """One statement, if there is one that the role may see."""
        row = (await self._connection.execute(select(t.evidence).where(t.evidence.c.id == evidence))).one_or_none()
        return None if row is None else evidence_of(row)

    async def list_of(self, claim: UUID) -> list[Evidence]:
        """The statements about one claim that the role may see, oldest first."""
        query = select(t.evidence).where(t.evidence.c.claim == claim).order_by(t.evidence.c.stated_at, t.evidence.c.id)
        return [evidence_of(row) for row in await self._connection.execute(query)]


def _death_of(row: Row[Any]) -> Death:
    by_register = row.claim is None
    source = Source("person", row.person, row.revision) if by_register else Source("claim", str(row.claim), 0)
    return Death(row.happened_on, source)


def stated_of(row: Row[Any]) -> OfClaim:
    """What was stated of a claim, in the columns of ``OF_CLAIM``."""
    died_on, death = row.death or (None, None)
    held = tuple(HeldDays(id_, revision, ranges(days)) for id_, revision, days in row.held)
    evidence, losses = (tuple(_evidence(*each) for each in rows) for rows in (row.evidence, row.earlier_losses))
    of_person = (died_on, death, row.death_stated, losses, tuple(row.other_deaths), row.has_others)
    neighbours = tuple(Neighbour(*each) for each in row.neighbours)
    beside = (tuple(row.senders), neighbours)
    return OfClaim(evidence, held, row.joined_by_employer, row.received_at, *of_person, *beside)


def evidence_of(row: Row[Any]) -> Evidence:
    """The statement in a row of the table."""
    return _evidence(
        row.id, row.claim, row.tenant, row.kind, row.stated_at, row.issued_on, row.first_day, row.last_day,
        row.fit_from, row.wage_days, row.about, row.stated, row.stated_by, row.late,
    )  # fmt: skip


def _evidence(
    id_: UUID,
    claim: UUID,
    tenant: str,
    kind: str,
    stated_at: datetime,
    issued_on: date | None,
    first_day: date | None,
    last_day: date | None,
    fit_from: date | None,
    wage_days: Sequence[date],
    about: UUID | None,
    stated: Mapping[str, Any],
    stated_by: str,
    late: bool,
) -> Evidence:
    days = None if first_day is None or last_day is None else Days(first_day, last_day)
    worked, of_kind = tuple(wage_days), EvidenceKind(kind)
    return Evidence(
        id_, claim, tenant, of_kind, stated_at, issued_on, days, fit_from, worked, about, stated, stated_by, late
    )


def values_of(evidence: Sequence[Evidence]) -> dict[str, list[Any]]:
    """What ``ADD_EVIDENCE`` takes."""
    return {
        "ids": [each.id for each in evidence],
        "claims": [each.claim for each in evidence],
        "tenants": [each.tenant for each in evidence],
        "kinds": [each.kind.value for each in evidence],
        "stated_at": [each.stated_at for each in evidence],
        "issued_on": [each.issued_on for each in evidence],
        "first_days": [each.days and each.days.first for each in evidence],
        "last_days": [each.days and each.days.last for each in evidence],
        "fit_from": [each.fit_from for each in evidence],
        "wage_days": [",".join(day.isoformat() for day in each.wage_days) for each in evidence],
        "about": [each.about for each in evidence],
        "stated": [orjson.dumps(dict(each.stated)).decode() for each in evidence],
        "stated_by": [each.stated_by for each in evidence],
        "late": [each.late for each in evidence],
    }
