"""A release of the statute book asks stored decisions again while accidents go on at a steady rate.

The stored decisions are copies of one that the platform made, each of a person of its own; of one in twenty the text of
what was looked up names an entry that the book does not have (as if the figure had been changed since) and the record
another amount, so that asking again makes a revision. The worker then finds that another release was at work.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import asyncpg

from deploy.local.client import HttpClient
from tests.bench.accidents import accidents, follow
from tests.bench.figures import Figure, Part, percentile
from tests.bench.platform_fixture import PlatformFixture
from tests.bench.workforce import Insured

HAPPENED = "2026-07-15"
PER_CENT = 5
TIMES_QUIET = 2.0
PATIENCE_SECONDS = 120.0
_PERSONS_FROM = 10_000_000
CHANGED = "changed"

# Of the copies, each with its own person, claim and spell; of every twentieth the record is another one.
_NUMBERS = """
    CREATE TEMPORARY TABLE copy AS
    SELECT {first} + number AS person, md5('claim' || number)::uuid AS claim, md5('spell' || number)::uuid AS spell,
           number % {share} = 0 AS changed
    FROM generate_series(1, {count}) AS number
"""
_TEMPLATE = """
    CREATE TEMPORARY TABLE template AS
    SELECT claim.id AS claim, claim.person, claim.revision, spell
    FROM claim JOIN known_spell ON known_spell.person = claim.person WHERE state = 'decided' ORDER BY id LIMIT 1
"""
_KNOWN = """
    INSERT INTO {table} SELECT made.* FROM template JOIN {table} AS kept USING (person) CROSS JOIN copy
    CROSS JOIN LATERAL jsonb_populate_record(kept, jsonb_build_object({changes})) AS made
"""
_OF_CLAIM = """
    INSERT INTO {table} SELECT made.* FROM template JOIN {table} AS kept ON kept.{key} = template.claim CROSS JOIN copy
    CROSS JOIN LATERAL jsonb_populate_record(kept, jsonb_build_object({changes})) AS made
"""
_RECORDS = r"""
    CREATE TEMPORARY TABLE copied AS
    SELECT copy.claim, record.tenant, record.question, record.hash AS was, encode(sha256(made.body), 'hex') AS hash,
           made.body
    FROM template JOIN record ON record.claim = template.claim CROSS JOIN copy
    CROSS JOIN LATERAL (SELECT replace(replace(convert_from(record.body, 'UTF8'),
            template.spell::text, copy.spell::text), '"id":' || template.person || ',"kind":"person"',
            '"id":' || copy.person || ',"kind":"person"') AS text) AS own
    CROSS JOIN LATERAL (SELECT convert_to(
            CASE WHEN copy.changed THEN regexp_replace(own.text, '"sen":([0-9]+)', '"sen":1\1', 'g') ELSE own.text END,
            'UTF8') AS body) AS made
"""
_KEEP_RECORDS = """
    INSERT INTO record (claim, hash, tenant, question, body) SELECT claim, hash, tenant, question, body FROM copied
"""
_DECISIONS = """
    INSERT INTO decision (claim, revision, tenant, hash, records, envelope, event_type, event)
    SELECT copied.claim, decision.revision, decision.tenant, decision.hash,
           array_agg(copied.hash ORDER BY array_position(decision.records, copied.was)), envelope, event_type, event
    FROM template JOIN decision ON decision.claim = template.claim AND decision.revision = template.revision
    JOIN copied ON copied.was = ANY (decision.records)
    GROUP BY copied.claim, decision.claim, decision.revision
"""
_CHANGED_LOOKUPS = """
    INSERT INTO law_lookups (hash, body)
    SELECT $1, regexp_replace(body, '"(act4.temporary_disablement.share)",\\["[0-9-]+"', '"\\1",["2000-01-01"')
    FROM template JOIN question ON question.claim = template.claim JOIN law_lookups ON hash = lookups
    WHERE question.question = 'temporary_disablement'
"""
_CHANGE = """
    UPDATE question SET lookups = $1 FROM copy
    WHERE question.claim = copy.claim AND changed AND question = 'temporary_disablement'
"""
_DUE = r"""
    INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
    SELECT kind, replace(payload, template.claim::text, copy.claim::text), due_at,
           ARRAY (SELECT regexp_replace(each, '/' || template.person || '(/|$)', '/' || copy.person || '\1')
                  FROM unnest(waits_for) AS each), correlation_id, trace
    FROM template JOIN due_work ON payload = '{"claim":"' || template.claim || '"}' CROSS JOIN copy
    WHERE kind = 'assess_claim'
