"""What people and a release of the law do to claims, act by act, and what each act comes to, to the sen.

The amounts are worked from the Act where the journeys of these lives are: 957.60 under SKBBK and 1,596.00 in all when
it is an employment injury; one widow 1,053.00 a month and 35.10 for the day of the death, a child 702.00 and 23.40, two
widows half of the first; an operator's RM2,250.00 by 30 and 80 % are 60.00 a day, 27 days of it 1,620.00.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import asyncpg

from deploy.local.story import OFFICER, Story, Worker, until
from services.benefits.domain.calendar import BookCalendar, months_paid_until
from shared.kernel.clock import today
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from tests.journeys.lives import Apprentice, Commuter, Guard
from tests.prove.acts import Act, Deaths, Do, nothing
from tests.prove.officers import Officers, appointed
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture


async def acts(platform: PlatformFixture) -> list[Act]:
    """All acts in order: three lives, and then a release that asks their claims again."""
    secrets = await appointed(platform.state)
    client = Partner(Officers(platform.state, secrets))
    commuter, guard = Commuter(client), Guard(client, Worker("RAHMAN BIN OMAR", born_on=date(1965, 2, 10)))
    apprentice = Apprentice(client, Worker("NURUL BINTI AHMAD", born_on=date(2003, 9, 9)))
    lives: Sequence[Story] = (commuter, guard, apprentice)
    return [*two_schemes(commuter), *death(guard), *similar_worker(apprentice), *release(platform, lives)]


def two_schemes(life: Commuter) -> list[Act]:
    """SKBBK beside employment injury: owed at once, and turned into it when an officer lets other evidence count."""

    async def registered() -> None:
        async for _ in life.registered():
            continue
        for month in range(2, 8):
            await life.contribute(month)

    under_skbbk = paid(life, life.worker, "non_employment_injury_temporary_disablement", 95760)
    turned = paid(life, life.worker, "", 159600)
    return [
        Act("registered", registered, nothing),
        Act(
            "owed under SKBBK",
            life.interrupted,
            under_skbbk,
            (("claims-worker", "due.claimed"), ("benefits-worker", "consumer.handled")),
        ),
        Act(
            "turned into employment injury",
            life.straight_home,
            turned,
            (
                ("claims-api", "request.before_commit"),
                ("claims-worker", "relay.acknowledged"),
                ("benefits-worker", "due.before_commit"),
            ),
        ),
    ]


def death(life: Guard) -> list[Act]:
    """A death with three parties, who come to be known one after another."""
    known: dict[str, str] = {}
    ended = Month.of(months_paid_until(today(), BookCalendar(today()))) - Month(2026, 8)
    benefit = "dependants_benefit"

    async def registered() -> None:
        await life.register_employer(life.old)
        await life.register_person()
        await life.start_spell(life.old, "2020-01-06", party=OFFICER)
        for name, born in (("SITI", "1970-01-01"), ("NOR", "1972-01-01"), ("ADAM", "2020-01-15")):
            known[name] = await life.left_behind(name, born)
        for month in range(1, 8):
            await life.contribute(month)

    def states(name: str, relation: str, **more: str) -> Do:
        async def do() -> None:
            await life.state(dependant={"person": known[name], "relation": relation, **more})

        return do

    def has(name: str, sen: int) -> Do:
        async def comes_to() -> None:
            await paid(life, known[name], benefit, sen)()

        return comes_to

    return [
        Act("registered", registered, nothing),
        Act("dies", life.dies, life.death, (("claims-api", "request.after_commit"), ("claims-worker", "relay.marked"))),
        Act(
            "a widow is known",
            states("SITI", "widow"),
            has("SITI", 105300 * ended + 3510),
            (("claims-worker", "due.before_commit"), ("benefits-worker", "bank_file.rendered")),
        ),
        Act(
            "a child is known",
            states("ADAM", "child", born="2020-01-15"),
            has("ADAM", 70200 * ended + 2340),
            (("claims-worker", "relay.handed_over"), ("benefits-worker", "consumer.applied")),
        ),
        Act(
            "a second widow is known",
            states("NOR", "widow"),
            has("NOR", 52650 * ended + 1755),
            (("claims-api", "request.before_commit"), ("benefits-worker", "due.after_commit")),
        ),
    ]


def similar_worker(life: Apprentice) -> list[Act]:
    """A question that two officers answer: a task is proposed on and approved."""

    async def registered() -> None:
        await life.hired()
        await life.months_of_operator()

    return [
        Act("registered", registered, nothing),
        Act("waits for a person", life.is_cut, life.waits_for_a_person, (("claims-worker", "due.after_commit"),)),
        Act("is proposed on", life.proposes, nothing, (("claims-api", "request.before_commit"),)),
        Act(
            "is approved",
            life.approves,
            paid(life, life.worker, "temporary_disablement", 162000),
            (("claims-api", "request.after_commit"), ("claims-worker", "due.claimed")),
        ),
    ]


def release(platform: PlatformFixture, lives: Sequence[Story]) -> list[Act]:
    """Another release of the statute book does not know what these claims looked up, and asks them again."""

    async def another() -> None:
        persons = [int(life.worker.person[1:-1]) for life in lives]
        await platform.fetch("claims", _FORGOTTEN, persons)
        await platform.fetch("claims", _ANOTHER)

    async def asked_again() -> None:
        async def left() -> int | None:
            return await count(platform, _NOT_ASKED)

        await until(left, lambda number: number == 0, "a release that asks again")

    deaths: Deaths = (("claims-worker", "due.before_commit"),)
    return [Act("a release asks again", another, asked_again, deaths)]


# What was asked before look-ups were kept may have looked up anything, and no fingerprint was kept of it; and another
# release was at work until just now.
_FORGOTTEN = """
    WITH forgotten AS (UPDATE claim SET known_state = NULL WHERE person = ANY ($1) RETURNING id)
    UPDATE question SET lookups = NULL FROM forgotten WHERE forgotten.id = question.claim
"""
_ANOTHER = "UPDATE law_release SET release = 'another', seen_at = now() - interval '1 hour', compared_on = NULL"
_NOT_ASKED = """
    SELECT (SELECT count(*) FROM question WHERE lookups IS NULL) + (SELECT count(*) FROM claim_to_ask)
           + (SELECT count(*) FROM law_release WHERE compared_on IS NULL)
"""


def paid(life: Story, who: Worker | str, benefit: str, sen: int) -> Do:
    """Wait until the bank has settled so much of a benefit, or of all, to somebody; with more it never comes true."""

    async def settled() -> int | None:
        person = who if isinstance(who, str) else who.person
        path = f"/v1/payments?person={person}&limit=100"
        answer = await life.client.call("benefits", "GET", path, party=OFFICER)
        return None if answer.is_error else sum(map(_sen, _settled(answer.json()["data"], benefit)))

    async def comes_to() -> None:
        await until(settled, lambda found: found == sen, f"{sen} sen of {benefit or 'all'}")

    return comes_to


def _settled(payments: Sequence[Mapping[str, Any]], benefit: str) -> list[Mapping[str, Any]]:
    return [each for each in payments if each["state"] == "settled" and benefit in ("", each["benefit"])]


def _sen(payment: Mapping[str, Any]) -> int:
    return sen_from_ringgit(payment["amount"]["amount"])


async def count(platform: PlatformFixture, query: str) -> int | None:
    """A number in claims' database; None while it does not answer."""
    try:
        return int((await platform.fetch("claims", query))[0][0])
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return None
