"""The steps of which cases are made: a file is sent, events are pushed, a person is released from SKBBK."""

import asyncio
import csv
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from conformance import files
from conformance.files import Line, money, ringgit
from conformance.installation import told
from conformance.model import Standing, differences
from conformance.pack import AMOUNTS, day_of, month_of, sen
from conformance.runner import Stage, Step

BY_ITSELF = ("amount_differs", "skbbk_released")
FILE_TYPES = {"combined_278": "text/plain", "legacy_223": "text/plain", "csv": "text/csv"}
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
MONEY = (*AMOUNTS, "wage")
DAYS = ("started_on", "ended_on", "paid_on", "born_on", "happened_on", "issued_on", "first", "last")


async def send(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Send a file, wait until it is through, and compare: the whole, each line, and what stands afterwards."""
    lines = [_line(stage, each) for each in step.get("lines", ())]
    path, content = _upload(stage, step, lines)
    answer = await stage.installation.call("POST", path, **content)
    expected = step.get("expect", {})
    if "code" in expected:
        return _refusal(answer, expected)
    if answer.status_code != 202:
        return [f"expected 202, answered {answer.status_code} {told(answer).get('code', '')}"]
    job_path = f"/v1/contribution-files/{answer.json()['file']}"

    async def state() -> dict[str, Any]:
        return told(await stage.installation.call("GET", job_path))

    job = await stage.installation.until(state, lambda read: read.get("state") != "received")
    said = _whole(step, job)
    said += await _lines(stage, step, job_path)
    posted = _post(stage, step)
    return said + _totals(job, posted) + await _stands(stage, step)


async def push(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Push events in a form of CloudEvents, and compare what becomes of each."""
    service, by = step.get("to", "registration"), step.get("by", "employer")
    events = [_event(stage, each) for each in step["events"]]
    content = _pushed(step["push"], events)
    answer = await stage.installation.call("POST", "/v1/events", service=service, by=by, **content)
    expected = step.get("expect", {})
    if "code" in expected:
        return _refusal(answer, expected)
    if answer.status_code != 202:
        return [f"expected 202, answered {answer.status_code} {told(answer).get('code', '')}"]
    said = []
    for given, kept in zip(step["events"], answer.json()["data"], strict=True):
        stage.events[given["name"]] |= {"event": kept["event"], "service": service, "by": by}
        said += await _became(stage, given["name"], given.get("expect", {}), kept)
        _post_event(stage, given)
    # What wakes an earlier event leaves its line a moment later: the step that reads that event looks.
    return said if step.get("unsettled") else said + await _stands(stage, {"lines": step["events"]})


async def read_event(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Read an event of an earlier step, as it stands by now."""
    said = await _became(stage, step["event"], step["expect"], {"state": "received"})
    _post_event(stage, step)
    return said + await _stands(stage, {"lines": [step]})


async def release(stage: Stage, step: dict[str, Any]) -> list[str]:
    """File a release from SKBBK as the employer of a new employee."""
    path = f"/v1/persons/{stage.numbers[step['release']]}/skbbk/release"
    answer = await stage.installation.call("POST", path, json={})
    expected = step.get("expect", {})
    if "code" in expected:
        return _refusal(answer, expected)
    return [] if answer.is_success else [f"expected a release, answered {answer.status_code} {told(answer)}"]


async def template(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Say what the amount of a legacy file means."""
    path = f"/v1/employers/{stage.employer}/legacy-templates"
    answer = await stage.installation.call("POST", path, json=step["template"])
    return [] if answer.is_success else [f"expected a template, answered {answer.status_code} {told(answer)}"]


STEPS: dict[str, Step] = {
    "send": send,
    "push": push,
    "event": read_event,
    "release": release,
    "template": template,
}


def _line(stage: Stage, given: Mapping[str, Any]) -> Line:
    person = stage.people[given["person"]]
    raw = {name: text.replace("{dashed}", _dashed(person.id_number)) for name, text in given.get("raw", {}).items()}
    amounts = [None if each is None else sen(each) for each in given.get("amounts", ("0.00",) * 4 + (None,))]
    name = given.get("name", "{own}").replace("{own}", person.name)
    for before, after in given.get("name_with", ()):
        name = name.replace(before, after)
    return Line(
        given.get("employer_code", stage.employer_code),
        stage.people[given.get("id_of", given["person"])].id_number,
        name,
        month_of(given["month"], stage.today),
        sen(given.get("wages", "0.00")),
        tuple(amounts[:4]),  # type: ignore[arg-type]
        amounts[4],
        raw,
        sen(given.get("amount", "0.00")),
        given.get("status", " "),
        given.get("day", ""),
    )


def _dashed(number: str) -> str:
    """A MyKad's number as people write it."""
    return f"{number[:6]}-{number[6:8]}-{number[8:]}"


def _upload(stage: Stage, step: Mapping[str, Any], lines: list[Line]) -> tuple[str, dict[str, Any]]:
    """Path and content of the request."""
    form, params = step["send"], {**step.get("query", {})}
    if "month" in params:
        params["month"] = [month_of(each, stage.today) for each in params["month"]]
    if form == "json":
        body = files.statement(lines, stage.employer, lines[0].month)
        return "/v1/contribution-statements", {"json": body, "params": params}
    if form != "combined_278":
        params["format"] = form
    data = _written(step, lines)
    for name, argument in step.get("bytes", ()):
        data = files.CHANGES[name](data, argument)
    stage.last_sent = data
    return "/v1/contribution-files", {"content": data, "params": params, "headers": {"content-type": FILE_TYPES[form]}}


def _written(step: Mapping[str, Any], lines: list[Line]) -> bytes:
    if step["send"] == "legacy_223":
        return files.legacy_223(lines)
    if step["send"] == "csv":
        return files.csv_file(lines, step.get("query", {}).get("separator", "comma"))
    return files.combined_278(lines, step.get("layout", "v2"), step.get("padding", "blanks"))


def _refusal(answer: Any, expected: Mapping[str, Any]) -> list[str]:
    """What differs from the problem that is expected."""
    body = told(answer)
    found = (answer.status_code, body.get("code"))
    wanted = (expected["status"], expected["code"])
    return [] if found == wanted else [f"expected {wanted}, answered {found} {body.get('detail', '')}"]


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


async def _lines(stage: Stage, step: Mapping[str, Any], job_path: str) -> list[str]:
    """Compare the table of faults, and the rejected lines byte for byte."""
    wanted = Counter(
        (place, name, code, due[0] if due else "")
        for place, given in enumerate(step["lines"], start=1)
        for name, code, *due in given.get("expect", ())
    )
    table = (await stage.installation.call("GET", f"{job_path}/errors")).text
    rows = list(csv.DictReader(table.splitlines()))
    found = Counter((int(row["line"]), row["field"], row["code"], row["expected"]) for row in rows)
    said = [f"line {each[0]}: expected {' '.join(each[1:])}, which is not told" for each in sorted(wanted - found)]
    said += [f"line {each[0]}: told {' '.join(each[1:])}, which is not expected" for each in sorted(found - wanted)]
    return said + (await _returned(stage, step, job_path) if wanted and not said else [])


async def _returned(stage: Stage, step: Mapping[str, Any], job_path: str) -> list[str]:
    if step["send"] == "json":
        return []
    sent = [each.rstrip(b"\r") for each in stage.last_sent.removesuffix(b"\x1a").split(b"\n")]
    first = 1 if step["send"] == "csv" else 0
    wanted = sent[:first]
    wanted += [sent[place + first] for place, given in enumerate(step["lines"]) if given.get("expect")]
    content = (await stage.installation.call("GET", f"{job_path}/rejected-lines")).content
    if content == b"".join(each + b"\r\n" for each in wanted):
        return []
    return ["the rejected lines do not come back byte for byte"]


def _post(stage: Stage, step: Mapping[str, Any]) -> dict[str, list[Standing]]:
    """Let the lines that are taken stand in the model; what the lines of each month bring."""
    months: dict[str, list[Standing]] = {}
    for given in step["lines"]:
        if _is_set_aside(given):
            continue
        month = month_of(given["month"], stage.today)
        stated = given.get("posted", given)
        amounts: list[int | None] = [None if each is None else sen(each) for each in stated["amounts"]]
        if any(name == "skbbk_employee" for name, *_ in given.get("expect", ())):
            amounts[4] = None
        stage.model.post(given["person"], month, sen(stated["wages"]), amounts)
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


async def _stands(stage: Stage, step: Mapping[str, Any]) -> list[str]:
    """Compare what stands for the people of a step with the model."""
    keys = sorted({each["person"] for each in step["lines"] if each.get("person") in stage.numbers})
    found = await asyncio.gather(*(_known(stage, key) for key in keys))
    said = []
    for key, known in zip(keys, found, strict=True):
        said += differences(key, stage.model.expected(key), known)
    return said


async def _known(stage: Stage, key: str) -> dict[str, tuple[int, Standing]]:
    known: dict[str, tuple[int, Standing]] = {}
    params = {"limit": "100"}
    while True:
        path = f"/v1/persons/{stage.numbers[key]}/contributions"
        page = told(await stage.installation.call("GET", path, params=params))
        for each in page.get("data", ()):
            amounts: Any = tuple(sen(each[name]["amount"]) for name in AMOUNTS)
            known[each["month"]] = (each["revision"], (sen(each["wage"]["amount"]), amounts))
        if not page.get("next_cursor"):
            return known
        params["cursor"] = page["next_cursor"]


def _event(stage: Stage, given: Mapping[str, Any]) -> dict[str, Any]:
    """An event as CloudEvents has it; the same name of an earlier step sends the same id and source."""
    event_id = stage.events.get(given.get("as", given["name"]), {}).get("id") or _fresh_name()
    data = _dated(stage, given.get("data", {}))
    if "person" in given and given.get("about", True):
        person = stage.people[given["person"]]
        who = {"national_id": person.national_id, "name": given.get("called", person.name)}
        if given["type"] == "employee.hired":
            who |= {"born_on": str(person.born_on), "residence": person.residence, "started_on": str(person.started_on)}
        data = who | data
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": given.get("source", "/conformance"),
        "type": given["type"],
        "data": data,
    }
    stage.events[given["name"]] = {"id": event_id, "person": given.get("person")}
    attributes: dict[str, Any] = given.get("attributes", {})
    return event | attributes


def _fresh_name() -> str:
    """An id that no other event has. It is of letters: twelve digits side by side, as a UUID may have them, look like a
    national id and are refused."""
    return uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))


