"""What the pack expects is what the Acts' rates come to, worked out in an oracle that knows no table of ours."""

from datetime import date

import pytest

from conformance.pack import AMOUNTS, Case, Group, sen
from shared.kernel.periods import Month
from tests.conformance.lines import CASES, IDS, Said, said_in
from tests.oracle.contributions import DOMESTIC, SPOUSE, NotInsured, Worker, due

# On the first day on which the Act has the work, liability begins.
BEGINS = {"domestic_worker": date(*DOMESTIC, 1), "spouse": date(*SPOUSE, 1)}


def worker(said: Said) -> Worker:
    """The person as the oracle knows one."""
    person, kind = said.person, said.person.get("kind_of_work", "permanent")
    spouse = person.get("spouse_of_employer", False)
    begins = [BEGINS[each] for each in (kind, "spouse" if spouse else "") if each in BEGINS]
    return Worker(
        date.fromisoformat(person["born_on"]),
        max(said.started_on, *begins, date.min),
        person.get("residence", "citizen"),
        kind,
        spouse,
        sen(person["allowance"]) if "allowance" in person else None,
    )


def worked(said: Said) -> dict[str, int]:
    """What is owed; raises NotInsured."""
    month: Month = said.month
    return dict(zip(AMOUNTS, due(worker(said), (month.year, month.month), said.wages), strict=True))


@pytest.mark.parametrize(("group", "case"), CASES, ids=IDS)
def test_each_amount_is_worked_out_by_hand(group: Group, case: Case) -> None:
    for said in said_in(group, case):
        if said.left_out or said.wages == 0:
            if said.left_out:
                with pytest.raises(NotInsured):
                    worked(said)
            continue
        assert said.against(worked(said)) == []


def test_an_amount_that_is_a_sen_off_is_found() -> None:
    """Else the test above could be green for another reason."""
    wrong = 0
    for group, case in CASES:
        for said in said_in(group, case):
            if not said.left_out and said.wages and said.amounts[0] is not None and not said.due:
                off = Said(**{**said.__dict__, "amounts": (said.amounts[0] + 1, *said.amounts[1:])})
                assert off.against(worked(said)), said.line
                wrong += 1
    assert wrong > 1000


def test_every_case_says_how_it_was_worked() -> None:
    assert all(case.worked for _, case in CASES)
