"""Months that a split carried to another number: nothing is owed twice, and accounts equal what stands."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest

from services.registration.commands import submit_contribution_statement
from services.registration.commands.assign_stated import AssignStated, assign_stated
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.commands.process_contribution_files import (
    ProcessContributionFiles,
    process_contribution_files,
)
from services.registration.commands.take_lines import LineCarriedMeanwhile
from services.registration.domain.contribution import FileJob, LineColumns, month_of
from services.registration.files import pieces
from services.registration.files.contribution_file import render
from services.registration.storage.contribution_lines import CarriedLine, ContributionLineRepository
from services.registration.tests.api.test_contribution_formats import member
from services.registration.tests.api.test_events import became, wage
from services.registration.tests.api.test_opening_files import loaded
from services.registration.tests.api.test_person_merges import decide, merged, parted, split
from services.registration.tests.support import (
    AT_2480,
    AT_2600,
    CODE,
    MYKAD,
    NOTHING,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    number_of,
    party_of,
    since_backup,
)
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.persistence.asked import Asked
from shared.testing.clock import BusinessClock
from shared.testing.recalling import recall_since
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

MAY = 202605
# Before there was an SKBBK.
AT_2600_THEN = AT_2600 | {"skbbk_employee": 0}
TAKEN = "2026-01,2026-05,2480.00,42.85,12.25,4.90,4.90,0.00"
CONTENT = render([line("2026-05", AT_2480)])


@pytest.fixture(autouse=True)
def clock(business_clock: BusinessClock) -> BusinessClock:
    """The business clock, after the wage month of July 2026."""
    business_clock.set_day(2026, 8, 3)
    return business_clock


async def two_of_one_employer(register: Register) -> tuple[str, str, str]:
    """An employer and two people who work for it: the one that will survive, and the other."""
    employer, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await register.spell(other, employer)
    return employer, survivor, other


async def carried(register: Register, employer: str, other: str, whose: str) -> None:
    """A split that says that May was the other one's."""
    await parted(register, other, assigned_lines=[{"employer": employer, "month": "2026-05", "person": whose}])


async def merged_and_sent(register: Register) -> tuple[str, str, str]:
    """Two numbers of one person, of which May was stated under the first."""
    employer, survivor, other = await two_of_one_employer(register)
    await merged(register, other, survivor)
    await register.sent(employer, CONTENT)
    return employer, survivor, other


async def split_again(register: Register) -> tuple[str, str, str]:
    """The same two, parted since: that May was the other one's."""
    employer, survivor, other = await merged_and_sent(register)
    await carried(register, employer, other, survivor)
    return employer, survivor, other


async def may(register: Register) -> dict[int, int]:
    """The wages of May that stand, by number."""
    rows = await register.rows("SELECT person, wage_sen FROM known_line WHERE month = $1 AND wage_sen > 0", MAY)
    return {row[0]: row[1] for row in rows}


async def account(register: Register) -> int:
    """What May declares in the one account; it is what is worked out from the lines that stand."""
    kept = await register.rows("SELECT declared_sen FROM contribution_account WHERE month = $1", MAY)
    worker = register.service.worker
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await uow.accounts.restate(1, month_of(MAY), today())
    again = await register.rows("SELECT declared_sen FROM contribution_account WHERE month = $1", MAY)
    found: int = kept[0][0] if kept else 0
    assert found == again[0][0]
    return found


async def faults(register: Register, employer: str, content: bytes) -> list[list[str]]:
    """Of a file that is sent once more."""
    return await register.errors((await register.sent(employer, content))["file"], party_of(employer))


async def test_a_month_that_was_taken_over_of_the_other_one_is_carried_to_nobody(register: Register) -> None:
    employer, survivor, other = await two_of_one_employer(register)
    await loaded(register, "months", [f"mykad,{OTHER_MYKAD},{CODE},{TAKEN}"])
    await merged(register, other, survivor)
    await register.sent(employer, CONTENT)
    assert await account(register) == 6_490
    await carried(register, employer, other, survivor)
    assert (await may(register), await account(register)) == ({1: 248_000, 2: 248_000}, 6_490)


