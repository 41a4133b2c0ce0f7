"""The steps of employment: hired, left, released from SKBBK, back in it, and who sends an employer's files."""

from typing import Any

from conformance.comparing import done
from conformance.installation import told
from conformance.pack import day_of, month_of
from conformance.people import work_of
from conformance.runner import Stage, hired


async def hire(stage: Stage, step: dict[str, Any]) -> list[str]:
    """State an employment, with the first employer or with the second."""
    key, by = step["hire"], step.get("by", "employer")
    answer = await hired(stage, key, by, day_of(step["started_on"], stage.today), work_of(step))
    if answer.is_success:
        stage.spells[by, key] = told(answer)["spell"]
    return done(answer, step, "an employment")


async def leave(stage: Stage, step: dict[str, Any]) -> list[str]:
    """State the last day of the employment that was stated last; `waits`: why an officer has to look first."""
    spell = stage.spells[step.get("by", "employer"), step["leave"]]
    body = {"ended_on": str(day_of(step["ended_on"], stage.today))}
    answer = await stage.installation.call("POST", f"/v1/spells/{spell}/end", by=step.get("by", "employer"), json=body)
    said = done(answer, step, "an end")
    if said or "code" in step.get("expect", {}):
        return said
    waits = (told(answer).get("waiting_end") or {}).get("reason")
    wanted = step.get("waits")
    return [] if waits == wanted else [f"expected an end that waits for {wanted}, it waits for {waits}"]


async def release(stage: Stage, step: dict[str, Any]) -> list[str]:
    """File a release from SKBBK as the employer of a new employee."""
    return await _stated(stage, step, "release")


async def come_back(stage: Stage, step: dict[str, Any]) -> list[str]:
    """State that a person takes part in SKBBK after all."""
    return await _stated(stage, step, "return")


async def taking_part(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Read by which months a person takes part in SKBBK, as its employer sees it."""
    path = f"/v1/persons/{stage.numbers[step['skbbk']]}/skbbk"
    answer = await stage.installation.call("GET", path, by=step.get("by", "employer"))
    found = [[each["status"], each["first_month"], each["last_month"]] for each in told(answer).get("months", ())]
    day = stage.today
    wanted = [[status, month_of(first, day), last and month_of(last, day)] for status, first, last in step["months"]]
    return [] if found == wanted else [f"expected to take part {wanted}, takes part {found}"]


async def agent(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Let another employer's software send the files of an employer, or take that back."""
    by, acts = step["by"], step["agent"]
    path = f"/v1/employers/{stage.employers[by].number}/agents"
    body = {"agent": stage.employers[acts].party, "granted": step["granted"]}
    return done(await stage.installation.call("POST", path, by=by, json=body), step, "an agent")


async def template(stage: Stage, step: dict[str, Any]) -> list[str]:
    """Say what the amount of a legacy file means."""
    by = step.get("by", "employer")
    path = f"/v1/employers/{stage.employers[by].number}/legacy-templates"
    return done(await stage.installation.call("POST", path, by=by, json=step["template"]), step, "a template")


async def _stated(stage: Stage, step: dict[str, Any], what: str) -> list[str]:
    path = f"/v1/persons/{stage.numbers[step[what]]}/skbbk/{what}"
    answer = await stage.installation.call("POST", path, by=step.get("by", "employer"), json={})
    return done(answer, step, f"a {what}")
