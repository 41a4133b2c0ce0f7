"""The charter's clock: working days, less the whole days on which somebody outside was waited for.

August 2026: the 10th is a Monday; the 25th and the 31st are public holidays. Days are counted here by hand.
"""

from datetime import date, datetime
from uuid import UUID

import asyncpg
import pytest

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.working_days import Stop, due_day
from shared.law.errors import OutsideTable
from shared.tasks.charter import charter_days, due_at
from shared.tasks.tests.desk import IDENTITY, Desk, refusal, similar, waits_for
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.upgrading import upgraded_from

MONDAY = date(2026, 8, 10)


def of_august(day: int) -> date:
    return date(2026, 8, day)


def works_on(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("days", "stops", "last"),
    [
        (1, [], 11),
        (5, [], 17),
        # Stopped on Wednesday the 12th, going on upon Wednesday the 19th: 13, 14, 17 and 18 do not count.
        (5, [(12, 19)], 21),
        # For an hour, and over one night: no whole day stood.
        (5, [(12, 12)], 17),
        (5, [(12, 13)], 17),
        # On the day of the opening.
        (5, [(10, 12)], 18),
        # Over a weekend only.
        (5, [(14, 17)], 17),
        # Twice: the 12th, and the 18th.
        (5, [(11, 13), (17, 19)], 19),
        # After the last day: what was missed stays missed.
        (5, [(18, 28)], 17),
    ],
)
def test_days_are_counted_as_the_calendar_shows(days: int, stops: list[tuple[int, int]], last: int) -> None:
    stood = [Stop(of_august(first), of_august(end)) for first, end in stops]
    assert due_day(MONDAY, days, stood, works_on) == of_august(last)


@pytest.mark.parametrize(
    ("stopped_on", "last"),
    [(10, None), (14, None), (16, None), (17, 17), (20, 17)],
    ids=["at once", "with a day left", "on a Sunday", "on the last day", "too late"],
)
def test_a_clock_that_stands_has_no_end_unless_it_was_over(stopped_on: int, last: int | None) -> None:
    found = due_day(MONDAY, 5, [Stop(of_august(stopped_on), None)], works_on)
    assert found == (None if last is None else of_august(last))


def test_a_task_is_due_at_the_end_of_its_last_working_day(business_clock: BusinessClock) -> None:
    """Five days from Thursday the 20th: 21, 24, 26, 27, 28; the 25th is a public holiday."""
    business_clock.set_day(2026, 8, 20)
    opened = datetime(2026, 8, 20, 23, 59, tzinfo=BUSINESS_ZONE)
    assert due_at(opened, 5) == datetime(2026, 8, 29, tzinfo=BUSINESS_ZONE)
    # Midnight in Kuala Lumpur begins the next business day, whatever day it is in UTC.
    assert due_at(datetime(2026, 8, 21, 0, 0, tzinfo=BUSINESS_ZONE), 5) == datetime(2026, 9, 2, tzinfo=BUSINESS_ZONE)


def test_the_charter_promises_days_for_each_kind_and_for_nothing_else() -> None:
    promised = {name: charter_days(name) for name in ("temporary_disablement", "funeral_benefit", "registration")}
    assert promised == {"temporary_disablement": 5, "funeral_benefit": 3, "registration": 1}
    with pytest.raises(OutsideTable):
        charter_days("a_cup_of_tea")


def at_midnight(day: int) -> str:
    return f"2026-08-{day - 1:02}T16:00:00Z"