async def test_a_month_that_was_taken_over_of_the_one_is_its_own(register: Register) -> None:
    """The other one's wages came under its number since: the employer sends the month of both."""
    employer, survivor, other = await two_of_one_employer(register)
    await loaded(register, "months", [f"mykad,{MYKAD},{CODE},{TAKEN}"])
    await merged(register, other, survivor)
    await register.sent(employer, render([line("2026-05", AT_2600_THEN)]))
    before = await account(register)
    await carried(register, employer, other, survivor)
    assert (await may(register), await account(register)) == ({1: 260_000}, before)
    await register.sent(employer, CONTENT)
    await register.sent(employer, render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)]))
    assert (await may(register), await account(register)) == ({1: 248_000, 2: 260_000}, 6_760)


async def test_the_same_bytes_once_more_change_nothing(register: Register) -> None:
    employer, *_ = await split_again(register)
    for _ in range(2):
        assert await faults(register, employer, CONTENT) == [["1", "month", "month_is_anothers"]]
        assert (await may(register), await account(register)) == ({2: 248_000}, 6_490)
    more = render([line("2026-06", AT_2480), line("2026-05", AT_2600_THEN), line("2026-06", AT_2480, id_=OTHER_MYKAD)])
    job = await register.sent(employer, more, params={"month": ["2026-05", "2026-06"]})
    assert await may(register) == {2: 248_000}, job


async def test_what_is_sent_of_the_other_one_too_is_taken_of_both(register: Register) -> None:
    """In one file, or of the other one first: then the employer says that both have wages."""
    employer, *_ = await split_again(register)
    both = render([line("2026-05", AT_2480), line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])
    assert await faults(register, employer, both) == []
    assert (await may(register), await account(register)) == ({1: 248_000, 2: 260_000}, 6_490 + 6_760)
    assert await faults(register, employer, CONTENT) == []


async def test_the_other_one_first_in_a_file_of_its_own(register: Register) -> None:
    employer, *_ = await split_again(register)
    assert await faults(register, employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])) == []
    assert await account(register) == 6_490
    assert await faults(register, employer, CONTENT) == []
    assert (await may(register), await account(register)) == ({1: 248_000, 2: 248_000}, 2 * 6_490)


async def test_a_month_that_the_other_one_has_no_more_is_sent_of_the_first(register: Register) -> None:
    employer, *_ = await split_again(register)
    assert await faults(register, employer, render([line("2026-05", NOTHING)])) == [], "nothing is withdrawn twice"
    await register.sent(employer, render([line("2026-05", NOTHING, id_=OTHER_MYKAD)]))
    assert await account(register) == 0
    assert await faults(register, employer, CONTENT) == []
    assert (await may(register), await account(register)) == ({1: 248_000}, 6_490)


async def test_a_wage_that_is_pushed_and_a_statement_are_set_aside_too(register: Register) -> None:
    employer, *_ = await split_again(register)
    (pushed,) = await became(register, employer, wage("2026-05", "2480.00"))
    assert (pushed["state"], pushed["reason"]) == ("refused", "month_is_anothers")
    said = await register.sent_statement(employer, "2026-05", [member(line("2026-05", AT_2480))])
    assert await register.errors(said.json()["file"], party_of(employer)) == [["1", "month", "month_is_anothers"]]
    assert (await may(register), await account(register)) == ({2: 248_000}, 6_490)


