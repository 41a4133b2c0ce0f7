"""Writes the lines of a case in each format, as docs/files.md describes it: nothing of the platform's own code is used.

A line has the texts of its fields, so that a case can hold what no payroll should write. Amounts are sen.
"""

import calendar
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ENCODING = "iso-8859-1"
HEADER = (
    "employer_code",
    "id",
    "name",
    "month",
    "wages",
    "act4_employer",
    "act4_employee",
    "act800_employer",
    "act800_employee",
    "skbbk_employee",
)
SEPARATORS = {"comma": ",", "semicolon": ";"}


@dataclass(frozen=True)
class Line:
    """One line of a file; `skbbk` None says nothing of the SKBBK. `raw` has the text of fields that are written as
    they stand there, padded to their width."""

    employer_code: str
    id: str
    name: str
    month: str
    wages: int
    amounts: tuple[int, int, int, int]
    skbbk: int | None
    raw: dict[str, str] = field(default_factory=dict)
    amount: int = 0
    status: str = " "
    day: str = ""


def combined_278(lines: Sequence[Line], layout: str = "v2", padding: str = "blanks", end: str = "\r\n") -> bytes:
    """The combined file; layout v2.1 writes nothing as 0000."""
    return "".join(_combined(each, layout, padding) + end for each in lines).encode(ENCODING, "replace")


def legacy_223(lines: Sequence[Line], end: str = "\r\n") -> bytes:
    """The legacy file: one amount, a day and a status."""
    return "".join(_legacy(each) + end for each in lines).encode(ENCODING, "replace")


def csv_file(lines: Sequence[Line], separator: str = "comma", columns: int = len(HEADER)) -> bytes:
    """The same in CSV, with so many columns: the last one may be left out."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATORS[separator], lineterminator="\r\n")
    writer.writerow(HEADER[:columns])
    writer.writerows(_row(each)[:columns] for each in lines)
    return text.getvalue().encode()


def statement(lines: Sequence[Line], employer: str, month: str) -> dict[str, object]:
    """The same as the body of a request."""
    return {"employer": employer, "month": month, "lines": [_stated(each) for each in lines]}


def last_day(month: str) -> str:
    """The last day of a month as a legacy line writes it: 31052026."""
    year, number = map(int, month.split("-"))
    return f"{calendar.monthrange(year, number)[1]:02d}{number:02d}{year}"


def ringgit(sen: int) -> str:
    """An amount as it is written for people: 42.85."""
    return f"{sen // 100}.{sen % 100:02d}"


def money(sen: int) -> dict[str, str]:
    """An amount as the API takes it."""
    return {"amount": ringgit(sen), "currency": "MYR"}


def _combined(line: Line, layout: str, padding: str) -> str:
    def amount(name: str, sen: int | None, width: int) -> str:
        return line.raw[name].rjust(width) if name in line.raw else _amount(sen, width, layout, padding)

    own = dict(zip(HEADER[5:9], line.amounts, strict=True))
    skbbk = None if layout == "v1" else line.skbbk
    return (
        _head(line)
        + amount("wages", line.wages, 14)
        + "".join(amount(name, sen, 6) for name, sen in own.items())
        + amount("skbbk_employee", skbbk, 6)
        + " " * 34
    )


def _legacy(line: Line) -> str:
    return f"{_head(line)}{line.amount:014d}{line.day:<8}{line.status}"


def _head(line: Line) -> str:
    year, _, month = line.month.partition("-")
    text = {"id": line.id, "name": line.name.upper(), "month": month + year, "employer_code": line.employer_code}
    text |= line.raw
    return f"{text['employer_code']:<12}{'':<20}{text['id']:<12}{text['name'][:150]:<150}{text['month']:<6}"


def _amount(sen: int | None, width: int, layout: str, padding: str) -> str:
    if sen is None:
        return " " * width
    if padding == "zeros":
        return f"{sen:0{width}d}"
    return ("0000" if layout == "v2.1" and sen == 0 else str(sen)).rjust(width)


def _row(line: Line) -> list[str]:
    skbbk = "" if line.skbbk is None else ringgit(line.skbbk)
    amounts = [*map(ringgit, (line.wages, *line.amounts)), skbbk]
    texts = [line.employer_code, line.id, line.name, line.month, *amounts]
    return [line.raw.get(name, text) for name, text in zip(HEADER, texts, strict=True)]


def _stated(line: Line) -> dict[str, object]:
    named = {name: money(sen) for name, sen in zip(HEADER[4:9], (line.wages, *line.amounts), strict=True)}
    body: dict[str, object] = {"id": line.raw.get("id", line.id), "name": line.raw.get("name", line.name), **named}
    return body if line.skbbk is None else {**body, "skbbk_employee": money(line.skbbk)}


def _prefix(data: bytes, argument: str) -> bytes:
    return bytes.fromhex(argument) + data


def _append(data: bytes, argument: str) -> bytes:
    return data + bytes.fromhex(argument)


def _cut(data: bytes, argument: str) -> bytes:
    return data[: -int(argument)]


def _put(data: bytes, argument: str) -> bytes:
    """`<place>:<hex>`: these bytes in the place of as many that stand there; a place is counted from 0."""
    place, _, written = argument.partition(":")
    at, put = int(place), bytes.fromhex(written)
    return data[:at] + put + data[at + len(put) :]


def _ends(data: bytes, argument: str) -> bytes:
    """Line ends one after the other: `lf,crlf` begins with LF."""
    ends = [{"lf": b"\n", "crlf": b"\r\n"}[each] for each in argument.split(",")]
    lines = data.split(b"\r\n")[:-1]
    return b"".join(line + ends[place % len(ends)] for place, line in enumerate(lines))


def _encode(data: bytes, argument: str) -> bytes:
    return data.decode(ENCODING).encode(argument)


CHANGES: dict[str, Callable[[bytes, str], bytes]] = {
    "prefix": _prefix,
    "append": _append,
    "cut": _cut,
    "put": _put,
    "ends": _ends,
    "encode": _encode,
}
