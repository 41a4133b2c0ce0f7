"""The catalogue: for each kind of event, which questions are asked of the statute book, and what supplies their facts.

A new kind of benefit begins here. The order of the questions is that in which they are asked: one whose fact is the
answer to another comes after it.
"""

from collections.abc import Collection, Mapping, Sequence

from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors import (
    attendance,
    contributions,
    coordination,
    cover,
    days,
    death,
    education,
    event,
    findings,
    loss,
    repatriation,
)
from services.claims.domain.collectors.employments import EMPLOYMENTS
from services.claims.domain.facts import Known
from services.claims.domain.paid import COORDINATION, in_law
from services.claims.domain.question import Question
from shared.kernel.funds import Fund
from shared.law.act4.invalidity.determination import EARLIER_PAID, INTEREST
from shared.law.lookups import Catalogue

_COVER = (event.DAY, cover.CONTRACT, cover.CATEGORY)
_DAYS = (
    days.CERTIFICATES,
    days.WORKED_WITH_WAGES,
    days.OF_ANOTHER_CLAIM,
    event.LOOKED_AT,
    death.DAY_OF_DEATH,
)
_WAGES = (EMPLOYMENTS, event.SIMILAR_WORK)
_OUTSIDE = (
    cover.TAKES_PART,
    cover.WAGES_OF_MONTH,
    event.CAUSE,
    findings.AROSE_OUT_OF_EMPLOYMENT,
    event.OUTSIDE,
    event.CONDUCT,
    event.IMMIGRATION,
    event.SECTION_96B,
)
_TEMPORARY = ("temporary_disablement", "non_employment_injury_temporary_disablement")
_LOSS = (
    loss.LOSS,
    loss.OPTION,
    loss.EARLIER_LOSSES,
    loss.EARLIER_RATES,
    loss.BORN,
    loss.CHOSEN_ON,
    loss.EFFECTIVE_ON,
    loss.last_day_of(*_TEMPORARY),
    loss.APPLIED_ON,
    loss.BENEFIT_FROM,
    loss.FACTOR,
    loss.days_of(*_TEMPORARY),
    loss.ON_BOARDS_DAY,
    loss.ASSESSED_BEFORE,
    loss.BEFORE_STAYS,
    loss.PROVISIONAL_UNTIL,
    death.DAY_OF_DEATH,
)
_DEATH = (
    death.FOUND_ALIVE,
    death.NOBODY_LEFT,
    death.DIED_ON,
    death.OF_THE_INJURY,
    event.nothing("asked for"),
    death.DEPENDANTS,
)
_PENSION = (
    contributions.FIRST_LIABLE,
    contributions.CONTRIBUTED,
    contributions.PAYABLE,
    contributions.BEFORE,
    contributions.BEFORE_UNKNOWN,
    event.finding("credited", []),
    event.finding("treated as met", "no"),
    contributions.WAGES,
)
_FUND_OF_DEATH = {
    "employment injury": Fund.EMPLOYMENT_INJURY,
    "non employment injury": Fund.NON_EMPLOYMENT_INJURY,
}
_COORDINATION = (coordination.EVENT, coordination.PAYEES, coordination.SEVERAL, coordination.GOES_ON)

