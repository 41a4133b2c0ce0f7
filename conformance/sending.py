"""The steps that send contributions: a file at once, in parts over a connection that is cut, and in an archive."""

import base64
import csv
import hashlib
import io
import tarfile
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance import files
from conformance.comparing import refusal, stands
from conformance.files import Line, ringgit
from conformance.installation import Cut, told
from conformance.model import Standing
from conformance.pack import AMOUNTS, month_of, sen
from conformance.runner import Stage

BY_ITSELF = ("amount_differs", "skbbk_released")
FILE_TYPES = {"combined_278": "text/plain", "legacy_223": "text/plain", "csv": "text/csv"}
TUS = {"tus-resumable": "1.0.0"}
PART = {**TUS, "content-type": "application/offset+octet-stream"}
MOST_PARTS = 100
# Of a body that is cut, so many bytes at once.
AT_ONCE = 512


@dataclass(frozen=True)
class Sent:
    """What was sent for an employer, by whom, and where its job is read; `data` is none of what was sent as JSON."""

    step: Mapping[str, Any]
    job: str
    by: str
    whose: str
    data: bytes | None


async def send(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Send a file, wait until it is through, and compare: the whole, each line, and what stands afterwards."""
    by = step.get("by", "employer")
    path, content = _request(stage, step, by)
    answer = await stage.installation.call("POST", path, by=by, **content)
    expected = step.get("expect", {})
    if "code" in expected:
        return refusal(answer, expected)
    if answer.status_code != 202:
        return [f"expected 202, answered {answer.status_code} {told(answer).get('code', '')}"]
    job = f"/v1/contribution-files/{answer.json()['file']}"
    return await _through(stage, Sent(step, job, by, by, content.get("content")))


async def upload(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Send a file in parts by the protocol tus, cut off where the step says so; compare as of one sent at once."""
    by, data = step.get("by", "employer"), written(stage, step, step.get("by", "employer"))
    headers = {**TUS, "upload-length": str(len(data)), "upload-metadata": _metadata(stage, step)}
    answer = await stage.installation.call("POST", "/v1/uploads", by=by, headers=headers)
    if answer.status_code != 201:
        return [f"expected 201, answered {answer.status_code} {told(answer)}"]
    path = urlsplit(answer.headers["location"]).path
    said = await _cut_off(stage, step, path, by, data)
    said += await _refused_parts(stage, step, path, by, data) if "refused_parts" in step else []
    if step.get("taken_back"):
        return said + await _taken_back(stage, path, by)
    answer = await _finished(stage, path, by, data)
    if "code" in step.get("expect", {}):
        return said + refusal(answer, step["expect"])
    job = urlsplit(answer.headers.get("content-location", "")).path
    if answer.status_code != 204 or not job:
        return [*said, f"expected 204 and the job, answered {answer.status_code} {told(answer)}"]
    return said + await _through(stage, Sent(step, job, by, by, data))


async def archive(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Send files of several employers as one archive, and compare what became of each."""
    by, members = step.get("by", "employer"), step["files"]
    contents = [(each["name"], written(stage, {**each, "send": _form(step)}, _whose(each, by))) for each in members]
    data = _changed(ARCHIVES[step["archive"]](contents), step)
    how: dict[str, Any] = {"headers": {"content-type": ARCHIVE_TYPES[step["archive"]]}, "params": _params(stage, step)}
    answer = await stage.installation.call("POST", "/v1/contribution-archives", by=by, content=data, **how)
    if "code" in step.get("expect", {}):
        return refusal(answer, step["expect"])
    if answer.status_code != 202:
        return [f"expected 202, answered {answer.status_code} {told(answer)}"]
    path = f"/v1/contribution-archives/{answer.json()['archive']}"

    async def state() -> dict[str, Any]:
        return told(await stage.installation.call("GET", path, by=by))

    await stage.installation.until(state, lambda read: read.get("state") == "finished")
    answers = await stage.installation.call("GET", f"{path}/members", by=by, params={"limit": "100"})
    found = {each["name"]: each for each in told(answers).get("data", ())}
    said = [f"{name}: the archive has it not" for name in sorted({name for name, _ in contents} - found.keys())]
    for member, (name, content) in zip(members, contents, strict=True):
        if name in found:
            sent = {**member, "send": _form(step)}, found[name], content
            said += [f"{name}: {each}" for each in await _member(stage, *sent, by, _whose(member, by))]
    # When all of them are through: one file may have come before another.
    for whose in sorted({_whose(each, by) for each in members}):
        people = [line["person"] for each in members if _whose(each, by) == whose for line in each["lines"]]
        said += await stands(stage, people, whose)
    return said


def written(stage: Stage, step: Mapping[str, Any], whose: str) -> bytes:
    """The bytes of a file of an employer."""
    lines = [_line(stage, each, whose) for each in step.get("lines", ())]
    return _changed(_formatted(step, lines), step)


def _form(step: Mapping[str, Any]) -> str:
    return str(step.get("send") or step.get("upload") or step.get("query", {}).get("format", "combined_278"))


def _whose(member: Mapping[str, Any], by: str) -> str:
    return str(member.get("of", by))


async def _member(
    stage: Stage, step: Mapping[str, Any], found: Mapping[str, Any], content: bytes, by: str, whose: str
) -> list[str]:
    code = step.get("expect", {}).get("code")
    if found.get("code") != code:
        return [f"expected {code or 'a file'}, is {found.get('code') or found.get('state')}"]
    if code is not None:
        return []
    return await _answered(stage, Sent(step, f"/v1/contribution-files/{found['file']}", by, whose, content))


async def _through(stage: Stage, sent: Sent) -> list[str]:
    """Wait until a file is worked off, and compare all of it, and what stands then."""
    people = [each.get("person") for each in sent.step["lines"]]
    return await _answered(stage, sent) + await stands(stage, people, sent.whose)


async def _answered(stage: Stage, sent: Sent) -> list[str]:
    """Wait until a file is worked off, and compare what is answered: the whole and each line."""

    async def state() -> dict[str, Any]:
        return told(await stage.installation.call("GET", sent.job, by=sent.by))

    job = await stage.installation.until(state, lambda read: read.get("state") != "received")
    said = _whole(sent.step, job)
    said += await _lines(stage, sent)
    return said + _totals(job, _post(stage, sent))


def _line(stage: Stage, given: Mapping[str, Any], whose: str) -> Line:
    person = stage.people[given["person"]]
    raw = {name: text.replace("{dashed}", _dashed(person.id_number)) for name, text in given.get("raw", {}).items()}
    amounts = [None if each is None else sen(each) for each in given.get("amounts", ("0.00",) * 4 + (None,))]
    name = given.get("name", "{own}").replace("{own}", person.name).replace("{word}", person.word)
    if "name_of" in given:
        name = stage.people[given["name_of"]].name
    for before, after in given.get("name_with", ()):
        name = name.replace(before, after)
    return Line(
        given.get("employer_code", stage.employers[given.get("code_of", whose)].code),
        stage.people[given.get("id_of", given["person"])].id_number,
        name,
        month_of(given["month"], stage.today),
        sen(given.get("wages", "0.00")),
        tuple(amounts[:4]),  # type: ignore[arg-type]
        amounts[4],
        raw,
        sen(given.get("amount", "0.00")),
        given.get("status", " "),
        _day(stage, given.get("day", "")),
    )


def _day(stage: Stage, written: str) -> str:
    """A day of a legacy line: as it stands, or the last one of a month: `end of 2026-05`."""
    return files.last_day(month_of(written[7:], stage.today)) if written.startswith("end of ") else written


def _dashed(number: str) -> str:
    """A MyKad's number as people write it."""
    return f"{number[:6]}-{number[6:8]}-{number[8:]}"


def _request(stage: Stage, step: Mapping[str, Any], by: str) -> tuple[str, dict[str, Any]]:
    """Path and content of the request."""
    form, params = step["send"], _params(stage, step)
    if form == "json":
        lines = [_line(stage, each, by) for each in step["lines"]]
        body = files.statement(lines, stage.employers[by].number, lines[0].month)
        return "/v1/contribution-statements", {"json": body, "params": params}
    if form != "combined_278":
        params["format"] = form
    content = {"content": written(stage, step, by), "params": params, "headers": {"content-type": FILE_TYPES[form]}}
    return "/v1/contribution-files", content


def _params(stage: Stage, step: Mapping[str, Any]) -> dict[str, Any]:
    params = {**step.get("query", {})}
    if "month" in params:
        params["month"] = [month_of(each, stage.today) for each in params["month"]]
    return params


def _metadata(stage: Stage, step: Mapping[str, Any]) -> str:
    """The query of a posted file, as an upload says it."""
    params = {"format": step["upload"], **_params(stage, step), "filename": "june.txt"}
    pairs = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in params.items()}
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())


