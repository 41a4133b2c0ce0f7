"""Lines that were posted before a birth or a residence was corrected: what differs is seen, and settled by a file."""

from typing import Any

from services.registration.files.contribution_file import render
from services.registration.tests.support import AT_2480, OTHER_CODE, Register, line, months_at_2480, party_of

# Worked by hand from the table of 1 October 2024 (act4 §2.2): of the second category the employer alone pays, for
# employment injury; Act 800 insures nobody at 60.
AT_2480_SECOND = {"wage": 248_000, "act4_employer": 3_060, "act4_employee": 0, "act800_employer": 0}
AT_2480_SECOND |= {"act800_employee": 0}


async def _differences(register: Register, party: str = "") -> list[dict[str, Any]]:
    answer = await register.as_party("GET", "/v1/line-differences", "registration:contribution:read", party)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_birth_that_moves_a_month_to_the_second_category_is_seen_and_refunded(register: Register) -> None:
    """RM42.85 + 12.25 + 4.90 + 4.90 were posted, RM30.60 is due: the employer sends the month again, and claims."""
    employer, person = await register.worker_of(started_on="2015-03-01")
    await register.sent(employer, months_at_2480("2026-05", "2026-01"))
    assert await _differences(register) == []
    await register.corrected(person, "born_on", "1966-02-10")
    (found,) = await _differences(register, party_of(employer))
    assert (found["month"], found["person"], found["reason"]) == ("2026-05", person, "cover_changed")
    assert found["declared"]["act4_employer"]["amount"] == "42.85"
    assert found["due"]["act4_employer"]["amount"] == "30.60"
    assert found["due"]["act4_employee"]["amount"] == found["due"]["act800_employer"]["amount"] == "0.00"
    assert await _differences(register) == [found]
    assert await _differences(register, party_of(await register.employer(OTHER_CODE))) == []
    job = await register.sent(employer, render([line("2026-05", AT_2480_SECOND)]))
    assert job["state"] == "accepted"
    assert await _differences(register) == [], "the month as it is now is the table's"
    (refund,) = await register.refunds(party_of(employer))
    assert refund["month"] == "2026-05"


async def test_a_correction_that_is_taken_back_takes_the_difference_with_it(register: Register) -> None:
    employer, person = await register.worker_of(started_on="2015-03-01")
    await register.sent(employer, render([line("2026-05", AT_2480)]))
    await register.corrected(person, "born_on", "1966-02-10")
    assert len(await _differences(register)) == 1
    await register.corrected(person, "born_on", "1990-01-01")
    assert await _differences(register) == []
