"""After a split each reads what is its own: nothing of the other one, whom a merge had taken it for."""

import pytest

from services.registration.tests.api.test_person_merges import merged, parted, person, split
from services.registration.tests.support import (
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    number_of,
    party_of,
    self_of,
)

pytestmark = pytest.mark.postgres

READ = "registration:person:read"
HERS = ("Siti", "1985-06-15", "2 Jalan Tun", "7 Jalan Baru")


async def read(register: Register, number: str, what: str, party: str = "") -> str:
    """What a party reads of a person, as it is written."""
    answer = await register.as_party("GET", f"/v1/persons/{number}{what}", READ, party)
    assert answer.status_code == 200, answer.text
    return answer.text


async def two_strangers(register: Register) -> tuple[str, str, str]:
    """A man and a woman, and whom he works for; all that is known of her was kept."""
    employer, his = await register.worker_of()
    await register.employer(OTHER_CODE)
    hers = await register.person(
        OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15", address="2 Jalan Tun, 75000 Melaka"
    )
    await merged(register, hers, his, name=hers, born_on=hers, address=hers)
    return employer, his, hers


async def test_nobody_reads_what_a_merge_kept_of_a_stranger(register: Register) -> None:
    employer, his, hers = await two_strangers(register)
    ((amid,),) = await register.rows("SELECT clock_timestamp()")
    assert "Siti" in await read(register, his, "/facts", self_of(his)), "both are one so far"
    await parted(register, hers)
    amid_too = f"?known_at={amid.isoformat().replace('+', '%2B')}"
    for party in (self_of(his), party_of(employer)):
        for what in ("", "/facts", "/corrections", amid_too):
            found = await read(register, his, what, party)
            assert not [each for each in HERS if each in found], (party, what)
    assert "Ahmad" in await read(register, his, amid_too, self_of(his))
    officers = await read(register, his, "/facts")
    assert all(each in officers for each in HERS[:3]), "officers see what was kept, and taken back"
    assert "Siti" in await read(register, hers, "/facts", self_of(hers))
    assert "Ahmad" not in await read(register, hers, "/facts", self_of(hers))


async def test_nobody_reads_what_was_stated_of_the_wrong_one_and_assigned_to_the_other(register: Register) -> None:
    _, his, hers = await two_strangers(register)
    assert (
        await register.correct(his, "address", "7 Jalan Baru, 75000 Melaka", subject="officer-3")
    ).status_code == 201
    stated = (await register.rows("SELECT max(id) FROM person_fact WHERE person = $1", number_of(his)))[0][0]
    await parted(register, hers, assigned=[stated])
    for what in ("", "/facts", "/corrections"):
        assert "7 Jalan Baru" not in await read(register, his, what, self_of(his)), what
    assert "7 Jalan Baru" in await read(register, hers, "", self_of(hers))
    assert (await person(register, his)).json()["address"].startswith("1 Jalan Merdeka")


async def test_what_one_stated_itself_it_reads_also_where_it_was_taken_back(register: Register) -> None:
    _, his, hers = await two_strangers(register)
    said = await register.correct(hers, "address", "7 Jalan Baru, 75000 Melaka", self_of(hers))
    assert said.status_code == 201, said.text
    stated = (await register.rows("SELECT max(id) FROM person_fact WHERE person = $1", number_of(his)))[0][0]
    await parted(register, hers, assigned=[stated])
    assert "7 Jalan Baru" not in await read(register, his, "/facts", self_of(his))
    assert "7 Jalan Baru" in await read(register, hers, "/facts", self_of(hers))


async def test_a_chain_leaves_nothing_of_its_start_at_its_end(register: Register) -> None:
    _, his, hers = await two_strangers(register)
    third = await register.person("880101145676", name="Kamal bin Omar", born_on="1988-01-01")
    await merged(register, his, third, name=his, born_on=his, address=his)
    assert "Siti" in await read(register, third, "/facts", self_of(third))
    await parted(register, hers)
    found = await read(register, third, "/facts", self_of(third))
    assert not [each for each in HERS if each in found]
    assert "Ahmad" in found, "his is of the same person still"
    assert (await split(register, hers)).status_code == 409
