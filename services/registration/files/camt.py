"""Reads what the bank says of the account: ISO 20022 camt.053.001 and camt.054.001, versions .02 and .08.

A message with an entry that does not add up, or whose balances do not, or which says something that is not known here,
is read and held, whole: nothing of it counts. Entries that are not booked yet are none. Debits count for the balances,
and as reversals where the bank says so. What is of no amount, an entry or a detail, is no money.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from lxml import etree

from services.registration.domain.bank_statements import BankStatement, BankStatementKind, Credit, HeldFor
from services.registration.domain.errors import BankStatementMalformed
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen
from shared.security.xml import XmlRefused, children, descendants, read_xml, text_of

# What a message is called, what stands in it, and how one statement in that is called.
_MESSAGES = {
    BankStatementKind.STATEMENT: ("BkToCstmrStmt", "Stmt"),
    BankStatementKind.NOTIFICATION: ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_ROOTS = {
    f"{{urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version}}}Document": kind
    for kind in BankStatementKind
    for version in ("02", "08")
}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
# No larger: whatever a message states adds up to what a column of type bigint holds.
_RINGGIT = re.compile(r"[0-9]{1,11}(\.[0-9]{1,5})?")
_ID = re.compile(r"[ -~]{1,35}")
_MOST_STATEMENTS, _MOST_TEXTS, _LONGEST_TEXT = 100, 20, 140
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_NOT_PROVIDED = "NOTPROVIDED"
_BOOKED, _NOT_YET = "BOOK", ("PDNG", "INFO", "FUTR")
_CREDIT, _DEBIT = "CRDT", "DBIT"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class _Held(Exception):
    """Something of a statement does not fit."""

    def __init__(self, why: HeldFor) -> None:
        super().__init__(why)
        self.why = why


def read_bank_statements(body: bytes) -> list[BankStatement]:
    """The statements of a message; raises BankStatementMalformed, which repeats nothing of the body."""
    try:
        root = read_xml(body)
    except XmlRefused as refused:
        raise BankStatementMalformed(str(refused)) from None
    kind = _ROOTS.get(str(root.tag))
    if kind is None:
        raise BankStatementMalformed("It is no camt.053.001 or camt.054.001 document, version .02 or .08.")
    message, name = _MESSAGES[kind]
    found = list(descendants(root, message, name))
    if not 1 <= len(found) <= _MOST_STATEMENTS:
        raise BankStatementMalformed(f"It has {len(found)} elements {name}: 1 to {_MOST_STATEMENTS} are read.")
    try:
        read = [_statement(kind, position, each) for position, each in enumerate(found)]
    except _Held:
        raise BankStatementMalformed("What names a statement stands there twice, or has elements in it.") from None
    if len({(each.account, each.identification) for each in read}) < len(read):
        raise BankStatementMalformed("Two statements of an account have one Id: each has its own.")
    return read


def _statement(kind: BankStatementKind, position: int, element: etree._Element) -> BankStatement:
    entries: list[etree._Element] = []
    found: tuple[Credit, ...] = ()
    held_for = None
    try:
        entries = [each for each in children(element, "Ntry") if _is_booked(each)]
        _control(kind, element, entries)
        told = [(place, credit) for place, entry in enumerate(entries) for credit in _credits(entry)]
        # What is of no amount is no money, and no receipt.
        found = tuple(replace(credit, place=place) for place, credit in told if credit.amount_sen)
    except _Held as held:
        held_for = held.why
    return BankStatement(
        kind=kind,
        position=position,
        identification=_id(element),
        account=_account(element),
        created_at=_instant(_text(element, "CreDtTm")),
        entries=len(entries),
        credits=found,
        held_for=held_for,
    )


def _control(kind: BankStatementKind, element: etree._Element, entries: Sequence[etree._Element]) -> None:
    """Balances and summaries are those of the entries, else the statement is held."""
    signed = [_signed(each) for each in entries]
    if kind is BankStatementKind.STATEMENT and _balance(element, _OPENING) + sum(signed) != _balance(element, _CLOSING):
        raise _Held(HeldFor.BALANCES_DIFFER)
    for name, of_kind in (
        ("TtlCdtNtries", [s for s in signed if s > 0]),
        ("TtlDbtNtries", [s for s in signed if s < 0]),
    ):
        for total in descendants(element, "TxsSummry", name):
            stated = _text(total, "Sum")
            if stated is not None and _sen(stated) != abs(sum(of_kind)):
                raise _Held(HeldFor.SUMMARY_DIFFERS)


def _balance(element: etree._Element, codes: Sequence[str]) -> Sen:
    for code in codes:
        found = [each for each in children(element, "Bal") if _text(each, "Tp", "CdOrPrtry", "Cd") == code]
        if len(found) == 1:
            return _signed(found[0])
    raise _Held(HeldFor.BALANCE_MISSING)


def _credits(entry: etree._Element) -> Iterator[Credit]:
    """Of a credit, and of a debit that reverses one, what the bank says in detail; of any other debit nothing."""
    is_reversal = _is_reversal(entry)
    if _is_credit(entry) == is_reversal:
        return
    amount, details = _amount(entry), list(descendants(entry, "NtryDtls", "TxDtls"))
    if any(_text(each, "CdtDbtInd") not in (None, _text(entry, "CdtDbtInd")) for each in details):
        raise _Held(HeldFor.DETAILS_DIFFER)
    reference, day = _entry_reference(entry, details), _value_day(entry)
    if len(details) <= 1:
        whole = details[0] if details else entry
        if details and _detail_amount(whole, amount) != amount:
            raise _Held(HeldFor.DETAILS_DIFFER)
        named, of_bank = _references(whole), (reference, *_of_bank(whole))
        yield Credit(reference, None, amount, day, is_reversal, (reference, *named), _texts(entry, whole), of_bank)
        return
    amounts = [_detail_amount(each, None) for each in details]
    if sum(amounts) != amount:
        raise _Held(HeldFor.DETAILS_DIFFER)
    seen: Counter[str] = Counter()
    for each, of_detail in zip(details, amounts, strict=True):
        named = _references(each)
        if not named:
            raise _Held(HeldFor.REFERENCE_MISSING)
        seen[named[0]] += 1
        detail = f"{named[0]} {seen[named[0]]}"
        yield Credit(reference, detail, of_detail, day, is_reversal, named, _texts(entry, each), _of_bank(each))


def _entry_reference(entry: etree._Element, details: Sequence[etree._Element]) -> str:
    """The bank's own reference of an entry: the same in a statement and in a notification."""
    of_detail = _text(details[0], "Refs", "AcctSvcrRef") if len(details) == 1 else None
    found = _text(entry, "AcctSvcrRef") or of_detail
    if found is None or not _ID.fullmatch(found):
        raise _Held(HeldFor.REFERENCE_MISSING)
    return found


