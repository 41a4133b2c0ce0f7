"""Writes the bank file: ISO 20022 pain.001.001.09, credit transfers of one run, valid against the published schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from shared.kernel.money import Sen, ringgit

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_SCHEMA = Path(__file__).parent / "schemas" / "pain.001.001.09.xsd"
# ISO 20022 external purpose code: social security benefit.
_PURPOSE = "SSBE"
# The default namespace is written without a prefix; the stubs know prefixes only.
_NSMAP: Any = {None: NAMESPACE}


class SchemaViolated(RuntimeError):
    """The file that was rendered is not valid: a defect of ours, and the file is not stored. It names no value."""


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """An account, the name on it, and its bank; it is never printed."""

    name: str
    account: str
    bic: str

    def __repr__(self) -> str:
        return "AccountHolder(...)"


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment out; ``amount_sen`` is above zero, ``end_to_end_id`` has at most 35 characters."""

    end_to_end_id: str
    amount_sen: Sen
    creditor: AccountHolder


@dataclass(frozen=True, slots=True)
class Run:
    """What one file holds: its ids, when it was made, who pays, and the transfers."""

    message_id: str
    created_at: datetime
    execute_on: date
    debtor: AccountHolder
    transfers: Sequence[CreditTransfer]

    @property
    def control_sum_sen(self) -> Sen:
        """The sum of the transfers, in sen."""
        return sum(transfer.amount_sen for transfer in self.transfers)


def transaction(transfer: CreditTransfer) -> etree._Element:
    """The element of one credit transfer."""
    root = etree.Element(f"{{{NAMESPACE}}}CdtTrfTxInf", nsmap=_NSMAP)
    _text(root, "PmtId/EndToEndId", transfer.end_to_end_id)
    _text(root, "Amt/InstdAmt", ringgit(transfer.amount_sen)).set("Ccy", "MYR")
    _text(root, "CdtrAgt/FinInstnId/BICFI", transfer.creditor.bic)
    _text(root, "Cdtr/Nm", transfer.creditor.name)
    _text(root, "CdtrAcct/Id/Othr/Id", transfer.creditor.account)
    _text(root, "Purp/Cd", _PURPOSE)
    return root


def render(run: Run, transactions: Sequence[etree._Element]) -> bytes:
    """The bytes of the file: one payment block, counts and control sums taken from the transfers themselves.

    Raises SchemaViolated when the published schema refuses it.
    """
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=_NSMAP)
    initiation = _child(root, "CstmrCdtTrfInitn")
    header = _child(initiation, "GrpHdr")
    _text(header, "MsgId", run.message_id)
    _text(header, "CreDtTm", run.created_at.isoformat(timespec="seconds"))
    _totals(header, run)
    _text(header, "InitgPty/Nm", run.debtor.name)
    initiation.append(_block(run, transactions))
    _validate(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _block(run: Run, transactions: Sequence[etree._Element]) -> etree._Element:
    block = etree.Element(f"{{{NAMESPACE}}}PmtInf")
    _text(block, "PmtInfId", run.message_id)
    _text(block, "PmtMtd", "TRF")
    _totals(block, run)
    _text(block, "ReqdExctnDt/Dt", run.execute_on.isoformat())
    _text(block, "Dbtr/Nm", run.debtor.name)
    _text(block, "DbtrAcct/Id/Othr/Id", run.debtor.account)
    _text(block, "DbtrAgt/FinInstnId/BICFI", run.debtor.bic)
    block.extend(transactions)
    return block


def _totals(parent: etree._Element, run: Run) -> None:
    _text(parent, "NbOfTxs", str(len(run.transfers)))
    _text(parent, "CtrlSum", ringgit(run.control_sum_sen))


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _text(parent: etree._Element, path: str, value: str) -> etree._Element:
    for name in path.split("/"):
        parent = _child(parent, name)
    parent.text = value
    return parent


def _validate(root: etree._Element) -> None:
    schema = _schema()
    if not schema.validate(root):
        # The message of an entry may quote a value; where it is and what kind it is says enough.
        entries: Any = schema.error_log
        raise SchemaViolated("; ".join(f"line {entry.line}: {entry.type_name}" for entry in entries))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_SCHEMA))
