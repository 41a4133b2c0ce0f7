"""The tree has the rooms of docs/architecture.md, "Rooms", and no others."""

import pytest

from tests.architecture.shape import SERVICE_FILES, SERVICES, incomplete_services, misplaced, unnamed_migrations
from tests.architecture.tree import files


def test_every_file_stands_in_a_room() -> None:
    assert misplaced(files()) == []


def test_every_service_has_its_page_its_two_processes_its_settings_and_its_core() -> None:
    assert incomplete_services(files()) == []


def test_every_migration_is_named_by_a_sentence() -> None:
    assert unnamed_migrations(files()) == []


@pytest.mark.parametrize(
    "path",
    [
        "services/claims/utils.py",
        "services/claims/helpers/a.py",
        "services/pensions/main.py",
        "services/common.py",
        "services/claims/tests/test_story.py",
        "services/claims/tests/helpers.py",
        "services/claims/tests/stories/test_a.py",
        "shared/utils/a.py",
        "shared/settings.py",
        "tests/unit/test_a.py",
    ],
)
def test_a_file_outside_the_rooms_is_found(path: str) -> None:
    assert misplaced([path]) == [f"{path}: no such room"]


def test_files_in_the_rooms_and_outside_the_three_folders_are_no_finding() -> None:
    fine = [
        "services/claims/tests/support.py",
        "services/claims/tests/domain/test_a.py",
        "services/jobs/README.md",
        "shared/law/act4/a/b.yaml",
        "Makefile",
    ]
    fine += ["services/claims/domain/tests/a.py", "services/jobs/tests/conftest.py"]
    assert misplaced([*fine, "tests/journeys/test_a.py", "deploy/local/up.py", "tests/conftest.py"]) == []


def test_what_a_service_lacks_is_found() -> None:
    whole = [f"services/{service}/{file}" for service in SERVICES for file in SERVICE_FILES]
    whole += [f"services/{service}/{room}/a.py" for service in SERVICES for room in ("domain", "migrations")]
    assert incomplete_services(whole) == []
    without = [path for path in whole if path not in {"services/jobs/README.md", "services/rehab/migrations/a.py"}]
    assert incomplete_services(without) == ["services/jobs/README.md: missing", "services/rehab/migrations: missing"]


@pytest.mark.parametrize("name", ["0001_initial.py", "init.py", "add_table.py", "Claims_begin_here.py"])
def test_a_migration_whose_name_is_no_sentence_is_found(name: str) -> None:
    sentence = "services/claims/migrations/claims_keep_their_decisions.py"
    path = f"services/claims/migrations/{name}"
    assert unnamed_migrations([path, sentence]) == [f"{path}: the name is no sentence"]
