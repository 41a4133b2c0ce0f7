"""Invalidity: the pension, its suspension and the grant (Act 4 ss.16 to 21, 49)."""

from datetime import date
from functools import partial

from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month
from shared.law.act4.invalidity.asked import (
    CONTRIBUTION_FACTS,
    COUNTED,
    EARLIER,
    EARLIER_KNOWN,
    EARLIER_TEST,
    EARLIER_UNKNOWN,
    PENSION_RESULTS,
    PENSION_TESTS,
    count,
    pension,
    provisional_by_payable,
    qualify,
)
from shared.law.act4.invalidity.rules import (
    Qualifying,
    cannot_earn,
    grant,
    in_age,
    paid_for_invalidity,
    part_of_month,
    qualifying,
    starts_on,
    works_too_much,
)  # fmt: skip
from shared.law.act4.owing.asked import DEATH_FACT, alive_test, last_day, require_alive
from shared.law.act4.wage_base.asked import amounts_of
from shared.law.book import LawOn
from shared.law.decision import INSURED, Per
from shared.law.determination import Determination, Result, Steps, Test, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import sen, working

SECTION, GRANT = "Act 4, s.19", "Act 4, s.21"
CERTIFIED = "certified by a medical board"
CANNOT_EARN = "cannot earn a third of a sound person's customary earnings"
ENDED = "the employment has ended"
IN_AGE = "notice before 60 or invalid before 60 without gainful work since"
NOT_QUALIFIED = "no qualifying period is completed"
ENOUGH = "contributed long enough for a grant"
AMOUNT_KNOWN = "it is known what was contributed"
EARLIER_PAID, INTEREST = "invalidity contributions before 2013", "stated interest"
TO_BE_STATED = {EARLIER_PAID: "contributions_before_2013_to_be_stated", INTEREST: "grant_interest_to_be_stated"}
NO_WORK = "earns no more than a third of the former average wage"
COMES = "comes to the medical board when called"
TREATED = "does not refuse rehabilitation or free treatment"
HONEST = "not suspended for fraud"
PERSON_FACTS = (
    Fact("notice received", "date", "the day on which the notice was received"),
    Fact("born", "date", "date of birth"),
    Fact("certified", "yes_no", "whether a medical board certified the invalidity as permanent", default="yes"),
    Fact("earning capacity", "percent", "of a sound person's customary earnings, that is left", default="0"),
    Fact("invalid before the age limit without work since", "yes_no",
         "for notice at 60 or later: proof that the condition set in before, and no gainful work since", default="no"),
)  # fmt: skip
PERSON_TESTS = (
    Test(CERTIFIED, "diperakui oleh jemaah doktor", "Act 4, s.16"),
    Test(CANNOT_EARN, "tidak mampu memperoleh satu pertiga pendapatan biasa orang sihat", "Act 4, s.16"),
    Test(IN_AGE, "notis sebelum umur 60 atau ilat sebelum 60 tanpa kerja bergaji sejak itu", "Act 4, s.17"),
)


