"""What a use case of benefits works with."""

from functools import cached_property

from services.benefits.storage.agreements import AgreementRepository
from services.benefits.storage.audits import AuditRepository
from services.benefits.storage.bank_files import BankFileRepository
from services.benefits.storage.conditions import ConditionsRepository
from services.benefits.storage.counter_entries import CounterEntryRepository
from services.benefits.storage.held_statuses import HeldStatusRepository
from services.benefits.storage.increases import IncreaseRepository
from services.benefits.storage.known_deaths import DeathProjection
from services.benefits.storage.known_entitlements import EntitlementProjection
from services.benefits.storage.known_merges import MergeProjection
from services.benefits.storage.ledger import LedgerRepository
from services.benefits.storage.letters_told import LetterToldRepository
from services.benefits.storage.owed_days import OwedDaysRepository
from services.benefits.storage.payees import PayeeRepository
from services.benefits.storage.payment_days import PaymentDayRepository
from services.benefits.storage.payments import PaymentRepository
from services.benefits.storage.receipts import ReceiptRepository
from services.benefits.storage.recoveries import RecoveryRepository
from services.benefits.storage.repayments import RepaymentRepository
from services.benefits.storage.settlements import SettlementRepository
from services.benefits.storage.settling import SettlingRepository
from services.benefits.storage.statements import StatementRepository
from services.benefits.storage.whose import CLAIMS_OF, WHOSE
from shared.persistence.following import FollowingUnit
from shared.persistence.law_entries import LawUnit
from shared.persistence.sampling import DrawRepository


class BenefitsUnitOfWork(FollowingUnit, LawUnit):
    """The common unit of work, with the repositories of benefits."""

    whose = WHOSE
    claims_of = CLAIMS_OF

    @cached_property
    def receipts(self) -> ReceiptRepository:
        """What somebody receives, and to what it consented."""
        return ReceiptRepository(self.connection)

    @cached_property
    def draws(self) -> DrawRepository:
        """What auditors drew."""
        return DrawRepository(self.connection)

    @cached_property
    def audits(self) -> AuditRepository:
        """What auditors read."""
        return AuditRepository(self.connection)

    @cached_property
    def payees(self) -> PayeeRepository:
        """To which account a party is paid."""
        return PayeeRepository(self.connection)

    @cached_property
    def known_entitlements(self) -> EntitlementProjection:
        """What claims decided."""
        return EntitlementProjection(self.connection)

    @cached_property
    def settlements(self) -> SettlementRepository:
        """How far each entitlement is settled."""
        return SettlementRepository(self.connection)

    @cached_property
    def settling(self) -> SettlingRepository:
        """What one settling reads and writes."""
        return SettlingRepository(self.connection, self.ledger)

    @cached_property
    def owed_days(self) -> OwedDaysRepository:
        """Which claim has which day."""
        return OwedDaysRepository(self.connection)

    @cached_property
    def payments(self) -> PaymentRepository:
        """Payment instructions."""
        return PaymentRepository(self.connection)

    @cached_property
    def payment_days(self) -> PaymentDayRepository:
        """On which days months are paid, as it was known."""
        return PaymentDayRepository(self.connection)

    @cached_property
    def recoveries(self) -> RecoveryRepository:
        """What was paid beyond the entitlement."""
        return RecoveryRepository(self.connection)

    @cached_property
    def repayments(self) -> RepaymentRepository:
        """What came back."""
        return RepaymentRepository(self.connection)

    @cached_property
    def counter_entries(self) -> CounterEntryRepository:
        """What did not come in after all."""
        return CounterEntryRepository(self.connection)

    @cached_property
    def agreements(self) -> AgreementRepository:
        """What is agreed about what is to come back."""
        return AgreementRepository(self.connection)

    @cached_property
    def bank_files(self) -> BankFileRepository:
        """What was sent to the bank."""
        return BankFileRepository(self.connection)

    @cached_property
    def held_statuses(self) -> HeldStatusRepository:
        """What the bank said and was not taken."""
        return HeldStatusRepository(self.connection)

    async def flush(self) -> None:
        """As every unit of work; raises BookedTooLongAgo."""
        await super().flush()
        self.ledger.must_be_certain()

    @cached_property
    def ledger(self) -> LedgerRepository:
        """The books."""
        return LedgerRepository(self.connection)

    @cached_property
    def known_merges(self) -> MergeProjection:
        """Which numbers are one person's."""
        return MergeProjection(self.connection)

    @cached_property
    def conditions(self) -> ConditionsRepository:
        """What payees are asked for."""
        return ConditionsRepository(self.connection)

    @cached_property
    def letters_told(self) -> LetterToldRepository:
        """Which letters reached whoever they were written to."""
        return LetterToldRepository(self.connection)

    @cached_property
    def statements(self) -> StatementRepository:
        """What is stated of parties that are paid by the month."""
        return StatementRepository(self.connection)

    @cached_property
    def increases(self) -> IncreaseRepository:
        """Orders that raise benefits."""
        return IncreaseRepository(self.connection)

    @cached_property
    def known_deaths(self) -> DeathProjection:
        """Of whom a register said that they died."""
        return DeathProjection(self.connection)
