"""Topic ``registration``: who is registered, who works for whom, and what they are covered by.

Every event states its subject whole, with the revision that registration gave it; the higher revision wins.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from pydantic import field_validator, model_validator

from shared.contracts.envelope import Event, Number, Part, PersonEvent, Revision, StatedSen, Token, WageMonth
from shared.contracts.topics import REGISTRATION

_FIRST_FILED, _LAST_FILED = date(1900, 1, 1), date(2100, 12, 31)
_LONGEST_PARTY = 60
_CATEGORIES = {
    "act4": frozenset({"first", "second"}),
    "skbbk": frozenset({"mandatory", "by_default", "by_choice", "out"}),
    "act800": frozenset({"insured"}),
}


class Residence(StrEnum):
    """The standing that decides which schemes a person can be a member of (Act 4 s.2; Act 800 First Schedule)."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    FOREIGN_WORKER = "foreign_worker"


class PersonRegisteredV1(PersonEvent):
    """A person was registered, or what is known of the person changed.

    ``id_tokens`` are keyed hashes of the person's national ids: another service that is handed a national id by a
    partner hashes it the same way, matches it here, and drops it. ``name_tokens`` are keyed hashes of the ways in which
    the person's name may be read, matched in the same way by ``shared.security.names``; absent from events of before
    there were any.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "person.registered"

    revision: int
    """Of what is known of the person: the higher one counts."""
    id_tokens: tuple[Token, ...]
    """A keyed hash of each national id, 32 characters; nobody outside the platform has the key."""
    born_on: date
    """The day of birth."""
    residence: Residence
    """The standing that decides which schemes are open to the person."""
    registered_at: datetime
    """When the person was registered."""
    name_tokens: tuple[Token, ...] = ()
    """A keyed hash of each way in which the name may be read, 32 characters; absent where there are none yet."""
    residence_since: date | None = None
    """The first day since which the residence is known to be so; absent where it has been so from birth on."""
    died_on: date | None = None
    """The day of death, as a public register stated it; absent where none did."""
    pass_ended_on: date | None = None
    """The last day of a foreign worker's pass, as the immigration register stated it; absent where it stated none, and
    again once two officers saw that it was renewed."""
    says_pass: bool = False
    """Whether the event says how the pass stands, also by naming no last day; absent from events of before any did."""


class EmployerRegisteredV1(Event):
    """An employer was registered (Act 4 s.4), or what is known of it changed.

    ``code`` is the organisation's own for it, that its files carry.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "employer.registered"

    employer: Number
    """The employer's number. Over REST it is `E`, nine digits and a check character: 7 is E0000000076."""
    revision: int
    """Of what is known of the employer: the higher one counts."""
    registered_at: datetime
    """When the employer was registered."""
    code: str | None = None
    """The organisation's own code for the employer, that its contribution files carry."""
    state: str | None = None
    """The state or federal territory of its seat, such as `selangor`; absent where nobody stated it."""
    sector: str | None = None
    """The section of the Malaysia Standard Industrial Classification 2008, `A` to `U`; absent as above."""
    ended_on: date | None = None
    """Its last day as an employer; absent while it employs, and again once it has begun again."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("employer", str(self.employer))

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"


class SpellEvent(PersonEvent):
    """What every event about an employment spell states: the whole spell."""

    topic = REGISTRATION

    spell: UUID
    """The spell."""
    employer: Number
    """The employer's number: over REST `E`, nine digits and a check character."""
    revision: int
    """Of the spell: the higher one counts, whichever event states it."""
    started_on: date
    """Its first day."""
    ended_on: date | None = None
    """Its last day; absent while it goes on."""
    confirmed_month: WageMonth | None = None
    """The first contributed month, `YYYY-MM`; absent until there is one."""
    stated_on: date | None = None
    """The day in Malaysia on which its start was first stated to registration; absent from spells of before this."""
    verified: bool = True
    """Whether an officer stated or verified it; spells of before this member count as verified."""
    refused: bool = False
    """Whether the last word of an officer was that it did not begin as stated: then it counts for nothing."""
    end_stated_on: date | None = None
    """The day in Malaysia on which its last day was stated; absent while it goes on, and from ends of before this."""
    end_verified: bool = True
    """Whether no employer's word alone ends it: an officer stated its last day, or it has none; ends of before this
    member count as verified."""
    kind_of_work: str | None = None
    """How the person works: `permanent`, `temporary`, `contract`, `part_time`, `casual`, `apprentice`, `intern`,
    `domestic_worker`; or why the law leaves it out: `civil_servant`, `self_employed`, `sole_proprietor`, `partner`,
    `prisoner`. Absent where nobody stated it; others may come."""
    spouse_of_employer: bool = False
    """Whether the person is married to the employer."""
    allowance_sen: StatedSen | None = None
    """An intern's monthly allowance, in sen; of nobody else."""
    carried_to: Number | None = None
    """Of a spell that is refused since a split found it to be another person's: whose. Only the event of the split says
    it."""
    carried_from: UUID | None = None
    """Of a spell that a split found to be this person's: under which id it had been stated of the other one, and counts
    for that one no more. Only the event of the split says it."""


