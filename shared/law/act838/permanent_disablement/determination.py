"""A housewife's permanent disablement by a domestic injury (Act 838 ss.25, 26)."""

from fractions import Fraction

from shared.law.act838.cover.asked import HOUSEWIFE_FACTS, INJURY_TESTS, injury_is_covered
from shared.law.act838.permanent_disablement.rules import loss, loss_of_item, lump_sum
from shared.law.book import LawOn
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import joined, percent, sen, working

ASSESSED = "a permanent loss is assessed"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests cover, adds the losses of the items, and multiplies."""
    injury_is_covered(facts, law, steps)
    losses = [facts.share("loss")] if facts.has("loss") else []
    items = facts.texts("items")
    steps.test(ASSESSED, bool(items or losses), "Act 838, s.25")
    if steps.refused:
        return
    losses += [loss_of_item(item, law) for item in items]
    together = loss(losses, law)
    added = joined(" + ", *map(percent, losses))
    capped = added if together == sum(losses) else working("min({}, {})", added, percent(Fraction(1)))
    steps.amount("loss", together, capped, "Act 838, Second Schedule")
    paid = facts.sen("paid in the contribution period")
    full = law.sen("act838.permanent_disablement.full_amount")
    of_loss = working("{} × {}", sen(full), percent(Fraction(together)))
    if paid:
        of_loss = working("min({}, {} - {})", of_loss, sen(full), sen(paid))
    steps.amount("lump sum", lump_sum(together, paid, law), of_loss)


DETERMINATIONS = (
    Determination(
        name="act838 permanent disablement",
        title="Permanent disablement benefit of a housewife",
        title_ms="Faedah hilang upaya kekal suri rumah",
        law="Act 838, ss.25 and 26; Second Schedule",
        law_day="happened at",
        facts=(
            *HOUSEWIFE_FACTS,
            Fact("items", "texts", "items of the Second Schedule by number, 1 to 55", default=[]),
            Fact("loss", "percent", "a loss that no item states, as assessed", default=""),
            Fact("paid in the contribution period", "ringgit", "for earlier losses", default="0.00"),
        ),
        tests=(*INJURY_TESTS, Test(ASSESSED, "hilang upaya kekal telah ditaksir", "Act 838, s.25")),
        results=(
            Result("loss", "hilang upaya", "percent", "of all items together, not above 100"),
            Result("lump sum", "pembayaran sekali gus", "sen", "loss × RM30,000, within the period's limit"),
        ),
        decide=decide,
    ),
)
