"""A person as the tables of contributions need it, for a month and an employer: SQL that whoever checks lines shares.

All numbers of the one person are asked: spells of each, birth, residence and SKBBK of the one that survives. It is for
the worker and for officers, who see all spells and merges.
"""

from datetime import date
from typing import Any

from sqlalchemy import Row

from services.registration.domain.insured import Insured


def one_person(number: str) -> str:
    """The numbers of whom a number names, the surviving one first, as `one.numbers`.

    The function is called for the few who have several. OFFSET: else each column that asks would ask for itself.
    """
    return f"""LATERAL (
        SELECT CASE WHEN EXISTS (SELECT FROM person_merge AS gone WHERE gone.merged AND gone.person = {number})
                      OR EXISTS (SELECT FROM person_merge AS gone WHERE gone.merged AND gone.survivor = {number})
                    THEN numbers_of({number}) ELSE ARRAY[{number}] END AS numbers OFFSET 0) AS one"""  # noqa: S608


def works(employer: str, number: str, days: str, unknown: str = "false") -> str:
    """By the spells of all numbers: the first day of Act 4, and whether an employer and others employ the person in a
    month, as `works`; `unknown` is what is taken to be so of a month of which the employer stated no spell.

    A spell that an officer refused employs nobody. Its employer may still take back what it declared by it: where
    somebody has no other spell, the first day of that one stands in for a day that nothing asks for. The employer
    `knows` the number by which it stated one.
    """
    return f"""LATERAL (
        SELECT coalesce(min(CASE WHEN spell.act4_has IS NULL THEN lower(spell.days)
                                 ELSE lower(datemultirange(spell.days) * spell.act4_has) END)
                            FILTER (WHERE NOT spell.refused), min(lower(spell.days))) AS first_liable_on,
               bool_or(in_it.own AND spell.person = {number}) AS knows,
               coalesce(bool_or(NOT spell.refused) FILTER (WHERE in_it.own AND in_it.month), {unknown}) AS here,
               coalesce(bool_or(NOT spell.refused) FILTER (WHERE NOT in_it.own AND in_it.month), false) AS elsewhere,
               coalesce(bool_or(spell.act4_has IS NULL OR spell.act4_has && (spell.days * {days}))
                            FILTER (WHERE in_it.own AND in_it.month AND NOT spell.refused), {unknown})
                   AS act4_has_work,
               coalesce(bool_or(spell.act800_has IS NULL OR spell.act800_has && (spell.days * {days}))
                            FILTER (WHERE in_it.own AND in_it.month AND NOT spell.refused), {unknown})
                   AS act800_has_work
        FROM spell
        CROSS JOIN LATERAL (SELECT spell.employer = {employer} AS own, spell.days && {days} AS month) AS in_it
        WHERE spell.person = ANY(one.numbers)) AS works"""  # noqa: S608


def released(days: str) -> str:
    """Whether the person is released from the SKBBK on any day of a month; few ever were."""
    return f"""EXISTS (
        SELECT FROM membership AS held,
                    jsonb_to_recordset(held.periods) AS part (category text, first date, last date)
        WHERE held.person = one.numbers[1] AND held.scheme = 'skbbk' AND held.periods @> '[{{"category": "out"}}]'
          AND part.category = 'out' AND daterange(part.first, part.last, '[]') && {days})"""


def born_and_resident(day: str) -> str:
    """Birth and residence as known for a day, as `born` and `residence`."""
    return f"""
    JOIN person_attribute AS b ON b.person = one.numbers[1] AND b.attribute = 'born_on' AND b.valid @> {day}
    JOIN person_fact AS born ON born.id = b.fact
    JOIN person_attribute AS r ON r.person = one.numbers[1] AND r.attribute = 'residence' AND r.valid @> {day}
    JOIN person_fact AS residence ON residence.id = r.fact"""


INSURED = """born.plain AS born_on, residence.plain AS residence, works.first_liable_on, works.here, works.elsewhere,
           works.act4_has_work, works.act800_has_work"""


def insured_of(row: Row[Any]) -> Insured:
    """The person in a row that has ``INSURED`` and ``released``, without a name."""
    return Insured(
        person=row.person,
        born_on=date.fromisoformat(row.born_on),
        first_liable_on=row.first_liable_on,
        residence=row.residence,
        name="",
        works_here=row.here,
        works_elsewhere=row.elsewhere,
        released_from_skbbk=row.released,
        act4_has_work=row.act4_has_work,
        act800_has_work=row.act800_has_work,
    )