class SpellStartedV1(SpellEvent):
    """A spell of employment under a contract of service began (Act 4 s.5)."""

    name: ClassVar[str] = "spell.started"


class SpellEndedV1(SpellEvent):
    """A spell of employment ended; ``ended_on`` is its last day."""

    name: ClassVar[str] = "spell.ended"

    ended_on: date
    """Its last day."""


class SpellConfirmedV1(SpellEvent):
    """The first contribution of a spell arrived: the proof that the employment is real.

    ``confirmed_month`` is the wage month (``YYYY-MM``), ``wage_sen`` the wage declared for it.
    """

    name: ClassVar[str] = "spell.confirmed"

    confirmed_month: WageMonth
    """The first contributed month, `YYYY-MM`."""
    wage_sen: StatedSen
    """The wage declared for that month, in sen."""


class MembershipPeriodV1(Part):
    """Days in one category; ``last`` is absent while the membership goes on."""

    category: str
    """The category of the scheme: `first` or `second` of `act4`; `mandatory`, `by_default`, `by_choice` or `out` of
    `skbbk`, where only who is `out` is not covered; `insured` of `act800`, which has no period for other days."""
    first: date
    """Its first day."""
    last: date | None = None
    """Its last day; absent while it goes on."""


class MembershipStatementV1(Part):
    """What a person said of taking part in a scheme that leaves a choice, and when it was filed."""

    kind: str
    """`release`: the Liability Release Notice; `return`: the person takes part after all."""
    filed_on: date
    """The day in Malaysia on which it was filed; a paper notice may be entered later."""
    stated_at: datetime | None = None
    """When it reached registration; absent from statements of before this member."""
    stated_by: str | None = None
    """The kind of party that stated it: `person`, `employer`, `organisation` for a paper notice; absent as above."""
    person: int | None = None
    """Of which number it was stated, where that is another one of the person whose membership it is."""

    @field_validator("kind")
    @classmethod
    def _is_one_of_both(cls, kind: str) -> str:
        if kind not in ("release", "return"):
            raise ValueError("a statement is a release or a return")
        return kind

    @field_validator("filed_on")
    @classmethod
    def _is_filed_within_the_act(cls, filed_on: date) -> date:
        if not _FIRST_FILED <= filed_on <= _LAST_FILED:
            raise ValueError("a day of filing is out of bounds")
        return filed_on

    @field_validator("stated_by")
    @classmethod
    def _is_a_kind_of_party(cls, stated_by: str | None) -> str | None:
        if stated_by is not None and not 0 < len(stated_by) <= _LONGEST_PARTY:
            raise ValueError("a kind of party is too long, or none")
        return stated_by


