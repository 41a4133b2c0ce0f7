"""Claims under Act 800: the Fourth Schedule against its formula, the days of a claim, each assumption turned round."""

from datetime import date
from pathlib import Path

import pytest

from shared.kernel.periods import Days, Month, months_after
from shared.law.act800.claims.determination import KINDS
from shared.law.act800.claims.errors import BeforeApproval, ClaimBeforeLoss, ClaimNumberNotListed
from shared.law.act800.claims.rules import (
    ContributionMonths,
    benefit_month,
    claim_window,
    claimed_in_time,
    counted_months,
    is_loss_of_employment,
    last_day_to_claim,
    last_waiting_day,
    months_of_benefit,
    suspended_within_limit,
)
from shared.law.book import Book, LawOn, book

KNOWN = date(2026, 11, 22)
LOSS = date(2026, 6, 15)
JUNE = Month(2026, 6)


def law() -> LawOn:
    return book().on(LOSS, KNOWN)


def turned_round(folder: Path, figure: str, value: str) -> LawOn:
    """The law with one yes-or-no figure that says the contrary."""
    path = folder / f"{figure.replace('.', '/')}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "title: Turned round\nunit: yes_no\nentries:\n  - in_force: 2018-01-01\n    known: 2018-01-01\n"
        f"    value: {value}\n    law: Act 800\n    source: a test\n    certainty: enacted\n",
        encoding="utf-8",
    )
    return Book({**book().figures, **Book.load(folder).figures}).on(LOSS, KNOWN)


@pytest.mark.parametrize("number", range(1, 13))
def test_every_row_of_the_fourth_schedule_follows_the_formula_of_the_dossier(number: int) -> None:
    """Dossier other-schemes §4.2: E = 12(n + 1), bands from E/2, 2E/3, 5E/6 and E, every boundary and one under it."""
    window = 12 * (number + 1)
    assert len(claim_window(LOSS, number, law())) == window
    for months, (over, under) in {3: (1, 2), 4: (2, 3), 5: (5, 6), 6: (1, 1)}.items():
        assert window * over % under == 0
        least = window * over // under
        assert months_of_benefit(number, least, law()) == months
        assert months_of_benefit(number, least - 1, law()) == (months - 1 if months > 3 else 0)
    assert months_of_benefit(number, 0, law()) == 0


@pytest.mark.parametrize("number", [0, 13])
def test_the_fourth_schedule_lists_no_other_claim(number: int) -> None:
    for ask in (lambda: months_of_benefit(number, 24, law()), lambda: claim_window(LOSS, number, law())):
        with pytest.raises(ClaimNumberNotListed, match=f"claim {number}"):
            ask()


def test_the_window_ends_with_the_month_of_the_loss() -> None:
    window = claim_window(LOSS, 1, law())
    assert (window[0], window[-1]) == (Month(2024, 7), JUNE)


def test_a_claim_is_made_within_60_days_of_the_loss() -> None:
    """Act 800 s.28."""
    assert last_day_to_claim(LOSS, law()) == date(2026, 8, 14)
    assert claimed_in_time(LOSS, date(2026, 8, 14), law())
    assert not claimed_in_time(LOSS, date(2026, 8, 15), law())
    assert claimed_in_time(LOSS, LOSS, law())
    with pytest.raises(ClaimBeforeLoss, match="2026-06-14"):
        claimed_in_time(LOSS, date(2026, 6, 14), law())


def test_the_day_of_the_loss_may_turn_out_to_be_the_first_of_the_60(tmp_path: Path) -> None:
    against = turned_round(tmp_path, "act800.claims.limit_counts_day_of_loss", "yes")
    assert last_day_to_claim(LOSS, against) == date(2026, 8, 13)


def test_every_kind_that_the_law_names_can_be_asked() -> None:
    named = {*law().names("act800.claims.not_loss"), *law().names("act800.claims.counted_resignations")}
    assert named <= {kind.replace(" ", "_") for kind in KINDS}
    assert not set(law().names("act800.claims.not_loss")) & set(law().names("act800.claims.counted_resignations"))


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_is_a_loss_unless_the_act_lists_it_as_none(kind: str) -> None:
    """Act 800 s.30."""
    assert is_loss_of_employment(kind, law()) == (KINDS.index(kind) not in range(3, 9))


