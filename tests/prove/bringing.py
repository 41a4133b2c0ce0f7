"""Brings generated accidents into the running platform as partners would: people, employments, wages, notices.

The employer of the day reports the accident, or else a hospital; an officer does only where neither can say all of it.
What an accident says of the past is said today: an employment that counts is stated by an officer, one that was stated
late by its employer, and what only time could have brought about (a release from SKBBK in its window) is left out.
"""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from deploy.local.officers import PROPOSES, confirm_notice, let_finding_count
from deploy.local.story import HOSPITAL, OFFICER, Employer, Story, until
from services.registration.files.contribution_file import FileLine, render
from shared.kernel.clock import today
from shared.kernel.money import Sen, sen_from_ringgit
from shared.kernel.periods import Month
from tests.oracle.accidents import FOREIGN, Accident, Spell
from tests.oracle.generator import by_age, generated, participation
from tests.oracle.table import counted
from tests.prove.partner import Partner

AT_ONCE = 12
_FINDINGS = {
    "found by a person": "found",
    "conduct under section 93": "act_of_section_93",
    "circumstance of section 96B": "circumstance_of_section_96b",
}


@dataclass(eq=False)
class Brought:
    """An accident with the person and the claim that it has on the platform."""

    accident: Accident
    name: str
    mykad: str
    person: str = ""
    claim: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """The person's national id."""
        return {"kind": "mykad", "number": self.mykad}

    @property
    def number(self) -> int:
        """The person's number."""
        return int(self.person[1:-1])


def to_bring(seed: int, wanted: int) -> list[Brought]:
    """So many of the accidents of a seed as can be brought today, each of a person of its own."""
    found: list[Brought] = []
    for accident in generated(seed, 20 * wanted):
        if len(found) < wanted and (told := as_told_today(accident)) is not None:
            number = len(found)
            found.append(Brought(told, f"PEKERJA {number}", f"{told.born:%y%m%d}14{number:04d}"))
    assert len(found) == wanted
    return found


def as_told_today(accident: Accident) -> Accident | None:
    """The accident as it stands when all of it is told today; None for what a partner could not say."""
    begun = min((each.first for each in accident.spells), default=None)
    told = replace(
        accident,
        spells=tuple(_told(each, accident) for each in accident.spells),
        categories=() if begun is None else by_age(accident.born, begun),
        released_on=None,
        came_back_on=None,
        participation=() if begun is None else participation(accident.residence, None, None, begun),
        similar_work=None,
        looked_at=False,
        breach_of_immigration_law=False,
    )
    return told if _can_be_told(told) else None


def _told(spell: Spell, accident: Accident) -> Spell:
    counts = spell in counted(accident)
    return replace(spell, verified=counts, stated_on=spell.first if counts else today())


def _can_be_told(accident: Accident) -> bool:
    """A citizen, one certificate from the accident on, wages of who employed the person, and nothing of the future."""
    days = [accident.day, *accident.worked_with_wages, *(each.issued_on for each in accident.certificates)]
    days += [day for each in accident.spells for day in (each.first, each.last) if day is not None]
    (certificate, *others) = accident.certificates or (None,)
    return (
        accident.residence != FOREIGN
        and max(days) <= today()
        and certificate is not None
        and not others
        and certificate.days is not None
        and certificate.days.first >= accident.day
        and all(each.verified or each.last is None for each in accident.spells)
        and all(_employs(employer, month, accident) for employer, month in accident.wages)
    )


def employer_of_all_days(accident: Accident) -> int | None:
    """Who employed the person on the day and on every day with wages, and may report the accident with these days."""
    days = (accident.day, *accident.worked_with_wages)
    own: dict[int, list[Spell]] = {}
    for spell in counted(accident):
        own.setdefault(spell.employer, []).append(spell)
    return next((each for each, spells in sorted(own.items()) if _cover(spells, days)), None)


def _cover(spells: Sequence[Spell], days: Sequence[date]) -> bool:
    return all(any(spell.covers(day) for spell in spells) for day in days)


def _employs(employer: int, month: Month, accident: Accident) -> bool:
    return any(each.employer == employer and each.touches(month) for each in accident.spells)


