"""A file that is not of the form is refused whole, and says where and why."""

from pathlib import Path

import pytest

from tests.lives.life import CASES, LifeMalformed, read_life, read_lives

WELL = (CASES / "night-market.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "is_now", "says"),
    [
        ("amount: 638.40}", "amount: 638.4}", "an amount is written in ringgit and sen, such as 1596.00"),
        ("total: 1596.00", "total: 1596.01", "what is paid comes to 159600 sen, the total is another"),
        ("born: 1990-03-12", "birthday: 1990-03-12", "people.operator.birthday: Extra inputs are not permitted"),
        ("of: operator, with: factory, first", "of: worker, with: factory, first", "worker is nobody of `people`"),
        ("day: 2026-09-10", "day: 2026-10-10", "the steps are in the order of their days"),
        ("until: 2026-10-31", "until: 2026-09-01", "a step is after the end of the life (`until`)"),
        ("stands: {", "stood: {", "steps.1.stood: Extra inputs are not permitted"),
        ("benefit: temporary_disablement, fund", "benefit: sick_pay, fund", "paid.1.benefit: Input should be"),
        ("story: >-", "story: [>-", "night-market.yaml"),
        ("title: One", "- One", "night-market.yaml"),
        (", to: operator, owes: anything", "", "never.1: Value error, this checks nothing"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(was: str, is_now: str, says: str, tmp_path: Path) -> None:
    assert was in WELL
    path = tmp_path / "night-market.yaml"
    path.write_text(WELL.replace(was, is_now), encoding="utf-8")
    with pytest.raises(LifeMalformed) as refused:
        read_life(path)
    assert says in str(refused.value)


def test_a_step_is_one_thing(tmp_path: Path) -> None:
    path = tmp_path / "night-market.yaml"
    both = "    let_count: {claim: accident}\n    withdraw: {claim: accident, by: factory, what: circumstances}\n"
    path.write_text(WELL.replace("    let_count: {claim: accident}\n", both), encoding="utf-8")
    with pytest.raises(LifeMalformed, match="a step is one thing"):
        read_life(path)


def test_names_of_files_say_no_more_than_roles_and_every_life_is_read() -> None:
    lives = read_lives()
    assert len({life.name for life in lives}) == len(lives) >= 60
    assert all(life.name == life.name.lower() and " " not in life.name for life in lives)