def _references(detail: etree._Element) -> tuple[str, ...]:
    """By what the bank and the payer name it, the bank's own first."""
    names = ("AcctSvcrRef", "TxId", "EndToEndId", "InstrId")
    found = (_text(detail, "Refs", name) for name in names)
    return tuple(each[:35] for each in found if each is not None and each != _NOT_PROVIDED)


def _of_bank(detail: etree._Element) -> tuple[str, ...]:
    """The bank's own reference of a transaction: a payer numbers its payments as another one may."""
    found = _text(detail, "Refs", "AcctSvcrRef") or ""
    return (found,) if _ID.fullmatch(found) and found != _NOT_PROVIDED else ()


def _texts(entry: etree._Element, detail: etree._Element) -> tuple[str, ...]:
    """What the payer wrote, as far as it is read."""
    structured = descendants(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")
    elements = [*structured, *descendants(detail, "RmtInf", "Ustrd"), *children(detail, "AddtlTxInf")]
    elements += children(entry, "AddtlNtryInf")
    found = ((text_of(each) or "")[:_LONGEST_TEXT] for each in elements[:_MOST_TEXTS])
    return tuple(each for each in found if each)


def _detail_amount(detail: etree._Element, entrys: Sen | None) -> Sen:
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        found = list(descendants(detail, *path))
        if len(found) == 1:
            return _ringgit(found[0])
        if found:
            raise _Held(HeldFor.DETAILS_DIFFER)
    if entrys is None:
        raise _Held(HeldFor.DETAILS_DIFFER)
    return entrys


def _signed(element: etree._Element) -> Sen:
    return _amount(element) if _is_credit(element) else -_amount(element)


def _amount(element: etree._Element) -> Sen:
    found = children(element, "Amt")
    if len(found) != 1:
        raise _Held(HeldFor.AMOUNT_MALFORMED)
    return _ringgit(found[0])


def _ringgit(element: etree._Element) -> Sen:
    if element.get("Ccy") != "MYR":
        raise _Held(HeldFor.AMOUNT_MALFORMED)
    return _sen(_whole(element) or "")


def _sen(ringgit: str) -> Sen:
    exact = Fraction(ringgit) * 100 if _RINGGIT.fullmatch(ringgit) else Fraction(1, 2)
    if exact.denominator != 1:
        raise _Held(HeldFor.AMOUNT_MALFORMED)
    return exact.numerator


def _is_booked(entry: etree._Element) -> bool:
    """Version .02 has the code itself, .08 has it one level deeper."""
    deeper = list(descendants(entry, "Sts", "Cd"))
    status = _text(entry, "Sts", "Cd") if deeper else _text(entry, "Sts")
    if status != _BOOKED and status not in _NOT_YET:
        raise _Held(HeldFor.STATUS_UNKNOWN)
    return status == _BOOKED


def _is_credit(element: etree._Element) -> bool:
    direction = _text(element, "CdtDbtInd")
    if direction not in (_CREDIT, _DEBIT):
        raise _Held(HeldFor.INDICATOR_UNKNOWN)
    return direction == _CREDIT


def _is_reversal(entry: etree._Element) -> bool:
    """As any xs:boolean says it; where it stands nowhere the entry reverses nothing."""
    if not children(entry, "RvslInd"):
        return False
    said = _BOOLEANS.get(_text(entry, "RvslInd") or "")
    if said is None:
        raise _Held(HeldFor.INDICATOR_UNKNOWN)
    return said


def _text(parent: etree._Element, *path: str) -> str | None:
    """What stands at the end of a path, None for nothing there: what stands twice, or is none, is not passed over."""
    found = list(descendants(parent, *path))
    if len(found) > 1:
        raise _Held(HeldFor.ELEMENT_MALFORMED)
    return _whole(found[0]) if found else None


def _whole(element: etree._Element) -> str | None:
    if len(element):
        raise _Held(HeldFor.ELEMENT_MALFORMED)
    return text_of(element)


def _value_day(entry: etree._Element) -> date:
    for name in ("ValDt", "BookgDt"):
        stated = _text(entry, name, "Dt") or (_text(entry, name, "DtTm") or "")[:10]
        try:
            day = date.fromisoformat(stated[:10])
        except ValueError:
            continue
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return day
    raise _Held(HeldFor.DAY_MISSING)


def _id(element: etree._Element) -> str:
    found = _text(element, "Id")
    if found is None or not _ID.fullmatch(found):
        raise BankStatementMalformed("A statement has no Id of at most 35 characters.")
    return found


def _account(element: etree._Element) -> str:
    found = _text(element, "Acct", "Id", "Othr", "Id") or _text(element, "Acct", "Id", "IBAN")
    if found is None or not _ID.fullmatch(found):
        raise BankStatementMalformed("A statement names no account.")
    return re.sub(r"[ -]", "", found)


def _instant(text: str | None) -> datetime:
    """When the bank made it; without an offset it speaks of its own zone, which is ours."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        raise BankStatementMalformed("Its CreDtTm is no date and time.") from None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise BankStatementMalformed(f"Its CreDtTm is not of the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return instant if instant.tzinfo else instant.replace(tzinfo=BUSINESS_ZONE)
