"""Compares what five databases and the bank hold with the driver's own account, when the platform is quiet."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.state import address_of
from deploy.platform import SERVICES
from shared.kernel.clock import today
from shared.kernel.money import sen_from_ringgit
from shared.messaging.consumer_store import ConsumerStore
from tests.oracle.owing import Term
from tests.prove.long.findings import Findings
from tests.prove.long.oracle import Account, line, summed
from tests.prove.long.watch import OWNERS, subscriptions
from tests.prove.platform_fixture import PlatformFixture

_SPELL = "spell::text, person, employer, {} AS first, {} AS last"
_SPELLS = {
    "registration": ("spell", _SPELL.format("lower(days)", "upper(days) - 1")),
    "claims": ("known_spell", _SPELL.format("started_on", "ended_on")),
    "jobs": ("spell", _SPELL.format("started_on", "ended_on")),
}
_LINES = """
    SELECT employer, month, person, wage_sen, act4_employer_sen, act4_employee_sen, act800_employer_sen,
           act800_employee_sen, skbbk_employee_sen FROM contribution_line
"""
_DECISIONS = """
    SELECT claim.id::text, claim.revision, count(decision.revision), max(decision.revision)
    FROM claim LEFT JOIN decision ON decision.claim = claim.id GROUP BY claim.id, claim.revision
"""
_DECIDED = """
    SELECT newest.claim::text, term ->> 'per', (term ->> 'sen')::bigint, (term ->> 'first')::date,
           (term ->> 'last')::date
    FROM (SELECT DISTINCT ON (claim) claim, convert_from(event, 'UTF8')::jsonb AS told
          FROM decision ORDER BY claim, revision DESC) AS newest
    CROSS JOIN jsonb_path_query(told, '$.entitlements[*].terms[*]') AS term
"""
_ENTITLED = "SELECT claim::text, per, sen, first_day, last_day FROM entitlement_term"
_NATURAL_KEYS = """
    SELECT claim::text, scheme, benefit, party, kind, period_first, period_last, replaces, revision FROM payment
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING count(*) > 1
"""
_POSTED_TWICE = """
    SELECT payment::text, file::text, month, debit, credit, cause, fund FROM transfer
    WHERE payment IS NOT NULL OR file IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1
"""
_PAYEES = "SELECT split_part(party, ':', 2)::bigint FROM payee WHERE party LIKE 'person:%'"
_SETTLED = "SELECT end_to_end_id, amount_sen FROM payment WHERE state = 'settled'"
_PAID = "SELECT claim::text, sum(amount_sen)::bigint FROM payment WHERE state = 'settled' GROUP BY 1"
_TO_COME_BACK = """
    SELECT claim::text, sum(CASE debit WHEN 'recoveries_receivable' THEN amount_sen ELSE -amount_sen END)::bigint
    FROM transfer WHERE 'recoveries_receivable' IN (debit, credit) GROUP BY 1
"""
_FUNDS = """
    SELECT fund, sum(sen)::bigint FROM (SELECT credit AS fund, amount_sen AS sen FROM transfer
                                        UNION ALL SELECT debit, -amount_sen FROM transfer) AS moved
    WHERE fund LIKE 'fund%' GROUP BY fund
