"""Erasing what is kept of a person: what the law keeps and until when, what postpones it, and what is told of it.

Social insurance rests on what was recorded decades ago: while somebody lives, or leaves behind whom a pension may be
owed, the record is what they are insured by. So the time runs from the last entry and from the end of a life
(decision 80).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registration.domain.errors import MergedByMistake
from shared.kernel.clock import business_day
from shared.kernel.identifiers import person_id
from shared.law.act4.registration.rules import keep_records_to, kept_for_life_to
from shared.law.book import book

# As long as an erasure is postponed before officers are asked again (assumed: the sources name no term).
HELD = timedelta(days=90)
# The services that listen, and how long one may say nothing before officers look (assumed as well).
FOLLOWERS = ("claims", "benefits", "rehab", "jobs")
TOLD_WITHIN = timedelta(days=7)
NOT_TOLD = "not_told"
HOLD_OVER, ASKED, FAILED = "hold_goes_on", "erasure_asked", "erasure_failed"
_NEWEST = "Organisation's practice (assumed)"
# What names a person in passing and is searched for nobody (docs/privacy.md).
_UPLOADS, _PUSHED, _OPENING = timedelta(days=2 * 366), timedelta(days=45), timedelta(days=7 * 366)
# Numbers of one person that a task shows: one of more than so many is looked up.
_MOST_SHOWN = 12


class ErasureReason(StrEnum):
    """Why what is kept of somebody is erased."""

    ASKED_BY_PERSON = "asked_by_person"
    REGISTERED_BY_MISTAKE = "registered_by_mistake"
    TIME_OVER = "time_over"
    """Nothing asks for it any more: the timer finds that, and nobody states it."""


class ErasureState(StrEnum):
    """Where an erasure stands; a partial one is over too: the timer erases the rest in its time."""

    WAITING = "waiting"
    REFUSED = "refused"
    GRANTED = "granted"
    HELD = "held"
    PARTLY = "partly"
    ERASED = "erased"


class HoldReason(StrEnum):
    """What postpones an erasure that was granted."""

    CLAIM_OPEN = "claim_open"
    ASSESSMENT_OPEN = "assessment_open"
    MERGE_WAITS = "merge_waits"
    CORRECTION_WAITS = "correction_waits"
    RELATION_WAITS = "relation_waits"
    REGISTER_STATEMENT_WAITS = "register_statement_waits"
    CLAIMS_NOT_ARRIVED = "claims_not_arrived"
    """What claims decided last may be on its way."""
    CLAIMS_UNKNOWN = "claims_unknown"
    """What claims decided was never stated here, or cannot be read: nobody knows whether a claim is open."""
    FAILED = "erasure_failed"
    """The database refused it."""
    FILE_WAITS = "file_waits"
    """A contribution file of an employer of the person came before it was granted, and is not worked off."""
    FILE_FAILED = "file_failed"
    """One of them that nobody can work off: officers are asked whether it is closed."""
    PUSHED_EVENT_WAITS = "pushed_event_waits"
    """What was pushed about the person is not worked off."""
    ASSIGNMENT_WAITS = "assignment_waits"
    """What a split assigned is not carried to whose it is."""
    COVER_PAYMENT_WAITS = "cover_payment_waits"
    """A payment for cover that was reported late, or is said to be none."""


# What registration itself has to work off, within moments where it does not fail.
OF_OUR_OWN = frozenset({HoldReason.FILE_WAITS, HoldReason.PUSHED_EVENT_WAITS, HoldReason.ASSIGNMENT_WAITS})
# Who ends what postpones.
_OWNERS = {
    HoldReason.CLAIM_OPEN: "service:claims",
    HoldReason.ASSESSMENT_OPEN: "officer:enforcement",
    HoldReason.MERGE_WAITS: "officer:person_merge",
    HoldReason.CORRECTION_WAITS: "officer:person_correction",
    HoldReason.RELATION_WAITS: "officer:family_relation",
    HoldReason.REGISTER_STATEMENT_WAITS: "officer:register_statement",
    HoldReason.CLAIMS_NOT_ARRIVED: "service:claims",
    HoldReason.CLAIMS_UNKNOWN: "operator",
    HoldReason.FAILED: "operator",
    HoldReason.FILE_FAILED: "officer:contribution_file",
    HoldReason.COVER_PAYMENT_WAITS: "officer:cover_payment",
    **dict.fromkeys(OF_OUR_OWN, "service:registration"),
}


@dataclass(frozen=True, slots=True)
class Hold:
    """What postpones it, by the id of the matter."""

    reason: HoldReason
    about: str

    @property
    def owner(self) -> str:
        """Who ends it."""
        return _OWNERS[self.reason]


class FollowerState(StrEnum):
    """How far a service is with a person of whom registration keeps nothing any more."""

    AWAITED = "awaited"
    HELD = "held"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Follower:
    """How a service follows an erasure, of one number or of all; what is not over has a reason, an owner and a day
    after which somebody must look."""

    service: str
    state: FollowerState
    reason: str | None
    owner: str | None
    until: date | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of how long a person's record is needed; `last_entry` is None where nothing was ever entered.

    `is_open`: an employment goes on, or something is owed without an end. `relatives`: the same of whoever is family,
    since survivors are owed by it.
    """

    last_entry: date | None
    is_open: bool
    born_on: date | None
    died_on: date | None
    relatives: Sequence["Basis"] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when the law keeps the record (None: no day is known yet), and which law says so."""

    until: date | None
    law: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """That what is kept of a person is erased: as it was stated, and what became of it.

    `numbers`: all of the one person, of which it is asked and decided, and at last those that were erased; where nobody
    is asked, none until then.
    """

    id: UUID
    person: int
    tenant: str
    officer: str | None
    reason: ErasureReason
    evidence: str | None
    stated_at: datetime
    state: ErasureState = ErasureState.WAITING
    revision: int = 1
    numbers: Sequence[int] = ()
    proposed_by: str | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None
    holds: Sequence[Hold] = ()
    held_until: date | None = None
    erased: Mapping[str, int] = field(default_factory=dict)
    erased_at: datetime | None = None
    told_revision: int | None = None
    kept_until: date | None = None
    kept_law: str | None = None
    followed_at: datetime | None = None
    # What each service told of each of the numbers.
    told: Sequence[Follower] = ()

    @property
    def is_granted(self) -> bool:
        """Whether what postpones it is all that is between it and its end."""
        return self.state in (ErasureState.GRANTED, ErasureState.HELD)

    @property
    def is_over(self) -> bool:
        """Whether nothing becomes of it any more."""
        return self.state in (ErasureState.REFUSED, ErasureState.PARTLY, ErasureState.ERASED)

    @property
    def waits_for_officers(self) -> bool:
        """Whether two officers have something to decide: at first, and where it has been postponed too long."""
        return self.state in (ErasureState.WAITING, ErasureState.HELD)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        found: dict[str, str | int] = {"person": person_id(self.person), "why": str(self.reason)}
        if len(self.numbers) > 1:
            found["numbers"] = ", ".join(person_id(number) for number in sorted(self.numbers)[:_MOST_SHOWN])
        if self.holds:
            found["holds"] = ", ".join(sorted({str(each.reason) for each in self.holds}))
        return found

    def is_of(self, numbers: Sequence[int]) -> bool:
        """Whether these are the numbers of which it was asked and decided; of one that nobody decided, whichever."""
        return self.reason is ErasureReason.TIME_OVER or sorted(self.numbers) == sorted(numbers)

    def asked_again(self, numbers: Sequence[int]) -> "Erasure":
        """The same of other numbers: what was decided of those of before says nothing of these."""
        asked = replace(self, state=ErasureState.WAITING, revision=self.revision + 1, numbers=sorted(numbers))
        undecided = replace(asked, proposed_by=None, approved_by=None, decided_at=None)
        return replace(undecided, holds=(), held_until=None)

    def check_numbers(self, numbers: Sequence[int]) -> None:
        """Raises MergedByMistake: whoever was found to be somebody who is known was not registered by mistake."""
        if self.reason is ErasureReason.REGISTERED_BY_MISTAKE and len(numbers) > 1:
            raise MergedByMistake()


def followers_of(said: Erasure) -> list[Follower]:
    """How far each service is, of all numbers together; none where nothing is theirs to follow."""
    if said.state is not ErasureState.ERASED or said.erased_at is None:
        return []
    return [_follower(service, said, said.erased_at) for service in FOLLOWERS]


def _follower(service: str, said: Erasure, erased_at: datetime) -> Follower:
    """Of several numbers the one that is least far, and of those that are held the one that is held longest."""
    told = [each for each in said.told if each.service == service]
    if len(told) < len(said.numbers):
        until = business_day(erased_at) + TOLD_WITHIN
        return Follower(service, FollowerState.AWAITED, NOT_TOLD, f"service:{service}", until, None)
    return max(told, key=lambda each: (each.state is FollowerState.HELD, each.until or date.min, each.since))


@dataclass(frozen=True, slots=True)
class KeptClass:
    """A record class that stands after an erasure: until when, why, and which law says so."""

    name: str
    why: str
    law: str
    until: date | None = None


def kept_of(basis: Basis, today: date) -> Kept | None:
    """What the law keeps of the record today; None: nothing asks for it any more, or nothing ever did.

    Of who lives it is kept as long as that of a relative who is insured: a survivor is told by it.
    """
    own = _kept_by_itself(basis, today)
    family = () if basis.died_on is not None else basis.relatives
    found = [each for each in (own, *(_kept_by_itself(relative, today) for relative in family)) if each is not None]
    return max(found, key=lambda each: (each.until is None, each.until or today), default=None)


def _kept_by_itself(basis: Basis, today: date) -> Kept | None:
    if basis.last_entry is None and not basis.is_open:
        return None
    law = book().on(today, today)
    entered = keep_records_to(max(filter(None, (basis.last_entry, today if basis.is_open else None))), law)
    if basis.died_on is not None:
        needed: date | None = max(entered, keep_records_to(basis.died_on, law))
    else:
        needed = None if basis.born_on is None else max(entered, kept_for_life_to(basis.born_on, law))
    cited = "; ".join(law.citations)
    if basis.is_open and basis.died_on is None:
        return Kept(None, cited)
    return None if needed is not None and needed < today else Kept(needed, cited)


def law_of_keeping(day: date) -> str:
    """Which law says how long a record is kept: for an erasure of which its event alone is known."""
    law = book().on(day, day)
    kept_for_life_to(day, law)
    return "; ".join(law.citations)


def is_over_at_latest(today: date) -> tuple[date, date]:
    """Of whom nothing can be kept any more: who died before the one day, or was born before the other."""
    law = book().on(today, today)
    died = today.replace(year=today.year - law.count("act4.registration.records_years"), day=min(today.day, 28))
    years = law.age("act4.registration.life_years") + law.count("act4.registration.records_years")
    return died, today.replace(year=today.year - years, day=min(today.day, 28))


def kept_classes(said: Erasure) -> list[KeptClass]:
    """What stands after it, for the certificate."""
    if said.state not in (ErasureState.PARTLY, ErasureState.ERASED):
        return []
    law = said.kept_law or _NEWEST
    if said.state is ErasureState.PARTLY:
        own = [
            KeptClass("identity", "insured_by_it", law, said.kept_until),
            KeptClass("employments_and_contributions", "insured_by_it", law, said.kept_until),
            KeptClass("claims_and_payments", "insured_by_it", law, said.kept_until),
            KeptClass("family_and_registers", "survivors_are_owed_by_it", law, said.kept_until),
            KeptClass("accesses", "who_looked_is_told", _NEWEST, said.kept_until),
        ]
    else:
        own = [KeptClass("figures_by_number", "funds_and_decisions_rest_on_them", _NEWEST)]
    erased_on = None if said.erased_at is None else business_day(said.erased_at)
    in_passing = (("rejected_lines", _UPLOADS), ("pushed_events", _PUSHED), ("opening_rows", _OPENING))
    return [
        *own,
        KeptClass("officers_decisions", "two_officers_answer_for_it", _NEWEST),
        *(
            KeptClass(name, "nobody_is_searched_for_in_them", _NEWEST, None if erased_on is None else erased_on + term)
            for name, term in in_passing
        ),
        KeptClass("messages_in_passing", "they_end_by_themselves", _NEWEST),
        KeptClass("backups", "they_end_by_themselves", _NEWEST),
    ]
