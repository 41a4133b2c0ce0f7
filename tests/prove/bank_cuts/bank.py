"""The bank of the cuts: it keeps what came, books each transfer once, may end at any byte, and may never answer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.bank import Booking, Books, FileRefused, read_file

SETTLED, RETURNED, WORKING = "ACSC", "RJCT", "PDNG"


class Wrong(AssertionError):
    """Something that must hold of a payment's file does not."""


@dataclass
class Letterbox:
    """One bank file as the bank knows it: its first whole copy, and what becomes of each transfer in it."""

    bank_file: str
    sha256: str
    content: bytes = b""
    message_id: str = ""
    transfers: Sequence[Booking] = ()
    fates: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def take(self, content: bytes, whole: bool) -> bool:
        """Keep what was downloaded; False when it is no whole file. A file never comes as other bytes."""
        try:
            message_id, transfers = read_file(content, self.sha256)
        except FileRefused as reason:
            if whole:
                raise Wrong(f"a whole download is refused: {reason}") from None
            return False
        if self.content and content != self.content:
            raise Wrong("the file came as other bytes than before")
        self.content, self.message_id, self.transfers = content, message_id, transfers
        return True

    @property
    def untold(self) -> list[str]:
        """The transfers of which the bank has not said its last word."""
        return [each.end_to_end_id for each in self.transfers if each.end_to_end_id not in self.told]


@dataclass
class BankClerk:
    """Books what reached its account on paper that a crash may tear."""

    paper: Path
    chance: random.Random
    crashes: int = 0

    def book(self, box: Letterbox, *, crash: bool) -> None:
        """Book the transfers that succeed; a crash tears the entry at any byte, and the bank reads its paper again."""
        booked = [each for each in box.transfers if box.fates[each.end_to_end_id] != RETURNED]
        before = self.paper.stat().st_size if self.paper.exists() else 0
        self._books().book(booked)
        if crash and self.paper.exists():
            self.crashes += 1
            written = self.paper.read_bytes()
            self.paper.write_bytes(written[: self.chance.randint(before, len(written))])
            self._books().book(booked)

    @property
    def bookings(self) -> list[Booking]:
        """Everything that reached its account."""
        return self._books().bookings

    def _books(self) -> Books:
        return Books(self.paper)


def status_report(box: Letterbox, statuses: Mapping[str, str], number: int) -> bytes:
    """A pain.002.001.10 about some transfers of a file: settled, returned with AC04, or still at work."""
    said = "".join(_status(end_to_end_id, code) for end_to_end_id, code in statuses.items())
    about = f"<OrgnlMsgId>{box.message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S-{number}</MsgId><CreDtTm>2026-08-12T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts>{about}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{box.message_id}</OrgnlPmtInfId>{said}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def _status(end_to_end_id: str, code: str) -> str:
    why = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" if code == RETURNED else ""
    id_ = f"<OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId>"
    return f"<TxInfAndSts>{id_}<TxSts>{code}</TxSts>{why}</TxInfAndSts>"
