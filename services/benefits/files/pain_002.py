"""Reads the bank's answer: ISO 20022 pain.002.001.09 or .10, of single transactions, a batch, or the whole file.

No published schema of it lies in a public package, so the structure is checked here; entities are not resolved and a
document type is refused. What one transaction says that is not known here is kept as such, and sinks nothing else.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from lxml import etree

from services.benefits.domain.answers import NO_CODE, Said, Status, StatusReport
from services.benefits.domain.errors import StatusReportMalformed
from services.benefits.domain.payments import Outcome
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen
from shared.security.xml import XmlRefused, children, read_xml, text_of

_NAMESPACES = tuple(f"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}" for version in ("09", "10"))
_OUTCOMES = {
    "ACSC": Outcome.SETTLED,
    "ACCC": Outcome.SETTLED,
    "RJCT": Outcome.RETURNED,
    "ACCP": Outcome.PENDING,
    "ACSP": Outcome.PENDING,
    "ACTC": Outcome.PENDING,
    "ACWC": Outcome.PENDING,
    "PART": Outcome.PENDING,
    "PDNG": Outcome.PENDING,
    "RCVD": Outcome.PENDING,
}
_ID = re.compile(r"[ -~]{1,35}")
_CODE = re.compile(r"[A-Za-z0-9]{1,4}")
_REASON_CODE = re.compile(r"[A-Z0-9]{1,4}")
_RINGGIT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,5})?")
# ISO 20022 external status reason: the reason is narrated, or none of the codes was given.
_NARRATED = "NARR"
# Outside these an instant may have none in another zone.
_FIRST_YEAR, _LAST_YEAR = 2000, 2999


def read_status_report(body: bytes) -> StatusReport:
    """Read a report; raises StatusReportMalformed, which repeats nothing of the body."""
    root = _parsed(body)
    report = _one(root, "CstmrPmtStsRpt")
    header = _one(report, "GrpHdr")
    original = _one(report, "OrgnlGrpInfAndSts")
    if not _value(original, "OrgnlMsgNmId").startswith("pain.001"):
        raise StatusReportMalformed("It does not answer a pain.001 message.")
    blocks, space = _all(report, "OrgnlPmtInfAndSts"), etree.QName(report).namespace
    batches = ((_known_id(block, "OrgnlPmtInfId"), _said(block, "PmtInfSts")) for block in blocks)
    read = StatusReport(
        _id(header, "MsgId"),
        _instant(_value(header, "CreDtTm")),
        _id(original, "OrgnlMsgId"),
        _said(original, "GrpSts"),
        tuple((id_, said) for id_, said in batches if said is not None),
        # One by one: a list of all of them is made in one step, in which no other thread runs.
        tuple(_status(each) for block in blocks for each in block.iterchildren(f"{{{space}}}TxInfAndSts")),
    )
    if read.group is None and not read.batches and not read.statuses:
        raise StatusReportMalformed("It has no status of the file, of a batch or of a transaction.")
    return read


def _parsed(body: bytes) -> etree._Element:
    try:
        root = read_xml(body)
    except XmlRefused as refused:
        raise StatusReportMalformed(str(refused)) from None
    if root.tag not in {f"{{{namespace}}}Document" for namespace in _NAMESPACES}:
        raise StatusReportMalformed("It is no pain.002.001.09 or pain.002.001.10 document.")
    return root


def _status(transaction: etree._Element) -> Status:
    references = _all(transaction, "OrgnlTxRef")
    amounts = tuple(amount for reference in references for amount in _amounts(reference))
    return Status(_known_id(transaction, "OrgnlEndToEndId"), _said(transaction, "TxSts"), amounts)


def _said(parent: etree._Element, name: str) -> Said | None:
    """The status that an element gives; None where it gives none."""
    found = _all(parent, name)
    if not found:
        return None
    code = text_of(found[0]) or ""
    if not _CODE.fullmatch(code) or len(found) > 1:
        return Said(NO_CODE, None)
    outcome = _OUTCOMES.get(code)
    return Said(code, outcome, _reason(parent) if outcome is Outcome.RETURNED else None)


def _reason(parent: etree._Element) -> str:
    """The external status reason code of a refusal, NARR where the bank gave none."""
    for information in _all(parent, "StsRsnInf"):
        for reason in _all(information, "Rsn"):
            code = "".join(text_of(element) or "" for element in _all(reason, "Cd"))
            if _REASON_CODE.fullmatch(code):
                return code
    return _NARRATED


def _amounts(reference: etree._Element) -> Iterator[Sen | None]:
    """The amounts that the bank repeats of the original transaction, as far as there are any."""
    instructed = (each for amount in _all(reference, "Amt") for each in _all(amount, "InstdAmt"))
    for element in (*_all(reference, "IntrBkSttlmAmt"), *instructed):
        yield _sen(text_of(element) or "") if element.get("Ccy") == "MYR" else None


def _sen(ringgit: str) -> Sen | None:
    """In whole sen, None for what is none: `1763.9` and `1763.90000` are one amount."""
    exact = Fraction(ringgit) * 100 if _RINGGIT.fullmatch(ringgit) else Fraction(1, 2)
    return exact.numerator if exact.denominator == 1 else None


def _instant(text: str) -> datetime:
    """When the bank made the report; without an offset it speaks of its own zone, which is ours."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise StatusReportMalformed("Its CreDtTm is no date and time.") from None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise StatusReportMalformed(f"Its CreDtTm is not of the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return instant if instant.tzinfo else instant.replace(tzinfo=BUSINESS_ZONE)


def _all(parent: etree._Element, name: str) -> list[etree._Element]:
    return children(parent, name)


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = _all(parent, name)
    if len(found) != 1:
        raise StatusReportMalformed(f"It has {len(found)} elements {name} where one is needed.")
    return found[0]


def _value(parent: etree._Element, name: str) -> str:
    text = text_of(_one(parent, name))
    if text is None:
        raise StatusReportMalformed(f"An element {name} is empty.")
    return text


def _id(parent: etree._Element, name: str) -> str:
    text = _value(parent, name)
    if not _ID.fullmatch(text):
        raise StatusReportMalformed(f"An element {name} is no id of at most 35 characters.")
    return text


def _known_id(parent: etree._Element, name: str) -> str | None:
    """An id where there is one that could be ours."""
    found = _all(parent, name)
    text = (text_of(found[0]) or "") if len(found) == 1 else ""
    return text if _ID.fullmatch(text) else None
