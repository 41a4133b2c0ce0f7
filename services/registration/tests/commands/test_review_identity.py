"""Who looks like somebody else, and whose birth is not the one in the id: officers are asked, nobody is refused."""

import asyncio

from services.registration.tests.support import MYKAD, OTHER_MYKAD, Register

THIRD_MYKAD = "900101145686"
READ = "registration:person:read"


async def test_one_name_and_birth_under_two_ids_are_registered_and_officers_are_asked(register: Register) -> None:
    """The answers are alike, so that nobody learns who exists; the later one by a partner too."""
    first = await register.try_person(MYKAD, name="Ahmad bin Ali")
    second = await register.try_person(THIRD_MYKAD, name="AHMAD B. ALI", party="employer:9")
    third = await register.try_person("900101145694", name="Siti binti Omar", party="employer:9")
    assert {answer.status_code for answer in (first, second, third)} == {201}
    assert {frozenset(answer.json()) for answer in (first, second, third)} == {frozenset({"person"})}
    (task,) = await register.waiting("duplicate_person")
    both = {"person": first.json()["person"], "other": second.json()["person"]}
    assert (task["reason"], task["facts"]) == ("same_name_and_birth", both)
    assert "ahmad" not in str(task).lower()
    assert (await register.decided("duplicate_person", "different_persons")).status_code == 201
    await register.corrected(both["other"], "name", "AHMAD BIN ALI")
    assert await register.waiting("duplicate_person") == [], "whom officers told apart nobody asks about again"


async def test_two_who_are_registered_at_the_same_time_are_seen(register: Register) -> None:
    numbers = [MYKAD, "900101145686", "900101145694"]
    answers = await asyncio.gather(*(register.try_person(number) for number in numbers))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len(await register.waiting("duplicate_person")) == 3, "each pair of the three"


async def test_same_person_is_kept_as_found(register: Register) -> None:
    await register.person()
    await register.person(THIRD_MYKAD)
    assert (await register.decided("duplicate_person", "same_person")).status_code == 201
    (verdict,) = await register.rows("SELECT verdict, proposed_by, approved_by FROM duplicate_verdict")
    assert tuple(verdict) == ("same_person", "officer-1", "officer-2")


async def test_a_birth_that_differs_from_the_id_stands_and_is_asked_about_once(register: Register) -> None:
    """Born on the second, with a card of the first: registered so; officers let the card's day count or not."""
    person = await register.person(born_on="1990-01-02")
    (task,) = await register.waiting("person_correction")
    assert (task["reason"], task["facts"]["person"]) == ("birth_differs_from_id", person)
    read = await register.as_party("GET", f"/v1/persons/{person}", READ)
    assert read.json()["born_on"] == "1990-01-02"
    listed = await register.as_party("GET", f"/v1/persons/{person}/corrections", READ)
    assert [each["value"] for each in listed.json()["data"]] == ["1990-01-01"]
    assert (await register.decided("person_correction", "correction_refused")).status_code == 201
    await register.corrected(person, "name", "Ahmad bin Alias")
    assert await register.waiting("person_correction") == [], "what was refused is not asked again"
    agreeing = await register.person(OTHER_MYKAD, name="Siti binti Omar", born_on="1985-06-15")
    assert agreeing != person
    assert await register.waiting("person_correction") == []


async def test_a_birth_that_officers_decided_against_the_id_is_not_asked_about(register: Register) -> None:
    person = await register.person()
    await register.corrected(person, "born_on", "1990-01-02")
    assert await register.waiting("person_correction") == []


async def test_officers_let_the_birth_of_the_id_count(register: Register) -> None:
    person = await register.person(born_on="1990-01-02")
    assert (await register.decided("person_correction", "correction_counts")).status_code == 201
    read = await register.as_party("GET", f"/v1/persons/{person}", READ)
    assert read.json()["born_on"] == "1990-01-01"
