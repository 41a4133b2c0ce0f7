"""The timer of the bank file: whatever is unsent goes into the next one."""

from datetime import timedelta

from services.benefits.commands.freeze_bank_file import FreezeBankFile, Paying, freezing
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.scheduling.runner import Schedule
from shared.security.fields import FieldCipher


def bank_file(every: timedelta, paying: Paying, cipher: FieldCipher) -> Schedule[BenefitsUnitOfWork]:
    """Freeze and render a bank file again and again, one at a time over all workers."""
    return Schedule(FreezeBankFile, freezing(paying, cipher), every)
