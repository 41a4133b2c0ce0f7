"""A worked life as its YAML file states it: who, what was earned, what happened when, and what has to be paid.

The file's form is documented in README.md beside this one. Amounts are in sen once read, days are business days.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from shared.kernel.funds import Fund
from shared.kernel.money import sen_from_ringgit

CASES = Path(__file__).with_name("cases")
OFFICER, HOSPITAL = "officer", "hospital"
_AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")
_MONTHS = re.compile(r"(?P<first>[0-9]{4}-[0-9]{2})(?: to (?P<last>[0-9]{4}-[0-9]{2}))?")


class LifeMalformed(Exception):
    """A file is not of the form of README.md; says the file, where in it, and why."""


def _sen(written: object) -> object:
    if not isinstance(written, str) or not _AMOUNT.fullmatch(written):
        raise ValueError("an amount is written in ringgit and sen, such as 1596.00")
    return sen_from_ringgit(written)


def _fund(written: object) -> object:
    return written.replace(" ", "_").replace("-", "_") if isinstance(written, str) else written


Amount = Annotated[int, BeforeValidator(_sen)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9 -]{0,40}$")]
"""Of a role, an employer or a claim, such as ``first wife``: nobody's real name."""
MonthText = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
OneFund = Annotated[Fund, BeforeValidator(_fund)]
Benefit = Literal[
    "temporary_disablement",
    "non_employment_injury_temporary_disablement",
    "permanent_disablement",
    "non_employment_injury_permanent_disablement",
    "constant_attendance_allowance",
    "non_employment_injury_constant_attendance_allowance",
    "dependants_benefit",
    "non_employment_injury_dependants_benefit",
    "survivors_pension",
    "funeral_benefit",
    "repatriation_of_remains",
    "invalidity_pension",
    "invalidity_grant",
    "education_loan",
    "non_employment_injury_education_loan",
    "medical_bill",
]
"""As events and payments name it: of SKBBK with its own name where it is another question. A bill is a payable."""


class Part(BaseModel):
    """A part of a life; a member that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonPart(Part):
    """A person: whoever is insured, is paid, or is named."""

    born: date
    residence: Literal["citizen", "permanent_resident", "foreign_worker"] = "citizen"
    account: bool = True
    """Whether the bank account is there from the beginning; otherwise a step ``account`` brings it."""


class EmploymentPart(Part):
    """A contract of service, as an officer stated it."""

    of: Name
    employer: Name = Field(alias="with")
    first: date
    last: date | None = None


class MembershipPart(Part):
    """Days in a category of Act 4 or a standing in SKBBK; those of a person replace what it is given by itself."""

    of: Name
    scheme: Literal["act4", "skbbk"]
    category: Literal["first", "second", "mandatory", "by_default", "by_choice", "out"]
    first: date
    last: date | None = None


class WagesPart(Part):
    """The wages of each month, as the employer's accepted contribution lines declare them."""

    of: Name
    employer: Name = Field(alias="with")
    months: Annotated[str, Field(pattern=_MONTHS.pattern)]
    wage: Amount

    @property
    def each_month(self) -> list[str]:
        """The months from the first to the last, both included."""
        found = _MONTHS.fullmatch(self.months)
        assert found is not None
        first, last = found["first"], found["last"] or found["first"]
        numbers = [int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last)]
        return [f"{each // 12}-{each % 12 + 1:02d}" for each in range(numbers[0], numbers[1] + 1)]


class Body(BaseModel):
    """A verb's own members, and beside them those of the request of which it is made, by the API's names."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @property
    def rest(self) -> dict[str, Any]:
        """The members of the request."""
        return dict(self.__pydantic_extra__ or {})


class NoticePart(Body):
    """`POST /v1/notices` of claims: an accident, a death, an invalidity or a disease is reported."""

    of: Name
    by: Name
    claim: Name
    death: Name = ""
    """Where the notice says that the person died of it: the name of the claim of the death."""
    confirmed: bool = True
    """Of an officer's notice: whether two officers confirm it at once."""


class StatePart(Body):
    """`POST /v1/claims/{claim}/evidence`; what an officer states two others let count at once, unless it waits."""

    claim: Name
    by: Name = OFFICER
    waits: bool = False


