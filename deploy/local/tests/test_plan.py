"""What each process is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.errors import LauncherError
from deploy.local.plan import PREFERRED, Plan, environment_of, make_plan
from deploy.local.state import open_state
from deploy.platform import COMPANIONS, DATABASE_ROLES, PROCESSES, SERVICES
from shared.kernel.clock import system_now
from shared.process.clock_file import show


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return make_plan(open_state({"JARING_STATE": str(tmp_path)}), PREFERRED, {})


def _ours(values: dict[str, str]) -> set[str]:
    return {name for name in values if name.startswith("JARING_")}


def test_a_process_is_told_what_the_table_lists_and_nothing_else(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JARING_POSTGRES_PASSWORD", "the administrator's")
    for process in (*PROCESSES, *COMPANIONS):
        clock = set() if process.name == "token-issuer" else {"JARING_CLOCK_FILE"}
        assert _ours(environment_of(process, plan)) == set(process.settings) | clock


def test_apis_alone_answer_from_as_many_processes_as_are_asked_for(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JARING_HTTP_PROCESSES", "2")
    told = {process.name: environment_of(process, plan) for process in PROCESSES}
    asked = {name for name, values in told.items() if values.get("JARING_HTTP_PROCESSES") == "2"}
    assert asked == {f"{service}-api" for service in SERVICES}
    assert all(int(told[name]["JARING_METRICS_PORT"]) for name in asked)


def test_registration_and_claims_hash_national_ids_with_one_key_and_share_no_other(plan: Plan) -> None:
    told = {process.name: environment_of(process, plan) for process in PROCESSES}
    assert told["registration-api"]["JARING_ID_TOKEN_KEY"] == told["claims-worker"]["JARING_ID_TOKEN_KEY"]
    assert told["registration-api"]["JARING_FIELD_KEY"] != told["benefits-api"]["JARING_FIELD_KEY"]
    assert len({told[f"{service}-api"]["JARING_CURSOR_KEY"] for service in SERVICES}) == len(SERVICES)


def test_a_process_logs_in_to_its_own_database_as_its_own_role(plan: Plan) -> None:
    for process in PROCESSES:
        url = environment_of(process, plan)["JARING_DATABASE_URL"]
        assert url.startswith(f"postgresql://{process.service}_{process.kind}:")
        assert url.endswith(f"/{process.service}")


def test_keys_are_kept_over_starts_for_their_owner_only(plan: Plan) -> None:
    first = environment_of(PROCESSES[0], plan)
    assert environment_of(PROCESSES[0], make_plan(plan.state, PREFERRED, {})) == first
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in plan.state.secrets.iterdir())


def test_all_processes_with_business_days_share_one_clock_which_starts_with_the_machines_time(plan: Plan) -> None:
    told = [environment_of(process, plan) for process in (*PROCESSES, *COMPANIONS)]
    files = [values["JARING_CLOCK_FILE"] for values in told if "JARING_CLOCK_FILE" in values]
    assert (len(files), set(files)) == (12, {str(plan.state.clock_file)})
    assert abs(show(plan.state.clock_file) - system_now()) < timedelta(seconds=1)


def test_existing_servers_are_used(plan: Plan) -> None:
    there = {"HOST": "db", "PORT": "5432", "USER": "admin", "PASSWORD": "p w"}
    environment = {f"JARING_POSTGRES_{name}": value for name, value in there.items()} | {"JARING_KAFKA": "kafka:9092"}
    other = make_plan(plan.state, PREFERRED, environment)
    assert (other.own_postgres, other.own_kafka, other.kafka) == (False, False, "kafka:9092")
    assert other.postgres.url("postgres") == "postgresql://admin:p%20w@db:5432/postgres"


def test_an_existing_server_named_in_part_is_an_error(plan: Plan) -> None:
    with pytest.raises(LauncherError, match="JARING_POSTGRES_USER, JARING_POSTGRES_PASSWORD must be set"):
        make_plan(plan.state, PREFERRED, {"JARING_POSTGRES_HOST": "db", "JARING_POSTGRES_PORT": "5432"})


def test_the_table_has_ten_processes_and_three_roles_for_each_of_five_databases() -> None:
    assert [process.name for process in PROCESSES] == [
        f"{service}-{kind}" for kind in ("api", "worker") for service in SERVICES
    ]
    assert len(DATABASE_ROLES) == 15
    everything = [process.port for process in (*PROCESSES, *COMPANIONS)]
    assert len(set(everything)) == len(everything)


def test_crash_points_are_handed_on_to_the_services_only_where_the_supervisor_was_given_them(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JARING_FAILPOINTS", "/points")
    told = {process.name: environment_of(process, plan) for process in (*PROCESSES, *COMPANIONS)}
    assert {name for name, values in told.items() if "JARING_FAILPOINTS" in values} == {p.name for p in PROCESSES}
    monkeypatch.delenv("JARING_FAILPOINTS")
    assert "JARING_FAILPOINTS" not in environment_of(PROCESSES[0], plan)
