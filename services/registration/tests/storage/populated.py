"""Persons, employments and months written set-based: a nation's worth for tests of plans and for the bench."""

from collections.abc import Sequence

import asyncpg

# Numbers above those that a test or the platform gives by itself.
FIRST_PERSON, FIRST_EMPLOYER = 10_000_001, 1_000_001

# Of each person: a birth between 1956 and 2006, one in eight a foreign worker, an employment since 2015 to 2025 that
# every tenth has left, a second one every fifth, the last two months contributed for.
_STATEMENTS = (
    """INSERT INTO employer (employer, tenant, revision, code, name, registered_at)
       SELECT e, 'employer:' || e, 1, 'X' || e, 'EMPLOYER ' || e, '2015-01-01T00:00Z'
       FROM generate_series($1 / 16, $2 / 16 + 1) AS n, LATERAL (SELECT CAST(1000001 + n AS integer) AS e) AS numbered
       ON CONFLICT (employer) DO NOTHING""",
    """INSERT INTO person (person, revision, registered_at)
       SELECT 10000001 + n, 1, '2015-01-01T00:00Z' FROM generate_series($1, $2) AS n""",
    """INSERT INTO person_fact (id, person, attribute, valid, plain, source, recorded_at)
       SELECT nextval('person_fact_id'), 10000001 + n, attribute, '(,)', value, 'organisation:1', '2015-01-01T00:00Z'
       FROM generate_series($1, $2) AS n, LATERAL (VALUES
           ('born_on', to_char(date '1956-01-01' + (n * 7919) % 18262, 'YYYY-MM-DD')),
           ('residence', CASE n % 8 WHEN 0 THEN 'foreign_worker' ELSE 'citizen' END)) AS stated (attribute, value)""",
    """INSERT INTO person_attribute (person, attribute, valid, fact)
       SELECT person, attribute, valid, id FROM person_fact WHERE person BETWEEN 10000001 + $1 AND 10000001 + $2""",
    """INSERT INTO spell_fact (spell, tenant, person, employer, days, source, recorded_at)
       SELECT gen_random_uuid(), 'employer:' || e, 10000001 + n, e,
              daterange(date '2015-01-01' + (n * 31) % 4000 + 100 * k,
                        CASE n % 10 WHEN 9 THEN date '2026-09-30' END, '[]'),
              'employer:' || e, '2025-12-31T00:00Z'
       FROM generate_series($1, $2) AS n, generate_series(0, CASE n % 5 WHEN 0 THEN 1 ELSE 0 END) AS k,
            LATERAL (SELECT CAST(1000001 + n / 16 + k AS integer) AS e) AS works""",
    """INSERT INTO spell (spell, tenant, person, employer, days, fact, revision, stated_on, verified, refused,
                          end_verified)
       SELECT spell, tenant, person, employer, days, id, 1, '2015-01-01', true, false, true
       FROM spell_fact WHERE person BETWEEN 10000001 + $1 AND 10000001 + $2""",
    """INSERT INTO person_access (tenant, person)
       SELECT DISTINCT tenant, person FROM spell WHERE person BETWEEN 10000001 + $1 AND 10000001 + $2""",
    """INSERT INTO contribution_file (file, tenant, employer, digest, state, lines, received_at, finished_at, closed_at,
                                      accepted_lines, rejected_lines)
       SELECT gen_random_uuid(), 'employer:' || e, e, '\\x00', 'accepted', 32, '2026-11-05T00:00Z', '2026-11-05T00:01Z',
              '2026-11-05T00:01Z', 32, 0
       FROM generate_series($1 / 16, $2 / 16 + 1) AS n, LATERAL (SELECT CAST(1000001 + n AS integer) AS e) AS numbered
       WHERE NOT EXISTS (SELECT FROM contribution_file AS file WHERE file.employer = e)""",
    """INSERT INTO contribution_line (employer, month, person, kind, revision, receipt, skbbk_receipt, wage_sen,
                                      act4_employer_sen, act4_employee_sen, act800_employer_sen, act800_employee_sen,
                                      skbbk_employee_sen)
       SELECT file.employer, month, person, 1, 1, file.receipt, file.receipt, 248000, 4285, 1225, 490, 490, 0
       FROM spell JOIN contribution_file AS file ON file.employer = spell.employer,
            (VALUES (202609), (202610)) AS contributed (month)
       WHERE person BETWEEN 10000001 + $1 AND 10000001 + $2""",
)
_ANALYSED = ("person", "person_fact", "person_attribute", "spell_fact", "spell", "person_access", "contribution_line")
_AT_ONCE = 50_000


async def populate(connection: asyncpg.Connection, persons: int, before: int = 0) -> Sequence[int]:
    """Write so many persons, and those that follow from `before` on; their numbers. As the owner of the tables."""
    for first in range(before, persons, _AT_ONCE):
        last = min(first + _AT_ONCE, persons) - 1
        for statement in _STATEMENTS:
            await connection.execute(statement.replace("$1", str(first)).replace("$2", str(last)))
    for table in (*_ANALYSED, "contribution_file"):
        await connection.execute(f"ANALYZE {table}")
    return range(FIRST_PERSON, FIRST_PERSON + persons)
