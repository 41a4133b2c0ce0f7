"""Contributions that were paid and not due: what of an employer's wage month is refunded, fund by fund.

A line that is corrected downwards, withdrawn, or of a worker who is released from SKBBK asks for less than it did. What
it asked for at most, less what is due, is declared too much; of that comes back what was paid. An employer that still
owes something of the month has not paid it too much: the bound is the month's, over all funds.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.kernel.funds import Fund
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.contributions.rules import refunded as act4_refunded
from shared.law.act4.skbbk.rules import skbbk_refunded
from shared.law.act800.contributions.rules import refunded as act800_refunded
from shared.law.book import LawOn, book
from shared.law.canonical import canonical
from shared.law.errors import NotYetLaw

KIND = "contribution_refund"
# Why a task stands in the queue, and why one is closed.
PAID_NOT_DUE = "paid_not_due"
FORGOTTEN_AFTER_RESTORE = "forgotten_after_restore"
NOTHING_OVER = "nothing_over"
# Why a refund is withdrawn: the contributions are due after all, or were not paid.
DUE_AFTER_ALL = "due_after_all"
NOT_PAID = "not_paid"

_RULES: Mapping[Fund, Callable[[Month, LawOn], bool]] = {
    Fund.EMPLOYMENT_INJURY: lambda _, law: act4_refunded(law),
    Fund.INVALIDITY: lambda _, law: act4_refunded(law),
    Fund.NON_EMPLOYMENT_INJURY: skbbk_refunded,
    Fund.EMPLOYMENT_INSURANCE: lambda _, law: act800_refunded(law),
}
# The funds in the order in which what was paid too much of a month goes to them, where it is less than all (assumed).
FUNDS = tuple(_RULES)


def scheme_of(fund: Fund) -> str:
    """The Act under which a fund's contributions are paid."""
    return "act800" if fund is Fund.EMPLOYMENT_INSURANCE else "act4"


def payable_of(employer: int, month: Month, fund: Fund) -> UUID:
    """The id of the refund of an employer's month from a fund: one for ever."""
    return derived_id("refund", employer, month, fund)


@dataclass(frozen=True, slots=True)
class Basis:
    """Whether the law of a month refunds at all, the Acts and sections that say so, and the hash of what was read."""

    is_refunded: bool
    law: str
    law_hash: str


def basis(fund: Fund, month: Month, known: date) -> Basis:
    """The law of a wage month as known on a day; what is not law yet refunds nothing."""
    law = book().on(month.first_day, known)
    try:
        is_refunded = _RULES[fund](month, law)
    except NotYetLaw:
        is_refunded = False
    return Basis(is_refunded, "; ".join(law.citations), law.hash)


@dataclass(frozen=True, slots=True)
class Share:
    """A fund's share of an employer's month, in sen: what each of its lines declared at most, and what is due."""

    fund: Fund
    before_sen: Sen
    after_sen: Sen

    @property
    def over_sen(self) -> Sen:
        """What was declared too much."""
        return self.before_sen - self.after_sen


@dataclass(frozen=True, slots=True)
class Figures:
    """How an employer's month stands: its shares, lines of released workers with an SKBBK, and what the books know as
    banked; None: nothing, and two officers say."""

    shares: tuple[Share, ...]
    released_lines: int = 0
    banked_sen: Sen | None = None

    def share(self, fund: Fund) -> Share:
        """The share of a fund; nothing, where the month has none."""
        return next((each for each in self.shares if each.fund is fund), Share(fund, 0, 0))

    def refundable(self, paid_sen: Sen | None) -> dict[Fund, Sen]:
        """By fund what was declared too much; where it is known what was paid, in all no more than that is beyond what
        is due."""
        due = sum(share.after_sen for share in self.shares)
        left = sum(share.over_sen for share in self.shares)
        if paid_sen is not None:
            left = min(left, max(0, paid_sen - due))
        found = {}
        for share in self.shares:
            found[share.fund] = min(share.over_sen, left)
            left -= found[share.fund]
        return found