def decide_pension(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests invalidity, age and qualifying period; then the pension and its first month."""
    facts.in_order("born", "first liable", "notice received")
    facts.in_order("born", "died on")
    _test_person(facts, law, steps)
    noticed_on = facts.day("notice received")
    found, period = qualify(facts, noticed_on, law, steps)
    if facts.has("died on"):
        require_alive(_first_day(facts, law), facts, law, steps, SECTION)
    goes_on = facts.says("employment goes on")
    if goes_on:
        steps.test(ENDED, False, SECTION)
    if steps.refused:
        return
    monthly = pension(facts, noticed_on, found, period, law, steps)
    if monthly is None or goes_on:
        return
    first, last = _first_day(facts, law), last_day(facts, law)
    month = Month.of(first)
    days = Days(first, month.last_day if last is None else min(last, month.last_day))
    of_days = working("{} × {} / {}", sen(monthly), len(days), len(month.days))
    steps.amount("first month", part_of_month(monthly, days, law), of_days, "Act 4, s.19(2)")
    owe_by_month(steps, INSURED, monthly, partial(_broken, monthly, law), first, last)


def _first_day(facts: Facts, law: LawOn) -> date:
    return starts_on(facts.day("notice received"), facts.day_if_given("resigned"), law)


def _broken(monthly: Sen, law: LawOn, days: Days) -> Sen:
    return part_of_month(monthly, days, law)


def _test_person(facts: Facts, law: LawOn, steps: Steps) -> None:
    steps.test(CERTIFIED, facts.says("certified"), "Act 4, s.16")
    steps.test(CANNOT_EARN, cannot_earn(facts.share("earning capacity"), law), "Act 4, s.16")
    proved = facts.says("invalid before the age limit without work since")
    steps.test(IN_AGE, in_age(facts.day("born"), facts.day("notice received"), proved, law))


def decide_grant(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests invalidity, that no pension is due, and the least contributions; then the grant."""
    facts.in_order("born", "first liable", "notice received")
    facts.in_order("born", "died on")
    _test_person(facts, law, steps)
    noticed_on = facts.day("notice received")
    found = count(facts, noticed_on, law, steps)
    none = qualifying(found, law) is Qualifying.NONE and not facts.says("treated as met")
    if none and facts.says(EARLIER_UNKNOWN):
        steps.test(EARLIER_KNOWN, False, GRANT)
        return
    steps.test(NOT_QUALIFIED, none and not facts.says("invalidity pension"), GRANT)
    steps.test(ENOUGH, found.in_all >= law.count("act4.invalidity.grant_contributions"))
    require_alive(noticed_on, facts, law, steps, GRANT)
    if not steps.refused:
        _pay_grant(facts, noticed_on, law, steps)


def _pay_grant(facts: Facts, noticed_on: date, law: LawOn, steps: Steps) -> None:
    """What is known of it is owed at once; what only a person can state is looked at, and owed beside it then."""
    paid = _paid(facts, noticed_on, law)
    steps.amount("paid for invalidity", paid, working("Σ"), GRANT)
    paid += _stated(facts, EARLIER_PAID, steps, needed=facts.count(EARLIER) > 0)
    if not steps.test(AMOUNT_KNOWN, paid > 0, GRANT):
        return
    with_interest = law.says("act4.invalidity.grant_with_interest")
    interest = facts.sen_if_given("interest")
    if interest is None:
        interest = _stated(facts, INTEREST, steps, needed=with_interest)
    steps.amount("grant", grant(paid, interest, law), working("{} + {}", sen(paid), sen(interest)), GRANT)
    steps.term(INSURED, Per.ONCE, grant(paid, interest, law), noticed_on, noticed_on)
    provisional_by_payable(facts, steps)


def _paid(facts: Facts, noticed_on: date, law: LawOn) -> Sen:
    """What was contributed for invalidity in the months before that of the notice, by the classes of their wages."""
    if facts.has("invalidity contributions"):
        return facts.sen("invalidity contributions")
    end = Month.of(noticed_on)
    months = amounts_of(facts, "wages").items()
    return sum([paid_for_invalidity(wages, month, law) for month, wages in months if month < end])


def _stated(facts: Facts, name: str, steps: Steps, *, needed: bool) -> Sen:
    """An amount that no figure gives, with what states it; while nobody has stated it, a person looks at it."""
    if facts.has(name):
        amount, instrument = facts.stated_sen(name)
        steps.amount(name, amount, sen(amount), f"{GRANT}; {instrument}")
        return amount
    if needed:
        steps.look(TO_BE_STATED[name], (), GRANT)
    return 0


def decide_suspension(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Tests what suspends a pension; one that is not met suspends it."""
    too_much = works_too_much(facts.sen("earning"), facts.sen("former average wage"), law)
    steps.test(NO_WORK, not too_much)
    steps.test(COMES, not facts.says("missed a medical board"), "Act 4, s.49")
    steps.test(TREATED, not facts.says("refuses rehabilitation or treatment"), "Act 4, s.49")
    within = facts.count("months suspended for fraud") <= law.months("act4.invalidity.suspension_months")
    steps.test(HONEST, not (facts.says("fraud") and within))


DETERMINATIONS = (
    *with_earlier(Determination(
        name="act4 invalidity pension",
        title="Invalidity pension",
        title_ms="Pencen ilat",
        law="Act 4, ss.16 to 20",
        law_day="notice received",
        facts=(*PERSON_FACTS, Fact("resigned", "date", "the day of resignation, if later than the notice", default=""),
               Fact("employment goes on", "yes_no",
                    "whether an employment goes on of which nobody knows when it ends", default="no"),
               DEATH_FACT,
               *CONTRIBUTION_FACTS),
        tests=(*PERSON_TESTS, *PENSION_TESTS, alive_test(SECTION),
               Test(ENDED, "pekerjaan telah tamat", SECTION, officer=True)),
        results=(*PENSION_RESULTS,
                 Result("first month", "bulan pertama", "sen",
                        "for the days from the first day of the pension to the end of that month")),
        decide=decide_pension,
        # Since version 2 a death ends it; since 3 the months of a foreign worker count since invalidity is insured,
        # it begins when the employment has ended, and months count that are payable and not declared; what was
        # contributed before 2013 an officer finds.
        version=3,
    )),
    Determination(
        name="act4 invalidity grant",
        title="Invalidity grant",
        title_ms="Bantuan keilatan",
        law=GRANT,
        law_day="notice received",
        facts=(*PERSON_FACTS,
               Fact("invalidity pension", "yes_no", "whether an invalidity pension is owed", default="no"),
               DEATH_FACT,
               *CONTRIBUTION_FACTS,
               Fact("invalidity contributions", "ringgit", "what was contributed for invalidity, in all, where no "
                    "wages are given", default="", by_hand_for="wages"),
               Fact(EARLIER_PAID, "stated_ringgit", "what was contributed for invalidity before January 2013, and what "
                    "states it; absent: nobody has stated it", default=""),
               Fact(INTEREST, "stated_ringgit", "on all of it, and what states it; absent: nobody has stated it",
                    default=""),
               Fact("interest", "ringgit", "on all of it, without what states it", default="", by_hand_for=INTEREST)),
        tests=(*PERSON_TESTS,
               EARLIER_TEST,
               Test(NOT_QUALIFIED, "tiada tempoh kelayakan dipenuhi", GRANT),
               Test(ENOUGH, "mencarum cukup lama untuk bantuan", GRANT),
               alive_test(GRANT),
               Test(AMOUNT_KNOWN, "diketahui berapa yang telah dicarum", GRANT, officer=True)),
        results=(*(each for each in PENSION_RESULTS if each.name in COUNTED),
                 Result("paid for invalidity", "dicarum bagi keilatan", "sen", "in months since 2013"),
                 Result(EARLIER_PAID, "caruman keilatan sebelum 2013", "sen", "as it was stated"),
                 Result(INTEREST, "faedah yang dinyatakan", "sen", "as it was stated"),
                 Result("grant", "bantuan", "sen", "contributions and interest")),
        decide=decide_grant,
        # No claim asked it before it stood in a catalogue: there is no record of another reading of its facts.
    ),
    Determination(
        name="act4 invalidity suspension",
        title="Whether an invalidity pension goes on",
        title_ms="Sama ada pencen ilat diteruskan",
        law="Act 4, s.49",
        law_day="first day of the month",
        facts=(Fact("first day of the month", "date", "the first day of the month that is asked about"),
               Fact("earning", "ringgit", "wages of insurable work in the month", default="0.00"),
               Fact("former average wage", "ringgit", "the average wage before invalidity"),
               Fact("missed a medical board", "yes_no", "whether a call to the board was not followed", default="no"),
               Fact("refuses rehabilitation or treatment", "yes_no",
                    "rehabilitation, or free treatment other than dangerous surgery", default="no"),
               Fact("fraud", "yes_no", "whether the organisation suspended it for fraud", default="no"),
               Fact("months suspended for fraud", "count", "so far, with this month", default="1")),
        tests=(Test(NO_WORK, "pendapatan tidak melebihi satu pertiga purata gaji terdahulu", "Act 4, s.49"),
               Test(COMES, "hadir di hadapan jemaah doktor apabila dipanggil", "Act 4, s.49"),
               Test(TREATED, "tidak menolak pemulihan atau rawatan percuma", "Act 4, s.49"),
               Test(HONEST, "tidak digantung kerana penipuan", "Act 4, s.49")),
        results=(),
        decide=decide_suspension,
        granted="goes on",
    ),
)  # fmt: skip