class MembershipChangedV1(PersonEvent):
    """A person's whole membership of a scheme: in which category and on which days (Act 4 s.6).

    Derived by registration from birth, residence, spells and statements; ``revision`` counts per person and scheme.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "membership.changed"

    scheme: str
    """Which scheme: `act4`; `skbbk`, the cover of non-employment injury; `act800`, the employment insurance. Others may
    come: who does not know one keeps it, and does nothing about it."""
    revision: int
    """Of this person's membership of this scheme: the higher one counts."""
    periods: tuple[MembershipPeriodV1, ...]
    """Every period that there is, not what is new; no two overlap."""
    statements: tuple[MembershipStatementV1, ...] = ()
    """What the person has stated of it, in the order in which it was stated: of `skbbk` only."""

    @model_validator(mode="after")
    def _is_in_categories_that_there_are(self) -> Self:
        _check_membership(self.scheme, self.revision, self.periods)
        return self


def _check_membership(scheme: str, revision: int, periods: Sequence[MembershipPeriodV1]) -> None:
    if revision < 1:
        raise ValueError("revisions are counted from 1")
    categories = _CATEGORIES.get(scheme)
    for period in periods:
        if categories is not None and period.category not in categories:
            raise ValueError("the scheme has no such category")
        if period.last is not None and period.last < period.first:
            raise ValueError("a period ends on its first day or later")


class RelationEvent(PersonEvent):
    """What every event about a family relation states: the whole relation, once for both human beings."""

    topic = REGISTRATION

    relation: UUID
    """The relation."""
    kind: str
    """What the relative is to the person: `spouse`, `child`, `adopted_child`, `ward`, `grandchild`, `sibling`; of a
    relative who is not registered also `parent`, `adoptive_parent`, `guardian` or `grandparent`."""
    revision: int
    """Of the relation: the higher one counts, whichever event states it."""
    first_on: date
    """Its first day: of a marriage, a birth, an adoption, a guardianship."""
    last_on: date | None = None
    """Its last day; absent while it goes on."""
    relative: Number | None = None
    """The number of the other one; absent where that one is not registered."""
    relative_born_on: date | None = None
    """The day of birth of a relative who is not registered, where it was stated."""
    withdrawn: bool = False
    """Whether two officers found that it never was: then it counts for nothing."""


class RelationStatedV1(RelationEvent):
    """Two officers let a family relation count that goes on (Act 4 s.2, dependants)."""

    name: ClassVar[str] = "relation.stated"


class RelationEndedV1(RelationEvent):
    """Two officers let count that a family relation ended, or that it never was."""

    name: ClassVar[str] = "relation.ended"


class PersonTakenOverV1(Part):
    """A person whom an earlier system knew: what `person.registered` would say."""

    person: Number
    """The person's number."""
    revision: int
    """Of what is known of the person: the higher one counts, also beside `person.registered`."""
    id_tokens: tuple[Token, ...]
    """A keyed hash of each national id."""
    born_on: date
    """The day of birth."""
    residence: Residence
    """The standing that decides which schemes are open to the person."""
    name_tokens: tuple[Token, ...] = ()
    """A keyed hash of each way in which the name may be read."""
    died_on: date | None = None
    """The day of death, where one is known."""
    pass_ended_on: date | None = None
    """The last day of a foreign worker's pass, where one is known."""
    residence_since: date | None = None
    """The first day since which the residence is known to be so; absent where it has been so from birth on."""


class SpellTakenOverV1(Part):
    """A spell that an earlier system knew, which two officers let count: what `spell.started` or `ended` would say."""

    spell: UUID
    """The spell."""
    person: Number
    """The person's number."""
    employer: Number
    """The employer's number."""
    revision: int
    """Of the spell: the higher one counts, whichever event states it."""
    started_on: date
    """Its first day."""
    ended_on: date | None = None
    """Its last day; absent while it goes on."""
    stated_on: date | None = None
    """The day on which its start was stated here."""


class MembershipTakenOverV1(Part):
    """A whole membership: what `membership.changed` would say."""

    person: Number
    """The person's number."""
    scheme: str
    """Which scheme."""
    revision: int
    """Of this person's membership of this scheme: the higher one counts."""
    periods: tuple[MembershipPeriodV1, ...]
    """Every period that there is."""
    statements: tuple[MembershipStatementV1, ...] = ()
    """What the person has stated of it."""

    @model_validator(mode="after")
    def _is_in_categories_that_there_are(self) -> Self:
        _check_membership(self.scheme, self.revision, self.periods)
        return self