class CorrectPart(Body):
    """`POST /v1/evidence/{evidence}/correction` of the newest statement of that kind by that party in the claim."""

    claim: Name
    by: Name
    what: Literal["certificate", "circumstances", "wages_paid"]


class WithdrawPart(Part):
    """`POST /v1/evidence/{evidence}/withdrawal` of the newest statement of that kind by that party in the claim."""

    claim: Name
    by: Name
    what: str


class LetCountPart(Part):
    """Two officers let the oldest statement count that waits in the claim, of whatever kind it is."""

    claim: Name


class DecidePart(Part):
    """Two officers decide the open task of the claim in a queue; `says` is the proposal (services/claims/README.md)."""

    claim: Name = ""
    bill: Name = ""
    """Of the queue of medical bills: which bill, in the place of a claim."""
    queue: str
    reason: str = ""
    says: dict[str, Any]


class BoardPart(Part):
    """A board hears the claim on the step's day: asked, planned and invited 21 days before, closed by both at once."""

    claim: Name
    board: Literal["medical", "special", "appellate_medical"] = "medical"
    question: str
    by: Name = OFFICER
    asked: date
    """The day on which the case is put before the board, and the person invited."""
    came: bool = True
    found: dict[str, Any] = {}


class DischargePart(Part):
    """A rehabilitation centre discharges the person with a final certificate."""

    claim: Name
    of: Name
    fit_from: date
    issued_on: date


class AccountPart(Part):
    """Officers enter the account of a party, and who holds it."""

    of: Name
    holder: Name = ""
    capacity: Literal["", "guardian", "representative"] = ""
    until_on: date | None = None


class SuspendPart(Body):
    """`POST /v1/suspensions`, let count by two officers. With `again` it replaces the last one of that benefit."""

    payee: Name
    claim: Name
    benefit: Benefit
    again: bool = False


class OfPayeePart(Body):
    """A certificate, a student or an acting party of a payee: `POST` on their routes of benefits."""

    payee: Name
    waits: bool = False
    """Whether no officer decides it: it counts by rule, or waits."""


class IncreasePart(Body):
    """`POST /v1/increases`, let count by two officers; a life with one has a world to itself."""


class FigurePart(Body):
    """`POST /v1/figures/{figure}/entries` of claims, let count by two officers; a life with one has its own world."""


class DiesPart(Part):
    """A public register states the day of a death to registration."""

    of: Name
    died_on: date


class ToldPart(Part):
    """The letters about all certificates that a payee was asked for have arrived that day."""

    payee: Name


class AdmitPart(Body):
    """`POST /v1/medical-authorisations`: a hospital asks who bears the treatment. The claim that it joins gets the name
    `claim` where it has none."""

    of: Name
    by: Name = HOSPITAL
    admission: Name
    claim: Name = ""


class BillPart(Part):
    """`POST /v1/medical-bills` of a hospital under an admission, or of a person in its claim; `corrects`: what it says
    now. Its sender takes it back with no lines."""

    by: Name = HOSPITAL
    bill: Name
    admission: Name = ""
    claim: Name = ""
    corrects: bool = False
    lines: list[dict[str, Any]] = []


class LookPart(Part):
    """An officer has a line of a bill looked at (`POST /v1/medical-bills/{bill}/reviews`)."""

    bill: Name
    line: int


class BillStandsPart(Part):
    """What of a bill is paid, refused and waits: a check, nothing happens."""

    bill: Name
    paid: Amount
    refused: Amount
    waiting: Amount
    reason: str = ""
    """A stable code for which some of it waits or is refused."""


class StandsPart(Part):
    """How a question of a claim stands now: a check, nothing happens."""

    claim: Name
    question: str
    state: str
    reason: str = ""