def _formatted(step: Mapping[str, Any], lines: list[Line]) -> bytes:
    form = _form(step)
    if form == "legacy_223":
        return files.legacy_223(lines)
    if form == "csv":
        separator = step.get("query", {}).get("separator", "comma")
        return files.csv_file(lines, separator, step.get("columns", len(files.HEADER)))
    return files.combined_278(lines, step.get("layout", "v2"), step.get("padding", "blanks"))


def _changed(data: bytes, step: Mapping[str, Any]) -> bytes:
    for name, argument in step.get("bytes", ()):
        data = files.CHANGES[name](data, argument)
    return data


async def _cut_off(stage: Stage, step: Mapping[str, Any], path: str, by: str, data: bytes) -> list[str]:
    """Send the rest again and again, cut at these percents of the whole: never more is kept than was sent."""
    said = []
    for percent in step.get("cut_at", ()):
        begins, ends = await _offset(stage, path, by), len(data) * percent // 100
        rest = {"upload-offset": str(begins), "content-length": str(len(data) - begins)}
        body = _broken_off(data[begins : max(begins, ends)])
        await stage.installation.cut("PATCH", path, by=by, headers={**PART, **rest}, content=body)
        kept = await _offset(stage, path, by)
        if not begins <= kept <= max(begins, ends):
            said.append(f"cut at {percent} %: expected {begins} to {ends} bytes, {kept} are kept")
    return said


