"""docs/files.md says of the contribution file what the code that reads it says."""

import re
from pathlib import Path

from services.registration.domain.contribution import LINE_FAULTS
from services.registration.files.camt import _ROOTS
from services.registration.files.contribution_file import AMOUNT_FIELDS, WIDTH, columns, read
from services.registration.files.fixed_width import EMPLOYER_CODE, ID, MONTH, MYCOID, NAME

PAGE = (Path(__file__).parents[4] / "docs" / "files.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+)–(\d+) \| (\d+) \| `?(\w+)`? \|", re.MULTILINE)


def test_the_columns_are_those_that_are_read() -> None:
    told = {name: (int(first) - 1, int(last)) for first, last, _, name in ROW.findall(PAGE)}
    fields = {"employer_code": EMPLOYER_CODE, "mycoid": MYCOID, "id": ID, "name": NAME, "month": MONTH, **AMOUNT_FIELDS}
    filler = {"filler": (AMOUNT_FIELDS["skbbk_employee"][1], WIDTH)}
    assert told == fields | filler
    assert all(int(last) - int(first) + 1 == int(length) for first, last, length, _ in ROW.findall(PAGE))


def test_the_line_that_is_shown_can_be_read() -> None:
    [shown] = re.findall(r"```text\n(.*)\n```", PAGE)
    line = re.sub(r" \[(\d+) blanks\] ?", lambda blanks: " " * int(blanks[1]), shown).replace("·", " ")
    upload = read(line.encode("iso-8859-1"))
    found = columns(upload)
    assert (upload.employer_code, found.ids, found.months.tolist()) == ("T0000000001U", ["850302140102"], [202607])
    assert [int(found.amounts[name][0]) for name in AMOUNT_FIELDS] == [248000, 4285, 1225, 490, 490, 1835]


def test_every_fault_of_a_line_stands_there_with_its_message() -> None:
    assert [each for each, told in LINE_FAULTS.items() if f"| `{each}` | {told} |\n" not in PAGE] == []


def test_the_statements_that_are_read_stand_there() -> None:
    assert sorted({root.split(":")[-1].partition("}")[0] for root in _ROOTS}) == [
        "camt.053.001.02",
        "camt.053.001.08",
        "camt.054.001.02",
        "camt.054.001.08",
    ]
    assert "`camt.053.001` or `camt.054.001`, version `.02` or `.08`" in PAGE
