"""What stands beside an entitlement and decides what falls due of it: read with it, in its own statement."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.conditions import Conditions, Request
from services.benefits.domain.entitled import EntitlementKey, is_one_benefit
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind, standing
from shared.law.act4.increases.orders import Increase

# Of one entitlement, whose columns are named; `parties` are all numbers of its party. What was stated of a claim, or
# asked for under it, follows to the claim that took its place. Hazard: an alias that is the name of a column of the
# statement around it would be read as that column.
_CONDITIONS = """
    SELECT (SELECT jsonb_agg(to_jsonb(increase_factor) || to_jsonb(ordered))
            FROM increase_factor JOIN increase_order AS ordered ON ordered.id = increase_factor.increase_order
            JOIN increase_order_answer AS answer ON answer.increase_order = ordered.id AND answer.counts
            WHERE increase_factor.benefit = {benefit} AND NOT ordered.withdrawn AND NOT EXISTS (
                SELECT FROM increase_order AS later
                JOIN increase_order_answer AS word ON word.increase_order = later.id AND word.counts
                WHERE later.replaces = ordered.id)) AS increases,
           (SELECT jsonb_agg(to_jsonb(said) || jsonb_build_object('counts', true, 'claim', claim_now(said.claim)))
            FROM party_statement AS said
            JOIN party_statement_answer AS answer ON answer.statement = said.id AND answer.counts
            WHERE said.party = ANY (CAST({parties} AS text[]))) AS statements,
           (SELECT jsonb_agg(to_jsonb(asked) || jsonb_build_object(
                'reminded_on', reminded_on, 'claim_now', claim_now(asked.claim),
                'told_on', (SELECT min(told_on) FROM letter_told WHERE letter_told.matter = asked.matter)))
            FROM certificate_request AS asked LEFT JOIN certificate_reminder ON request = asked.id
            WHERE asked.party = ANY (CAST({parties} AS text[]))) AS requests,
           (SELECT min(died_on) FROM known_death WHERE party = ANY (CAST({parties} AS text[]))) AS died_on
"""
_ASK = text("""
    INSERT INTO certificate_request (id, claim, scheme, benefit, party, tenant, certificate, due_on, asked_on, matter)
    SELECT id, CAST(:claim AS uuid), :scheme, :benefit, :party, 'organisation:1', certificate, due_on, asked_on, matter
    FROM unnest(CAST(:ids AS uuid[]), CAST(:certificates AS text[]), CAST(:due AS date[]), CAST(:asked AS date[]),
                CAST(:matters AS uuid[])) AS asked (id, certificate, due_on, asked_on, matter)
    ON CONFLICT DO NOTHING
""")
_REMIND = text("""
    INSERT INTO certificate_reminder (request, party, tenant, reminded_on)
    SELECT request, :party, 'organisation:1', reminded_on
    FROM unnest(CAST(:ids AS uuid[]), CAST(:reminded AS date[])) AS reminded (request, reminded_on)
    ON CONFLICT DO NOTHING
""")
_REQUESTS = text("""
    SELECT asked.*, reminded_on
    FROM certificate_request AS asked LEFT JOIN certificate_reminder ON request = asked.id
    WHERE CAST(:after AS uuid) IS NULL OR asked.id > :after ORDER BY asked.id LIMIT :limit
""")


def conditions_as(**columns: str) -> str:
    """The statement that reads the conditions of an entitlement, whose columns have these names."""
    return _CONDITIONS.format(**columns)


class ConditionsRepository:
    """Reads and writes what payees are asked for inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, key: EntitlementKey, requests: Sequence[Request]) -> None:
        """Keep that a payee is asked for certificates; once for each and its day."""
        of_each = {
            "ids": [each.id_of(key) for each in requests],
            "certificates": [each.certificate.value for each in requests],
            "due": [each.due_on for each in requests],
            "asked": [each.asked_on for each in requests],
            "matters": [each.matter_of(key.party) for each in requests],
        }
        await self._connection.execute(_ASK, {**asdict(key), **of_each})

    async def remind(self, key: EntitlementKey, requests: Sequence[Request]) -> None:
        """Keep that a payee is reminded of them; once."""
        ids = [each.id_of(key) for each in requests]
        reminded = [each.reminded_on for each in requests]
        await self._connection.execute(_REMIND, {"party": key.party, "ids": ids, "reminded": reminded})

    async def list_requests(self, after: UUID | None, limit: int) -> list[tuple[EntitlementKey, Request]]:
        """All that payees were asked for, in the order of the ids, after one."""
        found = await self._connection.execute(_REQUESTS, {"after": after, "limit": limit})
        return [
            (
                EntitlementKey(row.claim, row.scheme, row.benefit, row.party),
                Request(CertificateKind(row.certificate), row.due_on, row.asked_on, row.reminded_on),
            )
            for row in found
        ]


def conditions_of(key: EntitlementKey, row: Row[Any]) -> Conditions:
    """The conditions of an entitlement in a row that has those columns beside it: also what was stated of the benefit,
    or asked for, under another claim, Act's name or number before."""
    stated = standing([_statement_of(each) for each in row.statements or ()])
    asked = [(_request_of(each), UUID(each["claim_now"])) for each in row.requests or ()]
    return Conditions(
        tuple(_increase_of(each) for each in row.increases or ()),
        tuple(each for each in stated if each.key is None or is_one_benefit(each.key, key)),
        tuple(each for each, claim in asked if each.key and is_one_benefit(replace(each.key, claim=claim), key)),
        row.died_on,
    )


def _increase_of(stated: Mapping[str, Any]) -> Increase:
    return Increase(
        UUID(stated["id"]),
        stated["instrument"],
        stated["law"],
        date.fromisoformat(stated["in_force"]),
        stated["began_from"],
        stated["began_to"],
        Fraction(stated["percent"]) / 100,
        stated["least_sen"],
    )


def _statement_of(stated: Mapping[str, Any]) -> PartyStatement:
    is_of_benefit = stated["claim"] is not None
    of_benefit = (stated["scheme"], stated["benefit"], stated["party"])
    return PartyStatement(
        id=UUID(stated["id"]),
        kind=StatementKind(stated["kind"]),
        party=stated["party"],
        says=stated["says"],
        first_on=date.fromisoformat(stated["first_on"]),
        last_on=_day(stated["last_on"]),
        holder=stated["holder"],
        evidence=stated["evidence"],
        stated_by=stated["stated_by"],
        stated_at=datetime.fromisoformat(stated["stated_at"]),
        key=EntitlementKey(UUID(stated["claim"]), *of_benefit) if is_of_benefit else None,
        replaces=None if stated["replaces"] is None else UUID(stated["replaces"]),
        withdrawn=stated["withdrawn"],
        counts=stated["counts"],
    )


def _request_of(stated: Mapping[str, Any]) -> Request:
    days = (date.fromisoformat(stated["due_on"]), date.fromisoformat(stated["asked_on"]))
    later = (_day(stated["reminded_on"]), _day(stated["told_on"]))
    key = EntitlementKey(UUID(stated["claim"]), stated["scheme"], stated["benefit"], stated["party"])
    return Request(CertificateKind(stated["certificate"]), *days, *later, key)


def _day(text_: str | None) -> date | None:
    return None if text_ is None else date.fromisoformat(text_)
