"""Which certificates count without officers: those that nothing contradicts, and for which no payment waits. Pure."""

from dataclasses import dataclass

from services.benefits.domain.statements import CertificateKind, GivenBy, PartyStatement, StatementKind
from shared.law.act4.certificates.rules import counts_by_itself
from shared.law.book import LawOn

# Who let it count where no officer did.
RULE = "rule:act4.certificates.counts_by_itself"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside a certificate: for whom it was stated, and of its payee what speaks against it.

    ``is_asked``: its payee was asked for one of the kind, which is due, or was within a year. ``is_dead``: a register
    states a death. ``is_held_back``: a payment waits for a certificate. ``was_withdrawn``: one of before was found
    wrong. ``is_used``: its document stands in another payee's. ``is_of_fraud``: a benefit of the payee is suspended for
    fraud. ``lives_here``: an officer has seen it within ``lives_here_days``, and no authority abroad gave a
    certificate.
    """

    tenant: str
    is_asked: bool
    is_dead: bool
    is_held_back: bool
    was_withdrawn: bool
    is_used: bool
    is_of_fraud: bool
    lives_here: bool

    @property
    def is_contradicted(self) -> bool:
        """Whether a person looks before it counts."""
        return self.is_dead or self.was_withdrawn or self.is_used or self.is_of_fraud


def counts_at_once(said: PartyStatement, beside: Beside, law: LawOn) -> bool:
    """Whether a certificate counts by rule: it was asked for, it pays nothing out, and neither its sender nor what is
    known is against it. What one officer enters of anybody waits for another one, as all that an officer states; who
    acts for a payee, and is paid for it, proves by no word of its own that the payee lives; nor does a payee that may
    live abroad, where no register would tell of its death."""
    if said.kind is not StatementKind.CERTIFICATE or said.replaces is not None or not counts_by_itself(law):
        return False
    is_answer = beside.is_asked and not beside.is_held_back
    return is_answer and not beside.is_contradicted and _is_trusted(said, beside)


def _is_trusted(said: PartyStatement, beside: Beside) -> bool:
    """The own word of its life and standing of a payee that lives here, under its own token."""
    is_own = beside.tenant == said.party and said.holder == GivenBy.PAYEE
    return is_own and said.says != CertificateKind.STUDY and beside.lives_here
