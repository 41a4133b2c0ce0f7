"""A hospital that guesses: what its requests about the treatment of others tell it, and what they change."""

from collections import Counter
from typing import Any

import pytest

from services.claims.tests.api.medical import admission, ask, authorisation, bill, call, line, payables, standing
from services.claims.tests.support import MYKAD, PERSON, apply_events, certificate, employed, registered
from shared.kernel.identifiers import person_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

GUESSER = "hospital:9"
NOTICE: dict[str, Any] = {"place": "at_work", "certificate": certificate("2026-08-05", "2026-08-24")}
# A known id under another name, its name under another id, and nobody.
GUESSES: list[dict[str, Any]] = [
    {"name": "SITI BINTI OSMAN"},
    {"national_id": {"kind": "mykad", "number": "850505145511"}},
    {"national_id": {"kind": "passport", "number": MYKAD}},
]


async def test_no_guess_tells_whether_there_is_such_a_person_nor_does_a_bill_or_a_notice_of_it(
    claims: ServiceUnderTest,
) -> None:
    await apply_events(claims, registered(), *employed())
    told: Counter[str] = Counter()
    for number, guess in enumerate(GUESSES):
        asked = await ask(claims, GUESSER, **guess, notice=NOTICE)
        sent = await bill(claims, asked, line(), number=f"INV-{number}", party=GUESSER)
        shown = [asked, await authorisation(claims, asked, GUESSER), await standing(claims, sent, GUESSER)]
        told[str([_without_ids(each) for each in shown])] += 1
    assert list(told.values()) == [len(GUESSES)], "each guess reads the same"
    assert await payables(claims) == []
    herself = await call(claims, f"/v1/medical-authorisations?person={person_id(PERSON)}", party=f"person:{PERSON}")
    assert herself[1]["data"] == [], "nothing of it is hers"


async def test_a_stranger_bills_nothing_of_what_another_hospital_was_authorised(claims: ServiceUnderTest) -> None:
    await apply_events(claims, registered(), *employed())
    asked = await ask(claims, notice=NOTICE)
    said = {"bill_number": "INV-1", "authorisation": asked["authorisation"], "lines": [line()]}
    assert (await call(claims, "/v1/medical-bills", said, GUESSER))[1]["code"] == "medical_authorisation_unknown"
    sent = await bill(claims, asked, line())
    for path, body in (("corrections", {"lines": [line()]}), ("withdrawals", {})):
        answer = await call(claims, f"/v1/medical-bills/{sent['bill']}/{path}", body, GUESSER)
        assert answer[1]["code"] == "medical_bill_unknown", path
    assert (await call(claims, "/v1/medical-authorisations", admission(), "employer:3"))[1]["code"] == "hospitals_only"


def _without_ids(shown: dict[str, Any]) -> dict[str, Any]:
    own = ("authorisation", "bill", "bill_number", "asked_at", "sent_at")
    return {name: value for name, value in shown.items() if name not in own}
