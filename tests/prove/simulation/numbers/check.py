"""What must hold when all has come to rest, worked out from the facts in a few lines of their own."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.benefits.domain.ledger import Account, TransferReason
from services.benefits.domain.payments import PaymentState
from services.claims.domain.claim import Claim, ClaimState
from tests.prove.simulation.numbers.claims import owed_of
from tests.prove.simulation.numbers.office import links_of
from tests.prove.simulation.numbers.people import ERASED, people_of
from tests.prove.simulation.numbers.service import Service
from tests.prove.simulation.watch import Violation

if TYPE_CHECKING:
    from tests.prove.simulation.numbers.paying import Paying


def held_by_all(benefits: Service, at: datetime) -> set[int]:
    """Whose payments wait for officers, by what benefits has committed: all numbers of both people."""
    last: dict[int, Any] = {}
    for link in benefits.database.table("known_merge").values():
        if link.person not in last or last[link.person].revision < link.revision:
            last[link.person] = link
    looked_at = {
        number
        for link in last.values()
        if link.held_until is not None and link.held_until > at
        for number in (link.person, link.survivor)
    }
    return {number for each in people_of(last.values()) if looked_at & {*each} for number in each}


class Check:
    """All three databases and the bank."""

    def __init__(self, registration: Service, claims: Service, benefits: Service, paying: "Paying") -> None:
        self._registration = registration.database
        self._claims = claims.database
        self._benefits = benefits.database
        self._paying = paying

    def money_on_its_way(self) -> Iterator[str]:
        """Payments without an answer, of accounts that can be paid."""
        for name, row in sorted(self._benefits.table("payment").items()):
            if row.payment.state in (PaymentState.UNSENT, PaymentState.SENT):
                yield f"a payment of {row.key.party} is {row.payment.state}: {name[:8]}"
        returned = {
            (row.key.party, row.account)
            for row in self._benefits.table("payment").values()
            if row.payment.state is PaymentState.RETURNED
        }
        for party, account in sorted(self._benefits.table("payee").items()):
            if (party, account) in returned:
                yield f"{party} has no account yet that money does not come back from"

    def all_holds(self) -> None:
        """Raises Violation with what does not."""
        for numbers in people_of(links_of(self._registration)):
            self._check_claims(numbers)
            self._check_money(numbers)
        self._check_ledger()
        self._check_erased()

    def _check_claims(self, numbers: list[int]) -> None:
        """Of each event of the person one claim stands, under the number that survives, and the others joined it."""
        links = links_of(self._registration)
        root = next(number for number in numbers if not any(link.person == number and link.merged for link in links))
        of_event: dict[Any, list[Claim]] = {}
        for claim in self._claims.table("claim").values():
            if claim.source_person in numbers:
                of_event.setdefault(claim.happened_on, []).append(claim)
        for day, claims in sorted(of_event.items()):
            where = f"accident of {day} of {numbers}"
            standing = [claim for claim in claims if claim.joined_to is None]
            if len(standing) != 1 or standing[0].state is not ClaimState.DECIDED:
                raise Violation(f"one claim stands of an event: {where} has {[str(claim.state) for claim in standing]}")
            if {claim.joined_to for claim in claims} - {None, standing[0].id}:
                raise Violation(f"one claim stands of an event: {where} joined one that is not it")
            if {claim.person for claim in claims} != {root}:
                raise Violation(
                    f"a claim is of who survives: {where} is of {sorted({claim.insured for claim in claims})}"
                )

    def _check_money(self, numbers: list[int]) -> None:
        """Each accident once, by the wages of all numbers; paid is that, less what is open to come back."""
        events = {claim.happened_on for claim in self._claims.table("claim").values() if claim.source_person in numbers}
        lines = self._registration.table("line").items()
        owed = len(events) * owed_of(sum(wage_sen for line, (_, wage_sen) in lines if line[0] in numbers))
        parties = {f"person:{number}" for number in numbers}
        paid = sum(
            row.payment.amount_sen
            for row in self._benefits.table("payment").values()
            if row.key.party in parties and row.payment.state is PaymentState.SETTLED
        )
        to_come_back = sum(sen for key, sen in self._recoveries().items() if key.party in parties)
        if paid - to_come_back != owed:
            got = f"{paid} less {to_come_back}"
            raise Violation(f"an accident is paid once, whoever it is: {numbers} got {got}, owed {owed}")

    def _recoveries(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for line in self._benefits.table("transfer").values():
            found[line.key] += _side(line, Account.RECOVERIES_RECEIVABLE)
        return found

    def _check_ledger(self) -> None:
        """Every sen is somewhere: the accounts say what the payments do, and nothing comes back that was not paid."""
        rows = self._benefits.table("payment")
        sums: Counter[Account] = Counter()
        for line in self._benefits.table("transfer").values():
            sums[line.transfer.debit] += line.transfer.amount_sen
            sums[line.transfer.credit] -= line.transfer.amount_sen
        settled = sum(row.payment.amount_sen for row in rows.values() if row.payment.state is PaymentState.SETTLED)
        expected = {Account.BANK: -settled, Account.BENEFITS_PAYABLE: 0, Account.RECOVERIES_SET_OFF: 0}
        for account, sen in expected.items():
            if sums[account] != sen:
                raise Violation(f"the ledger is even: {account} has {sums[account]}, the payments say {sen}")
        for key, sen in sorted(self._recoveries().items()):
            paid = sum(row.payment.amount_sen for row in rows.values() if row.key == key and self._is_paid(row))
            # What was set off against another debt was granted without a payment.
            granted = paid + self._granted_by_setting_off()[key]
            if not 0 <= sen <= granted:
                raise Violation(f"no recovery is opened twice: {sen} is open of {key.party}, granted {granted}")
        for name, row in sorted(rows.items()):
            came_back, paid = name in self._paying.returned, self._paying.paid[name] == 1
            fits = {PaymentState.SETTLED: paid and not came_back, PaymentState.RETURNED: paid and came_back}
            if not fits.get(row.payment.state, not paid):
                raise Violation(f"no payment is lost: {name[:8]} is {row.payment.state}, the bank says otherwise")

    def _granted_by_setting_off(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for line in self._benefits.table("transfer").values():
            if line.transfer.reason in (TransferReason.SET_OFF, TransferReason.SET_OFF_UNDONE):
                found[line.key] += _side(line, Account.BENEFIT_EXPENSE)
        return found

    @staticmethod
    def _is_paid(row: Any) -> bool:
        return bool(row.payment.state is PaymentState.SETTLED)

    def _check_erased(self) -> None:
        """Of whom all is erased nothing leads to anybody, whichever word of the person came last."""
        for person in ERASED:
            if self._registration.table("erased").get(person) != "whole":
                continue
            tokens = [token for token, of in self._claims.table("known_identity") if of == person]
            if tokens or person in self._claims.table("known_person"):
                raise Violation(f"what is erased stays erased: claims knows {person} again")
            if f"person:{person}" in self._benefits.table("payee"):
                raise Violation(f"what is erased stays erased: benefits has an account of {person}")


def _side(line: Any, account: Account) -> int:
    moved = line.transfer
    return int(moved.amount_sen * ((moved.debit is account) - (moved.credit is account)))
