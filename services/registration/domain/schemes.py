"""The catalogue of the schemes that people join of themselves: who may join, what is paid, and when that covers.

An entry names the figures, rules and the determination of the statute book that say so. A further scheme is an entry
and its law: nothing else here or in the database names one (docs/schemes.md).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from services.registration.domain.errors import SchemeUnknown
from services.registration.domain.membership import FOREIGN
from shared.kernel.clock import BUSINESS_ZONE, start_of_day
from shared.kernel.errors import LegalBasis
from shared.kernel.periods import age_on
from shared.law.act789.cover import rules as act789
from shared.law.act838.cover import rules as act838
from shared.law.book import LawOn
from shared.law.determination import Determination, determination

# The last digit of an identity card is odd of men (assumed, decision 113).
_OF_MEN = frozenset("13579")


class Bar(StrEnum):
    """Why somebody may not join a scheme."""

    CLOSED_TO_FOREIGN_WORKERS = "closed_to_foreign_workers"
    WOMEN_ONLY = "women_only"
    SEX_UNKNOWN = "sex_unknown"
    OVER_MAXIMUM_AGE = "over_maximum_age"
    FIRST_PAID_TOO_LATE = "first_paid_too_late"


@dataclass(frozen=True, slots=True)
class Joining:
    """Who joins: what is known of the person that a scheme may ask.

    `woman` is None where no identity card says it; `first_paid_on` is the day of the first payment to the scheme.
    """

    born_on: date
    residence: str
    woman: bool | None = None
    first_paid_on: date | None = None

    @property
    def is_national(self) -> bool:
        """Whether the person is a citizen or permanent resident."""
        return self.residence != FOREIGN


def is_woman(cards: Sequence[str]) -> bool | None:
    """Whether the numbers of identity cards are a woman's; None where there is none, or they do not agree."""
    found = {number[-1] not in _OF_MEN for number in cards}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as cover takes it: the instant from which it counts, in Malaysian time, and the months paid for."""

    at: datetime
    months: int


Turns = Callable[[Sequence[Paid], Joining, LawOn], Collection[datetime]]
Runs = Callable[[Sequence[Paid], Joining, datetime, LawOn], bool]


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the periods that run from the same payments: when it may turn, and whether it runs at a moment."""

    code: str
    title: str
    title_ms: str
    law: str
    turns: Turns
    runs: Runs


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """One scheme. What ends in `_figure` is the name of a figure of the statute book.

    Attributes:
        joins, pays: where the law says who may join, and what is paid.
        activities_figure: the names of its activities, one registration for each; None where it has none.
        plans_figure, classes_figure: tables by which insured earnings are chosen; None where all pay the same.
        bar: why the law keeps somebody out on a day, if it does.
        contribution: what is asked what a payment must come to; `due` and `income` are its results for that and for
            the monthly income that is insured.
        payers: which kind of party stands behind each name of `payers_figure`.
        registrars: the kinds of party that may register somebody beside the person and officers; None: any.
        collectors: those that take money for the organisation, and state when.
        report_hours_figure: within how many hours of a payment they state it, so that it covers at once.
        clocks: the periods that run from its payments.
    """

    code: str
    act: str
    title: str
    title_ms: str
    joins: LegalBasis
    pays: LegalBasis
    activities_figure: str | None
    plans_figure: str | None
    classes_figure: str | None
    bar: Callable[[Joining, date, LawOn], Bar | None]
    contribution: Callable[[], Determination]
    due: str
    income: str
    most_months_figure: str
    payers_figure: str
    payers: Mapping[str, str]
    registrars: frozenset[str] | None
    collectors: frozenset[str]
    report_hours_figure: str
    clocks: tuple[Clock, ...]

    @property
    def has_classes(self) -> bool:
        """Whether insured earnings are chosen."""
        return self.classes_figure is not None

    def activities(self, law: LawOn) -> tuple[str, ...]:
        """The codes of its activities on a day; none where it has none."""
        return () if self.activities_figure is None else law.names(self.activities_figure)

    def payer_kinds(self, law: LawOn) -> set[str]:
        """The kinds of party that may pay on a day."""
        return {self.payers[name] for name in law.names(self.payers_figure)}

    def takes_registrations_of(self, kind: str) -> bool:
        """Whether a kind of party may register others."""
        return self.registrars is None or kind in self.registrars


def _bar_of_act789(who: Joining, _: date, law: LawOn) -> Bar | None:
    return None if act789.may_be_covered(who.is_national, law) else Bar.CLOSED_TO_FOREIGN_WORKERS


