"""The five services speak one dialect."""

from pathlib import Path

import pytest

from tests.architecture.dialect import (
    bare_subjects,
    commands_without_command,
    files_without_topic,
    subjects_elsewhere,
    units_not_last,
)
from tests.architecture.tree import ROOT, python_files


def test_every_file_of_commands_holds_its_command_and_its_handler() -> None:
    assert commands_without_command(ROOT, python_files()) == []


def test_events_and_consumers_have_a_file_for_each_topic() -> None:
    assert files_without_topic(python_files()) == []


def test_the_unit_of_work_is_taken_last() -> None:
    assert units_not_last(ROOT, python_files()) == []


def test_no_wake_key_is_a_bare_text() -> None:
    assert bare_subjects(ROOT, python_files()) == []


def test_a_service_writes_each_kind_of_subject_once() -> None:
    assert subjects_elsewhere(ROOT, python_files()) == []


def _planted(root: Path, path: str, text: str) -> list[str]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return [path]


def test_a_file_of_commands_without_its_command_is_found(tmp_path: Path) -> None:
    path = "services/claims/commands/settle_claim.py"
    handler = "async def settle_claim(command, uow): ...\n"
    whole = f"class SettleClaim: ...\n{handler}"
    assert commands_without_command(tmp_path, _planted(tmp_path, path, whole)) == []
    assert commands_without_command(tmp_path, _planted(tmp_path, path, handler)) == [
        f"{path}: holds no command SettleClaim"
    ]
    assert commands_without_command(tmp_path, _planted(tmp_path, path, "class SettleClaim: ...\n")) == [
        f"{path}: holds no handler settle_claim"
    ]


def test_a_file_of_events_or_consumers_without_a_topic_is_found() -> None:
    paths = ["services/claims/events/statements.py", "services/claims/consumers/claims.py"]
    assert files_without_topic(paths) == [f"{path}: there is no such topic" for path in paths]
    assert files_without_topic(["services/claims/events/claim_assessed.py"]) == []


def test_a_file_may_be_of_all_topics_of_one_shape() -> None:
    """Four owners state payables, each on a topic of its own; one topic alone is assessed."""
    assert files_without_topic(["services/benefits/consumers/payable.py"]) == []
    path = "services/benefits/consumers/assessed.py"
    assert files_without_topic([path]) == [f"{path}: there is no such topic"]


@pytest.mark.parametrize(
    "signature",
    ["apply(uow: ClaimsUnitOfWork, events: list)", "settle(command: Settle, uow: U, cipher: FieldCipher)"],
)
def test_a_unit_of_work_that_is_not_last_is_found(tmp_path: Path, signature: str) -> None:
    path = "services/claims/consumers/claim_assessed.py"
    text = f"async def {signature}: ...\nasync def handle(event: Event, uow: ClaimsUnitOfWork): ...\n"
    assert units_not_last(tmp_path, _planted(tmp_path, path, text)) == [
        f"{path}:1: {signature.partition('(')[0]} takes the unit of work before something else"
    ]


@pytest.mark.parametrize("subjects", ['{"person/1"}', '{f"person/{number}"}', '{f"wage/{n}" for n in numbers}'])
def test_a_bare_wake_key_is_found(tmp_path: Path, subjects: str) -> None:
    path = "services/claims/commands/decide.py"
    text = f"await uow.due.wake({subjects})\nawait uow.due.wake({{person(1)}})\n"
    assert bare_subjects(tmp_path, _planted(tmp_path, path, text)) == [
        f"{path}:1: a subject is made by Subject.of, never a bare text"
    ]


def test_a_subject_that_is_made_beside_its_file_is_found(tmp_path: Path) -> None:
    path = "services/claims/commands/decide.py"
    assert subjects_elsewhere(tmp_path, _planted(tmp_path, path, 'x = Subject.of("person", 1)\n')) == [
        f"{path}:1: a subject of a service is made in its domain/subjects.py"
    ]
    path = "services/claims/domain/subjects.py"
    assert subjects_elsewhere(tmp_path, _planted(tmp_path, path, 'x = Subject.of("person", 1)\n')) == []