"""
_COPIES: Sequence[tuple[str, str, str]] = (
    (_KNOWN, "known_person", "'person', copy.person"),
    (_KNOWN, "known_spell", "'person', copy.person, 'spell', copy.spell"),
    (_KNOWN, "known_membership", "'person', copy.person"),
    (_KNOWN, "known_wage", "'person', copy.person"),
    (_OF_CLAIM, "claim", "'id', copy.claim, 'notice', gen_random_uuid(), 'person', copy.person"),
    (_OF_CLAIM, "evidence", "'id', gen_random_uuid(), 'claim', copy.claim"),
    (_OF_CLAIM, "question", "'claim', copy.claim"),
)
# Where it is that a release that is gone was at work.
_ANOTHER_RELEASE = "UPDATE law_release SET release = 'another', seen_at = now() - interval '1 hour', compared_on = NULL"
# What was asked again by the time of the look is on the list no more, and has looked up what the book has.
_NOT_EXACTLY = """
    SELECT count(*) FROM (SELECT claim FROM claim_to_ask) AS listed
    FULL JOIN (SELECT claim FROM question WHERE lookups = $1) AS changed USING (claim)
    LEFT JOIN due_work ON payload = '{"claim":"' || changed.claim || '"}' AND due_at < 'infinity'
                   AND kind = 'assess_claim'
    WHERE listed.claim IS NULL AND due_work.id IS NULL OR changed.claim IS NULL
"""
_LEFT = "SELECT count(*) FROM claim_to_ask"
_REVISED = """
    SELECT count(*) FROM decision JOIN template ON decision.revision = template.revision + 1
    WHERE decision.claim IN (SELECT claim FROM copy WHERE changed)
"""


async def reasking(
    platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rate: float, stored: int
) -> Part:
    """Accidents at a rate while nothing is asked again, then while a release asks again what it touches."""
    half = len(workers) // 2
    connection = await asyncpg.connect(platform.database("claims", "migrate"), command_timeout=3600)
    try:
        await accidents(client, workers[:1], rate, HAPPENED)
        began = time.monotonic()
        await _store(connection, stored)
        stored_in = time.monotonic() - began
        quiet = await _p99(platform, client, workers[1:half], rate)
        listed_in, inexact = await _list(connection)
        left = await connection.fetchval(_LEFT)
        began = time.monotonic()
        busy = await _p99(platform, client, workers[half:], rate)
        asked, seconds = left - await connection.fetchval(_LEFT), time.monotonic() - began
        revised = await connection.fetchval(_REVISED)
    finally:
        await connection.close()
    title = f"A release of the statute book: {stored:,} stored decisions, accidents at {rate:g}/s"
    return Part(
        title,
        [
            Figure("stored decisions that it touches", left, "", note=f"copied in {stored_in:.0f} s"),
            Figure("listed though not touched, or not listed", inexact, "", limit=0),
            Figure("from its start until they were listed", listed_in, "s", note="the timer looks every 30 s"),
            Figure("asked again in a second", asked / seconds, "", note="by JARING_REASKED_A_SECOND at most 4"),
            Figure("revised meanwhile", revised, ""),
            Figure("whole, p99, with nothing asked again", quiet, "ms"),
            Figure("whole, p99, meanwhile", busy, "ms", limit=TIMES_QUIET * quiet),
        ],
    )


async def _p99(platform: PlatformFixture, client: HttpClient, workers: Sequence[Insured], rate: float) -> float:
    followed = await follow(platform, await accidents(client, workers, rate, HAPPENED))
    return percentile([each.whole for each in followed], 99)


async def _store(connection: asyncpg.Connection, count: int) -> None:
    """Make the copies, as soon as there is something to be copied."""
    await _until(connection, "SELECT count(*) FROM claim WHERE state = 'decided'")
    await connection.execute(_TEMPLATE)
    await connection.execute(_NUMBERS.format(first=_PERSONS_FROM, count=count, share=100 // PER_CENT))
    for statement, table, changes in _COPIES:
        await connection.execute(
            statement.format(table=table, changes=changes, key="id" if table == "claim" else "claim")
        )
    for statement in (_RECORDS, _KEEP_RECORDS, _DECISIONS, _DUE):
        await connection.execute(statement)
    await connection.execute(_CHANGED_LOOKUPS, CHANGED)
    await connection.execute(_CHANGE, CHANGED)
    await connection.execute("ANALYZE")


async def _list(connection: asyncpg.Connection) -> tuple[float, int]:
    """Let a release find that another one was at work; the seconds until its list is there, and what is wrong in it."""
    began = time.monotonic()
    await connection.execute(_ANOTHER_RELEASE)
    while not await connection.fetchval("SELECT compared_on IS NOT NULL FROM law_release"):
        await _pause(began)
    taken = time.monotonic() - began
    return taken, await connection.fetchval(_NOT_EXACTLY, CHANGED)


async def _until(connection: asyncpg.Connection, query: str) -> None:
    began = time.monotonic()
    while not await connection.fetchval(query):
        await _pause(began)


async def _pause(began: float) -> Any:
    if time.monotonic() - began > PATIENCE_SECONDS:
        raise TimeoutError("the platform does not do it")
    await asyncio.sleep(0.05)
