"""What a provider is paid for a treatment, up to the rates that are set (Act 4 s.57)."""

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.errors import NoLongerLaw, NotYetLaw, OutsideTable
from shared.law.rule import rule

_RATES = "act4.rehabilitation.provider_rates"


@rule("2013-01-01")
def provider_rate(treatment: str, law: LawOn) -> Sen | None:
    """The most that is paid for one treatment, in sen; None where no rate of it is set."""
    try:
        table = law.table(_RATES)
        return table.whole(table.find(treatment), "rate")
    except (NotYetLaw, NoLongerLaw, OutsideTable):
        return None
