"""Registrations for a scheme: one for each activity and party, with the class of insured earnings that was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registration.domain.errors import (
    ActivityNotNamed,
    ActivityOfNoScheme,
    ClassNotChosen,
    ClassOfNoScheme,
    MayNotJoin,
    RegistrarNotAllowed,
    SchemeRegistrationEndsEarly,
    SchemeRegistrationInFuture,
)
from services.registration.domain.schemes import Joining, Scheme
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a scheme is chosen: the activity, and a plan or insured monthly earnings in sen; "" and None: none."""

    scheme: str
    activity: str = ""
    plan: str | None = None
    earning_sen: Sen | None = None


@dataclass(frozen=True, slots=True)
class SchemeRegistration:
    """What one party stated of one activity of a person, as it stands since `recorded_at`; `last_on` None: it goes on.

    Its id follows from person, scheme, activity and party: whoever states the same again names the same.
    """

    id: UUID
    person: int
    tenant: str
    choice: Choice
    first_on: date
    last_on: date | None
    recorded_at: datetime
    officer: str | None = None

    def says_the_same(self, other: "SchemeRegistration") -> bool:
        """Whether another statement would change nothing."""
        return (self.choice, self.first_on, self.last_on) == (other.choice, other.first_on, other.last_on)


def registration_id(person: int, choice: Choice, tenant: str) -> UUID:
    """Of one party for one activity of a person."""
    return derived_id("scheme_registration", person, choice.scheme, choice.activity, tenant)


def check_choice(scheme: Scheme, choice: Choice, law: LawOn) -> None:
    """Raises ActivityNotNamed, ActivityOfNoScheme, ClassNotChosen, ClassOfNoScheme: what is chosen is in the book."""
    activities = scheme.activities(law)
    if activities and not choice.activity:
        raise ActivityNotNamed()
    if choice.activity and choice.activity not in activities:
        raise ActivityOfNoScheme()
    chosen = [each for each in (choice.plan, choice.earning_sen) if each is not None]
    if len(chosen) != (1 if scheme.has_classes else 0):
        raise ClassNotChosen()
    if not is_in_book(scheme, choice, law):
        raise ClassOfNoScheme()


def is_in_book(scheme: Scheme, choice: Choice, law: LawOn) -> bool:
    """Whether the plan or the class that is chosen is one of the scheme's on the day."""
    if choice.plan is not None:
        return scheme.plans_figure is not None and choice.plan in law.table(scheme.plans_figure).keys
    if choice.earning_sen is not None:
        return scheme.classes_figure is not None and choice.earning_sen in law.table(scheme.classes_figure).column(
            "earning"
        )
    return True


def check_joining(scheme: Scheme, who: Joining, day: date, law: LawOn) -> None:
    """Raises MayNotJoin, with the reason, where the law keeps the person out on the day."""
    bar = scheme.bar(who, day, law)
    if bar is not None:
        raise MayNotJoin.because(bar.value, scheme.joins)


def check_registrar(scheme: Scheme, kind: str, *, is_person: bool, is_officer: bool) -> None:
    """Raises RegistrarNotAllowed of a party that may not register others for the scheme."""
    if not (is_person or is_officer or scheme.takes_registrations_of(kind)):
        raise RegistrarNotAllowed()


def check_days(first_on: date, last_on: date | None, today: date) -> None:
    """Raises SchemeRegistrationInFuture, or SchemeRegistrationEndsEarly."""
    if first_on > today or (last_on is not None and last_on > today):
        raise SchemeRegistrationInFuture()
    if last_on is not None and last_on < first_on:
        raise SchemeRegistrationEndsEarly()


def standing_at(facts: Sequence[SchemeRegistration], instant: datetime) -> SchemeRegistration:
    """What stood at an instant, of the facts of one registration, oldest first; before the first one, that."""
    stood = [each for each in facts if each.recorded_at <= instant]
    return stood[-1] if stood else facts[0]
