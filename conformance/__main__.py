"""`python -m conformance`: runs the pack against an installation with a partner's credentials.

Needs Python and httpx; aiokafka where the partner has topics.

Exit code 0: every case that could be tried passed; 1: one failed; 2: it could not run, or none could be tried.
"""

import argparse
import asyncio
import getpass
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import httpx

from conformance import report
from conformance.errors import CannotRun
from conformance.installation import Employer, Installation, Partner
from conformance.pack import PACK, Group, load
from conformance.runner import Result, Run
from conformance.steps import STEPS
from conformance.topics import Access, Topics, opened

# Option, variable of the environment (or of --settings), and what it is.
SETTINGS = (
    ("url", "REGISTRATION", "address of the installation's registration API"),
    ("claims-url", "CLAIMS", "address of its claims API; without it what is pushed to claims is passed over"),
    ("token-url", "TOKEN_URL", "where an access token is asked for (OAuth 2, client credentials)"),
    ("client", "CLIENT_ID", "the employer's client id"),
    ("hospital-client", "HOSPITAL_CLIENT_ID", "a hospital's client id; without it what hospitals push is passed over"),
    ("employer", "EMPLOYER", "the employer's number, such as E0000000076"),
    ("employer-code", "EMPLOYER_CODE", "the employer's code in contribution files"),
    ("scope", "SCOPE", "scopes to ask for, where the token server does not give all that the client may have"),
    ("second-client", "SECOND_CLIENT_ID", "a second employer's client id; without it what is of two is passed over"),
    ("second-employer", "SECOND_EMPLOYER", "the second employer's number"),
    ("second-employer-code", "SECOND_EMPLOYER_CODE", "the second employer's code in contribution files"),
    ("kafka", "KAFKA", "where the employer's topics are; without it what is pushed over Kafka is passed over"),
    ("kafka-user", "KAFKA_USER", "the employer's name there"),
    ("kafka-events", "KAFKA_EVENTS", "the topic to which the employer pushes"),
    ("kafka-answers", "KAFKA_ANSWERS", "the topic on which it is answered"),
    ("kafka-tls", "KAFKA_TLS", "no: without TLS, on one machine"),
)
# What is stated together or not at all.
TOGETHER = (
    ("second-client", "second-employer", "second-employer-code"),
    ("kafka", "kafka-user", "kafka-events", "kafka-answers"),
)
# Never an option: a list of processes shows those.
SECRETS = {
    "secret": "CLIENT_SECRET",
    "hospital-secret": "HOSPITAL_CLIENT_SECRET",
    "second-secret": "SECOND_CLIENT_SECRET",
    "kafka-secret": "KAFKA_SECRET",
}
NEEDED = ("url", "token-url", "client", "employer", "employer-code")
NUMBER = re.compile(r"E[0-9]{9}[0-9A-Z]")
VARIABLES = {option: variable for option, variable, _ in SETTINGS}


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m conformance",
        description="Run the conformance pack against an installation of Jaring with a partner's credentials.",
        epilog="Each option may be a variable of the environment, or of a file that --settings names (NAME=value). "
        f"The secrets are {', '.join(SECRETS.values())} there; without the first it is asked for.",
    )
    for option, variable, told in SETTINGS:
        made.add_argument(f"--{option}", metavar=variable, help=told)
    made.add_argument("--settings", type=Path, help="a file with these variables, as the organisation hands it out")
    made.add_argument("--today", type=date.fromisoformat, help="the installation's business day, if it does not say it")
    made.add_argument("--only", action="append", default=[], metavar="CASE", help="a group, or group/case; repeatable")
    made.add_argument("--pack", type=Path, default=PACK, help="another folder with cases")
    made.add_argument("--json", type=Path, help="write the report as JSON")
    made.add_argument("--junit", type=Path, help="write the report as JUnit XML")
    made.add_argument("--patience", type=float, default=60.0, help="seconds to wait until a file is through")
    made.add_argument("--list", action="store_true", help="list the cases and their sources, and ask nobody")
    return made