def _dated(stage: Stage, data: Any) -> Any:
    """The data with days, months and amounts as the API takes them."""
    if not isinstance(data, Mapping):
        return data
    made: dict[str, Any] = {}
    for name, value in data.items():
        if name in MONEY and isinstance(value, str):
            made[name] = money(sen(value))
        elif name in DAYS and isinstance(value, str):
            made[name] = str(day_of(value, stage.today))
        elif name == "for_month":
            made[name] = month_of(value, stage.today)
        elif value == "{employer}":
            made[name] = stage.employer
        else:
            made[name] = _dated(stage, value)
    return made


def _pushed(form: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    if form == "batch":
        return {"json": events, "headers": {"content-type": BATCH}}
    (event,) = events
    if form == "structured":
        return {"json": event, "headers": {"content-type": STRUCTURED}}
    attributes = {f"ce-{name}": str(value) for name, value in event.items() if name != "data"}
    return {"json": event["data"], "headers": {**attributes, "content-type": "application/json"}}


async def _became(stage: Stage, name: str, expected: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """Wait until an event is worked off, and compare how it stands."""
    pushed = stage.events[name]
    if kept["state"] == "refused" or pushed["event"] is None:
        return _compared(name, expected, {**kept, "warnings": [], "result": {}})
    path = f"/v1/events/{pushed['event']}"

    async def read() -> dict[str, Any]:
        return told(await stage.installation.call("GET", path, service=pushed["service"], by=pushed["by"]))

    found = await stage.installation.until(read, lambda read: read.get("state") not in (None, "received"))
    if found.get("state") == "parked" and expected.get("state") != "parked":
        # What it waited for has come, perhaps a moment ago.
        found = await stage.installation.until(read, lambda read: read.get("state") != "parked")
    if "person" in found.get("result", {}):
        stage.numbers[pushed["person"]] = found["result"]["person"]
    return _compared(name, expected, found)


def _compared(name: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    wanted = {"state": "accepted", "reason": None, "warnings": [], **expected}
    result = found.get("result", {})
    said = [
        f"{name}: {member} expected {wanted[member]}, is {found.get(member)}"
        for member in ("state", "reason", "warnings")
        if wanted[member] != found.get(member)
    ]
    if "amounts" in expected:
        amounts = [result.get("amounts", {}).get(each) for each in AMOUNTS]
        if amounts != expected["amounts"]:
            said.append(f"{name}: amounts expected {expected['amounts']}, are {amounts}")
    due = {each["field"]: each["expected"] for each in result.get("line", ())}
    if due != expected.get("due", {}):
        said.append(f"{name}: due expected {expected.get('due', {})}, is {due}")
    return said + [f"{name}: the result has no {each}" for each in expected.get("result", ()) if each not in result]


def _post_event(stage: Stage, given: Mapping[str, Any]) -> None:
    """Let the line of a wage that is taken stand in the model; a person who was hired is read from now on."""
    posted = given.get("posted")
    if posted is not None:
        amounts = [None if each is None else sen(each) for each in posted["amounts"]]
        stage.model.post(given["person"], month_of(posted["month"], stage.today), sen(posted["wages"]), amounts)