async def _broken_off(data: bytes) -> AsyncIterator[bytes]:
    for begins in range(0, len(data), AT_ONCE):
        yield data[begins : begins + AT_ONCE]
    raise Cut


async def _offset(stage: Stage, path: str, by: str) -> int:
    answer = await stage.installation.call("HEAD", path, by=by, headers=TUS)
    return int(answer.headers["upload-offset"])


async def _refused_parts(stage: Stage, step: Mapping[str, Any], path: str, by: str, data: bytes) -> list[str]:
    """Parts that are refused: nothing of them is kept."""
    said, begins = [], await _offset(stage, path, by)
    rest = data[begins:]
    parts = {
        "begins_elsewhere": ({"upload-offset": str(begins + 1)}, rest[1:]),
        "damaged": ({"upload-offset": str(begins), "upload-checksum": _checksum(rest + b"x")}, rest),
        "too_long": ({"upload-offset": str(begins)}, rest + b"x"),
        "of_another_version": ({"upload-offset": str(begins), "tus-resumable": "0.2.2"}, rest),
    }
    for name, expected in step["refused_parts"].items():
        headers, body = parts[name]
        answer = await stage.installation.call("PATCH", path, by=by, headers={**PART, **headers}, content=body)
        said += [f"{name}: {each}" for each in refusal(answer, expected)]
    kept = await _offset(stage, path, by)
    return said if kept == begins else [*said, f"expected {begins} bytes after refused parts, {kept} are kept"]