async def test_lines_of_a_piece_are_named_by_their_place_in_the_file(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer, *_ = await split_again(register)
    for module in (pieces, submit_contribution_statement):
        monkeypatch.setattr(module, "LINES_IN_A_PIECE", 2)
    numbers = [f"8801011456{n:02d}" for n in range(4)]
    for number in numbers:
        await register.spell(await register.person(number), employer)
    lines = [line("2026-05", AT_2480, id_=number) for number in numbers]
    assert await faults(register, employer, render([*lines, line("2026-05", AT_2480)])) == [
        ["5", "month", "month_is_anothers"]
    ]
    assert await account(register) == 5 * 6_490


async def test_what_is_carried_back_or_on_is_known_where_it_stands(register: Register) -> None:
    employer, survivor, other = await split_again(register)
    await merged(register, other, survivor)
    # What was carried was received before this merge: the employer states it, and then it is found to be the first's.
    await register.sent(employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
    await carried(register, employer, other, other)
    assert (await may(register), await account(register)) == ({1: 248_000}, 6_490)
    assert await faults(register, employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])) == [
        ["1", "month", "month_is_anothers"]
    ]
    assert await faults(register, employer, CONTENT) == []
    assert (await may(register), await account(register)) == ({1: 248_000}, 6_490)


async def test_a_month_is_assigned_with_an_employment_that_has_it(register: Register) -> None:
    employer, survivor = await register.worker_of()
    other = await register.person(OTHER_MYKAD)
    await merged(register, other, survivor)
    await register.sent(employer, CONTENT)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    alone = await split(register, other, assigned_lines=said)
    assert (alone.status_code, alone.json()["code"]) == (409, "assigned_line_unemployed")
    await register.spell(other, employer, "2026-05-31")
    await parted(register, other, assigned_lines=said)
    assert (await may(register), await account(register)) == ({2: 248_000}, 6_490)


async def spells(register: Register) -> list[tuple[int, str, str | None, bool]]:
    """Person, first and last day, and whether it is refused."""
    rows = await register.rows(
        "SELECT person, lower(days)::text, (upper(days) - 1)::text, refused FROM spell ORDER BY person, lower(days)"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("last", "left"),
    [
        (None, [(2, "2025-06-01", None, False)]),
        ("2025-09-30", [(2, "2025-06-01", "2025-09-30", False), (2, "2025-10-01", None, False)]),
    ],
)
async def test_an_employment_that_was_refused_from_an_earlier_day_counts_on_the_days_that_are_carried(
    register: Register, last: str | None, left: list[tuple[int, str, str | None, bool]]
) -> None:
    """No day of it is nobody's, and the month that is carried with it stands within."""
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    before = await register.spell(other, employer, "2025-05-01")
    if last is not None:
        await register.ended(before, last)
    await refused(register, before)
    await merged(register, other, survivor)
    since = await register.spell(survivor, employer, "2025-06-01")
    await register.sent(employer, CONTENT)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    await parted(register, other, assigned_spells=[since], assigned_lines=said)
    assert await spells(register) == [(1, "2025-06-01", None, True), *left]
    assert await faults(register, employer, render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])) == []
    assert await may(register) == {2: 260_000}
    told = [each for each in await register.memberships("act4") if each["person"] == 2]
    assert told[-1]["periods"][0]["first"] == "2025-06-01"


async def test_an_employment_that_was_refused_goes_no_further_than_the_one_that_is_carried(register: Register) -> None:
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await refused(register, await register.spell(other, employer, "2025-05-01"))
    await merged(register, other, survivor)
    since = await register.spell(survivor, employer, "2025-06-01")
    await register.ended(since, "2026-05-31")
    await parted(register, other, assigned_spells=[since])
    assert await spells(register) == [(1, "2025-06-01", "2026-05-31", True), (2, "2025-06-01", "2026-05-31", False)]


async def test_a_month_is_corrected_when_both_are_found_to_be_one_again(register: Register) -> None:
    """By the number that the employer uses: what was carried is not owed beside it."""
    employer, survivor, other = await split_again(register)
    await merged(register, other, survivor)
    assert (await may(register), await account(register)) == ({2: 248_000}, 6_490)
    assert await faults(register, employer, render([line("2026-05", AT_2600_THEN)])) == []
    assert (await may(register), await account(register)) == ({1: 260_000}, 6_760)
    assert await faults(register, employer, CONTENT) == []
    assert (await may(register), await account(register)) == ({1: 248_000}, 6_490)