class PeopleTakenOverV1(Event):
    """People, spells and memberships that were taken over from an earlier system, many at once.

    Each part says what an event of its own would, with the same revisions: whoever knows one by either knows it.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "people.taken_over"

    file: UUID
    """The opening file from which they come."""
    chunk: int
    """Which part of the file it states: a number that no other event of the file has."""
    taken_at: datetime
    """When they were taken over."""
    persons: tuple[PersonTakenOverV1, ...] = ()
    """People that were registered."""
    spells: tuple[SpellTakenOverV1, ...] = ()
    """Spells that were added."""
    memberships: tuple[MembershipTakenOverV1, ...] = ()
    """Memberships that changed by them."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("opening_file", f"{self.file}/{self.chunk}")

    @property
    def key(self) -> str:
        return f"opening:{self.file}/{self.chunk}"

    @property
    def rows(self) -> int:
        return len(self.persons) + len(self.spells) + len(self.memberships)

    def told(self) -> tuple[PersonEvent, ...]:
        """The same as events of their own."""
        persons = (
            PersonRegisteredV1(
                person=each.person,
                revision=each.revision,
                id_tokens=each.id_tokens,
                born_on=each.born_on,
                residence=each.residence,
                registered_at=self.taken_at,
                name_tokens=each.name_tokens,
                died_on=each.died_on,
                pass_ended_on=each.pass_ended_on,
                residence_since=each.residence_since,
            )
            for each in self.persons
        )
        memberships = (
            MembershipChangedV1(
                person=each.person,
                scheme=each.scheme,
                revision=each.revision,
                periods=each.periods,
                statements=each.statements,
            )
            for each in self.memberships
        )
        return (*persons, *self.spell_events(), *memberships)

    def spell_events(self) -> tuple[SpellEvent, ...]:
        """The spells as events of their own."""
        return tuple(_spell_told(each) for each in self.spells)


def _spell_told(each: SpellTakenOverV1) -> SpellEvent:
    whole = {
        "spell": each.spell,
        "person": each.person,
        "employer": each.employer,
        "revision": each.revision,
        "started_on": each.started_on,
        "stated_on": each.stated_on,
        "end_stated_on": None if each.ended_on is None else each.stated_on,
    }
    return SpellStartedV1(**whole) if each.ended_on is None else SpellEndedV1(**whole, ended_on=each.ended_on)


def told_singly(events: Sequence[Event]) -> list[Event]:
    """The events, with what was taken over as events of their own."""
    return [single for each in events for single in (each.told() if isinstance(each, PeopleTakenOverV1) else (each,))]


class PersonMergeEvent(PersonEvent):
    """What every event about two numbers of one person states: how the person's number stands to the survivor's.

    What is stated of a number stays that number's, also while both are one: whoever reads what is known of the person
    reads what was stated of all its numbers, and a split takes that apart by its source.
    """

    topic = REGISTRATION

    survivor: Number
    """The number under which both are known while they are one."""
    revision: int
    """Of how this person's number stands: the higher one counts, whichever event states it."""
    merged: bool
    """Whether both are one person's by now."""
    held_until: datetime | None = None
    """Until when payments of both are held at most, while two officers look; absent where nobody looks."""
    changed_at: datetime
    """Since when it stands so."""


class PersonHeldV1(PersonMergeEvent):
    """An officer stated that two numbers are one person's, or are not after all: two officers look."""

    name: ClassVar[str] = "person.held"

    held_until: datetime
    """Until when payments of both are held at most."""


class PersonMergedV1(PersonMergeEvent):
    """Two officers found two numbers to be one person's, or that they stay one."""

    name: ClassVar[str] = "person.merged"


class PersonSplitV1(PersonMergeEvent):
    """Two officers found two numbers to be two people's: split again, or not merged."""

    name: ClassVar[str] = "person.split"


