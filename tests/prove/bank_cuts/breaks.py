"""What could be broken about a payment's file, wired in one at a time: the cuts must find each of them."""

import hashlib
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import text

from services.benefits.api import bank_files as api
from services.benefits.commands.fetch_bank_file import FetchBankFile, fetch_bank_file
from services.benefits.domain.errors import StatusReportMalformed
from services.benefits.files import pain_002
from services.benefits.storage import payments
from services.benefits.storage.bank_files import BankFileRepository
from services.benefits.storage.payments import PaymentRepository, Unsent
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher

_FORGET = text("""
    UPDATE payment SET state = 'unsent', bank_file = NULL, payee_version = NULL
    WHERE state = 'sent' AND bank_file IN (SELECT id FROM bank_file WHERE state = 'fetched')
""")


@dataclass(frozen=True)
class Break:
    """One thing broken: how it is wired in, and what the proof says of it."""

    name: str
    wire: Callable[[pytest.MonkeyPatch], None]
    said: str


def _rendered_at_each_download(patch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count()

    async def rendered(command: FetchBankFile, cipher: FieldCipher, uow: BenefitsUnitOfWork) -> tuple[bytes, str]:
        content, _ = await fetch_bank_file(command, cipher, uow)
        made_at = f"<CreDtTm>2026-08-12T09:00:{next(seconds) % 60:02d}+08:00<".encode()
        again = re.sub(rb"<CreDtTm>[^<]*<", made_at, content)
        return again, hashlib.sha256(again).hexdigest()

    patch.setattr(api, "fetch_bank_file", rendered)


def _sent_again_on_an_unknown_outcome(patch: pytest.MonkeyPatch) -> None:
    take = PaymentRepository.take_unsent

    async def take_again(self: PaymentRepository, limit: int) -> list[Unsent]:
        await self._connection.execute(_FORGET)
        return await take(self, limit)

    patch.setattr(PaymentRepository, "take_unsent", take_again)


def _stored_before_it_is_frozen(patch: pytest.MonkeyPatch) -> None:
    add = BankFileRepository.add

    async def add_alone(self: BankFileRepository, values: dict[str, Any]) -> None:
        await add(self, values)
        await self._connection.commit()

    patch.setattr(BankFileRepository, "add", add_alone)


def _frozen_by_two_workers(patch: pytest.MonkeyPatch) -> None:
    unlocked = payments._UNSENT.text.replace("FOR UPDATE OF payment SKIP LOCKED", "")
    patch.setattr(payments, "_UNSENT", text(unlocked))


def _half_a_report_is_read(patch: pytest.MonkeyPatch) -> None:
    def parsed(body: bytes) -> etree._Element:
        root = etree.fromstring(body, etree.XMLParser(recover=True))
        if root is None:
            raise StatusReportMalformed("It is not well-formed XML.")
        return root

    patch.setattr(pain_002, "_parsed", parsed)


BREAKS = (
    Break("the file is rendered again at each download", _rendered_at_each_download, "download is"),
    Break("an unknown outcome is sent again", _sent_again_on_an_unknown_outcome, "stands in two files"),
    Break("the file is stored before its payments are frozen", _stored_before_it_is_frozen, "stands in two files"),
    Break("two workers freeze the same payments", _frozen_by_two_workers, "stands in two files"),
    Break("half a report is read as far as it goes", _half_a_report_is_read, "a truncated report was answered 200"),
)
