"""What stands beside what claims states of one benefit of a party over the years: orders, what is stated of the payee,
what it was asked for, its death. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind
from shared.kernel.identifiers import derived_id
from shared.law.act4.increases.orders import Increase


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate that a payee was asked for: the day by which it is due, when it was asked for and reminded of.

    ``told_on`` is the day on which the first letter about it reached whoever it was written to; None: none did so far.
    ``key`` is the benefit for which it was asked, by the name that it had then.
    """

    certificate: CertificateKind
    due_on: date
    asked_on: date
    reminded_on: date | None = None
    told_on: date | None = None
    key: EntitlementKey | None = None

    def id_of(self, key: EntitlementKey) -> UUID:
        """What names it, of a benefit that has this name now: the same in a database that has forgotten it."""
        named = self.key or key
        of_benefit = (named.claim, named.scheme, named.benefit, named.party)
        return derived_id("certificate_request", *of_benefit, self.certificate.value, self.due_on)

    def matter_of(self, party: str) -> UUID:
        """What letters to a party about it have in common: of all its benefits of which it is due on the same day."""
        return derived_id("certificate_letter", party, self.certificate.value, self.due_on)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What stands beside what claims states of one benefit of a party: see the module."""

    increases: tuple[Increase, ...] = ()
    statements: tuple[PartyStatement, ...] = ()
    requests: tuple[Request, ...] = ()
    died_on: date | None = None

    def proved_on(self, certificate: CertificateKind) -> date | None:
        """The day of the newest certificate of a kind."""
        found = (each for each in self._of(StatementKind.CERTIFICATE) if each.says == certificate)
        return max((each.first_on for each in found), default=None)

    def studies_on(self, day: date) -> bool:
        """Whether the party is paid as a student on a day."""
        return any(day in each.days for each in self._of(StatementKind.STUDENT))

    @property
    def suspensions(self) -> tuple[PartyStatement, ...]:
        """Those of this benefit."""
        return self._of(StatementKind.SUSPENSION)

    @property
    def heirs_sought_on(self) -> date | None:
        """The last day on which two officers found no heir of who died; of a death that never was it says nothing."""
        died = self.died_on or date.max
        sought = (each.first_on for each in self._of(StatementKind.HEIRS_SOUGHT))
        return max((each for each in sought if each >= died), default=None)

    def written_to(self, party: str, day: date) -> tuple[str, ...]:
        """To whom letters to a party go on a day: to whoever acts for it, else to the party. Who acted for it while it
        lived acts no more when it has died."""
        since = self.died_on or date.min
        orders = (each for each in self._of(StatementKind.ACTING) if day in each.days and each.first_on > since)
        acting = {each.holder for each in orders if each.holder}
        return tuple(sorted(acting)) or (party,)

    def _of(self, kind: StatementKind) -> tuple[PartyStatement, ...]:
        return tuple(each for each in self.statements if each.kind is kind)


NONE = Conditions()