class EnforcementEvent(Event):
    """What every event about a matter of enforcement states: the whole matter, without the officers."""

    topic = REGISTRATION

    employer: Number
    """The employer's number."""
    revision: int
    """Of the matter: the higher one counts."""
    stated_at: datetime
    """When an officer stated it."""

    @property
    def key(self) -> str:
        return f"employer:{self.employer}"


class InspectionStatedV1(EnforcementEvent):
    """An inspection of an employer was planned, held or called off."""

    name: ClassVar[str] = "inspection.stated"

    inspection: UUID
    """The inspection."""
    state: str
    """`planned`, `held` or `called_off`."""
    reason: str
    """Why, such as `complaint` or `arrears`."""
    planned_for: date
    """The day that was planned."""
    held_on: date | None = None
    """The day on which it was held; absent where it was not."""
    findings: tuple[Token, ...] = ()
    """What was found, such as `contributions_not_declared`; `nothing` where nothing was."""
    evidence: str | None = None
    """The number of the document."""
    reported_at: datetime | None = None
    """When it was reported or called off; absent while it is planned."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("inspection", str(self.inspection))


class EnforcementNoticeStatedV1(EnforcementEvent):
    """A follow-up notice was given to an employer, its time is over, or two officers found what became of it."""

    name: ClassVar[str] = "enforcement_notice.stated"

    notice: UUID
    """The notice."""
    inspection: UUID | None = None
    """The inspection that found it."""
    state: str
    """`open`, `overdue`, `complied` or `not_complied`."""
    demand: str
    """What is demanded, such as `declare_contributions`."""
    given_on: date
    """The day on which it was given."""
    answer_by: date
    """The last day on which to comply."""
    law: str
    """Acts and sections."""
    evidence: str | None = None
    """The number of the document."""
    decided_at: datetime | None = None
    """When two officers found what became of it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("enforcement_notice", str(self.notice))


class AssessedLineV1(Part):
    """What is assessed of a person's month, as it is due by the tables of the month."""

    month: WageMonth
    """The wage month, `YYYY-MM`."""
    person: Number
    """The person's number."""
    wage_sen: StatedSen
    """The wage that an officer found; zero: nothing is owed of it."""
    act4_employer_sen: StatedSen = 0
    """The employer's share under Act 4."""
    act4_employee_sen: StatedSen = 0
    """The employee's."""
    act800_employer_sen: StatedSen = 0
    """The employer's share under Act 800."""
    act800_employee_sen: StatedSen = 0
    """The employee's."""
    skbbk_employee_sen: StatedSen = 0
    """The employee's, of SKBBK."""


class ObjectionV1(Part):
    """What an employer said against an assessment."""

    reason: str
    """Why, such as `wages_differ`."""
    evidence: str
    """The number of the document."""
    stated_by: str
    """The party that said it: the employer, or the organisation for it."""
    objected_at: datetime
    """When."""


