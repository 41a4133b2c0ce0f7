"""Each chosen life comes to what its file says, to the sen; they are played side by side, once.

What is asked for by name is played alone: `-k welder` takes seconds. `make prove` plays those that are not chosen too.
"""

from dataclasses import replace

import pytest

from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.lives.chosen import CHOSEN
from tests.lives.life import CASES, Life, NeverPart, OwedPart, read_life, read_lives
from tests.lives.never import Payment
from tests.lives.playing import play, worlds
from tests.lives.settled import Found, Row

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(480)]

COMMUTER = CASES / "night-market.yaml"


@pytest.fixture(scope="module")
async def played(databases: Databases, issuer: TestIssuer, request: pytest.FixtureRequest) -> dict[str, Found]:
    """What each life that is asked about came to, by the name of its file."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    asked = {spec.params["name"] for spec in specs if spec is not None and "name" in spec.params}
    lives = [life for life in read_lives() if life.name in asked]
    return {found.life.name: found for found in await play(lives, databases, issuer)}


@pytest.mark.parametrize("name", CHOSEN)
def test_a_life_comes_to_what_its_file_says(name: str, played: dict[str, Found]) -> None:
    found = played[name]
    assert not found.differences, found.told


def test_lives_that_act_on_what_others_are_paid_stand_apart_and_others_together() -> None:
    lives = [life for life in read_lives() if life.acts_on]
    rest = [life for life in read_lives() if not life.acts_on]
    found = worlds([*lives, *rest])
    assert found[0] == rest
    assert 1 < len(found) < 1 + len(lives)
    assert sorted(life.name for world in found for life in world) == sorted(life.name for life in [*lives, *rest])
    assert not any(a.disturbs(b) for world in found for a in world for b in world if a is not b)


def _as_expected(life: Life) -> Found:
    """What is found where all is as the file says."""
    found = Found(life)
    for paid in life.paid:
        found.paid[Row(paid.month, paid.to, paid.benefit, paid.fund.value)] += paid.amount
        found.happened.payments.append(Payment(paid.month, paid.to, paid.benefit, paid.fund.value, paid.amount))
    for borne in life.borne:
        found.borne[borne.fund.value] += borne.amount
    for owed in life.owed:
        found.owed[owed.by, owed.to] = {"temporary_disablement": owed.amount}
    return found


def test_a_difference_says_party_month_benefit_and_both_amounts() -> None:
    life = read_life(COMMUTER)
    assert _as_expected(life).differences == []
    later = _as_expected(life)
    first, second = sorted(later.paid)
    later.paid[second] += later.paid.pop(first)
    assert later.differences == [
        "paid in 2026-08 to operator, non_employment_injury_temporary_disablement from non_employment_injury: "
        "expected 957.60, found 0.00",
        "paid in 2026-09 to operator, temporary_disablement from employment_injury: expected 638.40, found 1596.00",
        "never: 957.60 and 1596.00 both: 1596.00 was paid",
    ]


def test_what_stands_in_no_row_is_a_difference_too() -> None:
    life = read_life(COMMUTER)
    more = _as_expected(life)
    more.paid[Row("2026-10", "operator", "funeral_benefit", "invalidity")] = 1
    more.back["operator", "temporary_disablement"] = 95_760
    more.borne["non_employment_injury"] = 1
    assert more.differences == [
        "paid in 2026-10 to operator, funeral_benefit from invalidity: expected 0.00, found 0.01",
        "borne by non_employment_injury in the end: expected 0.00, found 0.01",
        "to come back in the end from operator of temporary_disablement: expected 0.00, found 957.60",
    ]


def test_what_is_never_to_be_paid_and_what_is_not_owed_is_told() -> None:
    never = NeverPart.model_validate({"says": "all at once", "to": "operator", "amount": "1596.00"})
    by = {"by": "2026-10-31", "to": "operator", "benefit": "temporary_disablement", "amount": "0.01"}
    owed = OwedPart.model_validate(by)
    life = read_life(COMMUTER).model_copy(update={"never": [never], "owed": [owed]})
    found = replace(_as_expected(life), owed={})
    found.happened.payments.append(found.happened.payments[0]._replace(sen=159_600))
    assert found.differences == [
        "owed by 2026-10-31 to operator of temporary_disablement: expected 0.01, found 0.00",
        "never: all at once: 1596.00 was paid",
    ]


async def test_a_step_that_comes_to_something_else_stops_that_life_and_no_other(
    databases: Databases, issuer: TestIssuer
) -> None:
    """One expects a refusal that does not come, one names a claim that nobody opened; the third goes on."""
    life = read_life(COMMUTER)
    first, *others = life.steps
    refused = [first.model_copy(update={"refused": "choice_final"}), *others]
    named = [first, *(step for step in others if step.let_count is not None)]
    renamed = [
        *named[:1],
        named[1].model_copy(update={"let_count": named[1].what.model_copy(update={"claim": "other"})}),
    ]
    lives = [life.model_copy(update={"steps": steps}) for steps in (refused, renamed, life.steps)]
    told = [found.stopped for found in await play(lives, databases, issuer)]
    assert told == [
        "2026-08-07: notice: Unplayable: it is done, and should have been refused: choice_final",
        "2026-09-14: let_count: Unplayable: no notice of this life has opened a claim other",
        "",
    ]
