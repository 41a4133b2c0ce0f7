"""Why more was paid of a benefit than is owed, as whoever is told of it reads. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.calendar import PaymentCalendar, Reached
from services.benefits.domain.conditioned import conditioned
from services.benefits.domain.conditions import Conditions
from services.benefits.domain.entitled import Entitled
from shared.kernel.money import Sen
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Overpaid:
    """A benefit of which more was paid than is owed: what claims states of it, and what stands beside.

    ``reached`` is until when it was due before, ``paid_sen`` what was granted until then. ``is_decided_again``: a newer
    revision states it.
    """

    entitled: Entitled
    conditions: Conditions
    day: date
    reached: Reached
    paid_sen: Sen
    is_decided_again: bool

    def due_sen(self, conditions: Conditions, calendar: PaymentCalendar, law: LawOn) -> Sen:
        """What of it was due by then under other conditions."""
        of_these = conditioned(self.entitled, conditions, self.day, calendar, law).entitled
        return of_these.due_sen(self.day, self.reached)


def why_less(overpaid: Overpaid, calendar: PaymentCalendar, law: LawOn) -> str:
    """Why more was paid than is owed, as a code: its payee died, it is suspended, or it was decided so.

    That is what moved: without it as much would be owed as was paid. Where no condition says so by itself, a newer
    revision does.
    """
    conditions = overpaid.conditions
    living = replace(conditions, died_on=None)
    others = [tuple(each for each in conditions.statements if each is not one) for one in conditions.suspensions]
    if any(
        overpaid.due_sen(replace(conditions, statements=each), calendar, law) == overpaid.paid_sen for each in others
    ):
        return "suspended"
    if conditions.died_on is not None:
        due_sen = overpaid.due_sen(living, calendar, law)
        if due_sen == overpaid.paid_sen or not overpaid.is_decided_again:
            return "payee_died"
    return "suspended" if conditions.suspensions and not overpaid.is_decided_again else "decided_again"
