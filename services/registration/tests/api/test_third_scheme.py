"""A further scheme is an entry of the catalogue and its law, here an overlay that no book has: no migration."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from services.registration.domain import schemes
from services.registration.domain.schemes import ACT_789, Clock, Scheme
from services.registration.tests.api.scheme_cover import cover, covered, join, pay_house, periods, try_join, try_pay
from services.registration.tests.support import OTHER_MYKAD, Register, self_of
from shared.kernel.errors import LegalBasis
from shared.kernel.periods import months_after
from shared.law.book import LawOn, book_of_release, let_stand
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working
from shared.testing.clock import BusinessClock

pytestmark = pytest.mark.postgres

FIGURES = {
    "activities": ("names", "[causeway]"),
    "payers": ("names", "[commuter, foreign_employer]"),
    "monthly": ("ringgit", '"8.50"'),
    "wage": ("ringgit", '"3000.00"'),
    "most_months": ("months", "6"),
    "report_hours": ("hours", "2"),
}
_FIGURE = """title: Figure of a test
title_ms: Angka ujian
unit: {unit}
entries:
  - in_force: 2026-06-01
    known: 2026-06-01
    value: {value}
    law: Commuter Bill, cl.4
    source: domain dossier other-schemes §7
    certainty: assumed
    reason: A scheme of a test.
"""
MONTHS = "no more than the most months"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    months, monthly = facts.count("months"), law.sen("commuter.cover.monthly")
    steps.test(MONTHS, months <= law.months("commuter.cover.most_months"), "Commuter Bill, cl.4")
    steps.amount("fee", months * monthly, working("{} × {}", months, sen(monthly)), "Commuter Bill, cl.4")
    wage = law.sen("commuter.cover.wage")
    steps.amount("wage", wage, sen(wage), "Commuter Bill, cl.4")


FEE = Determination(
    name="commuter fee",
    title="Fee of a commuter",
    title_ms="Yuran komuter",
    law="Commuter Bill, cl.4",
    law_day="paid on",
    facts=(Fact("paid on", "date", "the day of payment"), Fact("months", "count", "months paid for")),
    tests=(Test(MONTHS, "tidak melebihi bulan tertinggi", "Commuter Bill, cl.4"),),
    results=(Result("fee", "yuran", "sen", "what is due"), Result("wage", "gaji", "sen", "what is insured")),
    decide=decide,
    granted="due",
)


def covers(paid: schemes.Paid, moment: datetime) -> bool:
    return paid.at <= moment < months_after(paid.at, paid.months)


COMMUTER: Scheme = replace(
    ACT_789,
    code="commuter",
    act="Commuter Bill",
    title="Commuters",
    title_ms="Komuter",
    joins=LegalBasis("Commuter Bill", "cl.2"),
    pays=LegalBasis("Commuter Bill", "cl.4"),
    activities_figure="commuter.cover.activities",
    plans_figure=None,
    classes_figure=None,
    bar=lambda *_: None,
    contribution=lambda: FEE,
    due="fee",
    income="wage",
    most_months_figure="commuter.cover.most_months",
    payers_figure="commuter.cover.payers",
    payers={"commuter": "person", "foreign_employer": "employer"},
    registrars=frozenset({"employer"}),
    collectors=frozenset({"employer"}),
    report_hours_figure="commuter.cover.report_hours",
    clocks=(
        Clock(
            "journey",
            "Journeys",
            "Perjalanan",
            "Commuter Bill, cl.3",
            lambda paid, *_: [m for each in paid for m in (each.at, months_after(each.at, each.months))],
            lambda paid, _, moment, __: any(covers(each, moment) for each in paid),
        ),
    ),
)


@pytest.fixture
def commuters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    folder = tmp_path / "commuter" / "cover"
    folder.mkdir(parents=True)
    for name, (unit, value) in FIGURES.items():
        (folder / f"{name}.yaml").write_text(_FIGURE.format(unit=unit, value=value), encoding="utf-8")
    let_stand(book_of_release().amended(tmp_path))
    monkeypatch.setitem(schemes.CATALOGUE, "commuter", COMMUTER)
    yield
    let_stand(None)


@pytest.mark.usefixtures("commuters")
async def test_a_scheme_of_an_entry_and_its_law_alone(register: Register, business_clock: BusinessClock) -> None:
    business_clock.set(datetime.fromisoformat("2026-09-01T06:00:00+08:00"))
    person = await register.person(OTHER_MYKAD, name="Ali bin Abu", born_on="1985-06-15")
    said = {"scheme": "commuter", "activity": "causeway", "plan": None}
    assert (await try_join(register, "agent:5", **said)).json()["code"] == "registrar_not_allowed"
    registration = await join(register, self_of(person), **said)
    paid = await pay_house(register, registration, "C-1", "51.00", months=6)
    assert paid["income"] == {"amount": "3000.00", "currency": "MYR"}
    house = {"registration": registration, "channel": "house", "payer": "person:1"}
    too_long = await try_pay(register, "bank:1", receipt="C-2", paid="59.50", months=7, **house)
    assert (too_long.status_code, too_long.json()["code"]) == (422, "contribution_not_possible")
    (found,) = await cover(register, person)
    assert (found["title"], periods(found)) == ("Commuters", [("2026-09-01T06:00", "2027-03-01T06:00")])
    assert await covered(register, person, "2027-03-01T05:59:59+08:00", "causeway") == "covered"
    assert await covered(register, person, "2027-03-01T06:00:00+08:00", "causeway") == "not_covered"
    (listed,) = [
        each
        for each in (await register.as_party("GET", "/v1/schemes", "registration:scheme:read")).json()["schemes"]
        if each["scheme"] == "commuter"
    ]
    assert (listed["activities"], listed["payers"], listed["report_hours"]) == (
        ["causeway"],
        ["commuter", "foreign_employer"],
        2,
    )
    told = await register.events("scheme_cover")
    assert [(each["scheme"], len(each["payments"])) for each in told] == [("commuter", 0), ("commuter", 1)]
