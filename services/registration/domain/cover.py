"""Who is covered against what on a day, as it was known at an instant: decided by the statute book, from facts by id.

Months are covered whole as far as the employment goes; nationality counts that holds at the month's end, as for
contributions. What nobody has registered (a kind of work that was not stated, passport and pass) is taken as the
determinations of the book take it by default, and said so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Self

from services.registration.domain.membership import FOREIGN, Employed, Residing
from services.registration.domain.skbbk import Standing, Statement, status_in
from services.registration.domain.work import NOT_STATED, Work
from shared.kernel.clock import business_day
from shared.kernel.funds import Fund
from shared.kernel.periods import Month
from shared.law.book import Book, LawOn
from shared.law.decision import DecisionRecord
from shared.law.determination import determination, determine, explained
from shared.law.errors import NO_ANSWER, NotYetLaw
from shared.law.explanation import Language
from shared.law.fact_types import Written

_GRANTED, _OUT = "covered", "out"
EMPLOYMENT_STATED_LATER, PARTICIPATION_STATED_LATER = "employment_stated_later", "participation_stated_later"
AFTER_DEATH = "after_death"
PASS_ENDED = "pass_ended"  # noqa: S105 - a foreign worker's pass
# What the determinations take for granted: of work whose kind nobody stated, and of a foreign worker's papers.
_NOT_STATED = ("kind of work", "spouse of the employer")
_PAPERS = "passport and pass valid"
ASSUMED = (*_NOT_STATED, _PAPERS)
_ACT4, _CATEGORY, _SKBBK, _ACT800 = "act4 cover", "act4 category", "act4 skbbk participation", "act800 cover"
_CONTINGENCIES = {
    Fund.EMPLOYMENT_INJURY: "employment injury",
    Fund.INVALIDITY: "invalidity",
    Fund.NON_EMPLOYMENT_INJURY: "non employment injury",
}


class CoverReason(StrEnum):
    """Why somebody is covered by a scheme, or is not."""

    COVERED = "covered"
    NOTHING_KNOWN = "nothing_known"
    NO_EMPLOYMENT = "no_employment"
    KIND_OF_WORK_EXCLUDED = "kind_of_work_excluded"
    SPOUSE_OF_EMPLOYER = "spouse_of_employer"
    CLOSED_TO_FOREIGN_WORKERS = "closed_to_foreign_workers"
    PAPERS_NOT_VALID = "papers_not_valid"
    NOT_IN_CATEGORY = "not_in_category"
    RELEASED = "released"
    UNDER_MINIMUM_AGE = "under_minimum_age"
    OVER_MAXIMUM_AGE = "over_maximum_age"
    FIRST_LIABLE_TOO_LATE = "first_liable_too_late"
    NOT_YET_LAW = "not_yet_law"
    NO_LONGER_LAW = "no_longer_law"


# The tests of the book that are not met, by their codes; what else it answers has the code of its own.
_REASONS = {
    "works_under_a_contract_of_service": CoverReason.NO_EMPLOYMENT,
    "kind_of_work_is_not_excluded": CoverReason.KIND_OF_WORK_EXCLUDED,
    "intern_is_paid_more_than_the_limit": CoverReason.KIND_OF_WORK_EXCLUDED,
    "domestic_workers_are_covered": CoverReason.KIND_OF_WORK_EXCLUDED,
    "private_policy_does_not_exempt": CoverReason.KIND_OF_WORK_EXCLUDED,
    "employer_may_employ_a_foreign_domestic_worker": CoverReason.KIND_OF_WORK_EXCLUDED,
    "employer_s_spouse_can_be_an_employee": CoverReason.SPOUSE_OF_EMPLOYER,
    "not_the_employer_s_spouse": CoverReason.SPOUSE_OF_EMPLOYER,
    "foreign_workers_are_covered": CoverReason.CLOSED_TO_FOREIGN_WORKERS,
    "citizen_or_permanent_resident": CoverReason.CLOSED_TO_FOREIGN_WORKERS,
    "passport_and_pass_are_valid": CoverReason.PAPERS_NOT_VALID,
    "has_reached_the_minimum_age": CoverReason.UNDER_MINIMUM_AGE,
    "is_under_the_maximum_age": CoverReason.OVER_MAXIMUM_AGE,
    "was_first_liable_before_the_age_limit": CoverReason.FIRST_LIABLE_TOO_LATE,
    "": CoverReason.COVERED,
}


class FactKind(StrEnum):
    """What cover rests on."""

    BIRTH = "birth"
    RESIDENCE = "residence"
    SPELL = "spell"
    STATEMENT = "statement"
    CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True)
class CoverFact:
    """A fact by its id: when it was recorded, and by which kind of party. `first` and `last` are its days.

    `says` is the birth, the residence, the kind of a spell's work, or what was stated of SKBBK; `employer` is that of a
    spell or a contribution. Only of a spell: `verified` and `refused` are an officer's word, `stated_on` is the day of
    the first statement, `work` its kind of work.
    """

    kind: FactKind
    id: str
    recorded_at: datetime
    source: str
    says: str | None = None
    first: date | None = None
    last: date | None = None
    employer: int | None = None
    verified: bool | None = None
    refused: bool = False
    stated_on: date | None = None
    work: Work = NOT_STATED

    def holds_on(self, day: date) -> bool:
        """Whether a day is among its days."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class KnownOfCover:
    """All that is known of a person, as far as the asker may see it: `facts` by id.

    `employed`: days with every employer, also those that the asker may not see, since category and participation rest
    on them: those of work that Act 4 has; `worked` are all of them, with the kind of work. `own_only`: an employer
    asks, and is told the cover of its own spells. `statements`: of every party.
    """

    born_on: date | None
    residence: str | None
    employed: tuple[Employed, ...]
    statements: tuple[Statement, ...]
    facts: tuple[CoverFact, ...]
    own_only: bool = False
    died_on: date | None = None
    worked: tuple[tuple[Employed, Work], ...] | None = None
    pass_ended_on: date | None = None

    @property
    def all_work(self) -> tuple[tuple[Employed, Work], ...]:
        """Every employment with its kind of work, also of work that the law leaves out."""
        return tuple((days, Work()) for days in self.employed) if self.worked is None else self.worked

    def work_on(self, day: date) -> list[Work]:
        """The kinds of work that the person does on a day, for the asker where only its own spells count."""
        if not self.own_only:
            return [work for days, work in self.all_work if days.first <= day <= (days.last or day)]
        spells = (fact for fact in self.facts if fact.kind is FactKind.SPELL and not fact.refused)
        return [spell.work for spell in spells if spell.holds_on(day)]

    @property
    def standing(self) -> Standing:
        """What taking part in SKBBK rests on."""
        residences = () if self.residence is None else (Residing(self.residence, None, None),)
        return Standing(self.employed, residences, self.statements)

    @property
    def is_foreign(self) -> bool:
        """Whether the person is neither citizen nor permanent resident."""
        return self.residence == FOREIGN