async def test_of_both_that_are_one_again_what_is_withdrawn_or_stated_of_the_other_is_so(register: Register) -> None:
    employer, survivor, other = await split_again(register)
    await merged(register, other, survivor)
    assert await faults(register, employer, render([line("2026-05", NOTHING)])) == []
    assert (await may(register), await account(register)) == ({}, 0)
    assert await faults(register, employer, render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])) == []
    assert (await may(register), await account(register)) == ({2: 260_000}, 6_760)


async def test_a_wage_that_is_pushed_of_one_again_takes_the_place_of_what_was_carried(register: Register) -> None:
    employer, survivor, other = await split_again(register)
    await merged(register, other, survivor)
    (pushed,) = await became(register, employer, wage("2026-05", "2600.00"))
    assert pushed["state"] == "accepted"
    assert (await may(register), await account(register)) == ({1: 260_000}, 6_760)


async def test_what_was_carried_and_not_stated_since_is_named_by_either_number(register: Register) -> None:
    """Split once more, each has what it had: nothing was carried back that no file named."""
    employer, survivor, other = await split_again(register)
    await merged(register, other, survivor)
    both = render([line("2026-05", AT_2480), line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])
    assert await faults(register, employer, both) == []
    assert (await may(register), await account(register)) == ({1: 248_000, 2: 260_000}, 6_490 + 6_760)


async def test_an_employment_is_carried_of_the_days_that_the_other_one_has_not(register: Register) -> None:
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    ended = await register.spell(other, employer, "2024-03-01")
    await register.ended(ended, "2025-06-01")
    await merged(register, other, survivor)
    since = await register.spell(survivor, employer, "2025-06-01")
    await register.sent(employer, CONTENT)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    await parted(register, other, assigned_spells=[since], assigned_lines=said)
    assert await spells(register) == [
        (1, "2025-06-01", None, True),
        (2, "2024-03-01", "2025-06-01", False),
        (2, "2025-06-02", None, False),
    ]
    assert await may(register) == {number_of(other): 248_000}
    assert await faults(register, employer, CONTENT) == [["1", "month", "month_outside_employment"]]
    assert await faults(register, employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])) == []


async def refused(register: Register, spell: str) -> None:
    """An officer says that it did not begin as it was stated."""
    path = f"/v1/spells/{spell}/verification/refusal"
    said = await register.service.call(
        "POST", path, scopes=["registration:spell:verify", "registration:spell:write"], json={}
    )
    assert said.is_success, said.text


async def test_an_employment_that_was_refused_of_the_other_one_counts_again(register: Register) -> None:
    """It stands in the way of nothing: the same days are stated once."""
    employer = await register.employer()
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    await refused(register, await register.spell(other, employer, "2025-07-01"))
    await merged(register, other, survivor)
    since = await register.spell(survivor, employer, "2025-06-01")
    await parted(register, other, assigned_spells=[since])
    assert await spells(register) == [
        (1, "2025-06-01", None, True),
        (2, "2025-06-01", "2025-06-30", False),
        (2, "2025-07-01", None, False),
    ]


async def test_a_month_that_was_carried_since_a_backup_is_so_after_a_restore(
    databases: Databases, issuer: TestIssuer
) -> None:
    async with since_backup(databases, issuer, merged_and_sent) as (register, again, (employer, survivor, other)):
        await carried(register, employer, other, survivor)
        await recall_since(register.service, again.service)
        await again.work_off()
        assert (await may(again), await account(again)) == ({2: 248_000}, 6_490)
        assert await faults(again, employer, CONTENT) == [["1", "month", "month_is_anothers"]]
        assert (await may(again), await account(again)) == ({2: 248_000}, 6_490)
        # Until the other one's is stated.
        assert await faults(again, employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)])) == []
        assert await faults(again, employer, CONTENT) == []
        assert await account(again) == 2 * 6_490


