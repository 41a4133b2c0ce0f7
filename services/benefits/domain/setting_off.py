"""What of a payment is kept against what is to come back: a share that the law names, and a plan's sum for a month.

Within one Act the law says how much; across Acts, or between a benefit and what is none, an agreement does (decision
46). What is kept is never above what falls due or what is open, in whole sen downwards.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from services.benefits.domain.entitled import CLAIMS, Entitled, EntitlementKey, Source, is_loan
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.act4.owing.rules import loan_set_off_share, set_off_share
from shared.law.book import LawOn


@dataclass(frozen=True, slots=True)
class Due:
    """What is due beyond what was granted.

    ``first_sen`` of it falls due for the first time: what came back, or was withdrawn, had its share kept when it was
    first paid. ``kept_sen`` is what was kept of it already, against other debts.
    """

    sen: Sen
    first_sen: Sen
    kept_sen: Sen = 0

    def less(self, kept: Sen) -> "Due":
        """What is left of it when so much is kept."""
        return replace(self, sen=max(0, self.sen - kept), kept_sen=self.kept_sen + kept)

    def again(self, part: Sen) -> "Due":
        """What is left of it without what is of days that were paid already: no share is of that."""
        left = max(0, self.sen - part)
        return replace(self, sen=left, first_sen=min(self.first_sen, left))


@dataclass(frozen=True, slots=True)
class Keep:
    """How much may be kept against a debt: ``share`` of what falls due, all debts together, and no more than a plan's
    ``monthly_sen`` in a calendar month, of which ``taken_sen`` came back already."""

    share: Fraction = Fraction(1)
    monthly_sen: Sen | None = None
    taken_sen: Sen = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing limits it."""
        return self.share == 1 and self.monthly_sen is None

    def of(self, due: Due, open_sen: Sen) -> Sen:
        """What is kept of what is due against what is open."""
        limits = [due.sen, open_sen]
        if self.share < 1:
            limits.append(int(due.first_sen * self.share) - due.kept_sen)
        if self.monthly_sen is not None:
            limits.append(self.monthly_sen - self.taken_sen)
        return max(0, min(limits))


WHOLE = Keep()


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """What is still to come back of another entitlement of the party, and the fund that bore it.

    It is under the same Act, of the same owner and source, or it is ``agreed`` that it is set off. ``paid`` are the
    days that were paid there, where it makes good the same loss; ``again_sen`` is what is due of them elsewhere now.
    ``ended``: nothing of it is owed any more, so that of a loan it is all that was paid, and no instalment.
    """

    key: EntitlementKey
    fund: str
    revision: int
    open_sen: Sen
    owner: str = CLAIMS
    source: Source = Source.CLAIM
    agreed: bool = False
    keep: Keep = WHOLE
    paid: tuple[Days, ...] = ()
    again_sen: Sen = 0
    ended: bool = False

    @property
    def is_loan(self) -> bool:
        """Whether what is to come back was lent."""
        return self.source is Source.PAYABLE and is_loan(self.key.benefit)


@dataclass(frozen=True, slots=True)
class SetOff:
    """Set what is newly owed off against the open recovery of another entitlement of the party (Act 4 s.50(1A)).

    ``again``: it is of days that were paid there, which no limit holds.
    """

    debt: OpenDebt
    amount_sen: Sen
    again: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Which part of the benefit that falls due under a debt's own Act is kept against it, and Act and section by which;
    ``law`` is None where that is nothing: it takes an agreement."""

    share: Fraction
    law: str | None


def kept_of_benefit(key: EntitlementKey, source: Source, law: LawOn) -> Kept:
    """By the law of a day; what was agreed beyond it stands with the agreements. ``law`` is read here first."""
    share = _of_benefit(key, source, law)
    cited = dict.fromkeys(entry.law for entry in law.take_recent())
    return Kept(share, "; ".join(cited) if share else None)


def by_law(debt: OpenDebt, entitled: Entitled, law: LawOn) -> OpenDebt:
    """A debt with the share of this entitlement that may be kept against it."""
    share = Fraction(1) if debt.agreed else _share(debt, entitled, law)
    return replace(debt, keep=replace(debt.keep, share=share))


def own_by_law(keep: Keep, agreed: bool, entitled: Entitled, law: LawOn) -> Keep:
    """The same for what is to come back of the entitlement itself.

    Of a payable that is all of it: of a loan its instalments are no part of that (decision 48).
    """
    of_law = set_off_share(entitled.key.scheme, law) if entitled.is_benefit else Fraction(1)
    return replace(keep, share=Fraction(1) if agreed else of_law)


def _share(debt: OpenDebt, entitled: Entitled, law: LawOn) -> Fraction:
    """Of a loan what the law of loans has, and of what is lent or otherwise payable nothing while it goes on.

    What is no benefit is set off against what its owner owes under the same Act, all of it (decision 40).
    """
    if debt.key.scheme != entitled.key.scheme:
        return Fraction(0)
    if entitled.is_benefit:
        return _of_benefit(debt.key, debt.source, law)
    if debt.is_loan and not debt.ended:
        return Fraction(0)
    return Fraction((debt.owner, debt.source) == (entitled.owner, entitled.source))


def _of_benefit(key: EntitlementKey, source: Source, law: LawOn) -> Fraction:
    """Nothing of benefit is kept against a payable that is no loan."""
    if source is Source.CLAIM:
        return set_off_share(key.scheme, law)
    return loan_set_off_share(key.scheme, law) if is_loan(key.benefit) else Fraction(0)


def parted(debts: Sequence[OpenDebt], due: Due) -> Iterator[SetOff]:
    """What is kept of what is due against each debt, in their order; of days that were paid there, all."""
    for debt in debts:
        again = 0 if debt.keep.is_whole else min(debt.again_sen, debt.open_sen, due.sen)
        if again:
            yield SetOff(debt, again, again=True)
            due = due.again(again)
        if part := debt.keep.of(due, debt.open_sen - again):
            yield SetOff(debt, part)
            due = due.less(part)


def left_of(debts: Sequence[OpenDebt], set_off: Iterable[SetOff]) -> tuple[OpenDebt, ...]:
    """What of the debts is open after these."""
    parts: Counter[EntitlementKey] = Counter()
    for each in set_off:
        parts[each.debt.key] += each.amount_sen
    after = (replace(debt, open_sen=debt.open_sen - parts[debt.key]) for debt in debts)
    return tuple(debt for debt in after if debt.open_sen)
