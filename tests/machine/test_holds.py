"""What is looked for is there to be found: else all of it could hold for want of anything to look at."""

import pytest

from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.machine.citing import uncited
from tests.machine.holds import pairs_of
from tests.machine.world import world_on

PAIRS = {
    "claims": {
        *("task.approved_by", "complaint.approved_by", "board_session.approved_by", "evidence"),
        *("investigation_end.approved_by", "inconsistency_end.approved_by", "figure_entry_answer.approved_by"),
    },
    "benefits": {
        *("task.approved_by", "payee_release.released_by", "counter_entry.released_by", "repayment_word.said_by"),
        *("recovery_agreement_word.said_by", "party_statement_answer.approved_by", "increase_order_answer.approved_by"),
    },
}


@pytest.mark.postgres
async def test_who_asks_and_who_lets_it_be_are_found_by_the_names_of_columns(
    databases: Databases, issuer: TestIssuer, business_clock: BusinessClock
) -> None:
    async with world_on(databases, issuer, business_clock) as world:
        for service, expected in PAIRS.items():
            found = {query.split("'")[1] for query in await pairs_of(world, service)}
            assert found >= expected, sorted(expected - found)


_FIGURE = {"figure": "act4.rate", "in_force": "1969-01-01", "known": "1969-01-01"}
_STEP = {"name": "covered", "law": ["Act 4, s.2"], "figures": [_FIGURE]}
_BODY = {"figures": [_FIGURE], "tests": [_STEP], "amounts": [_STEP], "terms": [{"sen": 1}], "looks": [], "rules": ["a"]}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, []),
        ({"tests": []}, []),
        ({"tests": [], "amounts": [], "terms": []}, ["nothing was tested or worked out"]),
        ({"tests": [{**_STEP, "law": []}]}, ["covered cites []"]),
        ({"amounts": [{**_STEP, "law": ["somewhere"]}]}, ["covered cites ['somewhere']"]),
        ({"rules": []}, ["amounts without a rule"]),
        ({"rules": [], "facts": [{"sources": [{"kind": "notice"}]}]}, ["amounts without a rule"]),
        ({"rules": [], "facts": [{"sources": [{"kind": "high_court"}]}]}, []),
        ({"amounts": []}, ["terms without an amount"]),
        ({"figures": []}, ["covered reads figures that are not listed"] * 2),
        ({"looks": [{"code": "relapse", "days": [], "law": []}]}, ["relapse cites []"]),
    ],
)
def test_what_cites_nothing_is_found(changed: dict[str, object], says: list[str]) -> None:
    assert list(uncited({**_BODY, **changed})) == says