@pytest.mark.parametrize("of_other", [AT_2600_THEN, NOTHING])
async def test_what_was_stated_of_the_other_one_since_is_known_after_a_restore(
    databases: Databases, issuer: TestIssuer, of_other: dict[str, int]
) -> None:
    """Then the same month of the first is what its employer says."""
    async with since_backup(databases, issuer, merged_and_sent) as (register, again, (employer, survivor, other)):
        await carried(register, employer, other, survivor)
        await register.sent(employer, render([line("2026-05", of_other, id_=OTHER_MYKAD)]))
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await faults(again, employer, CONTENT) == []
        assert (await may(again)).get(1) == 248_000


async def test_of_a_month_that_came_back_to_the_first_nothing_is_carried_after_a_restore(
    databases: Databases, issuer: TestIssuer
) -> None:
    async with since_backup(databases, issuer, merged_and_sent) as (register, again, (employer, survivor, other)):
        await carried(register, employer, other, survivor)
        await register.sent(employer, render([line("2026-05", AT_2480, id_=OTHER_MYKAD)]))
        await register.sent(employer, CONTENT)
        await recall_since(register.service, again.service)
        await again.work_off()
        assert await may(again) == await may(register) == {1: 248_000, 2: 248_000}
        assert await faults(again, employer, render([line("2026-05", AT_2600_THEN)])) == []
        assert (await may(again))[1] == 260_000


def carried_by_a_split_after_write_out(register: Register, monkeypatch: pytest.MonkeyPatch, stated: str) -> None:
    """A split assigns between the look at what was carried and the taking of lines, once."""
    write_out, worker = ContributionLineRepository.write_out, register.service.worker

    async def carried_after(
        self: ContributionLineRepository, files: Sequence[tuple[FileJob, LineColumns]]
    ) -> Mapping[int, list[CarriedLine]]:
        found = await write_out(self, files)
        monkeypatch.undo()
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await assign_stated(AssignStated(stated), uow)
        return found

    monkeypatch.setattr(ContributionLineRepository, "write_out", carried_after)