def _checksum(data: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"


async def _finished(stage: Stage, path: str, by: str, data: bytes) -> Any:
    """The answer to the last part; where a part of before came through meanwhile, it is asked where to go on."""
    for _ in range(MOST_PARTS):
        begins = await _offset(stage, path, by)
        part = data[begins:]
        headers = {**PART, "upload-offset": str(begins), "upload-checksum": _checksum(part)}
        answer = await stage.installation.call("PATCH", path, by=by, headers=headers, content=part)
        if told(answer).get("code") != "upload_offset_differs":
            break
    return answer


async def _taken_back(stage: Stage, path: str, by: str) -> list[str]:
    answer = await stage.installation.call("DELETE", path, by=by, headers=TUS)
    said = [] if answer.status_code == 204 else [f"expected 204, answered {answer.status_code} {told(answer)}"]
    gone = await stage.installation.call("GET", path, by=by)
    return said + refusal(gone, {"status": 404, "code": "upload_unknown"})


def _zip(contents: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in contents:
            made.writestr(name, content)
    return packed.getvalue()


def _tar(contents: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as made:
        for name, content in contents:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            made.addfile(header, io.BytesIO(content))
    return packed.getvalue()


ARCHIVES = {"zip": _zip, "tar": _tar}
ARCHIVE_TYPES = {"zip": "application/zip", "tar": "application/x-tar"}


def _is_set_aside(given: Mapping[str, Any]) -> bool:
    """Whether a line is not taken; an SKBBK is set aside by itself."""
    faults = given.get("expect", ())
    return any(name != "skbbk_employee" or code not in BY_ITSELF for name, code, *_ in faults)


def _whole(step: Mapping[str, Any], job: Mapping[str, Any]) -> list[str]:
    lines = step["lines"]
    bad = sum(map(_is_set_aside, lines))
    faulty = any(each.get("expect") for each in lines)
    state = "accepted" if not faulty else "rejected" if bad == len(lines) else "partly_rejected"
    wanted = {"state": state, "lines": len(lines), "accepted_lines": len(lines) - bad, "rejected_lines": bad}
    return [f"{name}: expected {each}, is {job.get(name)}" for name, each in wanted.items() if job.get(name) != each]


async def _lines(stage: Stage, sent: Sent) -> list[str]:
    """Compare the table of faults, and the rejected lines byte for byte."""
    wanted = Counter(
        (place, name, code, due[0] if due else "")
        for place, given in enumerate(sent.step["lines"], start=1)
        for name, code, *due in given.get("expect", ())
    )
    table = (await stage.installation.call("GET", f"{sent.job}/errors", by=sent.by)).text
    rows = list(csv.DictReader(table.splitlines()))
    found = Counter((int(row["line"]), row["field"], row["code"], row["expected"]) for row in rows)
    said = [_fault(sent.step, each, "expected", "which is not told") for each in sorted(wanted - found)]
    said += [_fault(sent.step, each, "told", "which is not expected") for each in sorted(found - wanted)]
    return said + (await _returned(stage, sent) if wanted and not said else [])


def _fault(step: Mapping[str, Any], told: tuple[int, str, str, str], verb: str, but: str) -> str:
    """A fault of a line in words, with who and what the line is of."""
    place, *what = told
    given = step["lines"][place - 1] if place <= len(step["lines"]) else {}
    of = " ".join(str(given[name]) for name in ("person", "month", "wages", "amount") if name in given)
    return f"line {place} ({of}): {verb} {' '.join(filter(None, what))}, {but}"


async def _returned(stage: Stage, sent: Sent) -> list[str]:
    if sent.data is None:
        return []
    came = [each.rstrip(b"\r") for each in sent.data.removesuffix(b"\x1a").split(b"\n")]
    first = 1 if _form(sent.step) == "csv" else 0
    wanted = came[:first]
    wanted += [came[place + first] for place, given in enumerate(sent.step["lines"]) if given.get("expect")]
    content = (await stage.installation.call("GET", f"{sent.job}/rejected-lines", by=sent.by)).content
    if content == b"".join(each + b"\r\n" for each in wanted):
        return []
    return ["the rejected lines do not come back byte for byte"]


def _post(stage: Stage, sent: Sent) -> dict[str, list[Standing]]:
    """Let the lines that are taken stand in the model; what the lines of each month bring."""
    months: dict[str, list[Standing]] = {}
    for given in sent.step["lines"]:
        if _is_set_aside(given):
            continue
        month = month_of(given["month"], stage.today)
        stated = given.get("posted", given)
        amounts: list[int | None] = [None if each is None else sen(each) for each in stated["amounts"]]
        if any(name == "skbbk_employee" for name, *_ in given.get("expect", ())):
            amounts[4] = None
        stage.models[sent.whose].post(given["person"], month, sen(stated["wages"]), amounts)
        brought: Any = (sen(stated.get("brings", stated["wages"])), tuple(each or 0 for each in amounts))
        months.setdefault(month, []).append(brought)
    return months


def _totals(job: Mapping[str, Any], posted: Mapping[str, list[Standing]]) -> list[str]:
    """Compare the control totals of the months with the sums of the lines."""
    found = {
        each["month"]: tuple(each[name]["amount"] for name in ("wages", *AMOUNTS)) for each in job.get("months", ())
    }
    wanted = {
        month: tuple(
            map(ringgit, (sum(wages for wages, _ in lines), *map(sum, zip(*(each for _, each in lines), strict=True))))
        )
        for month, lines in posted.items()
    }
    return [
        f"totals of {month}: expected {wanted.get(month)}, are {found.get(month)}"
        for month in sorted(wanted.keys() | found.keys())
        if wanted.get(month) != found.get(month)
    ]
