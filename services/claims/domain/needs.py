"""What is asked of parties: what the house does not hold, of who can bring it, and only if it can change the answer.

Whether it can, nobody guesses: the questions of the event are asked again with each value that could come
(`Case.outcomes`). Where there are too many of these, the request says why it is made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias
from uuid import UUID

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import Records, ask_all
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import OFFICERS, Claim
from services.claims.domain.collectors.contributions import RESIGNED
from services.claims.domain.collectors.days import CERTIFICATES
from services.claims.domain.collectors.employments import months_that_would_count
from services.claims.domain.collectors.event import FOUND_BY_A_PERSON, LOOKED_AT
from services.claims.domain.collectors.loss import CHOICE
from services.claims.domain.doubts import EMPLOYER_WITHOUT_SPELL, ENDED_LATE, LATE_NOTICE
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import Item, Wanted
from services.claims.domain.facts import Certificate, Circumstances, Known, Spell, Statement
from services.claims.domain.relation import STATED_LATE
from services.claims.domain.standing import Standing, WaitsBecause
from shared.kernel.periods import Days
from shared.law.act4.invalidity.asked import EARLIER
from shared.law.act4.permanent_disablement.rules import Option
from shared.law.act4.temporary_disablement.asked import OVER_REVIEW_DAYS, RELAPSE
from shared.law.book import Book
from shared.law.errors import NotYetLaw

# It has no statement yet: what is supposed is stored nowhere.
_SUPPOSED = UUID(int=0)
_INVALIDITY = "invalidity"
_SAY_NOTHING = frozenset((EvidenceKind.DOCUMENT, EvidenceKind.WITHDRAWAL, EvidenceKind.APPROVAL))
# More contributions than any window holds.
_MANY = "600"

Said: TypeAlias = Mapping[str, tuple[object, ...]]
"""What each question answers, so far as it decides anything."""


@dataclass(frozen=True)
class Case:
    """A claim, all that is known of it, its answers as they stand, and the law that answers."""

    claim: Claim
    known: Known
    evidence: Standing
    stated: Sequence[Evidence]
    answers: Mapping[str, Answer]
    last: Records
    law: Book
    today: date

    @cached_property
    def present(self) -> Said:
        """What the law answers on what is known."""
        return self._said(self.known)

    def outcomes(self, question: str, supposed: Iterable[Known]) -> tuple[str, ...] | None:
        """What the question would answer with each of these, in words; None where none of them matters."""
        said = [self._said(each) for each in supposed]
        if not any(self._matters(each) for each in said):
            return None
        found = (str(each.get(question, ("not asked",))[0]) for each in said)
        return tuple(dict.fromkeys(found))

    def _matters(self, said: Said) -> bool:
        """Whether anybody would be owed otherwise than now: what waits for the fact and is refused with it is not."""
        for question, found in said.items():
            before = self.present.get(question, ())
            if found != before and not (before[:1] == _OPEN and found[:1] == _REFUSED):
                return True
        return False

    def question_for(self, reason: str) -> str | None:
        """The first question that waits for a person for this reason, or of which people look at it."""
        found = (name for name, each in self.answers.items() if reason in (_waits_for(each), *each.people_look_at))
        return next(found, None)

    def citation(self, question: str, party: str) -> str:
        """The Act and the sections by which a question is answered; to who never spoke of the claim the Act alone: an
        employer learns of no benefit that its employee applied for.
        """
        law = next(each.law for each in questions_of(self.claim.kind) if each.name == question)
        return law if party in (self.person, *self.parties) else law.partition(",")[0]

    @property
    def person(self) -> str:
        """The party that the person is, by the number of which it was stated."""
        return f"person:{self.claim.stated_of}"

    @property
    def parties(self) -> tuple[str, ...]:
        """Who reported the event, or states anything of it still, but for the organisation; a document says nothing."""
        said = (each for each in self.evidence.left_of(self.stated) if each.kind not in _SAY_NOTHING)
        stated = {each.tenant for each in said} | set(self.known.senders)
        return tuple(sorted(each for each in stated if not each.startswith(OFFICERS)))

    def _said(self, known: Known) -> Said:
        questions = questions_of(self.claim.kind)
        answers = ask_all(questions, known, self.last, self.law, self.today)
        return {name: _decides(each) for name, each in answers.items()}


def _waits_for(answer: Answer) -> str:
    return answer.reason if answer.state is QuestionState.OFFICER else ""


def _decides(answer: Answer) -> tuple[object, ...]:
    """Of what is refused not for which reason: it is owed in no case."""
    body: Mapping[str, Any] = {} if answer.record is None else answer.record.body
    if answer.state in (QuestionState.ENTITLED, QuestionState.FOUND):
        return answer.state.value, body.get("terms"), body.get("looks")
    return (answer.state.value,) if answer.state is QuestionState.REFUSED else (answer.state.value, answer.reason)


_OPEN, _REFUSED = (QuestionState.OFFICER.value,), (QuestionState.REFUSED.value,)


@dataclass(frozen=True)
class Need:
    """What is needed of whom: for which question, why, on which grounds, and the values that could come, as facts.

    ``supposed`` is None where there are too many to ask with.
    """

    item: Item
    question: str
    why: str
    parties: tuple[str, ...]
    grounds: tuple[str, ...] = ()
    supposed: tuple[Known, ...] | None = None


def wanted(case: Case) -> list[Wanted]:
    """What would be asked of parties now."""
    if any(each.awaits for each in case.answers.values()):
        # What is on its way is waited for first.
        return []
    return [each for find in _FINDERS for need in find(case) for each in _of(need, case)]


def _of(need: Need, case: Case) -> Iterator[Wanted]:
    outcomes = () if need.supposed is None else case.outcomes(need.question, need.supposed)
    if outcomes is None:
        return
    is_dead = case.known.died_on is not None
    for party in (each for each in dict.fromkeys(need.parties) if not (is_dead and each == case.person)):
        law = case.citation(need.question, party)
        yield Wanted(party, need.item, need.question, need.why, law, outcomes, need.grounds)


def _days_with_wages(case: Case) -> Iterator[Need]:
    """Of an employer of the day that has said nothing of the claim: for which certified days it paid wages."""
    question = next((name for name, each in case.answers.items() if _pays_days(each)), None)
    certified = _certified(case.known)
    silent = tuple(each for each in _employers(case.known.spells_on_the_day) if each not in case.parties)
    if question is None or not certified or not silent:
        return
    all_paid = replace(case.known, worked_with_wages=tuple(sorted({day for days in certified for day in days})))
    yield Need(Item.DAYS_WITH_WAGES, question, "days_with_wages_not_stated", silent, supposed=(all_paid,))


def _pays_days(answer: Answer) -> bool:
    if answer.state is not QuestionState.ENTITLED or answer.record is None:
        return False
    return any(term["per"] == "day" and "last" in term for term in answer.record.body["terms"])


def _certified(known: Known) -> list[Days]:
    return [each.days for each in known.certificates if each.days is not None]


def _doctor(case: Case) -> Iterator[Need]:
    """Of who certified itself unfit: a doctor's certificate."""
    of_days = (each.name for each in questions_of(case.claim.kind) if CERTIFICATES.fact in each.by_fact)
    question = next((name for name in of_days if name in case.answers), None)
    own = case.evidence.only_of_oneself
    if question is None or not own:
        return
    issued = (Certificate(_SUPPOSED, each.first, each) for each in own)
    certified = replace(case.known, certificates=(*case.known.certificates, *issued))
    grounds = tuple(f"{each.first} {each.last}" for each in own)
    why = f"certified_{WaitsBecause.OF_ONESELF.value}"
    yield Need(Item.MEDICAL_CERTIFICATE, question, why, (case.person,), grounds, (certified,))