async def test_a_month_that_is_carried_while_it_is_sent_again_is_found_by_the_next_try(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer, survivor, other = await merged_and_sent(register)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    stated = (await split(register, other, assigned_lines=said)).json()["statement"]
    assert (await decide(register, "persons_split")).status_code == 201
    file = (await register.send(employer, render([line("2026-05", AT_2600_THEN)]))).json()["file"]
    carried_by_a_split_after_write_out(register, monkeypatch, stated)
    with pytest.raises(LineCarriedMeanwhile):
        await register.process(file)
    await register.work_off()
    assert await register.errors(file, party_of(employer)) == [["1", "month", "month_is_anothers"]]
    assert (await may(register), await account(register)) == ({2: 248_000}, 6_490)


async def test_such_a_try_counts_as_no_failure(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at what fails saw a file of which nothing was wrong, and money passed it over."""
    employer, survivor, other = await merged_and_sent(register)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    stated = (await split(register, other, assigned_lines=said)).json()["statement"]
    assert (await decide(register, "persons_split")).status_code == 201
    file = (await register.send(employer, render([line("2026-05", AT_2600_THEN)]))).json()["file"]
    carried_by_a_split_after_write_out(register, monkeypatch, stated)
    await register.rows("UPDATE due_work SET due_at = 'infinity' WHERE kind = 'assign_stated'")
    with suppress(LineCarriedMeanwhile):
        await register.work_off()
    assert await register.rows("SELECT FROM due_work WHERE attempts > 0") == []
    await register.work_off()
    assert await register.errors(file, party_of(employer)) == [["1", "month", "month_is_anothers"]]


async def test_a_month_that_is_sent_again_first_is_carried_as_it_was_sent(register: Register) -> None:
    """The split waits for the file, and says of what stands then whose it is."""
    employer, survivor, other = await merged_and_sent(register)
    said = [{"employer": employer, "month": "2026-05", "person": survivor}]
    stated = (await split(register, other, assigned_lines=said)).json()["statement"]
    assert (await decide(register, "persons_split")).status_code == 201
    file = (await register.send(employer, render([line("2026-05", AT_2600_THEN)]))).json()["file"]
    worker = register.service.worker

    async def assign() -> None:
        async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
            await assign_stated(AssignStated(stated), uow)

    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        await process_contribution_file(ProcessContributionFile(file), uow)
        await uow.flush()
        assigning = asyncio.create_task(assign())
        await register.over_or_waiting(assigning)
        assert not assigning.done()
    await assigning
    assert (await may(register), await account(register)) == ({2: 260_000}, 6_760)
    assert await faults(register, employer, CONTENT) == [["1", "month", "month_is_anothers"]]


async def sent_to_two(register: Register) -> tuple[list[str], str]:
    """Two employers that sent May of one person, and the split that says that it was the other one's."""
    employers = [await register.employer(code) for code in (CODE, OTHER_CODE)]
    survivor, other = await register.person(), await register.person(OTHER_MYKAD)
    for employer in employers:
        await register.spell(survivor, employer)
        await register.spell(other, employer)
    await merged(register, other, survivor)
    for employer, code in zip(employers, (CODE, OTHER_CODE), strict=True):
        await register.sent(employer, render([line("2026-05", AT_2480, code=code)]))
    said = [{"employer": employer, "month": "2026-05", "person": survivor} for employer in employers]
    stated = (await split(register, other, assigned_lines=said)).json()["statement"]
    assert (await decide(register, "persons_split")).status_code == 201
    return employers, stated


async def together(register: Register, files: Sequence[str]) -> None:
    """Worked off in one transaction."""
    worker, asked = register.service.worker, [Asked(ProcessContributionFile(each), Cause("test")) for each in files]
    async with worker.database.begin(worker.work.unit, Cause("test")) as uow:
        assert await process_contribution_files(ProcessContributionFiles(asked), uow) == []


async def test_of_files_together_each_has_its_own_lines_set_aside(register: Register) -> None:
    """The one sends the other one's month too; the other names another person first, whose line is taken."""
    (first, second), _ = await sent_to_two(register)
    await register.work_off()
    third = "880101145600"
    await register.spell(await register.person(third), second)
    both = render([line("2026-05", AT_2480), line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])
    unknown = "880101145699"
    mixed = [("2026-05", AT_2480, unknown), ("2026-05", AT_2480, MYKAD), ("2026-05", AT_2600_THEN, third)]
    content = render([line(month, amounts, id_=id_, code=OTHER_CODE) for month, amounts, id_ in mixed])
    files = [(await register.send(each, sent)).json()["file"] for each, sent in ((first, both), (second, content))]
    await together(register, files)
    assert await register.errors(files[0], party_of(first)) == []
    assert await register.errors(files[1], party_of(second)) == [
        ["1", "id", "person_unknown"],
        ["2", "month", "month_is_anothers"],
    ]
    stands = "SELECT employer, person, wage_sen FROM known_line WHERE wage_sen > 0 ORDER BY employer, person"
    assert [tuple(row) for row in await register.rows(stands)] == [
        (1, 1, 248_000),
        (1, 2, 260_000),
        (2, 2, 248_000),
        (2, 3, 260_000),
    ]
    counts = (
        "SELECT accepted_lines, rejected_lines FROM contribution_file WHERE file = ANY($1::uuid[]) ORDER BY employer"
    )
    assert [tuple(row) for row in await register.rows(counts, files)] == [(2, 0), (1, 2)]


async def test_of_files_together_none_takes_a_line_that_is_carried_meanwhile(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are tried again, each by itself: beside them is what corrects a line that stands."""
    (first, second), stated = await sent_to_two(register)
    corrected = render([line("2026-05", AT_2600_THEN, id_=OTHER_MYKAD)])
    again = render([line("2026-05", AT_2600_THEN, code=OTHER_CODE)])
    files = [(await register.send(each, sent)).json()["file"] for each, sent in ((first, corrected), (second, again))]
    carried_by_a_split_after_write_out(register, monkeypatch, stated)
    with pytest.raises(LineCarriedMeanwhile):
        await together(register, files)
    await register.work_off()
    assert await register.errors(files[1], party_of(second)) == [["1", "month", "month_is_anothers"]]
