"""Lives in which a death is reported by several senders, each of whom says all of it twice.

What they come to is worked from the Act, where it is asserted. Officers act on whatever has come, now or later.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits.main import build as build_benefits
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.api import years
from services.benefits.tests.support import bank_answers, enter_payee, pay_into
from services.benefits.worker import work as work_of_benefits
from services.claims.tests.commands.test_kinds import born, insured, stated_and_approved
from services.claims.tests.support import (
    EMPLOYER,
    MYKAD,
    PERSON,
    all_has_arrived,
    apply_events,
    claims_of,
    contributed,
    decide,
    notice,
    notice_without_days,
    spell_of,
    submit,
)
from shared.contracts.envelope import Event
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1, PersonRegisteredV1
from shared.kernel.identifiers import person_id
from shared.security.blind_index import IdTokens
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by
from shared.testing.servers import Databases
from shared.testing.service import TEST_KEY, ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.deaths.offices import Beginning, Offices

FIRST_WIFE, SECOND_WIFE, SON, WIDOW, DAUGHTER = 21, 22, 23, 24, 25
HOSPITAL, FORMER_EMPLOYER = "hospital:1", EMPLOYER + 1
FUNERAL_SEN = 300_000
RECEIPT = {"amount": "3400.00", "currency": "MYR"}
MONTHS = [f"{year}-{month:02d}" for year in range(2013, 2027) for month in range(1, 13)]

Send = Callable[[Offices], Awaitable[None]]
Day = tuple[int, int, int]


@dataclass(frozen=True)
class Owed:
    """What somebody has in the end: sen by benefit, and the months of the one that is paid by the month.

    What is owed for the day of the death is paid by itself, or with the first month where its share changed before.
    """

    by_month: str
    months: tuple[str, ...]
    sen: Mapping[str, int]


@dataclass(frozen=True)
class Life:
    """Who died, the messages by who sends them, and what each is owed in the end.

    ``reported_on`` is the day on which they may begin to come, ``paydays`` are those that follow; ``owes`` is what is
    to come back from whom, and ``funds`` what each fund has borne at the end of what was reported.
    """

    messages: Mapping[str, Send]
    reported_on: Day
    paydays: Sequence[Day]
    owed: Mapping[int, Owed]
    funds: Mapping[str, int]
    owes: Mapping[int, int]
    begins: Callable[[ServiceUnderTest, ServiceUnderTest, BusinessClock], Awaitable[None]]


def _owed(benefit: str, monthly_sen: int, of_day_sen: int, months: Sequence[str], funeral_sen: int = 0) -> Owed:
    """The day of the death, so many months, and the funeral of who buried the person."""
    funeral = {"funeral_benefit": funeral_sen} if funeral_sen else {}
    return Owed(benefit, tuple(months), {benefit: of_day_sen + len(months) * monthly_sen, **funeral})


def _dependants(benefit: str, widow: tuple[int, int], child: tuple[int, int]) -> dict[int, Owed]:
    """Two widows who share, of whom one buried him, and a son: by the month, and for the day of the death."""
    months = ("2026-08-01", "2026-09-01", "2026-10-01")
    return {
        FIRST_WIFE: _owed(benefit, *widow, months, FUNERAL_SEN),
        SECOND_WIFE: _owed(benefit, *widow, months),
        SON: _owed(benefit, *child, months),
    }


def fall(**circumstances: Any) -> dict[str, object]:
    """The accident and the death of the same night, as who employs or treats him reports it."""
    body = notice(happened_on="2026-07-31", died_on="2026-07-31", wages_paid_for=[], **circumstances)
    del body["certificate"]
    return body


def left_behind(day: str) -> dict[str, object]:
    """A death, as somebody reports it who was left behind and knows his number."""
    body = notice_without_days("death", day, person=person_id(PERSON), capacity="dependant")
    return {name: value for name, value in body.items() if name not in ("national_id", "name")}


def of_employer(**circumstances: Any) -> Send:
    """The employer's notice."""

    async def send(offices: Offices) -> None:
        await offices.reported(f"employer:{EMPLOYER}", fall(**circumstances))

    return send


def of_hospital(**circumstances: Any) -> Send:
    """The hospital's, by national id and name."""

    async def send(offices: Offices) -> None:
        await offices.reported(HOSPITAL, fall(**circumstances))

    return send


