"""Asks the statute book for temporary disablement benefit: the facts with their sources, and what the answer says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.claims.domain.facts import Certificate, InjuryFacts, Revisions, Spell, WageMonth
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, count_days, joined
from shared.law.act4.cover.asked import NOT_INSURED
from shared.law.act4.temporary_disablement.asked import OVER_REVIEW_DAYS, RELAPSE
from shared.law.act4.wage_base.employments import Spell as SpellStated
from shared.law.act4.wage_base.employments import WithEmployer, months_read
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import determination, determine
from shared.law.fact_types import Written

QUESTION = "act4 temporary disablement"
ENTITLED, REFUSED = "entitled", "refused"
PUBLISHED = frozenset(("person", "spell", "membership", "wage"))
# Certified days that are kept for a person to look at: no other claim is given them meanwhile.
KEPT = (OVER_REVIEW_DAYS, RELAPSE)


@dataclass(frozen=True)
class Assessment:
    """A decision: its record, and what `claim.assessed` states of it. ``periods`` is empty when refused.

    ``looks``: why a person looks at something that is kept out of it, while the rest stands. ``waiting``: the certified
    days among what is kept out that no other claim has.
    """

    record: DecisionRecord
    entitled: bool
    daily_rate: Sen
    periods: tuple[Days, ...]
    provisional: bool
    reason: str
    law: str
    looks: tuple[str, ...] = ()
    waiting: tuple[Days, ...] = ()

    @property
    def amount(self) -> Sen:
        """The whole entitlement in sen: payable days × daily rate."""
        return count_days(self.periods) * self.daily_rate

    @property
    def is_answered(self) -> bool:
        """Whether the law has an answer; ``reason`` says why it has none."""
        return self.entitled or self.record.body["outcome"] == REFUSED


@dataclass(frozen=True)
class Stated:
    """A fact as it is written, and what stated it."""

    written: Written
    sources: tuple[Source, ...] = ()


def is_covered(facts: InjuryFacts) -> bool:
    """Whether anything known speaks for cover on the day; a refusal for lack of it waits until nothing is missing."""
    return bool(facts.spells_on_the_day) and facts.category is not None


def knows_less(known: Revisions, last: DecisionRecord | None) -> bool:
    """Whether something of another service that the last decision rested on is not known now.

    Facts never vanish: then a projection is being rebuilt, and deciding on less would undo what was right. What is
    known counts, not what would be asked for: a month may be superseded by a newer one, or corrected to no wages.
    """
    if last is None:
        return False
    rested_on = [source for fact in last.body["facts"] for source in fact["sources"] if source["kind"] in PUBLISHED]
    return any(known.get((each["kind"], str(each["id"])), -1) < each["revision"] for each in rested_on)


def assess(facts: InjuryFacts, law: LawOn, decided_on: date) -> Assessment:
    """Have the law decide on what is known."""
    stated = facts_stated(facts, law)
    record = determine(
        determination(QUESTION),
        {name: each.written for name, each in stated.items()},
        # What was read to gather the facts is not what the decision rests on.
        law.book.on(law.in_force, law.known),
        sources={name: each.sources for name, each in stated.items()},
        decided_on=decided_on,
        facts_known_to=facts.known_to,
    )
    return assessment_of(record)


def assessment_of(record: DecisionRecord) -> Assessment:
    """What a record says of the entitlement."""
    body = record.body
    if body["outcome"] != ENTITLED:
        unmet = next((test for test in body["tests"] if not test["met"]), None)
        return Assessment(record, False, 0, (), False, body["reason"], ", ".join(unmet["law"]) if unmet else "")
    rates = {amount["name"]: amount["value"] for amount in body["amounts"]}
    return Assessment(
        record,
        entitled=True,
        daily_rate=rates["daily rate"],
        periods=tuple(map(_days, body["terms"])),
        provisional=body["provisional"],
        reason="",
        law=determination(QUESTION).law,
        looks=tuple(look["code"] for look in body["looks"]),
        waiting=joined(_days(each) for look in body["looks"] if look["code"] in KEPT for each in look["days"]),
    )


def facts_stated(facts: InjuryFacts, law: LawOn) -> dict[str, Stated]:
    """Every fact of the question that the platform knows."""
    on_the_day = facts.spells_on_the_day
    memberships = [each for each in facts.memberships if each.scheme == "act4"]
    person = Source("person", facts.person, facts.person_revision)
    # Up to when all that could speak for the person had arrived.
    until = facts.watermarks.get("registration")
    absence = [] if until is None else [Source("watermark", f"registration {until.isoformat()}", 0)]
    return {
        "accident": Stated(facts.happened_on.isoformat()),
        "certificates": Stated(
            [_certificate(each) for each in _in_order(facts.certificates)],
            tuple(Source("certificate", str(each.id), 1) for each in _in_order(facts.certificates)),
        ),
        "worked with wages": Stated([day.isoformat() for day in facts.worked_with_wages]),
        "days of another claim": Stated(
            [_run(days.first, days.last) for held in facts.held for days in held.days],
            tuple(Source("claim", str(held.claim), held.revision) for held in facts.held),
        ),
        "looked at": Stated("no"),
        "employments": employments_stated(facts, law),
        "contract of service": Stated(
            _yes_no(bool(on_the_day)),
            (person, *map(_source, on_the_day or facts.spells), *([] if on_the_day else absence)),
        ),
        "category": Stated(
            facts.category or NOT_INSURED,
            (
                *(Source("membership", each.scheme, each.revision) for each in memberships[:1]),
                *([] if facts.category else absence),
            ),
        ),
        "employment injury": Stated("yes"),
    }


def employments_stated(facts: InjuryFacts, law: LawOn) -> Stated:
    """The employments with the wages of the months that rate the benefit, or would if another line arrived."""
    months = set(months_that_would_count(facts, law))
    wages = [each for each in facts.wages if each.month in months]
    employers = sorted({each.employer for each in wages} | {each.employer for each in facts.spells})
    written: list[Written] = [
        {
            "employer": str(employer),
            "spells": [_spell(each, facts.happened_on) for each in facts.spells if each.employer == employer],
            "wages": _by_month([each for each in wages if each.employer == employer]),
        }
        for employer in employers
    ]
    lines = {each.id: Source("wage", each.id, each.revision) for each in wages}
    return Stated(written, (*map(_source, facts.spells), *lines.values()))


def months_that_would_count(facts: InjuryFacts, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first."""
    employers = []
    for employer in {each.employer for each in facts.spells}:
        spells = [
            SpellStated(each.first, each.last, each.counts_for(facts.happened_on))
            for each in facts.spells
            if each.employer == employer
        ]
        wages = {each.month: (each.wage,) for each in facts.wages if each.employer == employer}
        employers.append(WithEmployer(spells, wages))
    return months_read(employers, facts.happened_on, law)


