"""What must be true of payments' files after any cut, by round and over all of them (rules S2, S3, S5).

A file is the same bytes for ever; an instruction stands in one file, once; the bank pays each once; what the bank never
said stays unknown and is in no other file; the ledger says the same as the payments.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from lxml import etree

from services.benefits.files import pain_001
from shared.kernel.money import sen_from_ringgit
from tests.prove.bank_cuts.bank import RETURNED, SETTLED, Wrong
from tests.prove.bank_cuts.round import Round
from tests.prove.bank_cuts.system import System

_STATES = {SETTLED: "settled", RETURNED: "returned", None: "sent"}
_SCHEMA = Path(pain_001.__file__).parent / "schemas" / "pain.001.001.09.xsd"
_PAYMENTS = """
    SELECT end_to_end_id, claim, state, bank_file::text, amount_sen,
           array(SELECT cause FROM transfer WHERE payment = payment.id ORDER BY cause) AS causes
    FROM payment WHERE claim = ANY($1)
"""
_FILES = "SELECT id::text, sha256, state, transactions, control_sum_sen FROM bank_file WHERE id = ANY($1::uuid[])"
_IN_STATES = "SELECT state, count(*) AS n, sum(amount_sen)::bigint AS sen FROM payment GROUP BY state"
_BALANCE = """
    SELECT coalesce(sum(CASE $1 WHEN credit THEN amount_sen WHEN debit THEN -amount_sen END), 0)::bigint FROM transfer
"""
_EVENTS = "SELECT type, count(*) AS n FROM outbox WHERE type NOT LIKE '%.instructed.%' GROUP BY type"
_IN_FILES = "SELECT count(*) AS files, coalesce(sum(transactions), 0)::bigint AS transactions FROM bank_file"


@dataclass
class Prover:
    """Plays rounds until enough was cut, and holds each against what must be true."""

    system: System
    folder: Path
    rounds: int = 0
    _file_of: dict[str, str] = field(default_factory=dict)
    _reported: Counter[str] = field(default_factory=Counter)
    _schema: etree.XMLSchema = field(default_factory=lambda: etree.XMLSchema(etree.parse(_SCHEMA)))

    async def play(self, cuts: int, seed: int) -> None:
        """At least this many cuts, in rounds that are seeded one after the other; raises Wrong, naming the seed."""
        while sum(self.system.cuts.values()) < cuts:
            try:
                await self._play_one(seed)
            except Exception as reason:
                raise Wrong(f"{reason!r}\nreplay this round with SEED={seed} CUTS=1") from reason
            seed += 1
        await self.totals_agree()

    async def _play_one(self, seed: int) -> None:
        played = Round(seed, self.system, self.folder / f"{seed}.jsonl")
        await played.play()
        await self._holds(played)
        self.rounds += 1
        played.booking_file.unlink(missing_ok=True)

    async def _holds(self, played: Round) -> None:
        for copy in played.copies:
            # Read back once more: whatever happened since, these are the bytes that were first served.
            await played.fetch(copy)
        self._files(played, await self.system.database.fetch(_FILES, [copy.bank_file for copy in played.copies]))
        rows = await self.system.database.fetch(_PAYMENTS, list(played.instructions))
        self._in_one_file_each(played, {row["end_to_end_id"]: row for row in rows})
        self._paid_once(played, {row["end_to_end_id"]: row for row in rows})

    def _files(self, played: Round, rows: Iterable[asyncpg.Record]) -> None:
        stored = {row["id"]: row for row in rows}
        for copy in played.copies:
            row, sums = stored[copy.bank_file], sum(sen_from_ringgit(each.amount) for each in copy.transfers)
            _same("the stored hash", row["sha256"], hashlib.sha256(copy.content).hexdigest())
            _same("counts and sums", (row["transactions"], row["control_sum_sen"]), (len(copy.transfers), sums))
            _same("the file's state", row["state"], "fetched" if copy.unreported else "answered")
            if not self._schema.validate(etree.fromstring(copy.content)):
                raise Wrong("the file is not valid against the published schema")

    def _in_one_file_each(self, played: Round, payments: Mapping[str, asyncpg.Record]) -> None:
        for copy in played.copies:
            for each in copy.transfers:
                elsewhere = self._file_of.setdefault(each.end_to_end_id, copy.bank_file)
                _same("the one file of an instruction", copy.bank_file, elsewhere)
                payment = payments.get(each.end_to_end_id)
                if payment is None:
                    raise Wrong("an instruction in a file is not in the database")
                _same("the file that the database names", payment["bank_file"], copy.bank_file)
                _same("the amount", sen_from_ringgit(each.amount), payment["amount_sen"])
                code = copy.reported.get(each.end_to_end_id)
                _same(f"an instruction of which the bank said {code}", payment["state"], _STATES[code])
                _same("its postings", payment["causes"], sorted({"instructed", _STATES[code]} - {"sent"}))
                self._reported[_STATES[code]] += 1
        filed = {each.end_to_end_id for copy in played.copies for each in copy.transfers}
        _same("instructions that no file holds", set(payments) - filed, set())

    def _paid_once(self, played: Round, payments: Mapping[str, asyncpg.Record]) -> None:
        """What the bank brought to accounts, by claim: what the newest revision entitles to, and not a sen more."""
        paid: Counter[object] = Counter()
        for booking in played.clerk.bookings:
            paid[payments[booking.end_to_end_id]["claim"]] += sen_from_ringgit(booking.amount)
        owed = {each.claim: each.amount_sen for each in played.instructions.values()}
        _same("what the bank paid", dict(paid), owed)

    async def totals_agree(self) -> None:
        """Over all rounds: payments, files, ledger and events say the same."""
        states = {row["state"]: row for row in await self.system.database.fetch(_IN_STATES)}
        _same("payments by state", {state: row["n"] for state, row in states.items()}, dict(self._reported))
        sen = {state: row["sen"] for state, row in states.items()}
        sent, settled = sen.get("sent", 0), sen.get("settled", 0)
        for account, balance in (("benefits_payable", sent), ("bank", settled), ("benefit_expense", -sent - settled)):
            _same(f"the account {account}", await self.system.database.fetchval(_BALANCE, account), balance)
        (in_files,) = await self.system.database.fetch(_IN_FILES)
        counted = (len(set(self._file_of.values())), len(self._file_of))
        _same("files and what they hold", (in_files["files"], in_files["transactions"]), counted)
        published = {row["type"].split(".")[-2]: row["n"] for row in await self.system.database.fetch(_EVENTS)}
        _same("events", published, {name: n for name, n in self._reported.items() if name != "sent"})


def _same(what: str, got: object, expected: object) -> None:
    if got != expected:
        raise Wrong(f"{what}: {got} instead of {expected}")