ACCIDENT = (
    # Act 4 s.2(6), ss.23 to 25: whether it is an employment injury.
    Question(
        findings.EMPLOYMENT_INJURY,
        "act4 employment injury",
        (*_COVER, event.CIRCUMSTANCE, event.INTERRUPTED, event.FOUND_BY_A_PERSON),
    ),
    # Act 4 s.22.
    Question(
        "temporary_disablement",
        "act4 temporary disablement",
        (*_COVER, *_DAYS, *_WAGES, findings.IS_EMPLOYMENT_INJURY),
        Fund.EMPLOYMENT_INJURY,
    ),
    # Act 4 s.44C: the same accident outside employment.
    Question(
        "non_employment_injury_temporary_disablement",
        "act4 non employment injury temporary disablement",
        (*_COVER, *_DAYS, *_WAGES, *_OUTSIDE),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="temporary_disablement",
    ),
    # Act 4 s.22, Second Schedule: when a Medical Board has assessed a loss.
    Question(
        "permanent_disablement",
        "act4 permanent disablement",
        (*_COVER, *_LOSS, *_WAGES, findings.IS_EMPLOYMENT_INJURY),
        Fund.EMPLOYMENT_INJURY,
        asked_when=loss.is_assessed,
    ),
    Question(
        "non_employment_injury_permanent_disablement",
        "act4 non employment injury permanent disablement",
        (*_COVER, *_LOSS, *_WAGES, *_OUTSIDE),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="permanent_disablement",
        asked_when=loss.is_assessed,
    ),
    # Act 4 s.15: where the board that assessed the loss certified the need of constant attendance.
    Question(
        "constant_attendance_allowance",
        "act4 constant attendance",
        attendance.beside_loss(loss.PERMANENT_LOSS, "permanent_disablement"),
        Fund.EMPLOYMENT_INJURY,
        asked_when=attendance.is_certified(loss.PERMANENT_LOSS),
    ),
    # Act 4 s.44C: the same benefits.
    Question(
        "non_employment_injury_constant_attendance_allowance",
        "act4 constant attendance",
        attendance.beside_loss(loss.PERMANENT_LOSS, "non_employment_injury_permanent_disablement"),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="permanent_disablement",
        asked_when=attendance.is_certified(loss.PERMANENT_LOSS),
    ),
    # General Regulations 1971: a loan to a child of whoever has a permanent disablement; s.44C: the same benefits.
    Question(
        "education_loan",
        "act4 education loans",
        education.beside_loss("permanent_disablement"),
        Fund.EMPLOYMENT_INJURY,
        asked_when=education.is_applied,
        lends=True,
    ),
    Question(
        "non_employment_injury_education_loan",
        "act4 education loans",
        education.beside_loss("non_employment_injury_permanent_disablement"),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="permanent_disablement",
        asked_when=education.is_applied,
        lends=True,
    ),
    # Act 4 s.96: beside an invalidity pension for the same cause.
    Question(
        COORDINATION,
        "act4 coordination",
        # Officers find it in the claim of the invalidity.
        (*_COORDINATION, *coordination.FOUND_OF_INVALIDITY),
        asked_when=loss.is_assessed,
        coordinates=True,
    ),
)

DEATH = (
    # Act 4 s.2(14A): of the accident that brought the death about, whether SKBBK covers it.
    Question(
        death.NON_EMPLOYMENT_INJURY,
        "act4 non employment injury",
        (*_COVER, *_OUTSIDE),
        unless_found=findings.EMPLOYMENT_INJURY,
        asked_when=death.has_cause,
        of_cause=True,
    ),
    # Act 4, Fourth Schedule: of the accident that brought the death about.
    Question(
        "dependants_benefit",
        "act4 dependants benefit",
        (*_COVER, *_DEATH, *_WAGES, findings.IS_EMPLOYMENT_INJURY),
        Fund.EMPLOYMENT_INJURY,
        asked_when=death.names_cause,
        of_cause=True,
    ),
    # Act 4 s.44C.
    Question(
        "non_employment_injury_dependants_benefit",
        "act4 non employment injury dependants benefit",
        (*_COVER, *_DEATH, *_WAGES, *_OUTSIDE),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="dependants_benefit",
        asked_when=death.has_cause,
        of_cause=True,
    ),
    # Act 4 s.17A.
    Question(
        "survivors_pension",
        "act4 survivors pension",
        (
            loss.BORN,
            death.FOUND_ALIVE,
            death.NOBODY_LEFT,
            death.DIED_ON,
            death.PENSION,
            event.nothing("asked for"),
            death.SURVIVORS,
            *_PENSION,
        ),
        Fund.INVALIDITY,
        shared="monthly pension",
    ),
    # Act 4 ss.17, 29: whoever is left behind, and whatever a pension would come to.
    Question(death.QUALIFIED, "act4 qualified insured", (loss.BORN, death.DIED_ON, *_PENSION)),
    # Act 4 s.29.
    Question(
        "funeral_benefit",
        "act4 funeral benefit",
        (death.FOUND_ALIVE, death.NOBODY_CLAIMING, death.DAY_OF_DEATH, death.KIND_OF_DEATH, death.CLAIMANTS),
        Fund.INVALIDITY,
        fund_by={
            **_FUND_OF_DEATH,
            # Who died while on one of these, of whichever cause: as that is borne.
            **{in_law(each.name): each.fund for each in ACCIDENT if each.fund and each.name in death.DISABLEMENT},
        },
    ),
    # Act 4 s.15: of a foreign worker, where somebody proves a cost.
    Question(
        "repatriation_of_remains",
        "act4 repatriation of remains",
        (
            death.FOUND_ALIVE,
            death.DAY_OF_DEATH,
            death.KIND_OF_DEATH,
            repatriation.IS_FOREIGN,
            repatriation.COSTS,
            repatriation.HIGHEST_COST,
        ),
        Fund.EMPLOYMENT_INJURY,
        fund_by=_FUND_OF_DEATH,
        asked_when=repatriation.is_claimed,
    ),
    # General Regulations 1971: a loan to a child that shares in dependants' benefit; s.44C: the same benefits.
    Question(
        "education_loan",
        "act4 education loans",
        education.beside_death("dependants_benefit"),
        Fund.EMPLOYMENT_INJURY,
        asked_when=education.is_applied,
        of_cause=True,
        lends=True,
    ),
    Question(
        "non_employment_injury_education_loan",
        "act4 education loans",
        education.beside_death("non_employment_injury_dependants_benefit"),
        Fund.NON_EMPLOYMENT_INJURY,
        unless_found=findings.EMPLOYMENT_INJURY,
        below="dependants_benefit",
        asked_when=lambda known: education.is_applied(known) and death.has_cause(known),
        of_cause=True,
        lends=True,
    ),
    # Act 4 as amended in 2004: dependants' benefit and survivors' pension for one death.
    Question(
        COORDINATION,
        "act4 coordination",
        (*_COORDINATION, *coordination.FOUND_OF_NOTHING),
        coordinates=True,
    ),
)