def _circumstances(case: Case) -> Iterator[Need]:
    """Of all who stated the circumstances, where they contradict: what proves them."""
    waits = {each.evidence for each in case.evidence.pieces if each.because is WaitsBecause.CONTRADICTS}
    contradicting = [each for each in case.stated if each.id in waits and each.kind is EvidenceKind.CIRCUMSTANCES]
    if not contradicting:
        return
    stated_by = {each.tenant for each in case.stated if each.kind is EvidenceKind.CIRCUMSTANCES}
    parties = tuple(sorted(each for each in stated_by if not each.startswith(OFFICERS)))
    supposed = tuple(replace(case.known, circumstances=_as_stated(each)) for each in contradicting)
    grounds = tuple(str(each.id) for each in contradicting)
    question = next(iter(case.answers))
    yield Need(Item.PROOF_OF_CIRCUMSTANCES, question, "circumstances_contradict", parties, grounds, supposed)


def _as_stated(each: Evidence) -> Circumstances:
    place, stated = str(each.stated["place"]), each.stated
    return Circumstances(place, bool(stated.get("interrupted")), bool(stated.get("outside_malaysia")), each.id)


def _activity(case: Case) -> Iterator[Need]:
    """Of the employers of the day: what the activity was, where the law leaves it open (s.23)."""
    why = "whether_the_circumstance_is_covered_is_settled"
    question, employers = case.question_for(why), _employers(case.known.spells_on_the_day)
    if question is not None:
        supposed = tuple(_found(case.known, FOUND_BY_A_PERSON.fact, each) for each in ("yes", "no"))
        yield Need(Item.PROOF_OF_ACTIVITY, question, why, employers, supposed=supposed)


