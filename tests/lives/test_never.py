"""What must never come to pass is looked for in all that happened, and not in what stands in the end."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.lives.life import LifeMalformed, NeverPart, read_life
from tests.lives.never import Happened, Payment, broken
from tests.lives.test_life import WELL

INJURY = "employment_injury"
PAID = Payment("2026-08", "operator", "temporary_disablement", INJURY, 95_760)
HAPPENED = Happened(
    payments=[PAID],
    decided={("operator", "temporary_disablement", 5_040)},
    said={("temporary_disablement", "refused", "journey_interrupted"), ("temporary_disablement", "entitled", "")},
    debts={("operator", "temporary_disablement", 957)},
)


@pytest.mark.parametrize(
    ("never", "found"),
    [
        ({"to": "operator", "amount": "957.60"}, "957.60 was paid"),
        ({"to": "operator", "amount": "957.60", "month": "2026-08"}, "957.60 was paid"),
        ({"to": "operator", "amount": "957.60", "month": "2026-09"}, ""),
        ({"to": "operator", "amount": "957.61"}, ""),
        ({"to": "clerk", "amount": "957.60"}, ""),
        ({"to": "operator", "since": "2026-08"}, "957.60 was paid"),
        ({"to": "operator", "since": "2026-09"}, ""),
        ({"fund": "employment injury"}, "957.60 was paid"),
        ({"fund": "non-employment injury"}, ""),
        ({"benefit": "temporary_disablement"}, "957.60 was paid"),
        ({"benefit": "invalidity_grant"}, ""),
        ({"to": "operator", "decided": "50.40"}, "50.40 of temporary_disablement was decided"),
        ({"to": "operator", "decided": "84.00"}, ""),
        ({"to": "operator", "benefit": "invalidity_grant", "decided": "50.40"}, ""),
        ({"to": "operator", "owes": "anything"}, "9.57 of temporary_disablement was to come back from operator"),
        ({"to": "operator", "owes": "9.57"}, "9.57 of temporary_disablement was to come back from operator"),
        ({"to": "operator", "owes": "9.58"}, ""),
        ({"to": "clerk", "owes": "anything"}, ""),
        ({"benefit": "temporary_disablement", "stands": "refused"}, "temporary_disablement stood as refused"),
        ({"benefit": "temporary_disablement", "stands": "refused", "reason": "too_late"}, ""),
        ({"benefit": "temporary_disablement", "stands": "waits"}, ""),
        ({"benefit": "invalidity_grant", "stands": "refused"}, "claims never said anything of invalidity_grant"),
    ],
)
def test_it_is_found_wherever_it_came_to_pass(never: dict[str, Any], found: str) -> None:
    assert broken(NeverPart.model_validate({"says": "so", **never}), HAPPENED, []) == found


def test_the_sum_of_a_month_is_paid_too() -> None:
    never = NeverPart.model_validate({"says": "all at once", "to": "operator", "amount": "1596.00"})
    halves = Happened(payments=[PAID._replace(sen=79_800)] * 2)
    assert broken(never, halves, []) == ""
    assert broken(never, halves, [PAID._replace(sen=159_600)]) == "1596.00 was paid"


@pytest.mark.parametrize(
    ("never", "says"),
    [
        ({}, "this checks nothing"),
        ({"month": "2026-08"}, "this checks nothing"),
        ({"amount": "1.00", "decided": "1.00"}, "this names amount and decided"),
        ({"owes": "1.00", "month": "2026-08"}, "are of payments"),
        ({"stands": "refused"}, "`stands` says of which `benefit`"),
        ({"to": "operator", "reason": "too_late"}, "it alone has a `reason`"),
        ({"to": "operator", "owes": "nothing"}, "an amount is written in ringgit and sen"),
    ],
)
def test_one_that_checks_nothing_or_two_things_is_refused(never: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        NeverPart.model_validate({"says": "so", **never})


def test_a_life_pays_nothing_that_it_says_is_never_paid(tmp_path: Path) -> None:
    path = tmp_path / "night-market.yaml"
    path.write_text(WELL.replace("to: operator, amount: 1596.00}", "to: operator, amount: 957.60}"), encoding="utf-8")
    with pytest.raises(LifeMalformed, match="2026-08 of `paid` has it"):
        read_life(path)
