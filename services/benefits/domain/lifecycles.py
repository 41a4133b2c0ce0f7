"""Which state of what benefits keeps may follow which: the one table, by the names of its tables (decision 103).

An entitlement has no state of its own: what was posted stands against what is owed, and what waits has its reasons.
"""

from collections.abc import Mapping

from services.benefits.domain.payments import ENTERED_FROM, BankFileState, PaymentState
from shared.kernel.lifecycle import Lifecycle

# What had reached the account may come back from it: then the bank's later word reverses its earlier one.
_REVERSED = {PaymentState.SETTLED: {PaymentState.RETURNED}}
PAYMENT = Lifecycle.of(
    {PaymentState.UNSENT},
    {
        state: {after for after, before in ENTERED_FROM.items() if before is state} | _REVERSED.get(state, set())
        for state in PaymentState
    },
)
BANK_FILE = Lifecycle.of(
    {BankFileState.READY},
    {
        BankFileState.READY: {BankFileState.FETCHED, BankFileState.ANSWERED},
        BankFileState.FETCHED: {BankFileState.ANSWERED},
        BankFileState.ANSWERED: (),
    },
)
LIFECYCLES: Mapping[str, Lifecycle] = {"payment": PAYMENT, "bank_file": BANK_FILE}