def _employment(case: Case) -> Iterator[Need]:
    """Of the employer and the person: that there was an employment on the day, or that it had not ended."""
    known = case.known
    doubted: Mapping[str, tuple[Spell, ...]] = {
        STATED_LATE: tuple(each for each in known.late_spells if each.covers(known.happened_on)),
        ENDED_LATE: tuple(each for each in known.counted_spells if each.ended_late_for(known.happened_on)),
    }
    for why, spells in doubted.items():
        question = case.question_for(why)
        if question is not None and spells:
            grounds, parties = tuple(str(each.id) for each in spells), (*_employers(spells), case.person)
            yield Need(Item.PROOF_OF_EMPLOYMENT, question, why, parties, grounds, (_with_spells(known, spells),))
    question, employer = case.question_for(EMPLOYER_WITHOUT_SPELL), case.claim.employer
    if question is not None and employer is not None:
        parties = (f"employer:{employer}", case.person)
        yield Need(Item.PROOF_OF_EMPLOYMENT, question, EMPLOYER_WITHOUT_SPELL, parties)


def _with_spells(known: Known, spells: Sequence[Spell]) -> Known:
    """The same, were these employments verified, and gone on on the day."""
    sure = {each.id: replace(each, verified=True, last=None, end_stated_on=None) for each in spells}
    return replace(known, spells=tuple(sure.get(each.id, each) for each in known.spells))


def _end_of_employment(case: Case) -> Iterator[Need]:
    """Of the employer and the person: when an employment ended that goes on since before the notice (s.19)."""
    why = "the_employment_has_ended"
    question = case.question_for(why)
    if question is not None:
        open_ = [each for each in case.known.of_notice().spells_on_the_day if each.last is None]
        resigned = _found(case.known, RESIGNED, case.known.received_on.isoformat())
        parties = (*_employers(open_), case.person)
        yield Need(Item.END_OF_EMPLOYMENT, question, why, parties, supposed=(resigned,))


def _wages(case: Case) -> Iterator[Need]:
    """Of an employer of a month that would rate the benefit, and of which no wages are posted."""
    why = "no_wage_month"
    question = case.question_for(why)
    if question is None:
        return
    missing = list(_months_without_line(case))
    if missing:
        parties, grounds = _employers(each for each, _ in missing), tuple(sorted({month for _, month in missing}))
        yield Need(Item.WAGES_OF_MONTHS, question, why, parties, grounds)


def _months_without_line(case: Case) -> Iterator[tuple[Spell, str]]:
    about = case.known.of_cause()
    try:
        months = months_that_would_count(about, case.law.on(about.happened_on, case.today))
    except NotYetLaw:
        return
    posted = {(each.employer, each.month) for each in about.lines}
    for spell in about.counted_spells:
        of_spell = (month for month in months if spell.touches(month) and (spell.employer, month) not in posted)
        yield from ((spell, str(month)) for month in of_spell)