def _by_month(wages: Sequence[WageMonth]) -> Written:
    """The amounts of each month: several lines of one month are told apart."""
    paid: dict[str, list[Written]] = {}
    for each in wages:
        paid.setdefault(str(each.month), []).append(_ringgit(each.wage))
    return dict(paid)


def _in_order(certificates: Sequence[Certificate]) -> list[Certificate]:
    return sorted(certificates, key=lambda each: (each.issued_on, each.fit_from is not None, each.id))


def _certificate(certificate: Certificate) -> Written:
    written: dict[str, Written] = {"issued on": certificate.issued_on.isoformat()}
    if certificate.days is not None:
        written["certified"] = _run(certificate.days.first, certificate.days.last)
    if certificate.fit_from is not None:
        written["fit from"] = certificate.fit_from.isoformat()
    return written


def _spell(spell: Spell, event: date) -> Written:
    written: dict[str, Written] = {"from": spell.first.isoformat()}
    if spell.last is not None:
        written["to"] = spell.last.isoformat()
    return written if spell.counts_for(event) else written | {"counts": "no"}


def _source(spell: Spell) -> Source:
    return Source("spell", str(spell.id), spell.revision)


def _run(first: date, last: date) -> str:
    return f"{first.isoformat()} to {last.isoformat()}"


def _ringgit(amount: Sen) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _days(part: Mapping[str, Any]) -> Days:
    return Days(date.fromisoformat(part["first"]), date.fromisoformat(part["last"]))
