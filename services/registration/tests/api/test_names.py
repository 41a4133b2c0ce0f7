"""Names of every community are kept as written, found, and matched on a line, without a letter changed."""

import pytest

from services.registration.files.contribution_file import render
from services.registration.files.fixed_width import ENCODING
from services.registration.tests.support import AT_2480, MYKAD, OTHER_MYKAD, Register, line, number_of

# As written, and as a contribution file of one byte a character may say it.
NAMES = [
    ("MUTHU A/L RAMASAMY", "MUTHU AL RAMASAMY"),
    ("Kavitha a/p Muniandy", "KAVITHA A/P MUNIANDY"),
    ("LIM @ TAN AH KOW", "TAN AH KOW"),
    ("Nur 'Ain binti Mohd. Yusof", "NUR AIN BT MOHAMAD YUSOF"),
    ("Ngũgĩ wa Thiong’o", "NGUGI WA THIONGO"),
    ("陳大文", None),
    ("முத்து ராமசாமி", None),
    ("O", "O"),
    ("U Ba Aung", "AUNG BA U"),
    ("D'Cruz, José", "JOSE DCRUZ"),
    ("Ting anak Jalak", "TING AK JALAK"),
    ("WAN " * 37 + "ZA", ("WAN " * 37 + "ZA")),
]


def _unwritable(name: str) -> str:
    """As the file of one byte a character has it: a question mark for each letter that it cannot write."""
    return name.encode(ENCODING, "replace").decode(ENCODING)


@pytest.mark.parametrize(("name", "in_a_file"), NAMES, ids=lambda each: str(each)[:12])
async def test_a_name_is_kept_as_written_found_and_matched(
    register: Register, name: str, in_a_file: str | None
) -> None:
    employer = await register.employer()
    person = await register.person(name=name)
    await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    await register.spell(person, employer)
    read = await register.as_party("GET", f"/v1/persons/{person}", "registration:person:read")
    assert read.json()["name"] == name
    scope = "registration:person:search"
    for stated in {name, in_a_file or name}:
        made = await register.as_party("POST", "/v1/person-searches", scope, json={"name": stated[:150]})
        listed = await register.as_party("GET", made.headers["location"], scope)
        assert [each["person"] for each in listed.json()["data"]] == [person], stated
    sent = line("2026-05", AT_2480, id_=MYKAD, name=in_a_file or _unwritable(name))
    job = await register.sent(employer, render([sent]))
    assert job["state"] == "accepted"
    assert [each[1] for each in await register.lines()] == [number_of(person)]
