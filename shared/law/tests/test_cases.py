"""The worked cases of this project hold, and a case file that cannot be asked is refused with its line."""

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from shared.law.case_files import CaseError, read_cases
from shared.law.cases import OWN, Ran, main, run
from shared.law.determination import determinations

LEAST = 150
CASE = """\
- name: Certified three days
  about: act4 temporary disablement
  on: 2026-07-15
  facts:
    accident: 2026-07-15
    assumed wages: {2026-06: 2450.00}
    certified: [2026-07-15, 2026-07-17]
  expect:
    outcome: refused
    reason: certified unfit long enough
"""
FILES = sorted(OWN.rglob("*.yaml"))


def ran(folder: Path, text: str) -> Ran:
    file = folder / "a.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return run(next(read_cases(file)))


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(OWN)) for file in FILES])
def test_every_worked_case_is_as_expected(file: Path) -> None:
    different = [each for each in map(run, read_cases(file)) if not each.passed]
    assert not different, "\n".join(f"{each.case.name}: {each.differences} {each.explanation}" for each in different)


def test_there_are_many_cases_and_every_question_has_one() -> None:
    cases = list(read_cases(OWN))
    assert len(cases) >= LEAST
    assert {case.about for case in cases} == set(determinations())
    assert all(case.law and case.expectation_from for case in cases)


def test_an_amount_that_differs_is_told_with_its_explanation(tmp_path: Path) -> None:
    found = ran(
        tmp_path, CASE.replace("2026-07-17", "2026-07-18").replace("reason: certified unfit long enough", "days: 3")
    )
    assert [(each.what, each.expected, each.got) for each in found.differences] == [
        ("outcome", "refused", "entitled"),
        ("days", "3", "4"),
    ]
    assert any("65.33" in line for line in found.explanation)


def test_a_refusal_is_compared_by_the_name_or_the_code_of_its_test(tmp_path: Path) -> None:
    assert ran(tmp_path, CASE).passed
    assert ran(tmp_path, CASE.replace("certified unfit long enough", "certified_unfit_long_enough")).passed
    assert not ran(tmp_path, CASE.replace("certified unfit long enough", "covered")).passed


def test_a_refusal_that_nobody_expects_is_a_difference(tmp_path: Path) -> None:
    found = ran(tmp_path, CASE.replace("    outcome: refused\n    reason: certified unfit long enough", "    days: 3"))
    assert [each.what for each in found.differences] == ["days", "outcome"]


def test_an_error_of_the_law_is_an_answer(tmp_path: Path) -> None:
    early = CASE.replace("on: 2026-07-15", "on: 2012-12-31")
    asked = early.replace("outcome: refused\n    reason: certified unfit long enough", "error: not_yet_law")
    assert ran(tmp_path, asked).passed
    assert (
        ran(tmp_path, asked + "    figure: act4.temporary_disablement.final_certificate_supersedes\n").passed is False
    )
    assert not ran(tmp_path, early).passed
    assert not ran(tmp_path, asked.replace("2012-12-31", "2026-07-15")).passed


def test_an_exact_average_is_met_by_its_two_decimals(tmp_path: Path) -> None:
    thirds = CASE.replace("{2026-06: 2450.00}", "{2026-04: 50.00, 2026-05: 50.00, 2026-06: 100.00}").replace(
        "07-17", "07-18"
    )
    for expected, passes in (("66.67", True), ("66.66", False), ("200/3", True), ("66.666", False)):
        text = thirds.replace(
            "    outcome: refused\n    reason: certified unfit long enough",
            f"    average assumed monthly wage: {expected}",
        )
        assert ran(tmp_path, text).passed is passes, expected


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("- name", "- title", "unknown field 'title'"),
        ("  on: 2026-07-15\n", "", "missing: on"),
        ("on: 2026-07-15", "on: July", "on is a date"),
        ("about: act4 temporary disablement", "about: act4 happiness", "is none of: "),
        ("    outcome", "    bonus", "unknown result 'bonus'"),
        ("accident:", "happened:", "happened: unknown; known are "),
        ("certified: [2026-07-15, 2026-07-17]", "certified: yes", "certified: 'yes' is not [first day"),
        ("    certified: [2026-07-15, 2026-07-17]\n", "", "certified: missing"),
        ("    accident: 2026-07-15\n", "    accident: 2026-07-15\n    accident: 2026-07-15\n", "given twice (line 6)"),
        ("  facts:\n", "  facts: [\n", "this is not YAML"),
        (CASE, "name: x\n", "a list of cases is expected"),
        (CASE, "- just a text\n", "a case has the fields"),
    ],
)
def test_a_case_that_cannot_be_asked_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, fact: str
) -> None:
    assert old in CASE
    with pytest.raises(CaseError) as caught:
        ran(tmp_path, CASE.replace(old, new, 1))
    assert fact in caught.value.detail
    assert str(tmp_path / "a.yaml:") in caught.value.detail


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        ("amount: RM261.32", True), ("amount: '261.32'", True), ("amount: 261.3", False), ("amount: RM 2,61.32", False),
        ("outcome: Entitled", True), ("outcome: refused", False), ("days: 4.0", True),
    ],
)  # fmt: skip
def test_a_result_may_be_written_in_any_way_that_means_the_same(tmp_path: Path, expected: str, passes: bool) -> None:
    text = CASE.replace("07-17", "07-18")
    text = text.replace("    outcome: refused\n    reason: certified unfit long enough", f"    {expected}")
    assert ran(tmp_path, text).passed is passes