def test_a_resignation_that_counts_is_a_loss_even_if_resignation_is_listed_as_none(tmp_path: Path) -> None:
    path = tmp_path / "act800/claims/not_loss.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "title: Both lists\nunit: names\nentries:\n  - in_force: 2018-01-01\n    known: 2018-01-01\n"
        "    value: [threat, retirement]\n    law: Act 800\n    source: a test\n    certainty: enacted\n",
        encoding="utf-8",
    )
    both = Book({**book().figures, **Book.load(tmp_path).figures}).on(LOSS, KNOWN)
    assert is_loss_of_employment("threat", both)
    assert not is_loss_of_employment("retirement", both)


def test_which_months_count_each_once_in_order() -> None:
    """Act 800 s.32."""
    contributed = [Month(2024, 6), Month(2026, 7), Month(2026, 4), Month(2026, 5), Month(2026, 3)]
    months = ContributionMonths(contributed, disabled=[Month(2026, 5), Month(2025, 1)], used=[Month(2026, 4)])
    expected = (Month(2025, 1), Month(2026, 3), Month(2026, 5), JUNE)
    assert counted_months(LOSS, 1, months, law()) == expected


@pytest.mark.parametrize(
    ("figure", "value", "expected"),
    [
        ("month_of_loss_counts", "no", (Month(2026, 4),)),
        ("disablement_months_count", "no", (JUNE,)),
        ("used_months_count_again", "yes", (Month(2026, 3), Month(2026, 4), JUNE)),
    ],
)
def test_each_rule_of_counting_is_a_figure(
    tmp_path: Path, figure: str, value: str, expected: tuple[Month, ...]
) -> None:
    months = ContributionMonths([Month(2026, 3)], disabled=[Month(2026, 4)], used=[Month(2026, 3)])
    assert counted_months(LOSS, 1, months, law()) == (Month(2026, 4), JUNE)
    against = turned_round(tmp_path, f"act800.claims.{figure}", value)
    assert counted_months(LOSS, 1, months, against) == expected


def test_the_months_of_benefit_follow_the_waiting_period() -> None:
    """Act 800 ss.3, 34: approved on 1 July, waiting to 8 July, month 1 from 9 July."""
    approved = date(2026, 7, 1)
    assert last_waiting_day(approved, law()) == date(2026, 7, 8)
    expected = {
        date(2026, 7, 1): 0,
        date(2026, 7, 8): 0,
        date(2026, 7, 9): 1,
        date(2026, 8, 8): 1,
        date(2026, 8, 9): 2,
        date(2027, 1, 8): 6,
        date(2027, 1, 9): 7,
    }
    assert {day: benefit_month(approved, day, law()) for day in expected} == expected
    with pytest.raises(BeforeApproval, match="2026-06-30"):
        benefit_month(approved, date(2026, 6, 30), law())


def test_the_waiting_period_may_turn_out_to_hold_the_day_of_approval(tmp_path: Path) -> None:
    against = turned_round(tmp_path, "act800.claims.waiting_period_counts_day_of_approval", "yes")
    assert last_waiting_day(date(2026, 7, 1), against) == date(2026, 7, 7)
    assert benefit_month(date(2026, 7, 1), date(2026, 7, 8), against) == 1


def test_the_months_of_benefit_may_turn_out_to_be_those_of_the_calendar(tmp_path: Path) -> None:
    against = turned_round(tmp_path, "act800.job_search.benefit_months_follow_waiting_period", "no")
    approved = date(2026, 7, 1)
    assert benefit_month(approved, date(2026, 7, 8), against) == 0
    assert benefit_month(approved, date(2026, 7, 31), against) == 1
    assert benefit_month(approved, date(2026, 8, 1), against) == 2


def test_a_suspension_is_of_60_days_at_most() -> None:
    """Act 800 s.41."""
    assert suspended_within_limit(Days(date(2026, 7, 1), date(2026, 8, 29)), law())
    assert not suspended_within_limit(Days(date(2026, 7, 1), date(2026, 8, 30)), law())


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-11-15", 3, "2027-02-15"),
        ("2026-05-01", 0, "2026-05-01"),
    ],
)
def test_a_period_of_months_ends_on_the_same_day_or_the_last_of_its_month(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)
