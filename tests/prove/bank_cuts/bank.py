"""The bank of the cuts: it keeps what came, books each transfer once, may end at any byte, and may never answer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.bank import Booking, BookingLog, FileRefused, read_file

SETTLED, RETURNED, WORKING = "ACSC", "RJCT", "PDNG"


class Wrong(AssertionError):
    """Something that must hold of a payment's file does not."""


@dataclass
class FileCopy:
    """One bank file as the bank knows it: its first whole copy, and what becomes of each transfer in it."""

    bank_file: str
    sha256: str
    content: bytes = b""
    message_id: str = ""
    transfers: Sequence[Booking] = ()
    outcomes: dict[str, str] = field(default_factory=dict)
    reported: dict[str, str] = field(default_factory=dict)

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
    def unreported(self) -> list[str]:
        """The transfers of which the bank has not said its last word."""
        return [each.end_to_end_id for each in self.transfers if each.end_to_end_id not in self.reported]


@dataclass
class BankClerk:
    """Books what reached its account in a file that a crash may cut off."""

    file: Path
    chance: random.Random
    crashes: int = 0

    def book(self, copy: FileCopy, *, crash: bool) -> None:
        """Book the transfers that succeed; a crash cuts the entry off anywhere, and the bank reads its file again."""
        booked = [each for each in copy.transfers if copy.outcomes[each.end_to_end_id] != RETURNED]
        before = self.file.stat().st_size if self.file.exists() else 0
        self._log().book(booked)
        if crash and self.file.exists():
            self.crashes += 1
            written = self.file.read_bytes()
            self.file.write_bytes(written[: self.chance.randint(before, len(written))])
            self._log().book(booked)

    @property
    def bookings(self) -> list[Booking]:
        """Everything that reached its account."""
        return self._log().bookings

    def _log(self) -> BookingLog:
        return BookingLog(self.file)


def status_report(copy: FileCopy, statuses: Mapping[str, str], number: int) -> bytes:
    """A pain.002.001.10 about some transfers of a file: settled, returned with AC04, or still at work."""
    said = "".join(_status(end_to_end_id, code) for end_to_end_id, code in statuses.items())
    about = f"<OrgnlMsgId>{copy.message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S-{number}</MsgId><CreDtTm>2026-08-12T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts>{about}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{copy.message_id}</OrgnlPmtInfId>{said}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def _status(end_to_end_id: str, code: str) -> str:
    why = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" if code == RETURNED else ""
    id_ = f"<OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId>"
    return f"<TxInfAndSts>{id_}<TxSts>{code}</TxSts>{why}</TxInfAndSts>"