async def first_wife(offices: Offices) -> None:
    """She reports his death, and states herself, their son and what the funeral cost her."""
    claim = await offices.reported(f"person:{FIRST_WIFE}", left_behind("2026-07-31"))
    await offices.stated(claim, dependant={"person": person_id(FIRST_WIFE), "relation": "widow"})
    son = {"person": person_id(SON), "relation": "child", "born": "2006-10-15"}
    await offices.stated(claim, dependant=son)
    await offices.stated(claim, funeral={"person": person_id(FIRST_WIFE), "relation": "widow", "paid": RECEIPT})


async def second_wife(offices: Offices) -> None:
    """Nobody knew of her; she proves her marriage."""
    claim = await offices.reported(f"person:{SECOND_WIFE}", left_behind("2026-07-31"))
    await offices.stated(claim, dependant={"person": person_id(SECOND_WIFE), "relation": "widow"})


async def of_widow(offices: Offices) -> None:
    """The pensioner's widow reports his death, and states herself, their daughter and the funeral."""
    claim = await offices.reported(f"person:{WIDOW}", left_behind("2026-08-31"))
    widow = {"person": person_id(WIDOW), "relation": "widow"}
    await offices.stated(claim, dependant=widow)
    daughter = {"person": person_id(DAUGHTER), "relation": "child", "born": "2010-03-03"}
    await offices.stated(claim, dependant=daughter)
    await offices.stated(claim, funeral={**widow, "paid": RECEIPT})


async def hospital_of_pensioner(offices: Offices) -> None:
    """The hospital where he died of illness."""
    await offices.reported(HOSPITAL, notice_without_days("death", "2026-08-31"))


async def former_employer(offices: Offices) -> None:
    """Who employed him in July."""
    await offices.reported(f"employer:{FORMER_EMPLOYER}", notice_without_days("death", "2026-08-31"))


async def register(offices: Offices) -> None:
    """A public register says that he died, to registration, which publishes it."""
    offices.of_register.append(_registered(born(1975, 6, 18), revision=2, died_on=date(2026, 8, 31)))


def _registered(event: PersonRegisteredV1, **changes: Any) -> PersonRegisteredV1:
    return event.model_copy(update={"id_tokens": (_token(MYKAD),), **changes})


def _token(mykad: str) -> str:
    return IdTokens(base64.b64decode(TEST_KEY)).token("mykad", mykad)


async def guarded(claims: ServiceUnderTest, benefits: ServiceUnderTest, clock: BusinessClock) -> None:
    """A guard of 61 years has worked since 2020 and takes part in SKBBK; those who are left behind have accounts."""
    clock.set_day(2026, 8, 1)
    mandatory = MembershipPeriodV1(category="mandatory", first=date(2026, 6, 1))
    known: list[Event] = [
        born(1965, 2, 10),
        spell_of(EMPLOYER, date(2020, 1, 6)),
        insured("second", date(2025, 2, 10)),
        MembershipChangedV1(person=PERSON, scheme="skbbk", revision=1, periods=(mandatory,)),
        *(contributed(f"2026-0{month}", 198_000) for month in range(1, 8)),
    ]
    await apply_events(claims, *known)
    await all_has_arrived(claims)
    for person in (FIRST_WIFE, SECOND_WIFE, SON):
        await enter_payee(benefits, f"5{person}1111111111", person)


async def pensioned(claims: ServiceUnderTest, benefits: ServiceUnderTest, clock: BusinessClock) -> None:
    """Life 6 until nobody has said yet that he died: paid for August and September, and not for July (s.49)."""
    invalidity = await _found_invalid(claims, clock)
    await enter_payee(benefits, person=PERSON)
    await enter_payee(benefits, "5241111111111", WIDOW)
    guardian = {"capacity": "guardian", "holder": f"person:{WIDOW}", "until_on": "2028-03-03", "evidence": "PKSF17"}
    await pay_into(benefits, f"person:{DAUGHTER}", "5251111111111", **guardian)
    clock.set_day(2026, 6, 30)
    for event in [each for each in await published_by(claims) if each.topic.name == "claim.assessed"]:
        await benefits.consume(event)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["4572.50"], "914.50 and two months"
    about = {"payee": f"person:{PERSON}", "claim": invalidity, "former_average": None}
    await years.state(benefits, "/v1/suspensions", years.suspension(**about))
    await years.decide(benefits, "suspension", "suspension_counts")
    await apply_events(claims, spell_of(FORMER_EMPLOYER, date(2026, 7, 1), date(2026, 7, 31)))
    for month, payday, paid in ((7, 31, []), (8, 28, ["1829.00"]), (9, 30, ["1829.00"])):
        clock.set_day(2026, month, payday)
        await claims.work_off()
        await benefits.work_off()
        assert await bank_answers(benefits) == paid, "July is not owed, August and September are paid"


