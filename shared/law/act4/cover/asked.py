"""What a question states of a person's category, held against the person's birth (Act 4 s.6(2))."""

from shared.kernel.periods import Month
from shared.law.act4.cover.rules import possible_categories
from shared.law.book import LawOn
from shared.law.fact_types import MalformedFact
from shared.law.facts import Facts

NOT_INSURED = "none"


def refuse_contradicted(facts: Facts, month: Month, law: LawOn) -> None:
    """Raise `MalformedFact` for a category that nobody of this birth has in the month; nothing without a birth."""
    if not (facts.declares("category") and facts.declares("born") and facts.has("category") and facts.has("born")):
        return
    first_liable = facts.day_if_given("first liable") if facts.declares("first liable") else None
    possible = possible_categories(facts.day("born"), first_liable, month, law)
    given = facts.text("category")
    if given not in (*possible, NOT_INSURED):
        named = f"{facts.day('born')} as born" + (f" and {first_liable} as first liable" if first_liable else "")
        raise MalformedFact("category", f"{given} contradicts {named}: {possible[0]} in {month}")
