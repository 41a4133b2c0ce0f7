"""The funds that bear what is owed; the events name them alike (`shared.contracts.claim_assessed.Fund`)."""

from enum import StrEnum


class Fund(StrEnum):
    """A fund that bears benefits."""

    EMPLOYMENT_INJURY = "employment_injury"
    NON_EMPLOYMENT_INJURY = "non_employment_injury"
    INVALIDITY = "invalidity"
    EMPLOYMENT_INSURANCE = "employment_insurance"
    SELF_EMPLOYED = "self_employed"
    HOUSEWIVES = "housewives"


# Of the ledger alone: money of which it is not known yet whose it is. It is no fund, and no event names it.
CLEARING = "clearing"