def figures_of(
    sums: Mapping[Fund, tuple[Sen, Sen]], released_lines: int, banked_sen: Sen | None, month: Month, known: date
) -> Figures:
    """The figures of a month from what its lines declared at most and what is due, by fund.

    What the law does not refund stays where it is, and counts as due.
    """
    shares = []
    for fund in FUNDS:
        before, after = sums[fund]
        kept = before > after and not basis(fund, month, known).is_refunded
        shares.append(Share(fund, before, before if kept else after))
    return Figures(tuple(shares), released_lines, banked_sen)


@dataclass(frozen=True, slots=True)
class Statement:
    """A revision of a refund as it is published; an amount of zero withdraws it. `owed_on` is that of the first."""

    employer: int
    month: Month
    fund: Fund
    revision: int
    amount_sen: Sen
    owed_on: date
    law: str
    stated_at: datetime
    withdrawn_for: str | None
    decision_hash: str
    record: Mapping[str, Any] | None = None
    proposed_by: str | None = None
    approved_by: str | None = None

    @property
    def payable(self) -> UUID:
        return payable_of(self.employer, self.month, self.fund)


@dataclass(frozen=True, slots=True)
class Refund:
    """The refund of an employer's month: its figures, what of two officers' finding counts as paid, what was stated of
    each fund last.

    `revision` rises with the figures. `claim` is the claim that waits for officers, `by_officer` whether one of them
    opened it, `last_claim` the last one that was answered. `recalled`: something of it came back after a restore, which
    forgot what officers found; until they decide again.
    """

    employer: int
    month: Month
    revision: int
    figures: Figures
    paid_sen: Sen | None = None
    last_claim: int = 0
    claim: int | None = None
    by_officer: bool = False
    recalled: bool = False
    stated: Mapping[Fund, Statement] = field(default_factory=dict)

    def stated_sen(self, fund: Fund) -> Sen:
        """What stands as refunded from a fund."""
        return self.stated[fund].amount_sen if fund in self.stated else 0

    @property
    def _most_paid_sen(self) -> Sen | None:
        """What may have been paid at most: receipts may know a part of what officers found; None: nobody knows."""
        banked = self.figures.banked_sen
        return None if banked is None else max(banked, self.paid_sen or 0)

    def paid(self, found_sen: Sen | None) -> Sen | None:
        """What counts as paid where officers find so much: no more than may have been; None: as is known banked."""
        if found_sen is None:
            return self.figures.banked_sen
        most = self._most_paid_sen
        return found_sen if most is None else min(found_sen, most)

    @property
    def is_claimable(self) -> bool:
        """Whether more was declared too much, as far as it may have been paid, than is refunded."""
        over = self.figures.refundable(self._most_paid_sen)
        return any(sen > self.stated_sen(fund) for fund, sen in over.items())

    def may_be_claimed(self, *, by_officer: bool) -> bool:
        """Whether there is something to decide; officers may also look again at what is refunded."""
        return self.is_claimable or (by_officer and any(said.amount_sen for said in self.stated.values()))

    @property
    def is_to_be_decided(self) -> bool:
        """Whether the claim that waits still asks for something."""
        return self.claim is not None and self.may_be_claimed(by_officer=self.by_officer)

    @property
    def lowered(self) -> dict[Fund, Sen]:
        """What still stands of what was stated: never more, and without officers less where more is due by now.

        What officers found paid is not undone by receipts that know only a part of it. After a restore nobody knows
        what they found: then it stands until two officers decide again.
        """
        return {fund: self.stated_sen(fund) for fund in self.stated} if self.recalled else self._known_to_stand

    @property
    def _known_to_stand(self) -> dict[Fund, Sen]:
        """Of what was stated, what is still too much by what is known."""
        limit = self.figures.refundable(self.paid(self.paid_sen))
        return {fund: min(self.stated_sen(fund), limit.get(fund, 0)) for fund in self.stated}

    @property
    def asks_officers(self) -> str | None:
        """Why officers are asked, as long as they are: of a claim; after a restore, of what stands and, but for what is
        forgotten, the machine would lower."""
        if self.is_to_be_decided:
            return PAID_NOT_DUE
        is_doubted = any(self.stated_sen(fund) > sen for fund, sen in self._known_to_stand.items())
        return FORGOTTEN_AFTER_RESTORE if self.recalled and is_doubted else None

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at, in sen."""
        found: dict[str, str | int] = {"month": str(self.month), "released_lines": self.figures.released_lines}
        banked = self.figures.banked_sen
        found |= {"banked": "unknown"} if banked is None else {"banked_sen": banked}
        for share in self.figures.shares:
            if share.over_sen or self.stated_sen(share.fund):
                found |= {
                    f"{share.fund}_before_sen": share.before_sen,
                    f"{share.fund}_after_sen": share.after_sen,
                    f"{share.fund}_stated_sen": self.stated_sen(share.fund),
                }
        return found

    def is_forgotten(self, paid_sen: Sen | None) -> bool:
        """Whether more stands, after a restore, than the lines are known to have declared too much: who is released may
        not be known again yet. It stands then, unless two officers find nothing paid."""
        over = self.figures.refundable(None)
        return self.recalled and paid_sen != 0 and any(self.stated_sen(fund) > over.get(fund, 0) for fund in FUNDS)

    def decided(self, paid_sen: Sen | None) -> dict[Fund, Sen]:
        """What two officers refund who found so much paid."""
        owed = self.figures.refundable(self.paid(paid_sen))
        if self.is_forgotten(paid_sen):
            return {fund: max(owed.get(fund, 0), self.stated_sen(fund)) for fund in FUNDS}
        return owed

    def statements(
        self, owed: Mapping[Fund, Sen], at: datetime, day: date, officers: tuple[str, str] | None = None
    ) -> Sequence[Statement]:
        """The next revision of each fund's refund that is not owed as it was stated last; `officers` proposed and
        approved it, or nobody: the machine lowered it."""
        changed = [fund for fund in FUNDS if owed.get(fund, self.stated_sen(fund)) != self.stated_sen(fund)]
        return [self._statement(fund, owed[fund], at, day, officers) for fund in changed]

    def _statement(self, fund: Fund, sen: Sen, at: datetime, day: date, officers: tuple[str, str] | None) -> Statement:
        last, law = self.stated.get(fund), basis(fund, self.month, day)
        revision = 1 if last is None else last.revision + 1
        record = self._record(fund, sen, revision, law, officers)
        digest = hashlib.sha256(canonical(record)).hexdigest()
        owed_on = day if last is None else last.owed_on
        why = None if sen else (NOT_PAID if self.figures.share(fund).over_sen else DUE_AFTER_ALL)
        said = Statement(self.employer, self.month, fund, revision, sen, owed_on, law.law, at, why, digest, record)
        return said if officers is None else replace(said, proposed_by=officers[0], approved_by=officers[1])

    def _record(
        self, fund: Fund, sen: Sen, revision: int, law: Basis, officers: tuple[str, str] | None
    ) -> dict[str, Any]:
        """What a statement was worked out from."""
        share = self.figures.share(fund)
        found: dict[str, Any] = {
            "employer": self.employer,
            "month": str(self.month),
            "fund": str(fund),
            "revision": revision,
            "before_sen": share.before_sen,
            "after_sen": share.after_sen,
            "due_of_month_sen": sum(each.after_sen for each in self.figures.shares),
            "refunded_sen": sen,
            "law": law.law,
            "law_hash": law.law_hash,
        }
        found |= {} if self.figures.banked_sen is None else {"banked_sen": self.figures.banked_sen}
        found |= {} if self.paid_sen is None else {"found_paid_sen": self.paid_sen}
        return found | ({} if officers is None else {"proposed_by": officers[0], "approved_by": officers[1]})