def settled(asked: argparse.Namespace, environment: Mapping[str, str]) -> dict[str, str]:
    """What each setting is: of the option, else of the file, else of the environment; raises CannotRun."""
    known = {**environment, **(_read(asked.settings) if asked.settings else {})}
    found = {}
    for option, variable, _ in SETTINGS:
        found[option] = getattr(asked, option.replace("-", "_")) or known.get(variable, "")
    needed = [*NEEDED, *(each for several in TOGETHER if any(found[one] for one in several) for each in several)]
    missing = [f"--{option} (or {VARIABLES[option]})" for option in needed if not found[option]]
    if missing:
        raise CannotRun(f"Missing: {', '.join(missing)}. --help says what each is.")
    return found | {name: known.get(variable, "") for name, variable in SECRETS.items()}


def _read(path: Path) -> dict[str, str]:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error
    pairs = (row.partition("=") for row in rows if "=" in row and not row.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


def installation_of(
    values: Mapping[str, str], patience: float, http: httpx.AsyncClient, topics: Topics | None
) -> Installation:
    """The installation that the settings name."""
    secret = values["secret"] or _asked(values["client"])
    partners = {"employer": Partner(values["token-url"], values["client"], secret, values["scope"])}
    if values["hospital-client"]:
        partners["hospital"] = Partner(values["token-url"], values["hospital-client"], values["hospital-secret"])
    if values["second-client"]:
        partners["second"] = Partner(values["token-url"], values["second-client"], values["second-secret"])
    urls = {"registration": values["url"], **({"claims": values["claims-url"]} if values["claims-url"] else {})}
    return Installation(urls, partners, http, patience, topics=topics)


def employers_of(values: Mapping[str, str]) -> dict[str, Employer]:
    """The employers that the run speaks for."""
    found = {"employer": Employer(values["employer"], values["employer-code"])}
    if values["second-employer"]:
        found["second"] = Employer(values["second-employer"], values["second-employer-code"])
    for each in found.values():
        if NUMBER.fullmatch(each.number) is None:
            raise CannotRun(f"{each.number} is no employer's number: it has E, nine digits and a check character.")
    return found


def access_of(values: Mapping[str, str]) -> Access | None:
    """The employer's access to Kafka, where there is one."""
    if not values["kafka"]:
        return None
    names = (values["kafka-user"], values["kafka-secret"], values["kafka-events"], values["kafka-answers"])
    return Access(values["kafka"], *names, tls=values["kafka-tls"].lower() not in ("no", "false", "0"))


def _asked(client: str) -> str:
    """The secret, typed by whoever sits there; raises CannotRun where nobody does."""
    if not sys.stdin.isatty():
        raise CannotRun("Missing: CLIENT_SECRET, in the environment or in the file that --settings names.")
    return getpass.getpass(f"Secret of {client}: ")


async def run(asked: argparse.Namespace, groups: Sequence[Group]) -> list[Result]:
    """Run the groups and say of each case how it ended."""
    values = settled(asked, os.environ)
    # An installation may close a connection that is idle: ours are let go before.
    employers, access = employers_of(values), access_of(values)
    async with AsyncExitStack() as stack:
        http = httpx.AsyncClient(timeout=30, limits=httpx.Limits(keepalive_expiry=2))
        await stack.enter_async_context(http)
        topics = None if access is None else await stack.enter_async_context(opened(access))
        going = Run(installation_of(values, asked.patience, http, topics), employers, STEPS, asked.today)
        going.report = lambda result: say(report.line(result))
        results = await going.all(groups)
    try:
        if asked.json:
            report.write_json(asked.json, values["url"], results)
        if asked.junit:
            report.write_junit(asked.junit, results)
    except OSError as error:
        raise CannotRun(f"The report was not written: {error.filename}: {error.strerror}.") from error
    return results


def say(text: str) -> None:
    """Print, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pack; the exit code."""
    asked = parser().parse_args(arguments)
    try:
        groups = load(asked.pack, asked.only)
        if asked.list:
            for case in (case for group in groups for case in group.cases):
                say(f"{case.id}: {case.about} [{case.source}; {case.certainty}; worked: {case.worked}]")
            return 0
        results = asyncio.run(run(asked, groups))
    except CannotRun as reason:
        sys.stderr.write(f"The pack was not run: {reason}\n")
        return 2
    say(report.summary(results))
    return code_of([result.state for result in results])


def code_of(states: Sequence[str]) -> int:
    """The exit code of cases that ended so: none that was tried proves nothing."""
    if "failed" in states:
        return 1
    return 0 if "passed" in states else 2


if __name__ == "__main__":
    sys.exit(main())