class Step(Part):
    """One thing that happens on a day; ``refused`` is the code with which it is refused, where it is."""

    day: date
    refused: str = ""
    notice: NoticePart | None = None
    state: StatePart | None = None
    correct: CorrectPart | None = None
    withdraw: WithdrawPart | None = None
    let_count: LetCountPart | None = None
    decide: DecidePart | None = None
    board: BoardPart | None = None
    discharge: DischargePart | None = None
    account: AccountPart | None = None
    suspend: SuspendPart | None = None
    certificate: OfPayeePart | None = None
    student: OfPayeePart | None = None
    acts_for: OfPayeePart | None = None
    increase: IncreasePart | None = None
    figure: FigurePart | None = None
    dies: DiesPart | None = None
    wages: WagesPart | None = None
    employment: EmploymentPart | None = None
    membership: MembershipPart | None = None
    told: ToldPart | None = None
    admit: AdmitPart | None = None
    bill: BillPart | None = None
    look: LookPart | None = None
    bill_stands: BillStandsPart | None = None
    stands: StandsPart | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len(self.verbs) != 1:
            raise ValueError(f"a step is one thing, and this is {self.verbs or 'nothing'}")
        return self

    @property
    def verbs(self) -> list[str]:
        """What it does: one."""
        return [name for name in type(self).model_fields if name not in ("day", "refused") and getattr(self, name)]

    @property
    def verb(self) -> str:
        """What it does."""
        return self.verbs[0]

    @property
    def what(self) -> Any:
        """What it does, by its members."""
        return getattr(self, self.verb)


class OwedPart(Part):
    """What somebody is owed in all by a day: of days that have passed, months that have ended and sums that are due."""

    by: date
    to: Name
    benefit: Benefit | None = None
    """Absent: of all benefits together."""
    amount: Amount


class PaidPart(Part):
    """What the bank has settled to somebody in a month, of one benefit from one fund."""

    month: MonthText
    to: Name
    benefit: Benefit
    fund: OneFund
    amount: Amount


class FundPart(Part):
    """What a fund has borne in the end: granted from it, less what went to another fund."""

    fund: OneFund
    amount: Amount


class BackPart(Part):
    """What is to come back from somebody in the end."""

    of: Name = Field(alias="from")
    benefit: Benefit
    amount: Amount


class NeverPart(Part):
    """What must not come to pass on any day of the life: one thing that is looked for in all that did (never.py)."""

    says: str
    to: Name = ""
    """To whom, or of `owes` who; absent: anybody of the life."""
    benefit: Benefit | None = None
    fund: OneFund | None = None
    month: MonthText | None = None
    since: MonthText | None = None
    """The month from which on."""
    amount: Amount | None = None
    """No payment of it, and no month's sum of a benefit from a fund."""
    decided: Amount | None = None
    """No decision that gave it by the day, by the month or once, also where a later one took its place."""
    owes: Amount | Literal["anything"] | None = None
    """No evening on which this is to come back."""
    stands: Literal["entitled", "refused", "waits"] | None = None
    """No decision by which the benefit stands so."""
    reason: str = ""
    """Of `stands`: for this reason, a stable code."""

    @model_validator(mode="after")
    def _is_looked_for(self) -> Self:
        forms = [name for name in ("amount", "decided", "owes", "stands") if getattr(self, name) is not None]
        if len(forms) > 1:
            raise ValueError(f"one thing is looked for, and this names {' and '.join(forms)}")
        if not forms and not (self.to or self.benefit or self.fund):
            raise ValueError(
                "this checks nothing: name `amount`, `decided`, `owes` or `stands`, or to whom, of which benefit or "
                "from which fund nothing is paid"
            )
        if not self.is_paid and (self.fund or self.month or self.since):
            raise ValueError("`fund`, `month` and `since` are of payments")
        if (self.stands is None and self.reason) or (self.stands is not None and self.benefit is None):
            raise ValueError("`stands` says of which `benefit`, and it alone has a `reason`")
        return self

    @property
    def is_paid(self) -> bool:
        """Whether it is looked for among what was paid: an amount, or anything at all."""
        return self.decided is None and self.owes is None and self.stands is None

    def is_of(self, month: str, to: str, benefit: str, fund: str) -> bool:
        """Whether it speaks of what is paid in this month, to this party, of this benefit, from this fund."""
        return (
            self.to in ("", to)
            and self.benefit in (None, benefit)
            and (self.fund is None or self.fund.value == fund)
            and self.month in (None, month)
            and (self.since is None or self.since <= month)
        )


