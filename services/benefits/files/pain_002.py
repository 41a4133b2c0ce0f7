"""Reads the bank's answer: ISO 20022 pain.002.001.09 or .10, one status for each transaction.

No published schema of it lies in a public package, so the structure is checked here; entities are not resolved and a
document type is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from services.benefits.domain.errors import StatusReportMalformed
from services.benefits.domain.payments import Outcome

_NAMESPACES = tuple(f"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}" for version in ("09", "10"))
_OUTCOMES = {
    "ACSC": Outcome.SETTLED,
    "ACCC": Outcome.SETTLED,
    "RJCT": Outcome.RETURNED,
    "ACCP": Outcome.PENDING,
    "ACSP": Outcome.PENDING,
    "ACTC": Outcome.PENDING,
    "ACWC": Outcome.PENDING,
    "PDNG": Outcome.PENDING,
    "RCVD": Outcome.PENDING,
}
_ID = re.compile(r"[ -~]{1,35}")
_REASON_CODE = re.compile(r"[A-Z0-9]{1,4}")
# ISO 20022 external status reason: the reason is narrated, or none of the codes was given.
_NARRATED = "NARR"


@dataclass(frozen=True, slots=True)
class Status:
    """What the bank says of one transaction; ``reason`` is its code when the payment came back."""

    end_to_end_id: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The original message that a report is about, and the statuses of its transactions, each once."""

    original_message_id: str
    statuses: tuple[Status, ...]


def read_status_report(body: bytes) -> StatusReport:
    """Read a report; raises StatusReportMalformed, which repeats nothing of the body."""
    root = _parsed(body)
    report = _one(root, "CstmrPmtStsRpt")
    header = _one(report, "GrpHdr")
    _id(header, "MsgId")
    _value(header, "CreDtTm")
    original = _one(report, "OrgnlGrpInfAndSts")
    if not _value(original, "OrgnlMsgNmId").startswith("pain.001"):
        raise StatusReportMalformed("It does not answer a pain.001 message.")
    statuses = tuple(_statuses(report))
    if not statuses:
        raise StatusReportMalformed("It has no status of a transaction.")
    if len({status.end_to_end_id for status in statuses}) != len(statuses):
        raise StatusReportMalformed("It has two statuses of one transaction.")
    return StatusReport(_id(original, "OrgnlMsgId"), statuses)


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise StatusReportMalformed("It is not well-formed XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise StatusReportMalformed("A document type is not accepted.")
    if root.tag not in {f"{{{namespace}}}Document" for namespace in _NAMESPACES}:
        raise StatusReportMalformed("It is no pain.002.001.09 or pain.002.001.10 document.")
    return root


def _statuses(report: etree._Element) -> Iterator[Status]:
    for block in _all(report, "OrgnlPmtInfAndSts"):
        # One by one: a list of all of them is made in one step, in which no other thread runs.
        for transaction in block.iterchildren(f"{{{etree.QName(block).namespace}}}TxInfAndSts"):
            outcome = _OUTCOMES.get(_value(transaction, "TxSts"))
            if outcome is None:
                raise StatusReportMalformed("A status of a transaction is not known here.")
            reason = _reason(transaction) if outcome is Outcome.RETURNED else None
            yield Status(_id(transaction, "OrgnlEndToEndId"), outcome, reason)


def _reason(transaction: etree._Element) -> str:
    """The external status reason code of a refusal, NARR where the bank gave none."""
    for information in _all(transaction, "StsRsnInf"):
        for reason in _all(information, "Rsn"):
            code = "".join(element.text or "" for element in _all(reason, "Cd"))
            if _REASON_CODE.fullmatch(code):
                return code
    return _NARRATED


def _all(parent: etree._Element, name: str) -> list[etree._Element]:
    namespace = etree.QName(parent).namespace
    return parent.findall(f"{{{namespace}}}{name}")


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = _all(parent, name)
    if len(found) != 1:
        raise StatusReportMalformed(f"It has {len(found)} elements {name} where one is needed.")
    return found[0]


def _value(parent: etree._Element, name: str) -> str:
    text = (_one(parent, name).text or "").strip()
    if not text:
        raise StatusReportMalformed(f"An element {name} is empty.")
    return text


def _id(parent: etree._Element, name: str) -> str:
    text = _value(parent, name)
    if not _ID.fullmatch(text):
        raise StatusReportMalformed(f"An element {name} is no id of at most 35 characters.")
    return text