async def _found_invalid(claims: ServiceUnderTest, clock: BusinessClock) -> str:
    """He contributed from 2012 to March 2026, notified on 16 April, and a board found him invalid; the claim."""
    clock.set_day(2026, 4, 16)
    worked = [contributed(month, 294_000) for month in MONTHS if month < "2026-04"]
    employment = spell_of(EMPLOYER, date(2012, 1, 2), date(2026, 3, 31))
    await apply_events(claims, born(1975, 6, 18), employment, insured("first", date(2013, 1, 1)), *worked)
    await all_has_arrived(claims)
    invalidity = str((await submit(claims, notice_without_days("invalidity", "2026-03-20"))).json()["claim"])
    await claims.work_off()
    clock.set_day(2026, 5, 20)
    await stated_and_approved(claims, invalidity, invalidity={"certified": True, "earning_capacity": 20})
    assert await decide(claims, "doubt", kind="finding", fact="contributions before 2013", found="12") == (201, None)
    return invalidity


@asynccontextmanager
async def begun(life: Life, databases: Databases, issuer: TestIssuer, clock: BusinessClock) -> AsyncIterator[Beginning]:
    """Claims and benefits as they stand before anybody reports the death, to be copied."""
    async with AsyncExitStack() as stack:
        claims = await stack.enter_async_context(databases.fresh("claims"))
        benefits = await stack.enter_async_context(databases.fresh("benefits"))
        building = (BenefitsSettings, build_benefits, work_of_benefits, benefits, issuer)
        async with claims_of(claims, issuer) as one, service_under_test(*building) as other:
            await life.begins(one, other, clock)
        yield Beginning(claims, benefits)


# Life 3: 1,950.00 by 30 and 90 % are 58.50 a day, 1,755.00 a month; of 3/5 each widow has half, 526.50 and 17.55 for
# the day of the death (`assumed`), the son 2/5, 702.00 and 23.40 (Act 4, Fourth Schedule). Funeral at most 3,000.00
# (s.29).
AT_WORK = Life(
    messages={
        "employer": of_employer(),
        "hospital": of_hospital(),
        "first wife": first_wife,
        "second wife": second_wife,
    },
    reported_on=(2026, 8, 3),
    paydays=((2026, 8, 28), (2026, 9, 30), (2026, 10, 30)),
    owed=_dependants("dependants_benefit", (52_650, 1_755), (70_200, 2_340)),
    funds={"employment_injury": 3 * 175_500 + 5_850 + FUNERAL_SEN},
    owes={},
    begins=guarded,
)

# The same fall on a way that he interrupted is SKBBK's (ss.24(2), 44C): 54 % in its first phase, so 35.10 a day and
# 1,053.00 a month; 315.90 and 10.53 to each widow, 421.20 and 14.04 to the son.
_INTERRUPTED = {"place": "commuting", "interrupted": True}
OUTSIDE = Life(
    messages={
        "employer": of_employer(**_INTERRUPTED),
        "hospital": of_hospital(**_INTERRUPTED),
        "first wife": first_wife,
        "second wife": second_wife,
    },
    reported_on=(2026, 8, 3),
    paydays=((2026, 8, 28), (2026, 9, 30), (2026, 10, 30)),
    owed=_dependants("non_employment_injury_dependants_benefit", (31_590, 1_053), (42_120, 1_404)),
    funds={"non_employment_injury": 3 * 105_300 + 3_510 + FUNERAL_SEN},
    owes={},
    begins=guarded,
)

# Life 6: 1,829.00 a month from 16 April, of which 59.00 and 1,829.00 were paid for the day of the death and after it
# and are the estate's to bring back (s.50); the widow has 3/5, 1,097.40 and 35.40, the daughter 2/5, 731.60 and 23.60.
PENSIONER = Life(
    messages={
        "widow": of_widow,
        "hospital": hospital_of_pensioner,
        "employer": former_employer,
        "register": register,
    },
    reported_on=(2026, 10, 5),
    paydays=((2026, 10, 30),),
    owed={
        WIDOW: _owed("survivors_pension", 109_740, 3_540, ("2026-09-01", "2026-10-01"), FUNERAL_SEN),
        DAUGHTER: _owed("survivors_pension", 73_160, 2_360, ("2026-09-01", "2026-10-01")),
    },
    funds={"invalidity": 457_250 + 177_000 + 5_900 + 2 * 182_900 + FUNERAL_SEN},
    owes={PERSON: 188_800},
    begins=pensioned,
)
