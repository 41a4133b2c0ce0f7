"""What the sources leave open and decides money: each reading with its amount on a typical case, the dearest first.

The page docs/law/readings.md is written from it by `make contracts`; both amounts are worked out, never typed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from shared.kernel.money import Sen, ringgit
from shared.law.book import Book, book
from shared.law.determination import REFUSED, determination, determine
from shared.law.fact_types import Written
from shared.law.figures import Certainty, Entry, Value

Amount: TypeAlias = Callable[[Book], Sen]
PAGE = "docs/law/readings.md"
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Reading:
    """A question that the sources leave open, the two answers, and what each gives on a typical case.

    ``figure`` is what the book takes, ``other`` the value of the other reading; without a figure the book leaves the
    question to an officer and ``otherwise`` is the amount of the other reading.
    """

    question: str
    taken: str
    instead: str
    case: str
    amount: Amount
    figure: str = ""
    other: Value | None = None
    otherwise: Amount | None = None
    monthly: bool = True
    how_often: str = "not known"

    def amounts(self, law: Book) -> tuple[Sen, Sen]:
        """The amount of the reading taken, and of the other."""
        if self.otherwise is not None:
            return self.amount(law), self.otherwise(law)
        return self.amount(law), self.amount(turned(law, self.figure, self.other))

    def in_a_year(self, law: Book) -> Sen:
        """By how much the two differ in a year: a monthly amount twelve times, any other once."""
        taken, other = self.amounts(law)
        return abs(taken - other) * (MONTHS_OF_A_YEAR if self.monthly else 1)


def turned(law: Book, figure: str, value: Value | None) -> Book:
    """The book in which the assumed entries of a figure have another value."""
    found = law.figures[figure]
    entries = tuple(replace(entry, value=value) if _is_open(entry) else entry for entry in found.entries)
    return Book({**law.figures, figure: replace(found, entries=entries)})


def _is_open(entry: Entry) -> bool:
    return entry.certainty is Certainty.ASSUMED


def of(about: str, on: str, result: str, **facts: Written) -> Amount:
    """The amount of a result in sen; nothing where it is refused or not among the results."""

    def amount(law: Book) -> Sen:
        written = {name.replace("_", " "): value for name, value in facts.items()}
        record = determine(determination(about), written, law.on(date.fromisoformat(on), date.max))
        if record.body["outcome"] == REFUSED:
            return 0
        found = {each["name"]: each["value"] for each in record.body["amounts"]}
        return int(Fraction(found.get(result, 0)))

    return amount


def _with(facts: Mapping[str, Written], **more: Written) -> dict[str, Written]:
    return {**facts, **more}


# A clerk at RM2,500.00 (assumed wage 2,450.00), as in the worked cases.
_CLERK: dict[str, Written] = {
    "born": "1980-01-01",
    "death": "2026-07-15",
    "first_liable": "2010-01-01",
    "contributed": "2010-01 to 2026-06",
    "wages": {"2024-07 to 2026-06": "2500.00"},
}
_CHILD: dict[str, Written] = {"relation": "child", "born": "2015-01-01"}
_WIDOW: dict[str, Written] = {"relation": "widow"}
_WINDOW: Written = {"2026-01 to 2026-06": "2500.00"}
_THREE_CHILDREN: Written = {"Siti": _WIDOW, "Ali": _CHILD, "Abu": _CHILD, "Ana": _CHILD}
_DAYS: dict[str, Written] = {"accident": "2026-07-15", "certified": "2026-07-15 to 2026-08-11", "wages": _WINDOW}
_INVALID: dict[str, Written] = {
    "notice_received": "2026-07-15",
    "born": "1970-01-01",
    "first_liable": "2002-07-15",
    "contributed": "2008-08 to 2017-07",
    "wages": {"2015-08 to 2017-07": "2500.00"},
}
_EARLY: dict[str, Written] = {
    "notice_received": "2016-07-15",
    "born": "1970-01-01",
    "first_liable": "2013-01-01",
    "wages": {"2014-07 to 2016-06": "700.00"},
}
_PENSION, _SURVIVORS = "act4 invalidity pension", "act4 survivors pension"
_TEMPORARY, _AT_HOME = "act4 temporary disablement", "act4 non employment injury temporary disablement"
_SHARERS = "survivors' pensions alone: 404,530 people in 2024, 41.5 % of them children and 39.7 % wives [S51]"


def _allowance_if_claimed_on_the_monday(law: Book) -> Sen:
    claimed = of(
        "act800 claim conditions", "2026-09-02", "months of benefit", loss="2026-09-02", claimed="2026-11-02",
        kind="retrenchment", born="1986-03-01", contributed="2025-09 to 2026-08",
    )(law)  # fmt: skip
    if not claimed:
        return 0
    facts: dict[str, Written] = {"average assumed monthly wage": "2450.00", "months of benefit": str(claimed)}
    record = determine(
        determination("act800 job search allowance"), facts, law.on(date.fromisoformat("2026-09-02"), date.max)
    )
    return int({each["name"]: each["value"] for each in record.body["amounts"]}["amount"])


READINGS: tuple[Reading, ...] = (
    Reading(
        question="Have the children one share of two fifths together, or each two fifths, scaled to the whole?",
        taken="together",
        instead="each, scaled, as Act 789 s.19 has it",
        case="survivors' pension of a clerk at RM2,500.00 with a widow and three children: the widow's part",
        amount=of(_SURVIVORS, "2026-07-15", "monthly share of Siti", **_CLERK, survivors=_THREE_CHILDREN),
        figure="act4.dependants.children_share_together",
        other=False,
        how_often=f"every family with two children or more; {_SHARERS}",
    ),
    Reading(
        question="Has a widow or widower without a child three fifths, or the whole?",
        taken="three fifths",
        instead="the whole, as in a press case of 2018",
        case="survivors' pension of the same clerk with a widow alone",
        amount=of(_SURVIVORS, "2026-07-15", "monthly share of Siti", **_CLERK, survivors={"Siti": _WIDOW}),
        figure="act4.dependants.widow_alone_share",
        other=Fraction(1),
        how_often=f"every couple without a child, and every family once its children are 21; {_SHARERS}",
    ),
    Reading(
        question="Have children without a widow or widower three fifths, or the whole?",
        taken="three fifths",
        instead="the whole",
        case="survivors' pension of the same clerk with two orphans: both together",
        amount=of(_SURVIVORS, "2026-07-15", "monthly total", **_CLERK, survivors={"Ali": _CHILD, "Abu": _CHILD}),
        figure="act4.dependants.children_alone_share",
        other=Fraction(1),
        how_often="orphans",
    ),
    Reading(
        question="Does the lowest daily rate of RM30.00 hold for a non-employment injury?",
        taken="it does",
        instead="it does not",
        case="28 days at home of a worker at the minimum wage of RM1,700.00, phase 1",
        amount=of(
            _AT_HOME,
            "2026-07-15",
            "amount",
            accident="2026-07-15",
            certified="2026-07-15 to 2026-08-11",
            wages={"2026-01 to 2026-06": "1700.00"},
        ),
        figure="act4.skbbk_benefits.floor_applies",
        other=False,
        monthly=False,
        how_often="in phase 1 every wage up to RM1,900.00 (48 %) or RM1,700.00 (54 %): minimum-wage workers",
    ),
    Reading(
        question="Did the lowest daily rate of RM30.00 go on after the amendment of 2024?",
        taken="it did",
        instead="there is none",
        case="28 days of a part-time worker at RM900.00",
        amount=of(_TEMPORARY, "2026-07-15", "amount", **_with(_DAYS, wages={"2026-01 to 2026-06": "900.00"})),
        figure="act4.daily_rate.floor",
        other=0,
        monthly=False,
        how_often="wages up to RM1,100.00: part-time work",
    ),
    Reading(
        question="What is averaged where the 24 months before the notice hold no contribution?",
        taken="an officer decides; the minimum average would give",
        instead="the last 24 months with a contribution",
        case="reduced period: 108 of 288 months, the last in July 2017, at RM2,500.00",
        amount=of(_PENSION, "2026-07-15", "monthly pension by the minimum", **_INVALID),
        otherwise=of(_PENSION, "2026-07-15", "monthly pension by the last contributions", **_INVALID),
        how_often="the typical claimant of the reduced period",
    ),
    Reading(
        question="Which minimum average stood before 26 December 2017?",
        taken="an officer decides where the average is under RM950.00; none would give",
        instead="RM950.00, above which none can have been",
        case="notice of July 2016, wages of RM700.00",
        amount=of(_PENSION, "2016-07-15", "monthly pension without a minimum", **_EARLY),
        otherwise=of(_PENSION, "2016-07-15", "monthly pension by the minimum", **_EARLY),
        how_often="old notices at low wages only",
    ),
    Reading(
        question="Is the average of a pension over the months with a contribution, or over all 24?",
        taken="the months with a contribution",
        instead="all 24",
        case="18 of the 24 months contributed for at RM2,500.00, 36 in all",
        amount=of(
            _PENSION,
            "2026-07-15",
            "monthly pension",
            notice_received="2026-07-15",
            born="1970-01-01",
            first_liable="2020-01-01",
            wages={"2023-01 to 2025-12": "2500.00"},
        ),
        figure="act4.invalidity.averaged_over_contributions",
        other=False,
        how_often="everybody who had stopped work before the notice",
    ),
    Reading(
        question="Does a last day on a weekly or public holiday move, for the 60 days of Act 800?",
        taken="it moves to the next day",
        instead="it stays",
        case="loss of work on 2 September 2026, claimed on Monday 2 November, at RM2,500.00: the whole allowance",
        amount=_allowance_if_claimed_on_the_monday,
        figure="act4.calendar.last_day_moves",
        other=False,
        monthly=False,
        how_often="one last day in seven is a Sunday",
    ),
    Reading(
        question="And for the 15th, by the same answer?",
        taken="it moves to the next day",
        instead="it stays",
        case="contributions of January 2026, RM1,000.00, paid on Monday 16 February: the interest",
        amount=of("act4 arrears interest", "2026-02-16", "interest", contributions={"2026-01": "1000.00"}),
        figure="act4.calendar.last_day_moves",
        other=False,
        monthly=False,
        how_often="two months in a year, every employer who pays on the last day",
    ),
    Reading(
        question="Which phase rates a non-employment injury: that of the accident or of the first day paid?",
        taken="that of the accident",
        instead="that of the first day paid",
        case="accident on 31 May 2028 with wages for that day, 28 days from 1 June",
        amount=of(
            _AT_HOME,
            "2028-05-31",
            "amount",
            accident="2028-05-31",
            certified="2028-05-31 to 2028-06-28",
            worked_with_wages="2028-05-31",
            wages={"2027-11 to 2028-04": "2500.00"},
        ),
        figure="act4.skbbk_benefits.phase_by_accident_day",
        other=False,
        monthly=False,
        how_often="accidents just before June 2028 and June 2031",
    ),
    Reading(
        question="Is the day of the accident payable where no wages were paid for it?",
        taken="it is",
        instead="it is not",
        case="28 days at RM2,500.00",
        amount=of(_TEMPORARY, "2026-07-15", "amount", **_DAYS),
        figure="act4.temporary_disablement.accident_day_payable",
        other=False,
        monthly=False,
        how_often="every temporary disablement without wages on the day",
    ),
    Reading(
        question="Is the last certified day payable?",
        taken="it is",
        instead="it is not",
        case="28 days at RM2,500.00",
        amount=of(_TEMPORARY, "2026-07-15", "amount", **_DAYS),
        figure="act4.temporary_disablement.last_certified_day_payable",
        other=False,
        monthly=False,
        how_often="every temporary disablement",
    ),
    Reading(
        question="Does a final certificate end what an earlier one foresaw?",
        taken="it does",
        instead="it does not",
        case="28 days certified at RM2,500.00, fit from the 15th",
        amount=of(_TEMPORARY, "2026-07-15", "amount", **_with(_DAYS, fit_from="2026-07-29")),
        figure="act4.temporary_disablement.final_certificate_supersedes",
        other=False,
        monthly=False,
        how_often="whoever is well before the doctor expected",
    ),
    Reading(
        question="Is the month of the 60th birthday one of the second category, or the month after?",
        taken="the month itself",
        instead="the month after",
        case="RM2,500.00 in the month of the birthday: both sides together",
        amount=of(
            "act4 contributions", "2026-06-01", "total", wages="2500.00", born="1966-06-13", first_liable="1990-01-01"
        ),
        figure="act4.cover.switch_months",
        other=1,
        monthly=False,
        how_often="everybody once",
    ),
    Reading(
        question="Is the month of the 60th birthday contributed for under Act 800?",
        taken="it is not",
        instead="it is",
        case="RM2,500.00 in the month of the birthday: both sides together",
        amount=of("act800 contributions", "2026-06-01", "total", wages="2500.00", born="1966-06-13"),
        figure="act800.cover.age_on_last_day_of_month",
        other=False,
        monthly=False,
        how_often="everybody once",
    ),
    Reading(
        question="Is late-payment interest by the day, or by the month in steps of RM5.00?",
        taken="by the day (reading A)",
        instead="by the month (reading B)",
        case="RM1,000.00 paid 45 days late",
        amount=of("act4 arrears interest", "2026-03-30", "interest", contributions={"2026-01": "1000.00"}),
        figure="act4.arrears.interest_reading",
        other="by_month",
        monthly=False,
        how_often="every late payment",
    ),
    Reading(
        question="Do the daily rates of several injuries stop at that of a full loss?",
        taken="they do",
        instead="they do not",
        case="a loss of 60 % beside an earlier rate of RM44.10, at RM2,500.00",
        amount=of(
            "act4 permanent disablement",
            "2026-07-15",
            "monthly amount",
            accident="2026-07-15",
            loss="60",
            earlier_losses="60",
            daily_rates_of_earlier_injuries="44.10",
            wages=_WINDOW,
        ),
        figure="act4.permanent_disablement.several_injuries_capped",
        other=False,
        how_often="second heavy injuries",
    ),
    Reading(
        question="Has a child a share during a first degree after 21?",
        taken="to its end",
        instead="no longer",
        case="survivors' pension of the same clerk with a widow and a student of 22: the student's part",
        amount=of(
            _SURVIVORS,
            "2026-07-15",
            "monthly share of Ali",
            **_CLERK,
            survivors={
                "Siti": _WIDOW,
                "Ali": {"relation": "child", "born": "2004-01-01", "first degree until": "2027-06-30"},
            },
        ),
        figure="act4.dependants.first_degree_extends",
        other=False,
        how_often="students",
    ),
    Reading(
        question="Have brothers and sisters three tenths beside a parent?",
        taken="they have",
        instead="the parent excludes them",
        case="survivors' pension of the same clerk, unmarried, with a mother and a brother of 15: both together",
        amount=of(
            _SURVIVORS,
            "2026-07-15",
            "monthly total",
            **_CLERK,
            survivors={"Mother": {"relation": "parent"}, "Abu": {"relation": "sibling", "born": "2011-01-01"}},
        ),
        figure="act4.dependants.siblings_beside_parents",
        other=False,
        how_often="the unmarried",
    ),
    Reading(
        question="Is 1.25 % taken of a gig worker's gross earnings, or of what is left after commission?",
        taken="gross, tips left out",
        instead="net of commission",
        case="RM2,000.00 of rides in a month with a commission of 20 %",
        amount=of(
            "act872 deduction",
            "2026-07-01",
            "remittance",
            transactions=[{"platform": "Alpha", "gross": "2000.00", "commission": "400.00"}],
        ),
        figure="act872.deduction.on_gross",
        other=False,
        how_often="every gig worker, every month",
    ),
)


def by_money(law: Book) -> list[Reading]:
    """The readings, the one that differs most in a year first."""
    return sorted(READINGS, key=lambda reading: -reading.in_a_year(law))


def readings_page() -> str:
    """The page on open readings."""
    law = book()
    return "\n".join(_lines(law)).rstrip() + "\n"


def _lines(law: Book) -> Iterator[str]:
    yield "# Open readings by money"
    yield ""
    yield "<!-- Generated by `make contracts` from shared/law/readings.py and the statute book. -->"
    yield ""
    yield (
        "What the sources leave open, and what each answer pays on a typical case; what differs most in a year stands "
        "first. The book takes the reading under *taken*, marked as assumed, or leaves the case to an officer; to take "
        "the other, the figure gets an entry with a later `known`. `make law-report` lists all that is not enacted; "
        "what a source such as [S51] is: [sources.md](sources.md)."
    )
    yield ""
    yield "| | open | taken | pays | instead | pays | differs in a year |"
    yield "|--:|---|---|--:|---|--:|--:|"
    for place, reading in enumerate(by_money(law), start=1):
        taken, other = reading.amounts(law)
        per = " a month" if reading.monthly else ""
        cells = (
            reading.question, reading.taken, f"RM{ringgit(taken)}{per}", reading.instead, f"RM{ringgit(other)}{per}",
            f"RM{ringgit(reading.in_a_year(law))}",
        )  # fmt: skip
        yield f"| {place} | {' | '.join(cells)} |"
    yield ""
    yield "The typical cases, by the same numbers, and how often each is met:"
    yield ""
    for place, reading in enumerate(by_money(law), start=1):
        figure = f"`{reading.figure}`" if reading.figure else "`needs_officer`"
        yield f"{place}. {reading.case}; {reading.how_often} ({figure})."
    yield ""