class AssessmentStatedV1(EnforcementEvent):
    """What an employer did not declare was assessed, objected to, confirmed or withdrawn (Act 4 s.14)."""

    name: ClassVar[str] = "assessment.stated"

    assessment: UUID
    """The assessment."""
    inspection: UUID | None = None
    """The inspection that found it."""
    state: str
    """`stated`, `confirmed` or `withdrawn`; it counts once two officers have confirmed it."""
    evidence: str
    """The number of the document."""
    object_by: date
    """The last day on which the employer may object."""
    known_on: date
    """The day as of which the law was known."""
    law: str
    """Acts and sections."""
    lines: tuple[AssessedLineV1, ...]
    """All of it, by month and person."""
    objection: ObjectionV1 | None = None
    """The employer's, where there is one."""
    decided_at: datetime | None = None
    """When two officers decided it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("assessment", str(self.assessment))

    @property
    def rows(self) -> int:
        return 1 + len(self.lines)


class CompoundPaymentV1(Part):
    """Money whose payer named a compound."""

    credit: UUID
    """Which money on the account."""
    amount_sen: StatedSen
    """How much."""
    banked_on: date
    """Its value day."""
    taken_back: bool = False
    """Whether the bank took it back."""


class CompoundStatedV1(EnforcementEvent):
    """An offence of an employer is to be compounded, or what became of that (Act 4 s.95A)."""

    name: ClassVar[str] = "compound.stated"

    compound: UUID
    """The compound."""
    reference: int
    """What its payer writes: RF, two check digits, K and this number."""
    inspection: UUID | None = None
    """The inspection that found it."""
    state: str
    """`proposed`, `refused`, `offered`, `paid`, `to_be_prosecuted`, `prosecuted` or `withdrawn`."""
    offence: str
    """Which, such as `contributions_not_paid`."""
    amount_sen: StatedSen
    """The sum."""
    evidence: str
    """The number of the document."""
    law: str
    """Acts and sections."""
    offered_on: date | None = None
    """The day on which it was offered."""
    pay_by: date | None = None
    """The last value day in time."""
    lapsed_at: datetime | None = None
    """When it was found not to be paid by then."""
    paid_late: bool = False
    """Whether two officers took it although it was paid later."""
    payments: tuple[CompoundPaymentV1, ...] = ()
    """What was paid of it."""
    returned_sen: StatedSen = 0
    """What two officers returned of that, since it was too much."""
    decided_at: datetime | None = None
    """When two officers decided last."""
    decided_for: str | None = None
    """The number of the document of that."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("compound", str(self.compound))


class SchemeRegistrationV1(Part):
    """What one party stated of an activity of a person, as it stands."""

    registration: UUID
    """The registration."""
    stated_by: str
    """The party that registered, such as `agent:5`."""
    stated_at: datetime
    """Since when it stands so."""
    first_on: date
    """The first day of the activity."""
    last_on: date | None = None
    """Its last day; absent while it goes on."""
    plan: str | None = None
    """The plan by which insured earnings are chosen; absent where they are chosen by class, or there are none."""
    earning_sen: StatedSen | None = None
    """The insured monthly earnings of the class that is chosen; absent where a plan is, or there are none."""


class CoverPaymentV1(Part):
    """A payment for cover, as it stands."""

    payment: UUID
    """The payment."""
    registration: UUID
    """The registration for which it was paid."""
    stated_by: str
    """The party that stated it."""
    payer: str
    """The party that paid."""
    channel: str
    """`house` or `agent`."""
    paid_at: datetime
    """When it was paid, to the minute, as it was stated."""
    reported_at: datetime
    """When it was stated."""
    begins_at: datetime
    """From when on it covers for certain; from `paid_at` to then, where it is later, nothing is certain while it is
    `reported_late`."""
    months: int
    """The months paid for."""
    amount_sen: StatedSen
    """What was paid."""
    earning_sen: StatedSen
    """The monthly income that it insures."""
    plan: str | None = None
    """The plan that was chosen when it was paid; absent where a class was, or there are none."""
    chosen_earning_sen: StatedSen | None = None
    """The insured earnings that were chosen then by class; absent where a plan was, or there are none."""
    state: str
    """`counts`, `reported_late`, `late_refused`, `reversal_stated` (it covers as before) or `reversed`: it covers
    nothing."""
    revision: Revision
    """Of the payment."""


class SchemeCoverStatedV1(PersonEvent):
    """Registrations and payments of a person for one activity of a scheme that people join of themselves, whole.

    From when to when it covers the statute book says (Act 789 ss.3, 14; Act 838 ss.3, 18). What is stated of a number
    of a person stays that number's.
    """

    topic = REGISTRATION
    name: ClassVar[str] = "scheme_cover.stated"

    scheme: str
    """The scheme, such as `act789`."""
    activity: str
    """The activity; empty where the scheme has none."""
    revision: int
    """Of this person's cover by this activity: the higher one counts."""
    registrations: tuple[SchemeRegistrationV1, ...]
    """Every registration, as it stands."""
    payments: tuple[CoverPaymentV1, ...] = ()
    """Every payment, as it stands, also one that was reversed; oldest first."""
    ended_on: date | None = None
    """The last day of the activity; absent while any registration goes on."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("scheme_cover", f"{self.person}/{self.scheme}/{self.activity}")