@dataclass(frozen=True)
class Answer:
    """What the book answered, with what is read out of the record once, however many schemes rest on it."""

    record: DecisionRecord

    @property
    def outcome(self) -> str:
        """Covered, refused by a test, or without an answer."""
        outcome: str = self.record.body["outcome"]
        return outcome

    @cached_property
    def law(self) -> frozenset[str]:
        """Acts and sections that it cites: of figures, tests and amounts."""
        body = self.record.body
        cited = {figure["law"] for figure in body["figures"]}
        return frozenset(cited.union(*(step["law"] for part in ("tests", "amounts") for step in body[part])))

    @cached_property
    def figures(self) -> frozenset[tuple[str, str, str]]:
        """The entries of the book that it read: figure, in force, known."""
        return frozenset((each["figure"], each["in_force"], each["known"]) for each in self.record.body["figures"])

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules that ran, with their versions."""
        return frozenset(f"{name} {version}" for name, version in self.record.body["rules"].items())

    def amount(self, name: str) -> Any:
        """What it arrived at under a name; None where it did not."""
        return next((each["value"] for each in self.record.body["amounts"] if each["name"] == name), None)

    def steps(self, language: Language) -> list[str]:
        """Its lines."""
        if language not in self._steps:
            self._steps[language] = explained(self.record, language)
        return self._steps[language]

    @cached_property
    def _steps(self) -> dict[Language, list[str]]:
        return {}


@dataclass(frozen=True, slots=True)
class SchemeCover:
    """One scheme: covered, not covered, or None where the book has no answer; why, as a code; the answers behind it."""

    fund: Fund
    covered: bool | None
    reason: CoverReason
    answers: tuple[Answer, ...] = ()

    @property
    def law(self) -> list[str]:
        """Acts and sections that the answers cite."""
        return sorted({each for answer in self.answers for each in answer.law})


@dataclass(frozen=True, slots=True)
class Cover:
    """A person's cover on a day: category, participation and phase of SKBBK, and each scheme by its fund.

    `doubts` are codes of what a person of the organisation would look at: a death before, and decisions 32 and 35.
    """

    at: date
    category: str | None
    participation: str | None
    phase: int | None
    schemes: tuple[SchemeCover, ...]
    facts: tuple[CoverFact, ...]
    doubts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def of(self, fund: Fund) -> SchemeCover:
        """The cover by one fund."""
        return next(scheme for scheme in self.schemes if scheme.fund is fund)

    def of_nobody(self) -> Self:
        """The same answer as of who is not registered."""
        return replace(self, category=None, participation=None, schemes=_NOTHING_KNOWN, facts=(), doubts=(), assumed=())


def cover_on(day: date, known: KnownOfCover, law: LawOn) -> Cover:
    """Decide every scheme for a day; `law` is that of the day, as known when the facts were."""
    if known.born_on is None or not known.all_work:
        return Cover(day, None, None, _phase(law), _NOTHING_KNOWN, known.facts)
    asked = _Asked(day, known, law)
    category = asked.category
    return Cover(
        day,
        None if category is None else category.amount("category"),
        asked.participation,
        _phase(law),
        (*(asked.under_act4(fund) for fund in _CONTINGENCIES), asked.under_act800()),
        known.facts,
        (
            *_death_doubts(day, known),
            *_employment_doubts(day, known),
            *_participation_doubts(day, known, asked.participation, law),
            *_pass_doubts(day, known),
        ),
        asked.assumed,
    )


_FUNDS = (*_CONTINGENCIES, Fund.EMPLOYMENT_INSURANCE)
_NOTHING_KNOWN = tuple(SchemeCover(fund, False, CoverReason.NOTHING_KNOWN) for fund in _FUNDS)


class _Asked:
    """The determinations of the book, each asked once."""

    def __init__(self, day: date, known: KnownOfCover, law: LawOn) -> None:
        self._law, self._known = law, known
        self._works = known.work_on(day)
        foreign = "yes" if known.is_foreign else "no"
        of_person = {
            "born": _written(known.born_on),
            "first liable": _written(_first_liable(known)),
            "foreign": foreign,
        }
        of_person = {name: value for name, value in of_person.items() if value}
        self._work = self._ask_of_work(_ACT4, Work.as_act4_asks, {"foreign": foreign})
        self._insurance = self._ask_of_work(_ACT800, Work.as_act800_asks, of_person if self._works else {})
        works = self._work.outcome == _GRANTED
        self.category = self._ask(_CATEGORY, of_person) if works else None
        self._skbbk = self._ask(_SKBBK, self._choices(foreign)) if works else None

    @property
    def assumed(self) -> tuple[str, ...]:
        """What nobody has registered."""
        return ASSUMED if not self._works or any(work.kind is None for work in self._works) else (_PAPERS,)

    @property
    def participation(self) -> str | None:
        """The status of SKBBK in the month: mandatory, by_default, by_choice or out."""
        status = None if self._skbbk is None else self._skbbk.amount("status")
        return None if status is None else status.replace("in ", "").replace(" ", "_")

    def under_act4(self, fund: Fund) -> SchemeCover:
        """By work and category, and for SKBBK by taking part."""
        if self.category is None:
            return _by(fund, self._work)
        decided: tuple[Answer, ...] = (self._work, self.category)
        if self.category.outcome != _GRANTED:
            return _by(fund, self.category, decided)
        if not self.category.amount(_CONTINGENCIES[fund]):
            return SchemeCover(fund, False, self._why_not(fund), decided)
        if fund is not Fund.NON_EMPLOYMENT_INJURY or self._skbbk is None:
            return SchemeCover(fund, True, CoverReason.COVERED, decided)
        decided = (*decided, self._skbbk)
        if self._skbbk.outcome == NO_ANSWER:
            return _by(fund, self._skbbk, decided)
        takes_part = bool(self._skbbk.amount("takes part"))
        return SchemeCover(fund, takes_part, CoverReason.COVERED if takes_part else CoverReason.RELEASED, decided)

    def under_act800(self) -> SchemeCover:
        """By the First Schedule."""
        return _by(Fund.EMPLOYMENT_INSURANCE, self._insurance)

    def _why_not(self, fund: Fund) -> CoverReason:
        """Why the category does not cover something."""
        if fund is Fund.NON_EMPLOYMENT_INJURY and _phase(self._law) is None:
            return CoverReason.NOT_YET_LAW
        is_open = self._known.is_foreign and self.category is not None and self.category.amount("category") == "first"
        return CoverReason.CLOSED_TO_FOREIGN_WORKERS if is_open else CoverReason.NOT_IN_CATEGORY

    def _choices(self, foreign: str) -> Mapping[str, Written]:
        standing, stated = self._known.standing, {"foreign": foreign}
        if standing.released_on is not None:
            stated["released on"] = standing.released_on.isoformat()
            employed_from = standing.employed_from(standing.released_on, self._law)
            if employed_from is not None:
                stated["employed from"] = employed_from.isoformat()
        if standing.came_back_on is not None:
            stated["came back on"] = standing.came_back_on.isoformat()
        return stated

    def _ask_of_work(
        self, name: str, stated: Callable[[Work], Mapping[str, Written]], of_person: Mapping[str, Written]
    ) -> Answer:
        """Of each kind of work that is done on the day: one that is covered is enough."""
        if not self._works:
            return self._ask(name, {"contract of service": "no", **of_person})
        asked = [self._ask(name, {"contract of service": "yes", **of_person, **stated(each)}) for each in self._works]
        return next((answer for answer in asked if answer.outcome == _GRANTED), asked[0])

    def _ask(self, name: str, stated: Mapping[str, Written]) -> Answer:
        answered = _answered if "born" in stated else _answered_alike
        return answered(name, tuple(stated.items()), self._law.book, self._law.in_force, self._law.known)


def _answered(
    name: str, stated: tuple[tuple[str, Written], ...], law_book: Book, in_force: date, known: date
) -> Answer:
    return Answer(determine(determination(name), dict(stated), law_book.on(in_force, known)))


# What is asked of thousands alike, such as whether Act 4 covers who works, is answered once; an answer is only read.
# What rests on a birth is asked of nobody else: it would only push out the others, and be looked through for garbage.
_answered_alike = lru_cache(maxsize=1_024)(_answered)


def _by(fund: Fund, answer: Answer, answers: tuple[Answer, ...] | None = None) -> SchemeCover:
    """What one answer says: covered, refused by a test, or nothing."""
    covered = None if answer.outcome == NO_ANSWER else answer.outcome == _GRANTED
    code = answer.record.body["reason"]
    return SchemeCover(fund, covered, _REASONS.get(code) or CoverReason(code), answers or (answer,))


def _first_liable(known: KnownOfCover) -> date | None:
    """The first day of work that Act 4 has with anybody; a birth that was corrected since may lie behind it."""
    first = min((spell.first for spell in known.employed), default=None)
    if first is None:
        return None
    return first if known.born_on is None else max(first, known.born_on)


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _phase(law: LawOn) -> int | None:
    try:
        return law.book.on(law.in_force, law.known).count("act4.skbbk.phase")
    except NotYetLaw:
        return None


def _death_doubts(day: date, known: KnownOfCover) -> Iterator[str]:
    """That an employment goes on, or was stated, after the day of death that a register stated."""
    if known.died_on is not None and known.died_on < day and known.work_on(day):
        yield AFTER_DEATH


def _employment_doubts(day: date, known: KnownOfCover) -> Iterator[str]:
    """That every employment of the day was stated after it, by an employer alone (decision 32)."""
    spells = [fact for fact in known.facts if fact.kind is FactKind.SPELL and fact.holds_on(day) and not fact.refused]
    late = [spell for spell in spells if not spell.verified and spell.stated_on is not None and spell.stated_on > day]
    if spells and len(late) == len(spells):
        yield EMPLOYMENT_STATED_LATER


def _participation_doubts(day: date, known: KnownOfCover, found: str | None, law: LawOn) -> Iterator[str]:
    """That without what was stated on the day or later the person would take part otherwise (decision 35)."""
    late = [each for each in known.statements if each.stated_at is not None and business_day(each.stated_at) >= day]
    if found is None or not late:
        return
    before = replace(known, statements=tuple(each for each in known.statements if each not in late)).standing
    if (status_in(Month.of(day), before, law) == _OUT) != (found == _OUT):
        yield PARTICIPATION_STATED_LATER


def _pass_doubts(day: date, known: KnownOfCover) -> Iterator[str]:
    """That the pass of a foreign worker ended before the day, and no two officers have said that it was renewed."""
    ended_on = known.pass_ended_on
    if known.is_foreign and ended_on is not None and ended_on < day and known.work_on(day):
        yield PASS_ENDED
