"""One seed's story of a few payments: instructed, rendered, fetched, booked and answered, and cut at random points."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import orjson

from tests.prove.bank_cuts.bank import RETURNED, SETTLED, WORKING, BankClerk, FileCopy, Wrong, status_report
from tests.prove.bank_cuts.database import Cut, How, ending_at
from tests.prove.bank_cuts.system import Instruction, System
from tests.prove.bank_cuts.wire import Answer, HangUp

SILENT = "SILENT"
# How many statements the transactions have at most; a cut past the last one falls on the commit.
FREEZE_STATEMENTS, FETCH_STATEMENTS, REPORT_STATEMENTS = 4, 4, 16
FREEZE_POINTS = ("bank_file.before_render", "bank_file.rendered", "bank_file.frozen")
FETCH_POINTS = ("bank_file.handed_out",)
REPORT_POINTS = ("status_report.read", "status_report.taken", "request.before_commit", "request.after_commit")
# What a report and an answer have at most for each transfer, and around them: where a line may be cut.
TRANSFER_BYTES, AROUND_BYTES = 700, 1600


@dataclass
class Round:
    """What one seed does; two rounds share nothing but the database."""

    seed: int
    system: System
    booking_file: Path
    instructions: dict[UUID, Instruction] = field(default_factory=dict)
    copies: list[FileCopy] = field(default_factory=list)
    chance: random.Random = field(init=False)
    clerk: BankClerk = field(init=False)
    _reports: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clerk = BankClerk(self.booking_file, self.chance)

    async def play(self) -> None:
        """All of it, each cut followed by what its users do: the timer, the bank and the officer try again."""
        await self._instruct()
        await self._render()
        await self._exchange((SETTLED, SETTLED, SETTLED, SETTLED, RETURNED, SILENT))
        await self._disturb_what_is_unknown()
        await self._pay_again_what_came_back()
        if self.chance.random() < 0.3:
            await self._report_late()

    async def _instruct(self) -> None:
        for _ in range(self.chance.choice((1, 1, 1, 2, 4))):
            claim = UUID(int=self.chance.getrandbits(128), version=4)
            days, rate = self.chance.randint(1, 60), self.chance.randint(3_000, 13_000)
            self.instructions[claim] = Instruction(claim, self.chance.randrange(1, 10**9), days, rate)
        accounts = [self._account() for _ in self.instructions]
        await self.system.instruct(list(self.instructions.values()), accounts)

    async def _render(self) -> None:
        """The timer is cut, and runs again until it comes through; then the bank looks what there is for it."""
        for _ in range(self.chance.randint(2, 5)):
            kind = self.chance.choice(("database", "database", "point", "twice"))
            if kind == "twice":
                # Two workers at the same moment, one of them cut or not.
                await asyncio.gather(self.system.freeze(), self.system.freeze())
                self._count("two workers freeze at once")
            elif kind == "point":
                self._count(await self.system.freeze(point=self.chance.choice(FREEZE_POINTS)))
            else:
                self._count(await self.system.freeze(self._cut(FREEZE_STATEMENTS, tuple(How))))
        await self.system.freeze()
        listed = await self.system.insist("GET", "/v1/bank-files?state=ready&limit=100")
        known = {copy.bank_file for copy in self.copies}
        for file in orjson.loads(listed.body)["data"]:
            if file["bank_file"] not in known:
                self.copies.append(FileCopy(file["bank_file"], file["sha256"]))

    async def _exchange(self, outcomes: tuple[str, ...]) -> None:
        new = [copy for copy in self.copies if not copy.content]
        for copy in new:
            await self.fetch(copy, self.chance.randint(2, 5))
        everything = [each.end_to_end_id for copy in self.copies for each in copy.transfers]
        if len(set(everything)) != len(everything):
            raise Wrong("an instruction stands in two files")
        for copy in new:
            copy.outcomes = {each.end_to_end_id: self.chance.choice(outcomes) for each in copy.transfers}
            self.clerk.book(copy, crash=self.chance.random() < 0.3)
            await self._report(copy)
        self.system.cuts["the bank ends while it books"] += self.clerk.crashes
        self.clerk.crashes = 0

    async def fetch(self, copy: FileCopy, cuts: int = 0) -> None:
        """The bank downloads the file: cut, and again until it has the whole; it never comes as other bytes."""
        path = f"/v1/bank-files/{copy.bank_file}/content"
        length = AROUND_BYTES + TRANSFER_BYTES * len(self.instructions)
        for _ in range(cuts):
            answer = await self._cut_request(
                lambda hang_up: self.system.ask("GET", path, hang_up=hang_up),
                HangUp(received=self.chance.randrange(length)),
                self._cut(FETCH_STATEMENTS, (How.CONNECTION, How.NETWORK, How.PROCESS)),
                self.chance.choice(FETCH_POINTS),
            )
            if answer.status == 200:
                copy.take(answer.body, answer.whole)
        answer = await self.system.insist("GET", path)
        if answer.headers.get("etag") != f'"{copy.sha256}"' or not copy.take(answer.body, True):
            raise Wrong("the download is not what the list says")

    async def _report(self, copy: FileCopy) -> None:
        """The bank says what became of the transfers; of a silent one it says nothing that arrives."""
        for end_to_end_id in copy.unreported:
            if copy.outcomes[end_to_end_id] == SILENT and self.chance.random() < 0.3:
                await self._send_report(copy, {end_to_end_id: WORKING})
        said = {id_: copy.outcomes[id_] for id_ in copy.unreported if copy.outcomes[id_] != SILENT}
        if not said:
            await self._report_into_a_broken_line(copy)
        elif len(said) > 1 and self.chance.random() < 0.3:
            first = dict(list(said.items())[:1])
            await self._send_report(copy, first)
            await self._send_report(copy, said)
        else:
            await self._send_report(copy, said)

    async def _send_report(self, copy: FileCopy, statuses: dict[str, str]) -> None:
        """A report, cut and repeated until its answer is here."""
        body, path, key = self._next_report(copy, statuses), self._report_path(copy), self._key()
        for _ in range(self.chance.randint(2, 5)):
            kind = self.chance.choice(("line", "line", "truncated", "twice"))
            if kind == "truncated":
                await self._send_truncated(path, body)
            elif kind == "twice":
                other = self.chance.choice((key, self._key()))
                await asyncio.gather(*(self.system.ask("POST", path, body, each) for each in (key, other)))
                self._count("a report sent twice at once")
            else:
                await self._cut_report(path, body, key)
            # A bank that ended has forgotten the key; one whose line broke has not.
            key = self.chance.choice((key, self._key()))
        answer = await self.system.insist("POST", path, body, key)
        if answer.status != 200:
            raise Wrong(f"a report that says nothing new or wrong is refused with {answer.status}")
        copy.reported |= {id_: code for id_, code in statuses.items() if code != WORKING}

    async def _cut_report(self, path: str, body: bytes, key: str) -> None:
        line = self.chance.choice(
            (
                HangUp(sent=self.chance.randrange(len(body) + 300)),
                # Nothing of the answer, or a part of it: the bank cannot know whether it was heard.
                HangUp(received=0),
                HangUp(received=self.chance.randrange(400)),
            )
        )
        await self._cut_request(
            lambda hang_up: self.system.ask("POST", path, body, key, hang_up),
            line,
            self._cut(REPORT_STATEMENTS, (How.CONNECTION, How.NETWORK, How.PROCESS)),
            self.chance.choice(REPORT_POINTS),
        )

    async def _send_truncated(self, path: str, body: bytes) -> None:
        """Half a report that looks whole on the wire is refused as a whole."""
        answer = await self.system.insist("POST", path, body[: self.chance.randrange(len(body))], self._key())
        if answer.status != 422:
            raise Wrong(f"a truncated report was answered {answer.status}")
        self._count("a report cut short before it was sent")

    async def _report_into_a_broken_line(self, copy: FileCopy) -> None:
        """The bank booked and tries to say so, but less than the whole report leaves it: the outcome stays unknown."""
        body = self._next_report(copy, dict.fromkeys(copy.unreported, SETTLED))
        hang_up = HangUp(sent=self.chance.randrange(len(body)))
        await self.system.ask("POST", self._report_path(copy), body, self._key(), hang_up)
        self._count("a report never arrives whole")

    async def _disturb_what_is_unknown(self) -> None:
        """All that could tempt somebody to send it again: a restart, the timer, another account, a new revision."""
        unknown = [id_ for copy in self.copies for id_ in copy.unreported]
        if not unknown:
            return
        query = "SELECT DISTINCT claim FROM payment WHERE end_to_end_id = ANY($1) ORDER BY claim"
        claims = [UUID(str(row["claim"])) for row in await self.system.database.fetch(query, unknown)]
        await self.system.instruct([self.instructions[claim] for claim in claims], [self._account() for _ in claims])
        for claim in claims:
            each = self.instructions[claim]
            if self.chance.random() < 0.3:
                self.instructions[claim] = replace(each, revision=2, rate_sen=each.rate_sen + 100)
        await self.system.decide([self.instructions[claim] for claim in claims])
        await self.system.service.worker.database.engine.dispose()
        await self.system.settle_again([self.instructions[claim] for claim in claims])
        await self._render()
        await self._exchange((SETTLED,))
        self._count("restart while an outcome is unknown")

    async def _pay_again_what_came_back(self) -> None:
        """The officer enters another account, due work instructs again, and the bank pays that."""
        came_back = {id_ for copy in self.copies for id_, code in copy.reported.items() if code == RETURNED}
        if not came_back:
            return
        query = "SELECT claim FROM payment WHERE end_to_end_id = ANY($1) ORDER BY claim"
        claims = [UUID(str(row["claim"])) for row in await self.system.database.fetch(query, list(came_back))]
        await self.system.instruct([self.instructions[claim] for claim in claims], [self._account() for _ in claims])
        await self.system.service.work_off()
        await self._render()
        await self._exchange((SETTLED,))

    async def _report_late(self) -> None:
        """The bank answers late for what was unknown: it is taken then, and is still in one file."""
        for copy in self.copies:
            if copy.unreported:
                await self._send_report(copy, dict.fromkeys(copy.unreported, SETTLED))

    async def _cut_request(
        self, ask: Callable[[HangUp | None], Awaitable[Answer]], line: HangUp, cut: Cut, point: str
    ) -> Answer:
        """A request of the bank, cut on the line, in the server's transaction or at a failpoint."""
        match self.chance.choice(("line", "line", "database", "point")):
            case "line":
                answer = await ask(line)
                if not answer.whole:
                    self._count("the request is cut" if line.sent is not None else "the answer is cut")
            case "database":
                with self.system.at_api.on(cut):
                    answer = await ask(None)
                    self._count(self.system.at_api.fell)
            case _:
                with ending_at(point) as reached:
                    answer = await ask(None)
                    self._count("".join(reached))
        return answer

    def _cut(self, statements: int, ways: tuple[How, ...]) -> Cut:
        statement = self.chance.randint(1, statements + 2)
        return Cut(self.chance.choice(ways), statement, self.chance.random() < 0.5)

    def _count(self, cut: str) -> None:
        if cut:
            self.system.cuts[cut] += 1

    def _account(self) -> str:
        return f"{self.chance.randrange(10**12):012d}"

    def _key(self) -> str:
        return f"{self.seed}-{self.chance.getrandbits(64)}"

    def _report_path(self, copy: FileCopy) -> str:
        return f"/v1/bank-files/{copy.bank_file}/status-reports"

    def _next_report(self, copy: FileCopy, statuses: dict[str, str]) -> bytes:
        self._reports += 1
        return status_report(copy, statuses, self._reports)
