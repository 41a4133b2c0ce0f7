"""What a long run does is decided by its parameters and its seed alone."""

from random import Random

import pytest

from tests.prove.long.__main__ import orders, table
from tests.prove.long.killer import APIS, VICTIMS, WORKERS, plan
from tests.prove.long.oracle import Account
from tests.prove.long.run import Order, Outcome
from tests.prove.long.traffic import PEOPLE, Company
from tests.prove.partner import Partner


def test_kills_and_events_are_shared_among_the_seeds() -> None:
    asked = {"KILLS": "5", "EVENTS": "301", "SEEDS": "2", "SEED": "7", "MINUTES": "30"}
    assert orders(asked) == [Order(7, 3, 151, 15.0), Order(8, 2, 150, 15.0)]
    assert orders({}) == [Order(1, 300, 200_000, None)]


@pytest.mark.parametrize("asked", [{"KILLS": "many"}, {"EVENTS": "0"}, {"SEEDS": "-1"}])
def test_a_parameter_that_asks_for_nothing_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        orders(asked)


def test_the_plan_of_kills_is_the_seeds_and_begins_with_one_of_each_kind() -> None:
    kills = plan(Random(1), 300)
    assert kills == plan(Random(1), 300) != plan(Random(2), 300)
    assert {each.victim for each in kills} == set(VICTIMS)
    assert [each.at for each in kills] == sorted(each.at for each in kills)
    first = {each.victim for each in plan(Random(3), 4)}
    assert {"kafka", "postgres"} < first
    assert first & set(APIS)
    assert first & set(WORKERS)


def test_a_plan_of_fewer_kills_than_kinds_and_of_none() -> None:
    assert len(plan(Random(1), 3)) == 3
    assert plan(Random(1), 0) == []


def company(seed: int, number: int) -> Company:
    partner = Partner.__new__(Partner)
    return Company(seed, number, partner, Account(), lambda _: None)


def test_a_company_is_the_seeds_and_shares_no_identity_with_another() -> None:
    assert company(1, 5).workers == company(1, 5).workers != company(2, 5).workers
    assert company(1, 5).injuries == company(1, 5).injuries
    ids = [worker.mykad for number in range(1, 400) for worker in company(1, number).workers]
    assert len(set(ids)) == len(ids) > 399 * PEOPLE[0]


def test_the_table_says_what_went_wrong() -> None:
    bad = Outcome(seed=3, events=9, kills=1, lost=2, sentences=["lost: 2 of files: a, b"])
    assert not bad.right
    assert "| 3 | 9 | 1 | 2 | 0 | 0 |" in table([bad])
    assert "WRONG: lost: 2 of files: a, b" in table([bad])
    assert Outcome(seed=1).right