@pytest.mark.postgres
async def test_the_clock_of_a_task_stands_while_a_hospital_is_waited_for(
    desk: Desk, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    assert (await desk.shows(task))["due_at"] == at_midnight(18)

    business_clock.set_day(2026, 8, 12)
    stopped = (await desk.stops(task)).json()
    # The 25th is a public holiday: ten working days after the 12th, on the 27th, the clock runs again. 11, 12, 27, 28
    # and 1 September are its five days, since the 31st is one too.
    assert (stopped["stopped_for"], stopped["due_at"]) == ("hospital", "2026-09-01T16:00:00Z")
    assert stopped["overdue"] is False
    assert refusal(await desk.acts(task, "stops", body=waits_for("person"))) == (403, "stop_needs_another_officer")

    business_clock.set_day(2026, 8, 19)
    assert (await desk.shows(task))["overdue"] is False
    resumed = (await desk.acts(task, "resumptions", "officer-2")).json()
    assert (resumed["due_at"], resumed["stopped_for"]) == (at_midnight(22), None)
    assert refusal(await desk.acts(task, "resumptions")) == (409, "task_not_stopped")
    happened = (await desk.shows(task))["history"][2:]
    assert [(each["what"], each["reason"]) for each in happened] == [("stopped", "hospital"), ("resumed", "hospital")]
    assert happened[0]["detail"] == {"by": "KB-2026-0193", "until": "2026-08-27"}

    business_clock.set(datetime(2026, 8, 21, 23, 59, tzinfo=BUSINESS_ZONE))
    assert (await desk.shows(task))["overdue"] is False
    business_clock.set(datetime(2026, 8, 22, 0, 0, 1, tzinfo=BUSINESS_ZONE))
    assert (await desk.shows(task))["overdue"] is True


@pytest.mark.postgres
async def test_a_second_stop_is_taken_out_as_well(desk: Desk, business_clock: BusinessClock) -> None:
    """From the 11th to the 13th and from the 17th to the 19th: 12 and 18 do not count, so 11, 13, 14, 17 and 19 do."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    for first, end, officer, outside in ((11, 13, "officer-1", "person"), (17, 19, "officer-2", "employer")):
        business_clock.set_day(2026, 8, first)
        assert (await desk.stops(task, outside, officer)).status_code == 201
        business_clock.set_day(2026, 8, end)
        for what in ("resumptions", "releases"):
            assert (await desk.acts(task, what, officer)).status_code == 201
    assert (await desk.shows(task))["due_at"] == at_midnight(20)


@pytest.mark.postgres
async def test_no_stop_takes_back_that_a_day_was_missed(desk: Desk, business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 8, 10)
    task = await desk.states(queue=IDENTITY)
    business_clock.set_day(2026, 8, 13)
    stopped = (await desk.stops(task, "person")).json()
    assert (stopped["due_at"], stopped["overdue"]) == (at_midnight(12), True)
    business_clock.set_day(2026, 8, 20)
    assert (await desk.acts(task, "resumptions")).json()["due_at"] == at_midnight(12)


@pytest.mark.postgres
async def test_a_stopped_task_is_taken_proposed_and_approved_all_the_same(desk: Desk) -> None:
    """What was waited for may have come by telephone; its stop is over with it."""
    task = await desk.states()
    await desk.stops(task, "court")
    assert (await desk.acts(task, "proposals", body=similar(1))).status_code == 201
    approved = (await desk.acts(task, "approvals", "officer-2", {"revision": 1})).json()
    assert (approved["state"], approved["stopped_for"], approved["overdue"]) == ("approved", None, False)
    assert [each["what"] for each in (await desk.shows(task))["history"][-2:]] == ["resumed", "approved"]


@pytest.mark.postgres
async def test_a_clock_that_one_officer_stopped_runs_again_by_itself(desk: Desk, business_clock: BusinessClock) -> None:
    """Stopped on the 10th, on which it was opened; from the 24th on 24, 26, 27, 28 August and 1 September count."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    assert (await desk.stops(task)).json()["due_at"] == "2026-09-01T16:00:00Z"
    business_clock.set_day(2026, 9, 1)
    assert (await desk.shows(task))["overdue"] is False
    business_clock.set_day(2026, 9, 2)
    assert (await desk.shows(task))["overdue"] is True
    late = (await desk.acts(task, "resumptions")).json()
    assert (late["due_at"], late["overdue"]) == ("2026-09-01T16:00:00Z", True), "who says so late gains nothing"


@pytest.mark.postgres
async def test_only_who_has_a_task_stops_its_clock_and_once(desk: Desk) -> None:
    task = await desk.states()
    said = waits_for("court")
    assert refusal(await desk.acts(task, "stops", body=said)) == (409, "task_not_yours")
    await desk.acts(task, "takings", "officer-2")
    assert refusal(await desk.acts(task, "stops", body=said)) == (409, "task_not_yours")
    assert (await desk.acts(task, "stops", "officer-2", said)).status_code == 201
    await desk.acts(task, "resumptions", "officer-2")
    assert refusal(await desk.acts(task, "stops", "officer-2", said)) == (403, "stop_needs_another_officer")
    await desk.acts(task, "releases", "officer-2")
    assert (await desk.stops(task)).status_code == 201, "another officer goes on waiting"


@pytest.mark.postgres
@pytest.mark.parametrize("by", [None, "court"])
async def test_a_stop_names_the_letter_by_which_somebody_was_asked(desk: Desk, by: str | None) -> None:
    task = await desk.states()
    await desk.acts(task, "takings")
    said = {"waiting_for": "court"} | ({} if by is None else {"by": by})
    assert refusal(await desk.acts(task, "stops", body=said)) == (422, "names_nothing")
    assert (await desk.shows(task))["stopped_for"] is None


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("what", "body"), [("releases", None), ("transfers", {"office": "johor", "reason": "residence"})]
)
async def test_a_stop_ends_with_who_had_the_task(
    desk: Desk, business_clock: BusinessClock, what: str, body: object
) -> None:
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.stops(task)
    business_clock.set_day(2026, 8, 12)
    given = (await desk.acts(task, what, body=body)).json()
    # Of the 11th only the whole day is taken out.
    assert (given["stopped_for"], given["due_at"]) == (None, at_midnight(19))