INVALIDITY = (
    # Act 4 ss.16 to 20.
    Question(
        "invalidity_pension",
        "act4 invalidity pension",
        (
            contributions.RECEIVED,
            loss.BORN,
            contributions.CERTIFIED,
            contributions.EARNING_CAPACITY,
            event.finding("invalid before the age limit without work since", "no"),
            contributions.RESIGNATION,
            contributions.EMPLOYMENT_GOES_ON,
            death.DAY_OF_DEATH,
            *_PENSION,
        ),
        Fund.INVALIDITY,
        of_notice=True,
        rated_by="average assumed monthly wage",
    ),
    # Act 4 s.21: of an invalid person who has no pension.
    Question(
        "invalidity_grant",
        "act4 invalidity grant",
        (
            contributions.RECEIVED,
            loss.BORN,
            contributions.CERTIFIED,
            contributions.EARNING_CAPACITY,
            event.finding("invalid before the age limit without work since", "no"),
            contributions.PENSION_OWED,
            death.DAY_OF_DEATH,
            *_PENSION,
            event.finding(EARLIER_PAID, ""),
            event.finding(INTEREST, ""),
        ),
        Fund.INVALIDITY,
        where_refused=contributions.PENSION,
        of_notice=True,
    ),
    # Act 4 s.15: a pensioner whom a board certified as needing constant attendance.
    Question(
        "constant_attendance_allowance",
        "act4 constant attendance",
        attendance.beside_pension(contributions.INVALIDITY, "invalidity_pension"),
        Fund.INVALIDITY,
        asked_when=attendance.is_certified(contributions.INVALIDITY),
        of_notice=True,
    ),
    # Act 4 s.96: beside permanent disablement benefit for the same cause.
    Question(
        COORDINATION,
        "act4 coordination",
        (*_COORDINATION, *coordination.FOUND),
        of_notice=True,
        coordinates=True,
    ),
)

CATALOGUE: Mapping[ClaimKind, tuple[Question, ...]] = {
    ClaimKind.ACCIDENT: ACCIDENT,
    ClaimKind.DEATH: DEATH,
    ClaimKind.INVALIDITY: INVALIDITY,
}


# What of a claim is lent, by the names of its questions.
LENDING = frozenset(each.name for questions in CATALOGUE.values() for each in questions if each.lends)


def names_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """The names of all questions about an event, in order: whether a release asks more is told by them."""
    return tuple(sorted(question.name for question in questions))


def catalogue() -> Catalogue:
    """What this release asks about each kind of event."""
    return frozenset(map(names_of, CATALOGUE.values()))


def reads_others(kind: ClaimKind, known: Known, answered: Collection[str] = ()) -> bool:
    """Whether a question of an event, or one that was answered before, reads what stands of the person's other claims.

    So a benefit that is not asked any more, and ends, wakes those that read it.
    """
    questions = questions_of(kind)
    is_asked = any(question.coordinates and question.asked_when(known) for question in questions)
    ends = any(question.name in answered and not question.asked_when(known) for question in questions)
    return is_asked or (ends and any(question.coordinates for question in questions))


def questions_of(kind: ClaimKind) -> tuple[Question, ...]:
    """The questions of a kind of event; none where no rule decides it yet."""
    return CATALOGUE.get(kind, ())


# The same benefit outside employment (Act 4 s.44C), and the grant in the pension's place: assumed, since the client
# charter names neither.
_OF_SKBBK = "non_employment_injury_"
_PROMISED_AS = {"invalidity_grant": "invalidity_pension"}


def promise_of(question: str) -> str:
    """Under which name the client charter promises a benefit, if it promises it at all."""
    benefit = question.removeprefix(_OF_SKBBK)
    return _PROMISED_AS.get(benefit, benefit)