class Life(Part):
    """One life, from the facts to the sen."""

    name: str
    """Of its file, without the ending."""
    title: str
    source: str = ""
    story: str
    law: list[str] = Field(min_length=1)
    rests_on: list[str] = []
    people: dict[Name, PersonPart] = Field(min_length=1)
    employers: list[Name] = []
    hospitals: list[Name] = []
    """Beside the one that every life has."""
    employments: list[EmploymentPart] = []
    memberships: list[MembershipPart] = []
    wages: list[WagesPart] = []
    steps: list[Step] = Field(min_length=1)
    until: date
    owed: list[OwedPart] = []
    paid: list[PaidPart]
    total: Amount
    """Of all that was paid."""
    borne: list[FundPart] = []
    comes_back: list[BackPart] = []
    oracle: list[dict[str, str]] = []
    """Parts by which `oracle.py` works what is owed in all."""
    never: list[NeverPart] = Field(min_length=1)
    working: str
    """The arithmetic by hand."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        days = [step.day for step in self.steps]
        if days != sorted(days):
            raise ValueError("the steps are in the order of their days")
        if days[-1] > self.until:
            raise ValueError("a step is after the end of the life (`until`)")
        if sum(each.amount for each in self.paid) != self.total:
            raise ValueError(
                f"what is paid comes to {sum(each.amount for each in self.paid)} sen, the total is another"
            )
        for name in self._named():
            if name not in {*self.people, *self.employers, *self.hospitals, OFFICER, HOSPITAL}:
                raise ValueError(f"{name} is nobody of `people`, no employer and no hospital")
        return self

    @model_validator(mode="after")
    def _never_pays_what_it_says_is_never_paid(self) -> Self:
        for never, paid in product((each for each in self.never if each.is_paid), self.paid):
            amount = paid.amount if never.amount is None else never.amount
            if never.is_of(paid.month, paid.to, paid.benefit, paid.fund.value) and paid.amount == amount:
                raise ValueError(f"never: {never.says}: {paid.month} of `paid` has it")
        return self

    def _named(self) -> Iterator[str]:
        yield from (name for each in self.employments for name in (each.of, each.employer))
        yield from (name for each in self.wages for name in (each.of, each.employer))
        yield from (each.of for each in self.memberships)
        yield from (each.of for each in self.comes_back)
        yield from (each.to for each in self.owed)
        yield from (each.to for each in self.paid)
        yield from (each.to for each in self.never if each.to)
        for step in self.steps:
            for member in ("of", "by", "payee", "holder"):
                if name := getattr(step.what, member, ""):
                    yield name

    @property
    def first_day(self) -> date:
        """Of what happens in it; a board is asked before it sits."""
        return min([step.day for step in self.steps] + [step.board.asked for step in self.steps if step.board])

    @property
    def acts_on(self) -> frozenset[str]:
        """The benefits on which something in it acts for everybody: those that an order raises or a figure rates."""
        acts: set[str] = set()
        for step in self.steps:
            if step.increase is not None:
                acts |= {factor["benefit"] for factor in step.increase.rest["factors"]}
            if step.figure is not None:
                rated = {each for each in get_args(Benefit) if step.figure.rest["figure"].split(".")[1] in each}
                acts |= rated or set(get_args(Benefit))
        return frozenset(acts)

    def disturbs(self, other: "Life") -> bool:
        """Whether it may change what another life beside it comes to: what that is paid of, or acts on too."""
        return bool(self.acts_on & {*other.acts_on, *(each.benefit for each in other.paid)})


class _Loader(yaml.CSafeLoader):
    """Days, months and amounts stay the text that was written; only true, false and whole numbers are read."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|[1-9][0-9]*)$"), list("0123456789"))


def read_life(path: Path) -> Life:
    """The life of a file; raises LifeMalformed."""
    try:
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise LifeMalformed(f"{path.name}: {error}") from error
    if not isinstance(written, dict):
        raise LifeMalformed(f"{path.name}: a life is a mapping")
    try:
        parts = [{name: str(value) for name, value in part.items()} for part in written.get("oracle", [])]
        return Life.model_validate({**written, "oracle": parts, "name": path.stem})
    except ValidationError as error:
        said = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise LifeMalformed(f"{path.name}: " + "; ".join(said)) from error


@cache
def read_lives(path: Path = CASES) -> tuple[Life, ...]:
    """The lives of a file, or of every file under a folder, by name, read once; raises LifeMalformed."""
    files = [path] if path.is_file() else sorted(path.rglob("*.yaml"))
    return tuple(read_life(each) for each in files)
