"""What a request costs in round trips to PostgreSQL, so that they do not grow back unseen."""

from collections.abc import AsyncIterator

import pytest

from services.registration.tests.support import CODE, OTHER_CODE, Register, months_at_2480
from shared.persistence.engine import Database
from shared.testing.round_trips import RoundTrips

pytestmark = pytest.mark.postgres

READ, WRITE = "registration:employer:read", "registration:employer:write"
# Each sent once before: the statements of a connection are prepared when they are asked first.
WARM = ("W1111111111A", "W2222222222B")
COVER_CODE = "W3333333333C"
# Those of the transaction: it is begun and opened (tenancy, lock on the key, the stored answer), closed (streams,
# outbox, the answer) and committed. The route's own come between.
PLATFORM_OF_A_WRITE = 3
PLATFORM_OF_A_READ = 2


@pytest.fixture
async def wire(register: Register) -> AsyncIterator[RoundTrips]:
    """The wire between the API's pool and the server, after a read and a write."""
    async with RoundTrips.counted(register.service.database.url("api")) as (wire, url):
        state = register.service.app.state
        await state.database.close()
        state.database = Database(url, "registration", pool_size=1)
        for code in WARM:
            await _read(register, await register.employer(code))
        wire.count = 0
        yield wire


async def _read(register: Register, employer: str) -> None:
    answer = await register.as_party("GET", f"/v1/employers/{employer}", READ)
    assert answer.status_code == 200


async def test_a_write_is_opened_closed_and_committed_beside_its_work(register: Register, wire: RoundTrips) -> None:
    await register.employer(CODE)
    # Its own: the row under the next number.
    assert wire.count == PLATFORM_OF_A_WRITE + 1
    assert wire.connections == 1


async def test_a_contribution_file_is_taken_in_by_two_statements(register: Register, wire: RoundTrips) -> None:
    """Its employer, and the file with its bytes and the due work."""
    employer = await register.employer(CODE)
    for number in range(2):
        wire.count = 0
        answer = await register.send(employer, months_at_2480(f"2026-0{number + 1}"))
        assert answer.status_code == 202
    assert wire.count == PLATFORM_OF_A_WRITE + 2


async def test_a_repeat_and_a_refusal_cost_no_more(register: Register, wire: RoundTrips) -> None:
    body = {"name": "KILANG MAJU SDN BHD", "employer_code": OTHER_CODE}
    for _ in range(2):
        wire.count = 0
        answer = await register.service.call("POST", "/v1/employers", scopes=[WRITE], key="once", json=body)
        assert answer.status_code == 201
    # Begun and opened, told what was answered, taken back.
    assert (answer.headers["idempotency-replayed"], wire.count) == ("true", 3)


async def test_a_read_is_opened_and_ended_beside_its_statement(register: Register, wire: RoundTrips) -> None:
    employer = await register.employer(CODE)
    wire.count = 0
    await _read(register, employer)
    assert wire.count == PLATFORM_OF_A_READ + 1


async def test_cover_is_opened_and_ended_beside_one_statement(register: Register, wire: RoundTrips) -> None:
    """As known now, and as known then."""
    _, person = await register.worker_of(code=COVER_CODE)
    async with register.service.database.connection("migrate") as connection:
        await connection.execute("ALTER TABLE person_fact DISABLE TRIGGER USER")
        await connection.execute("UPDATE person_fact SET recorded_at = '2025-12-01'")
        await connection.execute("ALTER TABLE person_fact ENABLE TRIGGER USER")
    for query in ("", "?known_at=2026-01-01T00:00:00Z"):
        path = f"/v1/persons/{person}/cover{query}"
        for _ in range(2):
            wire.count = 0
            assert (await register.as_party("GET", path, "registration:cover:read")).status_code == 200
        assert wire.count == PLATFORM_OF_A_READ + 1
