"""The steps of a rotation: what a process is told after each, what is refused, and what a backup may stand under."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from deploy.local import rotation
from deploy.local.errors import LauncherError
from deploy.local.ring import escrowed, ring_of, ring_settings
from deploy.local.rotation import check_keys, counted, rotate
from deploy.local.state import State, key, open_state
from services.registration.settings import RegistrationSettings
from services.registration.storage.keys import Keys
from shared.security.fields import FieldCipher
from shared.testing.servers import Databases
from shared.testing.service import environment
from shared.testing.tokens import TestIssuer

SERVICE = "registration"


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> State:
    monkeypatch.setenv("JARING_STATE", str(tmp_path))
    return open_state()


def step(monkeypatch: pytest.MonkeyPatch, state: State, name: str, *, dry_run: bool = False, **left: int) -> None:
    """Take a step while so many values stand under each key."""

    async def counts(_: State, __: str) -> dict[str, int]:
        return {id_.removeprefix("k"): count for id_, count in left.items()}

    async def look_again(_: State, __: str) -> None:
        return None

    monkeypatch.setattr(rotation, "_counts", counts)
    monkeypatch.setattr(rotation, "_look_again", look_again)
    rotate(state, Console(quiet=True), SERVICE, name, "1", dry_run=dry_run)


def told(state: State, issuer: TestIssuer) -> RegistrationSettings:
    """What a process reads of its keys."""
    said = ring_settings(state, SERVICE)
    changed = {name.removeprefix("JARING_").lower(): value for name, value in said.items()}
    changed["other_keys"] = json.loads(changed["other_keys"])
    return RegistrationSettings(**{**environment(issuer, "postgresql://nowhere", "127.0.0.1:1", ""), **changed})  # type: ignore[arg-type]


def test_each_step_tells_processes_what_the_one_before_wrote(
    monkeypatch: pytest.MonkeyPatch, state: State, issuer: TestIssuer
) -> None:
    first = ring_of(state, SERVICE).keys["1"]
    assert ring_settings(state, SERVICE) == {}, "a service that was never rotated is told as before"
    step(monkeypatch, state, "begin", k1=5)
    begun = told(state, issuer)
    assert (begun.field_key_id, set(begun.other_keys)) == ("1", {"2"})
    step(monkeypatch, state, "switch", k1=5)
    switched = told(state, issuer)
    assert (switched.field_key_id, set(switched.other_keys)) == ("2", {"1"})
    one, two = Keys.of_settings(begun), Keys.of_settings(switched)
    assert two.cipher.decrypt(one.cipher.encrypt("x", "a.b.1"), "a.b.1") == "x"
    assert one.cipher.decrypt(two.cipher.encrypt("x", "a.b.1"), "a.b.1") == "x"
    assert set(one.numbers.each("1")) == set(two.numbers.each("1"))
    assert one.uploads.of("file") == two.uploads.of("file"), "documents are found by the same key for good"
    assert one.waiting.of("1") == two.waiting.of("1")
    step(monkeypatch, state, "retire", k1=0, k2=5)
    assert told(state, issuer).other_keys == {}
    assert escrowed(state, SERVICE) == {"1": first}
    step(monkeypatch, state, "recover", k2=5)
    assert (told(state, issuer).field_key_id, set(told(state, issuer).other_keys)) == ("2", {"1"})
    step(monkeypatch, state, "retire", k2=5)
    step(monkeypatch, state, "begin", k2=5)
    assert list(ring_of(state, SERVICE).keys) == ["2", "3"]


def test_a_step_that_failed_at_the_restart_is_repeated_before_the_next(
    monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    """Else the API would write under a key that the worker does not know."""

    def not_ready(*_: object) -> None:
        raise LauncherError("registration-worker is not ready again")

    for name in ("begin", "switch", "retire"):
        before = ring_of(state, SERVICE)
        with monkeypatch.context() as failing:
            failing.setattr(rotation, "_restart", not_ready)
            with pytest.raises(LauncherError, match="not ready"):
                step(failing, state, name, k2=5)
        kept = ring_of(state, SERVICE)
        assert (kept.unfinished, kept != before) == (name, True)
        others = {"begin", "switch", "retire", "recover"} - {name}
        for other in others:
            with pytest.raises(LauncherError, match=f"{name} is not finished"):
                step(monkeypatch, state, other, k2=5)
        step(monkeypatch, state, name, k2=5)
        assert ring_of(state, SERVICE) == replace(kept, unfinished="")


def test_what_is_not_the_moment_is_refused_and_changes_nothing(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    for name, because in (("switch", "begin first"), ("retire", "one key"), ("recover", "in escrow")):
        with pytest.raises(LauncherError, match=because):
            step(monkeypatch, state, name, k1=5)
    step(monkeypatch, state, "begin", k1=5)
    with pytest.raises(LauncherError, match="on its way"):
        step(monkeypatch, state, "begin", k1=5)
    with pytest.raises(LauncherError, match="switch first"):
        step(monkeypatch, state, "retire", k1=5)
    step(monkeypatch, state, "switch", k1=5)
    before = ring_of(state, SERVICE)
    with pytest.raises(LauncherError, match="3 under 1"):
        step(monkeypatch, state, "retire", k1=3, k2=2)
    assert (ring_of(state, SERVICE), escrowed(state, SERVICE)) == (before, {})
    step(monkeypatch, state, "retire", dry_run=True, k2=5)
    assert (ring_of(state, SERVICE), escrowed(state, SERVICE)) == (before, {})
    with pytest.raises(LauncherError, match="seals nothing"):
        rotate(state, Console(quiet=True), "jobs", "begin")
    with pytest.raises(LauncherError, match="no step"):
        rotate(state, Console(quiet=True), SERVICE, "turn")


async def test_a_backup_under_a_key_that_is_not_here_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, state: State, databases: Databases
) -> None:
    cipher = FieldCipher("1", bytes(32))
    async with databases.fresh(SERVICE) as database, database.connection("migrate") as connection:
        await connection.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
        await connection.execute(
            "INSERT INTO person_fact (id, person, attribute, valid, sealed, source) "
            "VALUES (1, 1, 'name', '(,)', $1, 'x')",
            cipher.encrypt("Ahmad bin Ali", "person_fact.sealed.1"),
        )
        assert await counted(connection) == {"1": 1}
        await check_keys(state, connection, SERVICE)
        await check_keys(state, connection, "jobs")
        only = {"current": "2", "keys": {"2": {"field": key(state, "a"), "index": key(state, "b")}}}
        (state.secrets / f"{SERVICE}-key-ring").write_text(json.dumps(only))
        with pytest.raises(LauncherError, match=r"sealed under 1.*DO=recover KEY=1"):
            await check_keys(state, connection, SERVICE)


async def test_a_value_that_is_empty_stands_under_no_key(state: State, databases: Databases) -> None:
    async with databases.fresh("benefits") as database, database.connection("migrate") as connection:
        await connection.execute(
            "INSERT INTO bank_file (id, tenant, state, message_id, transactions, control_sum_sen, sha256, content, "
            "created_at) VALUES (gen_random_uuid(), 'organisation:1', 'fetched', 'x', 1, 1, repeat('0', 64), '', now())"
        )
        assert await counted(connection) == {}
        await check_keys(state, connection, "benefits")