"""
_SENT = "SELECT aggregate, version FROM stream WHERE topic = $1"
_SEEN = "SELECT aggregate, version FROM stream_seen WHERE topic = $1"
_SENT_BY_DAY = "SELECT day, count(*), sum(money_sen) FROM outbox WHERE topic = $1 AND day IS NOT NULL GROUP BY day"
_SEEN_BY_DAY = "SELECT day, events, money_sen FROM daily_total WHERE topic = $1"
_SENT_IDS = "SELECT event_id FROM outbox WHERE topic = $1 AND day IS NOT NULL"
_HANDLED = "SELECT event_id FROM inbox"


class Audit:
    """One comparison; `findings` says what is wrong, `paid_sen` and the others what the money came to."""

    def __init__(self, platform: PlatformFixture, account: Account) -> None:
        self._platform = platform
        self._account = account
        self.findings = Findings()
        self.paid_sen = self.to_come_back_sen = self.due_sen = self.differing_sen = 0

    async def run(self) -> None:
        """Everything."""
        await self._register()
        await self._lines()
        await self._claims()
        await self._money()
        await self._after_the_claim()
        for service in SERVICES:
            await self._consumed(service)

    async def _rows(self, service: str, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self._platform.fetch(service, query, *arguments)]

    async def _column(self, service: str, query: str, *arguments: object) -> list[Any]:
        return [row[0] for row in await self._rows(service, query, *arguments)]

    async def _register(self) -> None:
        """Employers, persons, identities, spells and files: each answered once, and known to whoever listens."""
        account, same = self._account, self.findings.same
        same("employers", account.employers, await self._column("registration", "SELECT employer FROM employer"))
        persons = account.persons
        same("persons", persons, await self._column("registration", "SELECT person FROM person"))
        same("identities", persons, await self._column("registration", "SELECT person FROM national_id"))
        for table in ("known_person", "known_identity"):
            same(f"claims' {table}", persons, await self._column("claims", f"SELECT person FROM {table}"))  # noqa: S608
        for scheme in ("act4", "skbbk"):
            for service, table in (("registration", "membership"), ("claims", "known_membership")):
                members = await self._column(service, f"SELECT person FROM {table} WHERE scheme = $1", scheme)  # noqa: S608
                same(f"{scheme} in {service}", persons, members)
        for service, (table, columns) in _SPELLS.items():
            rows = await self._rows(service, f"SELECT {columns} FROM {table}")  # noqa: S608
            found = ((id_, (person, employer, _day(first), _day(last))) for id_, person, employer, first, last in rows)
            self.findings.equal(f"spells in {service}", account.spells, found)
        files = await self._rows("registration", "SELECT file::text, lines, accepted_lines FROM contribution_file")
        self.findings.equal("files", account.files, ((file, (lines, good)) for file, lines, good in files))

    async def _lines(self) -> None:
        """Every line to the sen, and its wage in claims."""
        lines = self._account.lines
        rows = await self._rows("registration", _LINES)
        expected = {key: line(wage, key[1]) for key, wage in lines.items()}
        self.findings.equal("contribution lines", expected, ((row[:3], row[3:]) for row in rows))
        known = await self._rows("claims", "SELECT employer, month, person, wage_sen FROM known_wage")
        found = (((employer, _month(month), person), wage) for employer, month, person, wage in known)
        self.findings.equal("claims' wages", lines, found)

    async def _claims(self) -> None:
        """Every notice has its claim, its person, and one decision for each revision."""
        accidents = self._account.accidents
        expected = {claim: (each.person, "decided") for claim, each in accidents.items()}
        rows = await self._rows("claims", "SELECT id::text, person, state FROM claim")
        self.findings.equal("claims", expected, ((claim, (person, state)) for claim, person, state in rows))
        counted = await self._rows("claims", _DECISIONS)
        self.findings.equal("decisions", {row[0]: row[1] for row in counted}, ((row[0], row[2]) for row in counted))
        self.findings.equal("decisions", {row[0]: row[1] for row in counted}, ((row[0], row[3]) for row in counted))

    async def _money(self) -> None:
        """Entitled, paid and recoverable by claim; by natural key; at the bank; and the funds of the ledger."""
        due, same, none = self._account.due(today()), self.findings.same, self.findings.none
        owed = {claim: summed(terms) for claim, terms in self._account.owed().items()}
        same("payees", self._account.payees, await self._column("benefits", _PAYEES))
        self.findings.equal("last decisions", owed, terms_of(await self._rows("claims", _DECIDED)).items())
        self.findings.equal("entitlements", owed, terms_of(await self._rows("benefits", _ENTITLED)).items())
        paid = dict(await self._rows("benefits", _PAID))
        back = dict(await self._rows("benefits", _TO_COME_BACK))
        self.paid_sen, self.to_come_back_sen, self.due_sen = (sum(each.values()) for each in (paid, back, due))
        net = {claim: paid.get(claim, 0) - back.get(claim, 0) for claim in paid.keys() | back.keys()}
        self.differing_sen = sum(abs(net.get(claim, 0) - due.get(claim, 0)) for claim in net.keys() | due.keys())
        self.findings.equal("net payments", due, net.items())
        none("payments by natural key", await self._rows("benefits", _NATURAL_KEYS))
        none("transfers of the ledger", await self._rows("benefits", _POSTED_TWICE))
        same("settled payments at the bank", await self._rows("benefits", _SETTLED), await self._booked())
        funds = await self._rows("benefits", _FUNDS)
        self.findings.equal("funds", {fund: sen for fund, sen in self._account.funds().items() if sen}, funds)

    async def _booked(self) -> list[tuple[str, int]]:
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.get(f"{address_of(self._platform.state, 'bank')}/received")
        return [(each["end_to_end_id"], sen_from_ringgit(each["amount"])) for each in answer.json()["received"]]

    async def _after_the_claim(self) -> None:
        """Referrals, searches for work, and proved placements."""
        accidents = self._account.accidents.values()
        expected = {each.claim: "discharged" if each.rehabilitated else "expected" for each in accidents}
        states = await self._rows("rehab", "SELECT claim::text, state FROM referral")
        self.findings.equal("referrals", expected, states)
        seekers = await self._rows("jobs", "SELECT claim::text, state FROM seeker")
        sought = {each.claim: "placed" if each.placed else "open" for each in accidents if each.rehabilitated}
        self.findings.equal("job seekers", sought, seekers)
        placed = await self._column("jobs", "SELECT person FROM placement WHERE state = 'confirmed'")
        self.findings.same("placements", (each.person for each in accidents if each.placed), placed)

    async def _consumed(self, service: str) -> None:
        """Each event of an outbox in each consumer: by stream and version, by day and sen, and in the inbox."""
        sent_ids: list[Any] = []
        for subscription in subscriptions(service):
            topic = subscription.topic
            owner = OWNERS[topic]
            streams = dict(await self._rows(owner, _SENT, topic))
            self.findings.equal(f"streams of {topic} in {service}", streams, await self._rows(service, _SEEN, topic))
            by_day = await self._rows(owner, _SENT_BY_DAY, topic)
            seen = await self._rows(service, _SEEN_BY_DAY, topic)
            self._totals(f"events of {topic} in {service}", _by_day(by_day), _by_day(seen))
            if subscription.handle is not None:
                sent_ids += await self._column(owner, _SENT_IDS, topic)
        self.findings.same(f"reactions in {service}", sent_ids, await self._column(service, _HANDLED))
        stated = [(row.topic, row.day) for row in await self._differing(service)]
        self.findings.same(f"days whose totals differ in {service}", (), stated)

    def _totals(self, what: str, sent: dict[date, tuple[int, int]], seen: dict[date, tuple[int, int]]) -> None:
        for day in sent.keys() | seen.keys():
            (published, published_sen), (consumed, consumed_sen) = sent.get(day, (0, 0)), seen.get(day, (0, 0))
            self.findings.lost += max(0, published - consumed)
            self.findings.doubled += max(0, consumed - published)
            if (published, published_sen) != (consumed, consumed_sen):
                sent_text, seen_text = f"{published} of {published_sen} sen", f"{consumed} of {consumed_sen} sen"
                said = f"{what} on {day}: {sent_text} sent, {seen_text} consumed"
                self.findings.sentences.append(said)
                self.findings.lost += published == consumed

    async def _differing(self, service: str) -> Iterable[Any]:
        engine = create_async_engine(
            self._platform.postgres.url(service).replace("postgresql", "postgresql+asyncpg", 1)
        )
        try:
            async with engine.connect() as connection:
                return await ConsumerStore(connection, service).differing_totals()
        finally:
            await engine.dispose()


def terms_of(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[int, tuple[Term, ...]]]:
    """The terms of each claim: its days added up, and its months."""
    found: dict[str, list[Term]] = {}
    for claim, *term in rows:
        found.setdefault(claim, []).append(Term(*term))
    return {claim: summed(terms) for claim, terms in found.items()}


def _by_day(rows: Iterable[tuple[Any, ...]]) -> dict[date, tuple[int, int]]:
    return {day: (int(events), int(sen)) for day, events, sen in rows}


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _month(first: date) -> int:
    return first.year * 100 + first.month
