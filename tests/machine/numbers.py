"""What registration says of a second number of hers (held, merged, split), and what holds of both."""

from datetime import date

from services.claims.tests.commands.test_merged_persons import (
    NAMED_BY_PASSPORT,
    OTHER,
    OTHER_EMPLOYER,
    merge,
    other_registered,
    worked_elsewhere,
)
from shared.contracts.registration import PersonHeldV1, PersonMergedV1, PersonMergeEvent, PersonSplitV1
from tests.machine.acts import enter_account, report_accident
from tests.machine.world import World, shown

WORDS: dict[str, type[PersonMergeEvent]] = {"held": PersonHeldV1, "merged": PersonMergedV1, "split": PersonSplitV1}
OTHERS, OTHERS_EMPLOYER = f"person:{OTHER}", f"employer:{OTHER_EMPLOYER}"
_IS_KNOWN = "SELECT FROM known_person WHERE person = $1"


async def appears(world: World) -> None:
    """She was registered once more, by her passport, and worked elsewhere under that number; once."""
    if await world.rows("claims", _IS_KNOWN, OTHER):
        return
    world.publish(other_registered(), *worked_elsewhere())
    await world.carry()
    await enter_account(world, OTHERS, "5444444444444", 0)


async def report_of_other(world: World, sender: str, day: date, length: int) -> None:
    """Somebody reports an accident of the other number."""
    await appears(world)
    await report_accident(world, sender, day, length, named=NAMED_BY_PASSPORT)


async def say_of_numbers(world: World, word: str, revision: int) -> None:
    """Registration says how both stand to each other: while officers look, as they stood."""
    await appears(world)
    world.are_one = world.are_one if word == "held" else word == "merged"
    world.publish(merge(revision, WORDS[word]).model_copy(update={"merged": world.are_one}))
    world.met[f"numbers {word}"] += 1


# What holds.


_KNOWN = "SELECT FROM known_merge LIMIT 1"
# While work is due, one has followed and another has not yet.
_AT_REST = "NOT EXISTS (SELECT FROM due_work WHERE failed IS NULL AND due_at <= now() + $1)"
_ALONE = f"""
    SELECT claim.id, claim.person, claim.source_person, claim.joined_to FROM claim LEFT JOIN claim AS other
        ON other.id = claim.joined_to
    WHERE claim.person IS NOT NULL AND claim.relation IS NOT NULL AND {_AT_REST}
          AND (claim.person <> (numbers_of(coalesce(claim.source_person, claim.person)))[1]
               OR other.person <> claim.person)
"""  # noqa: S608 - a constant
_DAYS_OF_BOTH = f"""
    SELECT one.claim, other.claim AS other, one.party, other.party AS by_other, one.days * other.days AS days
    FROM owed_days AS one JOIN owed_days AS other
        ON other.party = ANY (parties_of(one.party)) AND one.party <> other.party AND one.loss = other.loss
           AND one.days && other.days
    WHERE {_AT_REST}
"""  # noqa: S608 - a constant
# Of an entry one half is paid less, the other is to pay back less: between two who are not one that is taken back.
_SET_OFF_SEN = "sum(CASE debt.debit WHEN 'recoveries_set_off' THEN debt.amount_sen ELSE -debt.amount_sen END)::bigint"
_SET_OFF = f"""
    SELECT paying.party, debt.party AS debtor, {_SET_OFF_SEN} AS sen
    FROM transfer AS paying JOIN transfer AS debt USING (entry)
    WHERE 'recoveries_set_off' IN (paying.debit, paying.credit) AND 'recoveries_set_off' IN (debt.debit, debt.credit)
          AND 'recoveries_receivable' NOT IN (paying.debit, paying.credit)
          AND 'recoveries_receivable' IN (debt.debit, debt.credit)
          AND debt.party <> ALL (parties_of(paying.party)) AND {_AT_REST}
    GROUP BY 1, 2 HAVING {_SET_OFF_SEN} <> 0
"""  # noqa: S608 - a constant


async def numbers_hold(world: World) -> None:
    """Nothing of a merged number is left alone: its claims are the survivor's, its days are owed once."""
    if await world.rows("claims", _KNOWN):
        alone = await world.rows("claims", _ALONE, world.clock.offset())
        assert not alone, f"a claim stands under a number that is not its person's: {shown(alone)}"
    if await world.rows("benefits", _KNOWN):
        twice = await world.rows("benefits", _DAYS_OF_BOTH, world.clock.offset())
        assert not twice, f"a day is owed twice, by two numbers: {shown(twice)}"
        between = await world.rows("benefits", _SET_OFF, world.clock.offset())
        assert not between, f"what one is owed pays what another is to pay back: {shown(between)}"