@pytest.mark.postgres
async def test_a_question_that_nobody_answers_stops_no_clock_without_end(
    desk: Desk, business_clock: BusinessClock
) -> None:
    """Asked on the 10th, due on the 13th: from then on the clock of the task runs, whoever answers when."""
    business_clock.set_day(2026, 8, 10)
    task = await desk.states()
    await desk.proposes(task)
    await desk.acts(task, "queries", "officer-2", {"asks": "which_days", "of": "days"})
    business_clock.set_day(2026, 8, 28)
    replied = (await desk.acts(task, "replies", body={"says": "shown", "by": "KB-12"})).json()
    assert (replied["due_at"], replied["overdue"]) == (at_midnight(20), True)


async def _stopped_without_end(owner: asyncpg.Connection) -> None:
    """By a release in which a stop had no end; and one that is over."""
    for number, is_over in ((1, False), (2, True)):
        await owner.execute(
            """
            INSERT INTO task (id, queue, subject, revision, facts, reason, state, opened_at, charter_days, due_at,
                              stopped_for, closed_at, events)
            VALUES ($1, 'bill', 'bill/' || $2::int, 1, '{}', 'bill', $3, '2026-08-10T02:00:00Z', 5, 'infinity',
                    'court', CASE WHEN $3 = 'closed' THEN timestamptz '2026-08-13T02:00:00Z' END, 2)
            """,
            UUID(int=number),
            number,
            "closed" if is_over else "open",
        )
        await owner.execute(
            """
            INSERT INTO task_event (task, number, what, at, acted_by, reason, revision, facts)
            VALUES ($1, 2, 'stopped', '2026-08-12T02:00:00Z', 'officer-1', 'court', 1, '{}')
            """,
            UUID(int=number),
        )


@pytest.mark.postgres
async def test_what_was_stopped_without_end_is_due_two_weeks_after_its_stop(databases: Databases) -> None:
    async with (
        upgraded_from(databases, "rehab", [("rehab_0022", _stopped_without_end)]) as database,
        database.connection("migrate") as owner,
    ):
        due = await owner.fetch("SELECT due_at::text FROM task ORDER BY id")
    assert [each["due_at"] for each in due] == ["2026-08-26 02:00:00+00", "infinity"], "what is over stays as it is"
