"""Processes die while a refund, a bill, its repayment and a pension go through; all comes out even (rules P5).

Beside what `test_deciding_crash_points.py` has people do. Each point of each command, consumer and due work of these
paths is reached, aimed at that one, and its process dies there. The clock of the platform is moved: `make prove` has it
in a session of its own, with a platform of its own.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.platform import SERVICES
from shared.kernel.clock import take_offset_from
from shared.kernel.failpoints import FAILPOINTS, aimed
from shared.persistence.due_work import kind_of
from shared.process.clock_file import ClockFile
from tests.prove.acts import run_all
from tests.prove.conftest import Show
from tests.prove.invariants import ended_right, left_beside
from tests.prove.owing import DEATHS, DUE, RELAY, REQUEST, Owing
from tests.prove.platform_fixture import PlatformFixture
from tests.prove.story_runner import StoryRunner

ROOT = Path(__file__).resolve().parents[2]
# Where the acts do not aim at due work: who passes its points, or why nobody dies there.
ELSEWHERE = {
    "process_contribution_file": "test_crash_points.py: registration leaves nothing else when a file comes",
    "process_contribution_archive": "one transaction for some members: services/registration/tests/api, where it dies",
    "help_with_contribution_file": "takes a piece in one transaction: tests/commands of registration, where it dies",
    "confirm_spell": "test_crash_points.py, in the story's last chapter",
    "assess_claim": "test_crash_points.py and test_deciding_crash_points.py: claims leaves little else",
    "compare_particulars": "enters what contradicts a notice in one transaction: found again it is the same",
    "reask_claims": "test_deciding_crash_points.py: a release asks again",
    "confirm_placement": "test_crash_points.py: jobs leaves nothing else",
    "derive_again": "left by a restore and for a day on which more of the law is known: it derives what stands",
    "derive_employer": "left for the day from which something holds: it derives and publishes in one transaction",
    "review_released_lines": "leaves `review_refund` for each month, which is aimed at",
    "counter_receipt": "books the next revision of a receipt in one transaction, as `allocate_receipt`",
    "give_increase": "leaves a page to be settled, and the next page, in one transaction (benefits' tests/commands/"
    "test_increases.py dies there)",
    "seek_heirs": "opens or closes a task in one transaction, as what waits says: asked again it is the same task",
    "ask_of_statement": "test_people_crash_points.py: asked again it is the same task",
    "ask_of_correction": "opens a task in one transaction: asked again it is the same task",
    "ask_of_spell_correction": "the same",
    "ask_of_employer": "the same",
    "ask_about_pass": "opens or closes a task in one transaction, as what is known of the pass says",
    "review_identity": "opens tasks and keeps what it found in one transaction: found again it is no news",
    "review_posted_lines": "keeps what differs in one transaction, all of it each time",
    "index_names": "left by a migration: indexes a page in one transaction, what is indexed once more is no news",
    "take_bank_statement": "keeps and matches credits in one transaction, and leaves `allocate_receipt`",
    "follow_person": "leaves the assessment of a person's claims in one transaction; done again it leaves the same",
    "apply_register_statement": "settles a register's statement in one transaction, under the lock of its row",
    "check_opening": "keeps what it found of a piece in one transaction: found again it is the same",
    "load_opening": "loads a piece in one transaction; what is known by then changes nothing (registration's "
    "tests/api/test_opening_files.py die there)",
    "look_for_alike": "leaves `review_identity` for each",
    "let_go_of_hold": "left by a restore: publishes in one transaction that numbers stand as before, once",
    "assign_stated": "carries in one transaction what a split assigned: carried again there is nothing left",
    "follow_enforcement": "follows a matter in one transaction, by how it stands: followed again it says the same",
    "follow_board_case": "test_people_crash_points.py: it opens or closes a task as the case stands",
    "follow_board_session": "test_people_crash_points.py: the same of a session",
    "call_board_case_back": "puts a case before a board in one transaction, under an id that is the same each time",
    "ask_of_cover_payment": "opens a task in one transaction: asked again it is the same task",
    "ask_of_erasure": "opens a task in one transaction: asked again it is the same task",
    "erase_person": "erases in one transaction, by the state of the erasure: once it is over it does nothing",
    "erase_late_files": "erases in one transaction the files that are there: done again it finds none",
    "erase_expired_after": "leaves `erase_person` for each in one transaction: stated once, found again it is no news",
    "forget_person": "lets go of what a service keeps in one transaction: done again it finds nothing",
    "forget_record_class": "lets go of a piece of what is over in one transaction: done again it finds the next",
    "close_books": "left by a timer for a day that is over: what it has not added up it adds up at the next look",
    "begin_agreement": "left for an agreement's first day: it leaves `settle_entitlement`",
    "settle_unsent": "left where an account's holder ends or refuses: it leaves `settle_entitlement`",
    "render_lost_file": "left by a restore (test_restore.py): it renders the same bytes or none",
    "handle_inbound": "test_pushed_events.py: a month is pushed, and each worker dies at each point",
    "resume_inbound": "lets a parked event be received again, and leaves `handle_inbound`",
    "follow_evidence_request": "test_people_crash_points.py: it reminds, or opens a task, by how the request stands",
    "republish_registration": "states again what stands (test_topics.py): a second time says the same",
    "republish_claims": "the same",
    "republish_benefits": "the same",
    "republish_rehab": "the same",
    "republish_jobs": "the same",
    "republish_erasures": "the same",
    "write_letters": "test_people_crash_points.py: a letter is written once",
    "write_payment_advice": "as `write_letters`: by the id of the payment",
    "write_board_invitation": "test_people_crash_points.py: by the case, its party and its revision",
    "follow_charter": "test_people_crash_points.py: it keeps how each clock stands by what it is of",
    "follow_acting": "keeps in one transaction whether a term has ended: followed again it is no news",
    "follow_complaint": "test_people_crash_points.py: it opens or closes the task, or writes the letter",
    "write_recovery_letter": "test_people_crash_points.py: by the recovery and how often more of it came to light",
    "follow_medical_authorisation": "says how it stands by what is known, in one transaction: followed again, the same",
    "settle_medical_bill": "finds whose it is in one transaction, and leaves `settle_bills_of_person`",
    "settle_bills_of_person": "settles and publishes what changed, in one transaction: settled again it is no news",
    "write_medical_bill_letter": "as `write_letters`: by the bill and its revision",
    "republish_medical_bills": "states again what stands: a second time says the same",
    "follow_appeal": "opens or closes the task of its step, in one transaction, by how it stands: once",
    "find_flips": "keeps what would change an appealed answer by the appeal: found again it is in its place",
    "republish_letters": "states again what stands: a second time says the same",
    "republish_matters": "the same",
    "compare_entry": "lists in one transaction what an entry of the statute book touches: listed again it is no news",
    "follow_message": "test_people_crash_points.py: followed again it is no news",
}
CONSUMER = tuple(point for point in FAILPOINTS if point.startswith("consumer."))
PAYING = tuple(point for point in FAILPOINTS if point.startswith(("bank_file.", "status_report.")))


@pytest.fixture
def moved_clock(platform: PlatformFixture) -> Iterator[None]:
    """This process has the days of the platform, whose clock is moved."""
    take_offset_from(ClockFile(platform.state.clock_file), "local")
    yield
    take_offset_from(None, "local")


def test_every_point_on_the_paths_of_what_is_owed_is_died_at() -> None:
    died = {each for deaths in DEATHS.values() for each in deaths}
    worked = {(f"{service}-worker", kind) for service in SERVICES for kind in left_for_later(service) - set(ELSEWHERE)}
    said = (
        ("registration-worker", "registration.payable"),
        ("rehab-worker", "rehab.payable"),
        ("benefits-worker", "benefit.paid"),
    )
    missed = [(f"{service}-api", point) for service in ("registration", "rehab", "benefits") for point in REQUEST]
    missed += [(process, aimed(point, kind)) for process, kind in worked for point in DUE]
    missed += [(process, aimed(point, topic)) for process, topic in said for point in RELAY]
    missed += [("benefits-worker", aimed(point, "rehab.payable")) for point in CONSUMER]
    missed += [("claims-worker", aimed(p, "benefit.paid")) for p in CONSUMER if p != "consumer.handled"]
    assert [each for each in missed if each not in died] == []
    assert set(PAYING) <= {point for _, point in died}


def test_due_work_is_aimed_at_or_it_is_said_where_it_is_died_in() -> None:
    kinds = {kind for service in SERVICES for kind in left_for_later(service)}
    aimed_at = {point.partition("@")[2] for deaths in DEATHS.values() for _, point in deaths}
    assert kinds - aimed_at == set(ELSEWHERE)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("moved_clock")
async def test_processes_that_die_while_something_is_owed_lose_and_double_nothing(
    platform: PlatformFixture, show: Show
) -> None:
    if not platform.stories:
        # So that every topic has been written and read.
        await StoryRunner(platform).run_rest()
    owing = await Owing.on(platform)
    async with left_beside(platform):
        await run_all(owing.acts(), platform, show)
        await owing.is_even()
    await ended_right(platform)


def left_for_later(service: str) -> set[str]:
    """The kinds of a service's due work, as its worker has them; timers, which pass no point, are none."""
    worker = ast.parse((ROOT / "services" / service / "worker.py").read_text())
    calls = [each for each in ast.walk(worker) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    named = [each.args[0] for each in calls if isinstance(each.func, ast.Name) and each.func.id == "DueCommand"]
    return {kind_of(type(each.id, (), {})) for each in named if isinstance(each, ast.Name)}
