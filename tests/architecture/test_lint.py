"""The linters of contracts and migrations find what they are there for."""

import json
from pathlib import Path

import pytest

from deploy.platform import SERVICES
from shared.persistence.migrate import configuration
from tests.architecture.tree import ROOT
from tools.lint import migrations, redocly

FINE_SQL = "SET LOCAL lock_timeout = '1s';\nSET LOCAL statement_timeout = '60s';\n"


def test_an_openapi_document_without_servers_and_problems_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = {"responses": {"200": {"description": "fine"}}, "summary": "Read"}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/a": {"get": answer}}}
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document))
    assert redocly.main([str(file)]) == 1
    said = capfd.readouterr().out + capfd.readouterr().err
    assert "operation-4xx-response" in said
    assert "security-defined" in said


def test_an_asyncapi_document_whose_schema_is_not_there_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "shared/contracts/asyncapi.json").read_text()
    (tmp_path / "asyncapi.json").write_text(text)
    assert redocly.main([str(tmp_path / "asyncapi.json")]) == 1


def test_a_migration_that_locks_a_table_in_use_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.sql"
    file.write_text(FINE_SQL + "ALTER TABLE claim ALTER COLUMN opened_on TYPE text;\n")
    assert migrations.squawk([file]) == 1
    assert "changing-column-type" in capfd.readouterr().out


def test_a_migration_that_adds_an_optional_column_passes(tmp_path: Path) -> None:
    file = tmp_path / "fine.sql"
    file.write_text(FINE_SQL + "ALTER TABLE claim ADD COLUMN IF NOT EXISTS note text;\n")
    assert migrations.squawk([file]) == 0


def test_a_migration_is_linted_alone_with_the_limits_it_runs_under(tmp_path: Path) -> None:
    first = (
        'from alembic import op\nrevision = "one"\ndown_revision = None\ndef upgrade():\n    op.execute("SELECT 1")\n'
    )
    second = first.replace('"one"', '"two"').replace("None", '"one"').replace("SELECT 1", "SELECT 2")
    (tmp_path / "claims_begin_here.py").write_text(first)
    (tmp_path / "claims_go_on_here.py").write_text(second)
    config = configuration("claims")
    config.set_main_option("version_locations", str(tmp_path))
    printed = [migrations.sql_of(config, script) for script in migrations.scripts(config)]
    assert [("SELECT 1;" in sql, "SELECT 2;" in sql) for sql in printed] == [(True, False), (False, True)]
    assert all(sql.startswith(migrations.TIMEOUTS) and "COMMIT" not in sql for sql in printed)


def test_the_limits_are_those_that_the_migration_environment_sets() -> None:
    environment = (ROOT / "shared/persistence/migration_environment/env.py").read_text()
    for line in migrations.TIMEOUTS.splitlines():
        assert line.removesuffix(";") in environment


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_filled_from_the_whole_read_log_has_an_hour(service: str) -> None:
    """Of ten million rows it takes more than the time of a statement, and the migration would never end."""
    config = configuration(service)
    [script] = [
        each for each in migrations.scripts(config) if each.path.endswith("who_read_is_found_by_what_was_read.py")
    ]
    hour, usual = "SET LOCAL statement_timeout = '1h';", "SET LOCAL statement_timeout = '60s';"
    limit, filled = usual, []
    for line in migrations.sql_of(config, script).splitlines():
        limit = line if line in (hour, usual) else limit
        filled += [limit] if line.startswith("INSERT INTO") and "alembic_version" not in line else []
    assert set(filled) == {hour}
    assert limit == usual, "the next migration has the usual time"