def _bar_of_act838(who: Joining, day: date, law: LawOn) -> Bar | None:
    if law.says("act838.cover.nationals_only") and not who.is_national:
        return Bar.CLOSED_TO_FOREIGN_WORKERS
    if who.woman is None and not act838.may_join(woman=False, law=law):
        return Bar.SEX_UNKNOWN
    if not act838.may_join(woman=bool(who.woman), law=law):
        return Bar.WOMEN_ONLY
    first = who.first_paid_on or day
    if act838.may_be_covered(who.born_on, first, who.is_national, day, law):
        return None
    is_too_old = age_on(who.born_on, day) >= law.age("act838.cover.maximum_age")
    return Bar.OVER_MAXIMUM_AGE if is_too_old else Bar.FIRST_PAID_TOO_LATE


def _payments(paid: Sequence[Paid]) -> list[act789.Payment]:
    return [act789.Payment(each.at, each.months) for each in paid]


def _instants(paid: Sequence[Paid]) -> list[datetime]:
    return sorted(each.at for each in paid)


def _housewife_turns(
    turns: Callable[[Collection[datetime], LawOn], list[datetime]], paid: Sequence[Paid], who: Joining, law: LawOn
) -> list[datetime]:
    return [*turns(_instants(paid), law), start_of_day(act838.end_of_age(who.born_on, law))]


def _is_housewife(paid: Sequence[Paid], who: Joining, moment: datetime, law: LawOn) -> bool:
    first = min((each.at for each in paid), default=moment).astimezone(BUSINESS_ZONE).date()
    day = moment.astimezone(BUSINESS_ZONE).date()
    return act838.may_be_covered(who.born_on, first, who.is_national, day, law)


def _housewife_runs(
    runs: Callable[[Sequence[datetime], datetime, LawOn], bool],
    paid: Sequence[Paid],
    who: Joining,
    moment: datetime,
    law: LawOn,
) -> bool:
    return _is_housewife(paid, who, moment, law) and runs(_instants(paid), moment, law)


_WHO_PAYS_FOR_OTHERS = frozenset({"agent", "platform", "state", "ngo"})
ACT_789 = Scheme(
    code="act789",
    act="Act 789",
    title="Self-employment social security",
    title_ms="Keselamatan sosial pekerjaan sendiri",
    joins=LegalBasis("Act 789", "s.3"),
    pays=LegalBasis("Act 789", "s.11"),
    activities_figure="act789.cover.sectors",
    plans_figure="act789.contributions.plans",
    classes_figure="act789.contributions.classes",
    bar=_bar_of_act789,
    contribution=partial(determination, "act789 contributions"),
    due="payer share",
    income="monthly earning",
    most_months_figure="act789.contributions.longest_months",
    payers_figure="act789.contributions.payers",
    payers={
        "self_employed_person": "person",
        "agent": "agent",
        "platform": "platform",
        "state": "state",
        "ngo": "ngo",
    },
    registrars=_WHO_PAYS_FOR_OTHERS,
    collectors=_WHO_PAYS_FOR_OTHERS,
    report_hours_figure="act789.cover.report_hours",
    clocks=(
        Clock(
            "coverage_period",
            "Coverage period",
            "Tempoh perlindungan",
            "Act 789, s.3; s.14(2)",
            lambda paid, _, law: act789.cover_turns(_payments(paid), law),
            lambda paid, _, moment, law: act789.is_covered(_payments(paid), moment, law),
        ),
    ),
)
ACT_838 = Scheme(
    code="act838",
    act="Act 838",
    title="Housewives' social security",
    title_ms="Keselamatan sosial suri rumah",
    joins=LegalBasis("Act 838", "ss.2 and 3; First Schedule"),
    pays=LegalBasis("Act 838", "s.15"),
    activities_figure=None,
    plans_figure=None,
    classes_figure=None,
    bar=_bar_of_act838,
    contribution=partial(determination, "act838 contributions"),
    due="contribution",
    income="presumed monthly income",
    # One contribution period at a time: from when a second one would run no source says (decision 113).
    most_months_figure="act838.contributions.months",
    payers_figure="act838.contributions.payers",
    payers={"housewife": "person", "husband": "person", "employer_of_the_payer": "employer"},
    registrars=None,
    collectors=frozenset({"agent"}),
    report_hours_figure="act838.cover.report_hours",
    clocks=(
        Clock(
            "contribution_period",
            "Contribution period: domestic injury",
            "Tempoh caruman: bencana domestik",
            "Act 838, s.3; s.18(2)",
            partial(_housewife_turns, act838.contribution_turns),
            partial(_housewife_runs, act838.in_contribution_period),
        ),
        Clock(
            "coverage_period",
            "Coverage period: invalidity and survivors",
            "Tempoh perlindungan: keilatan dan penakat",
            "Act 838, s.3",
            partial(_housewife_turns, act838.coverage_turns),
            partial(_housewife_runs, act838.in_coverage_period),
        ),
    ),
)
CATALOGUE: dict[str, Scheme] = {scheme.code: scheme for scheme in (ACT_789, ACT_838)}


def scheme_of(code: str) -> Scheme:
    """The entry of a code; raises SchemeUnknown."""
    found = CATALOGUE.get(code)
    if found is None:
        raise SchemeUnknown()
    return found
