"""Messages of a bank, written as banks write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

OPENING = Decimal("1000.00")


@dataclass(frozen=True)
class Entry:
    """An entry, and what it adds to the balance."""

    xml: str
    signed: Decimal


def detail(text: str = "", reference: str = "", end_to_end: str = "", amount: str = "") -> str:
    """One transaction of an entry."""
    refs = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    refs += f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    stated = f'<Amt Ccy="MYR">{amount}</Amt>' if amount else ""
    wrote = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    return f"<TxDtls><Refs>{refs}</Refs>{stated}{wrote}</TxDtls>"


def entry(
    amount: str,
    reference: str,
    *,
    details: Sequence[str] = (),
    debit: bool = False,
    reversal: bool = False,
    status: str = "BOOK",
    value_day: str = "2026-08-14",
) -> Entry:
    """An entry of the account; the version of its message puts its status where that has it."""
    indicator, reversed_ = ("DBIT" if debit else "CRDT"), ("<RvslInd>true</RvslInd>" if reversal else "")
    told = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
    xml = (
        f'<Ntry><Amt Ccy="MYR">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>{reversed_}<Sts>@{status}@</Sts>'
        f"<ValDt><Dt>{value_day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>{told}</Ntry>"
    )
    counts = Decimal(amount) if status == "BOOK" else Decimal()
    return Entry(xml, -counts if debit else counts)


def camt_053(entries: Sequence[Entry], *, id_: str = "S-1", version: str = "08", closing: str | None = None) -> bytes:
    """A statement whose closing balance is what its entries make of the opening one, or another."""
    closes = str(OPENING + sum(each.signed for each in entries)) if closing is None else closing
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="MYR">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-08-14</Dt></Dt></Bal>"
        for code, amount in (("OPBD", OPENING), ("CLBD", closes))
    )
    return _message("053", "BkToCstmrStmt", "Stmt", id_, version, balances, entries)


def camt_054(entries: Sequence[Entry], *, id_: str = "N-1", version: str = "08", total: str | None = None) -> bytes:
    """A notification, with the sum of its credits where one is given."""
    summary = "" if total is None else f"<TxsSummry><TtlCdtNtries><Sum>{total}</Sum></TtlCdtNtries></TxsSummry>"
    return _message("054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", id_, version, summary, entries)


def _message(
    number: str, message: str, name: str, id_: str, version: str, control: str, entries: Sequence[Entry]
) -> bytes:
    told = "".join(each.xml for each in entries)
    opening, closing = ("", "") if version == "02" else ("<Cd>", "</Cd>")
    for status in ("BOOK", "PDNG"):
        told = told.replace(f"@{status}@", f"{opening}{status}{closing}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{number}.001.{version}"><{message}>'
        "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-08-14T23:00:00+08:00</CreDtTm></GrpHdr>"
        f"<{name}><Id>{id_}</Id><CreDtTm>2026-08-14T23:00:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>514012345678</Id></Othr></Id></Acct>{control}{told}</{name}></{message}></Document>"
    ).encode()