@dataclass
class Bringing:
    """The employers of all accidents, and the way in which their facts reach the platform."""

    client: Partner
    employers: dict[int, Employer] = field(default_factory=dict)

    async def bring(self, accidents: Sequence[Brought]) -> None:
        """People, employments and wages; the notices come afterwards."""
        story = Story(self.client)
        for number in sorted({spell.employer for each in accidents for spell in each.accident.spells}):
            self.employers[number] = Employer(f"KILANG {number} SDN BHD")
            await story.register_employer(self.employers[number])
        await _each(accidents, self._register)
        await self._declare(accidents)

    async def report(self, accidents: Sequence[Brought]) -> None:
        """The notice of each accident."""
        await _each(accidents, self._report)

    async def find(self, accidents: Sequence[Brought]) -> None:
        """What officers found of each, once its notice counts."""
        await _each(accidents, self._find)

    async def _register(self, brought: Brought) -> None:
        accident = brought.accident
        person = {
            "name": brought.name,
            "national_id": brought.identity,
            "born_on": accident.born.isoformat(),
            "residence": accident.residence,
        }
        brought.person = (await self._post("registration", "/v1/persons", json=person))["person"]
        for spell in accident.spells:
            await self._employ(brought, spell)

    async def _employ(self, brought: Brought, spell: Spell) -> None:
        employer = self.employers[spell.employer]
        body = {
            "person": brought.person,
            "national_id": brought.identity,
            "employer": employer.employer,
            "started_on": spell.first.isoformat(),
        }
        party = OFFICER if spell.verified else employer.party
        stated = await self._post("registration", "/v1/spells", party=party, json=body)
        if spell.last is not None:
            end = {"ended_on": spell.last.isoformat()}
            await self._post("registration", f"/v1/spells/{stated['spell']}/end", json=end)

    async def _declare(self, accidents: Sequence[Brought]) -> None:
        """A file for each employer and month: first without amounts, then with those that its faults expect."""
        files: dict[tuple[int, Month], list[tuple[Brought, Sen]]] = {}
        for each in accidents:
            for key, wage in each.accident.wages.items():
                files.setdefault(key, []).append((each, wage))
        for (number, month), lines in sorted(files.items(), key=lambda item: (item[0][0], str(item[0][1]))):
            amounts: list[dict[str, Any]] = [{} for _ in lines]
            for fault in await self._send(self.employers[number], month, lines, amounts):
                assert fault["code"] == "amount_differs", f"{month} of employer {number}: {fault}"
                amounts[int(fault["line"]) - 1][fault["field"]] = sen_from_ringgit(fault["expected"])
            if any(amounts):
                faults = await self._send(self.employers[number], month, lines, amounts)
                assert not faults, f"{month} of employer {number}: {faults[:3]}"

    async def _send(
        self,
        employer: Employer,
        month: Month,
        lines: Sequence[tuple[Brought, Sen]],
        amounts: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, str]]:
        rows = [
            replace(FileLine(employer.code, each.mykad, each.name, month, wage, 0, 0, 0, 0), **stated)
            for (each, wage), stated in zip(lines, amounts, strict=True)
        ]
        content, headers = render(rows), {"content-type": "text/plain"}
        sent = await self._post(
            "registration", "/v1/contribution-files", party=employer.party, content=content, headers=headers
        )
        path = f"/v1/contribution-files/{sent['file']}"

        async def state() -> Any:
            answer = await self.client.call("registration", "GET", path, party=employer.party)
            return answer.json()["state"] if answer.is_success else None

        await until(state, lambda found: found != "received", path)
        answer = await self.client.call("registration", "GET", f"{path}/errors", party=employer.party)
        return list(csv.DictReader(io.StringIO(answer.text)))

    async def _report(self, brought: Brought) -> None:
        employer = employer_of_all_days(brought.accident)
        if employer is not None:
            await self._send_notice(brought, self.employers[employer].party)
        elif not brought.accident.worked_with_wages:
            await self._send_notice(brought, HOSPITAL)
        else:
            await self._send_notice(brought, OFFICER, subject=PROPOSES)
            await confirm_notice(self.client, brought.claim, brought.person)

    async def _send_notice(self, brought: Brought, party: str, **more: str) -> None:
        accident, known = brought.accident, {"person": brought.person}
        (certificate,) = accident.certificates
        assert certificate.days is not None
        notice = {
            **({"national_id": brought.identity, "name": brought.name} if party == HOSPITAL else known),
            "happened_on": accident.day.isoformat(),
            "place": accident.circumstance,
            "interrupted": accident.interrupted_or_deviated,
            "outside_malaysia": accident.outside_malaysia,
            "certificate": {
                "first": certificate.days.first.isoformat(),
                "last": certificate.days.last.isoformat(),
                "issued_on": certificate.issued_on.isoformat(),
            },
            "wages_paid_for": [day.isoformat() for day in accident.worked_with_wages],
        }
        answer = await self._post("claims", "/v1/notices", party=party, json=notice, **more)
        brought.claim = answer["claim"]

    async def _find(self, brought: Brought) -> None:
        """One officer states what was found, another lets it count; of what nobody alleged nothing is stated."""
        for fact, member in _FINDINGS.items():
            found = getattr(brought.accident, member)
            if found is None or (found is False and member != "found"):
                continue
            body = {"finding": {"fact": fact, "found": "yes" if found else "no"}}
            path = f"/v1/claims/{brought.claim}/evidence"
            stated = await self._post("claims", path, subject=PROPOSES, json=body)
            await let_finding_count(self.client, brought.claim, stated["evidence"])

    async def _post(self, service: str, path: str, *, party: str = OFFICER, **content: Any) -> Any:
        answer = await self.client.call(service, "POST", path, party=party, **content)
        assert answer.is_success, f"{path} answered {answer.status_code}: {answer.text}"
        return answer.json()


async def _each(accidents: Sequence[Brought], do: Callable[[Brought], Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(brought: Brought) -> None:
        async with gate:
            await do(brought)

    await asyncio.gather(*(one(each) for each in accidents))
