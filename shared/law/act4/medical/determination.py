"""One line of a provider's bill under medical benefit (Act 4 s.15, s.44C)."""

from shared.kernel.money import Sen
from shared.law.act4.medical.rules import borne_class, is_borne, price
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import Given, sen, working

SECTION = "Act 4, s.15"
SCHEMES = ("employment injury", "non employment injury", "none")
COVERED = "a scheme that covers the accident bears the treatment"
OF_THE_INJURY = "the treatment is of this injury"
AUTHORISED = "the treatment lies within the authorised days"
FIRST_TIME = "the line is billed for the first time"
PRICED = "the price of the item is known"
STATED_PRICE, ORDERED_PRICE = "stated price", "ordered price"
LEFT = "left of the authorisation"
ABOVE_SCHEDULE = "refused above the schedule"
ABOVE_WARD = "refused for the ward"
ABOVE_MOST = "refused above the most of the authorisation"
PROVIDER = "provider"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests scheme, injury, days and repetition, and bears the line up to the price of the schedule.

    What is billed is the amount and the parts that are refused of it, to the sen.
    """
    steps.test(COVERED, is_borne(facts.text("scheme").replace(" ", "_"), law))
    steps.test(OF_THE_INJURY, facts.says("of the injury"), SECTION)
    steps.test(AUTHORISED, facts.says("authorised"), SECTION)
    steps.test(FIRST_TIME, not facts.says("billed before"), SECTION)
    if steps.refused:
        return
    _borne(facts, law, steps)


def _borne(facts: Facts, law: LawOn, steps: Steps) -> None:
    billed, quantity, ward = facts.sen("billed"), _quantity(facts), facts.count("ward class")
    borne = borne_class(ward, law) if ward else 0
    each, instrument = _price(facts, borne, law)
    if not steps.test(PRICED, each is not None, *instrument) or each is None:
        return
    steps.amount("price", each, sen(each), *instrument)
    within = min(billed, quantity * each)
    own = price(facts.text("item"), ward, law) if ward != borne else each
    for_ward = 0 if ward == borne else min(billed, billed if own is None else quantity * own) - within
    amount = min(within, facts.sen(LEFT)) if facts.has(LEFT) else within
    steps.amount("amount", amount, _worked(facts, each), SECTION)
    left_out = {ABOVE_SCHEDULE: billed - within - for_ward, ABOVE_WARD: for_ward, ABOVE_MOST: within - amount}
    for name, part in left_out.items():
        if part:
            steps.amount(name, part, working("{} - {}", sen(billed), sen(billed - part)), SECTION)
    if amount:
        treated_on = facts.day("treated on")
        steps.term(PROVIDER, Per.ONCE, amount, treated_on, treated_on)


def _quantity(facts: Facts) -> int:
    """How many are borne: of a day in a ward one, since a day has no more."""
    return 1 if facts.count("ward class") else facts.count("quantity")


def _worked(facts: Facts, each: Sen) -> Given:
    billed, quantity = facts.sen("billed"), _quantity(facts)
    if not facts.has(LEFT):
        return working("min({}, {} × {})", sen(billed), quantity, sen(each))
    return working("min({}, {} × {}, {})", sen(billed), quantity, sen(each), sen(facts.sen(LEFT)))


def _price(facts: Facts, borne: int, law: LawOn) -> tuple[Sen | None, tuple[str, ...]]:
    """What one costs: as a forum ordered it, else by the schedule, else as officers stated it with what states it; and
    what to cite beside it."""
    if facts.has(ORDERED_PRICE):
        return facts.sen(ORDERED_PRICE), (f"{SECTION}; ss.83-84",)
    of_schedule = price(facts.text("item"), borne, law)
    if of_schedule is not None or not facts.has(STATED_PRICE):
        return of_schedule, (SECTION,)
    stated, instrument = facts.stated_sen(STATED_PRICE)
    return stated, (f"{SECTION}; {instrument}",)


DETERMINATIONS = (
    Determination(
        name="act4 medical bill line",
        title="One line of a provider's bill",
        title_ms="Satu baris bil pemberi rawatan",
        law="Act 4, s.15, s.44C",
        law_day="treated on",
        facts=(
            Fact("treated on", "date", "the day of the treatment"),
            Fact("item", "text", "what was done, by its code in the schedule of prices"),
            Fact("ward class", "count", "of a day in a ward its class; 0: no ward", default="0"),
            Fact("quantity", "count", "how many of it"),
            Fact("billed", "ringgit", "what is asked for the line"),
            Fact("scheme", "choice", "which scheme covers the accident", choices=SCHEMES),
            Fact("of the injury", "yes_no", "whether it treats the injury of the accident"),
            Fact("authorised", "yes_no", "whether the day lies within those authorised, or needs no authorisation"),
            Fact("billed before", "yes_no", "whether a line of before has the same item of the same day"),
            Fact(
                STATED_PRICE,
                "stated_ringgit",
                "the price of one, and what states it, where no schedule has it; absent: nobody has stated it",
                default="",
            ),
            Fact(ORDERED_PRICE, "ringgit", "the price of one as a forum ordered it; absent: none did", default=""),
            Fact(
                LEFT, "ringgit", "what is left of the most of the authorisation; absent: there is no such", default=""
            ),
        ),
        tests=(
            Test(COVERED, "skim yang melindungi kemalangan itu menanggung rawatan", SECTION),
            Test(OF_THE_INJURY, "rawatan itu bagi kecederaan ini", SECTION),
            Test(AUTHORISED, "rawatan itu dalam tempoh kebenaran", SECTION),
            Test(FIRST_TIME, "baris itu dibilkan buat kali pertama", SECTION),
            Test(PRICED, "harga butiran itu diketahui", SECTION, officer=True),
        ),
        results=(
            Result("price", "harga", "sen", "what one of the item costs, in the class that is borne"),
            Result("amount", "amaun", "sen", "what is paid to the provider"),
            Result(ABOVE_SCHEDULE, "ditolak melebihi jadual", "sen", "billed above the schedule of prices"),
            Result(ABOVE_WARD, "ditolak bagi kelas wad", "sen", "the difference to the class that is borne"),
            Result(ABOVE_MOST, "ditolak melebihi had kebenaran", "sen", "above the most of the authorisation"),
        ),
        decide=decide,
    ),
)