def _earlier_contributions(case: Case) -> Iterator[Need]:
    """Of the person: how much was contributed before the lines of contributions begin."""
    why = "contributions_of_before_2013_are_known_or_do_not_matter"
    question = case.question_for(why)
    if question is not None:
        supposed = tuple(_found(case.known, EARLIER, each) for each in ("0", _MANY))
        yield Need(Item.EARLIER_CONTRIBUTIONS, question, why, (case.person,), supposed=supposed)


def _grounds(case: Case) -> Iterator[Need]:
    """Of who sent the notice: why it comes so late."""
    question = case.question_for(LATE_NOTICE)
    if question is not None and not case.claim.by_officer:
        yield Need(Item.GROUNDS_OF_LATE_NOTICE, question, LATE_NOTICE, (case.claim.tenant,))


def _application(case: Case) -> Iterator[Need]:
    """Of the person: to apply for the benefit of a permanent loss, and in which form."""
    why = "application_awaited"
    question = case.question_for(why)
    if question is not None:
        day = case.today.isoformat()
        chosen = ({"option": each.value, "applied_on": day, "chosen_on": day} for each in Option)
        supposed = tuple(_stated(case.known, CHOICE, each) for each in chosen)
        yield Need(Item.APPLICATION, question, why, (case.person,), supposed=supposed)


def _of_death(case: Case) -> Iterator[Need]:
    """Of people who reported the death: who is left behind, and what burying the person cost."""
    people = tuple(each for each in case.parties if each.startswith("person:") and each != case.person)
    for why, item in (
        ("dependants_to_be_stated", Item.PROOF_OF_DEPENDANTS),
        ("funeral_claimants_to_be_stated", Item.FUNERAL_COST),
    ):
        question = case.question_for(why)
        if question is not None and people:
            yield Need(item, question, why, people)


def _medical_report(case: Case) -> Iterator[Need]:
    """Of who certified what is looked at, and of an invalidity before a board has met: what the doctor found."""
    known, board = case.known, case.question_for("medical_board_to_certify")
    if board is not None:
        certified = ({"certified": "yes", "earning_capacity": "0"}, {"certified": "no", "earning_capacity": "100"})
        supposed = tuple(_stated(known, _INVALIDITY, each) for each in certified)
        hospitals = tuple(each for each in case.parties if each.startswith("hospital:"))
        parties = hospitals or (case.person,)
        yield Need(Item.MEDICAL_REPORT, board, "medical_board_to_certify", parties, supposed=supposed)
    certifying = {each.tenant for each in case.stated if each.is_certificate and not each.by_officer}
    looked_at = _found(known, LOOKED_AT.fact, date.max.isoformat())
    looks: Mapping[str, tuple[Known, ...] | None] = {OVER_REVIEW_DAYS: (looked_at,), RELAPSE: None}
    for why, supposed_if in looks.items():
        question = case.question_for(why)
        if question is not None and certifying:
            yield Need(Item.MEDICAL_REPORT, question, why, tuple(sorted(certifying)), (why,), supposed_if)


def _found(known: Known, fact: str, found: str) -> Known:
    """The same, had officers found it so."""
    finding = Statement("finding", {"fact": fact, "found": found}, _SUPPOSED, known.known_to)
    return replace(known, findings={**known.findings, fact: finding})


def _stated(known: Known, kind: str, members: Mapping[str, str]) -> Known:
    """The same, had it been stated and let count."""
    stated = Statement(kind, members, _SUPPOSED, known.known_to)
    return replace(known, statements={**known.statements, kind: (*known.statements.get(kind, ()), stated)})


def _employers(spells: Iterable[Spell]) -> tuple[str, ...]:
    return tuple(sorted({f"employer:{each.employer}" for each in spells}))


_FINDERS: tuple[Callable[[Case], Iterator[Need]], ...] = (
    _days_with_wages,
    _doctor,
    _circumstances,
    _activity,
    _employment,
    _end_of_employment,
    _wages,
    _earlier_contributions,
    _grounds,
    _application,
    _of_death,
    _medical_report,
)