def test_a_reason_may_be_copied_with_its_law_and_a_question_with_capitals(tmp_path: Path) -> None:
    assert ran(tmp_path, CASE.replace("long enough", "long enough (Act 4, s.22)")).passed
    assert ran(tmp_path, CASE.replace("act4 temporary", "Act 4 Temporary")).passed


def test_yaml_short_forms_blanks_and_absent_facts_are_read(tmp_path: Path) -> None:
    text = CASE.replace("  facts:\n", "  facts: &same\n") + (
        "- name: The same of no category\n  about: act4 temporary disablement\n  on: 2026-07-15\n"
        "  facts: {<<: *same, certified: 2026-07-15 to 2026-07-18, category: ~}\n  expect: {days: 4}\n"
        "- {name: Three months, about: act800 interim assistance, on: 2018-06-01, expect: {amount: 1800}}\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8-sig")
    assert [run(case).passed for case in read_cases(tmp_path)] == [True, True, True]


def test_facts_that_contradict_each_other_may_be_expected(tmp_path: Path) -> None:
    text = CASE.replace("[2026-07-15, 2026-07-17]", "[2026-07-17, 2026-07-15]")
    asked = text.replace("outcome: refused\n    reason: certified unfit long enough", "error: malformed_fact")
    assert ran(tmp_path, asked).passed
    assert not ran(tmp_path, asked.replace("malformed_fact", "no_wage_month")).passed


def test_a_day_beside_that_of_the_question_is_noted(tmp_path: Path) -> None:
    found = ran(tmp_path, CASE.replace("on: 2026-07-15", "on: 2026-07-16"))
    assert found.explanation[0].startswith("Note: on is 2026-07-16, and accident is 2026-07-15")
    assert not ran(tmp_path, CASE).explanation[0].startswith("Note")


def test_a_malformed_case_or_file_does_not_keep_the_others_from_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(CASE.replace("  on: 2026-07-15\n", "") + CASE, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("name: x\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "3 cases: 1 as expected, 0 different, 2 malformed" in said
    assert "a.yaml:1: missing: on" in said
    assert f"MALFORMED  Certified three days ({tmp_path / 'a.yaml'}:1)" in said
    assert f"MALFORMED  no name could be read ({tmp_path / 'b.yaml'}:1)" in said


def test_a_run_counts_and_its_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(CASE, encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    (tmp_path / "b.yml").write_text(CASE.replace("refused", "entitled"), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    (tmp_path / "b.yml").write_text(CASE.replace("certified:", "sick:"), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert main([str(tmp_path / "none.yaml")]) == 1
    said = capsys.readouterr().out
    assert "2 cases: 1 as expected, 1 different, 0 malformed" in said
    assert "1 as expected, 0 different, 1 malformed" in said
    assert "there is no such file" in said


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("certified: [2026-07-15, 2026-07-17]", "certified: yes", 7),
        ("accident: 2026-07-15", "accident: soon", 5),
        ("    outcome", "    bonus", 9),
        ("  on: 2026-07-15", "  on: July", 3),
        ("  about: act4 temporary disablement", "  about: act4 happiness", 2),
        ("  about:", "  asks:", 2),
        ("assumed wages: {2026-06: 2450.00}", "assumed wages: {2026-13: 2450.00}", 6),
    ],
)
def test_what_cannot_be_read_is_named_with_its_own_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: int
) -> None:
    assert old in CASE
    (tmp_path / "a.yaml").write_text(CASE.replace(old, new, 1), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert f"MALFORMED  Certified three days ({tmp_path / 'a.yaml'}:{line})" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_and_a_case_within_itself_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").mkdir()
    (tmp_path / "b.yaml").write_text("- &it {name: A ring, facts: *it}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe- name")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "a.yaml:1: the file cannot be read: Is a directory" in said
    assert "b.yaml:1" in said
    assert "c.yaml:1: this is not YAML" in said
    assert "0 as expected, 0 different, 3 malformed" in said


def test_make_cases_takes_a_path_with_a_blank() -> None:
    """The recipe itself, with an interpreter that prints what it was given in place of ours."""
    recipe = next(
        line.strip().removeprefix("@")
        for line in (Path(__file__).parents[3] / "Makefile").read_text(encoding="utf-8").splitlines()
        if "shared.law.cases" in line
    )
    for given, wanted in (("a file.yaml", "[a file.yaml]"), ("", "")):
        script = (
            recipe.replace("$(FILE)", given).replace("$(RUN) -m shared.law.cases", "printf '[%s]'").replace("$$", "$")
        )
        said = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True).stdout  # noqa: S603
        assert said == (wanted or "[]")
