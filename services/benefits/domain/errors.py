"""What benefits refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class BankFileUnknown(JaringError):
    """There is no such bank file, or it is not the caller's to see."""

    code = "bank_file_unknown"
    title = "No such bank file"
    title_ms = "Tiada fail bank sedemikian"
    kind = Kind.NOT_FOUND


class BankFileErased(JaringError):
    """The file was paid seven years ago or more, and names somebody of whom nothing is kept: what was paid stands."""

    code = "bank_file_erased"
    title = "The content of the bank file is erased"
    title_ms = "Kandungan fail bank itu telah dipadamkan"
    kind = Kind.NOT_FOUND


class StatusReportNotXml(JaringError):
    """A status report is sent as XML."""

    code = "status_report_not_xml"
    title = "A status report is sent as application/xml"
    title_ms = "Laporan status dihantar sebagai application/xml"
    kind = Kind.UNSUPPORTED_MEDIA


class StatusReportMalformed(JaringError):
    """The body is no pain.002 status report of a version that is read here; nothing was written."""

    code = "status_report_malformed"
    title = "The status report cannot be read"
    title_ms = "Laporan status tidak dapat dibaca"
    kind = Kind.INVALID
    hint = "Send ISO 20022 pain.002.001.09 or pain.002.001.10 with a status of the file, a batch or each transaction."


class StatusReportForeign(JaringError):
    """The report speaks of another message than this bank file; nothing was written."""

    code = "status_report_foreign"
    title = "The status report is about another file"
    title_ms = "Laporan status adalah tentang fail lain"
    kind = Kind.INVALID


class TextUnfitForBank(JaringError):
    """A name cannot be written in the alphabet of bank files; nothing was written."""

    code = "text_unfit_for_bank"
    title = "Banks do not take the name as it is written"
    title_ms = "Bank tidak menerima nama seperti yang ditulis"
    kind = Kind.INVALID
    hint = (
        "Write the name on the account in Latin letters, digits, blanks and / - ? : ( ) . , ' + @ & as the bank has it."
    )


class HolderUnfit(JaringError):
    """An account of the party is not held by this holder in this capacity; nothing was written."""

    code = "holder_unfit"
    title = "The holder or the capacity does not fit the party"
    title_ms = "Pemegang atau kapasiti tidak sepadan dengan pihak itu"
    kind = Kind.INVALID
    hint = "Name a guardian with its last day and its evidence, and a party's own account without a holder."


class PayeeUnknown(JaringError):
    """The party has no such version of an account."""

    code = "payee_unknown"
    title = "No such account"
    title_ms = "Tiada akaun sedemikian"
    kind = Kind.NOT_FOUND


class PartyErased(JaringError):
    """Nothing is kept of the party or of the holder, and nothing is owed there: no account is taken; nothing was
    written."""

    code = "party_erased"
    title = "What was kept of the party or the holder is erased"
    title_ms = "Apa yang disimpan tentang pihak atau pemegang itu telah dipadamkan"
    kind = Kind.NOT_FOUND
    hint = "Whoever was erased and is registered again has another number: enter the account under that one."


class SecondOfficerNeeded(JaringError):
    """Whoever entered something does not release it."""

    code = "second_officer_needed"
    title = "Another officer releases it than the one who entered it"
    title_ms = "Ia dilepaskan oleh pegawai lain daripada yang memasukkannya"
    kind = Kind.FORBIDDEN


class RecoveryUnknown(JaringError):
    """There is no such recovery."""

    code = "recovery_unknown"
    title = "No such recovery"
    title_ms = "Tiada tuntutan balik sedemikian"
    kind = Kind.NOT_FOUND


class RepaymentUnknown(JaringError):
    """There is no such repayment, or none that is released: what the bank's own line brings counts without that."""

    code = "repayment_unknown"
    title = "No such repayment"
    title_ms = "Tiada bayaran balik sedemikian"
    kind = Kind.NOT_FOUND


class RepaymentEntered(JaringError):
    """A repayment by this route and receipt is entered, of this or another recovery, and not withdrawn; nothing was
    written."""

    code = "repayment_entered"
    title = "This receipt is entered already"
    title_ms = "Resit ini telah dimasukkan"
    kind = Kind.CONFLICT
    hint = (
        "Withdraw the one that was entered by mistake, or counter it once it is booked, and enter it as it is. Who "
        "pays two debts back is given a receipt of each."
    )


class CounterEntryUnfit(JaringError):
    """The repayment is not booked, nobody proposed to counter it, or it is countered; nothing was written."""

    code = "counter_entry_unfit"
    title = "There is nothing of this repayment to counter"
    title_ms = "Tiada apa-apa bagi bayaran balik ini untuk dibalikkan"
    kind = Kind.CONFLICT
    hint = "Withdraw what one officer entered and nobody released; what is countered stays so."


class ReceivedInFuture(JaringError):
    """Money comes in on no day that has not come yet; nothing was written."""

    code = "received_in_future"
    title = "The day on which it came in lies in the future"
    title_ms = "Tarikh penerimaan adalah pada masa hadapan"
    kind = Kind.INVALID


class ReceivedBeforePaid(JaringError):
    """Nothing comes back before the day on which anything of it was paid; nothing was written."""

    code = "received_before_paid"
    title = "The day on which it came in is before anything was paid"
    title_ms = "Tarikh penerimaan adalah sebelum sebarang bayaran dibuat"
    kind = Kind.INVALID


class AgreementUnknown(JaringError):
    """Nothing of that kind was stated about the recovery."""

    code = "agreement_unknown"
    title = "No such agreement"
    title_ms = "Tiada persetujuan sedemikian"
    kind = Kind.NOT_FOUND


class AgreementAnswered(JaringError):
    """What is agreed was released or withdrawn, and that holds; nothing was written."""

    code = "agreement_answered"
    title = "It was released or withdrawn before"
    title_ms = "Ia telah dilepaskan atau ditarik balik"
    kind = Kind.CONFLICT
    hint = "State it again, and let another officer release that: what was released last holds."


class PositionTooLarge(JaringError):
    """The party has more entitlements than one page of figures shows."""

    code = "position_too_large"
    title = "The party has too many entitlements for one page"
    title_ms = "Pihak ini mempunyai terlalu banyak hak untuk satu halaman"
    kind = Kind.CONFLICT
    hint = "Page through the party's entitlements and payments."


class StatementLineDiffers(JaringError):
    """The line was sent before and said otherwise; nothing was written, and the line of before stays."""

    code = "statement_line_differs"
    title = "The line was sent before with another content"
    title_ms = "Baris itu telah dihantar dahulu dengan kandungan lain"
    kind = Kind.CONFLICT
    hint = "Send what corrects a line as a line of its own, of a later statement."


class OnlyTheBank(JaringError):
    """What stands on the organisation's statement counts at once, and nobody but its bank says it."""

    code = "only_the_bank"
    title = "Only the organisation's own bank states what its statement says"
    title_ms = "Hanya bank organisasi sendiri menyatakan kandungan penyatanya"
    kind = Kind.FORBIDDEN
    hint = "An officer enters a repayment, and another one releases it."


class KnownAtUncertain(JaringError):
    """What was known at that instant may still change: something booked by then may not be committed yet."""

    code = "known_at_uncertain"
    title = "What was known at that instant is not certain yet"
    title_ms = "Apa yang diketahui pada ketika itu belum pasti"
    kind = Kind.INVALID
    hint = "Name an instant that is more than a minute past, or none, for what is known now."


class PartyUnknown(JaringError):
    """There is no such party, or the caller neither is it nor acts for it; nothing was written."""

    code = "party_unknown"
    title = "No such party"
    title_ms = "Tiada pihak sedemikian"
    kind = Kind.NOT_FOUND


class EntitlementUnknown(JaringError):
    """Nothing is owed by the month under that claim and benefit to that party; nothing was written."""

    code = "entitlement_unknown"
    title = "No such benefit by the month"
    title_ms = "Tiada faedah bulanan sedemikian"
    kind = Kind.NOT_FOUND


class PartyStatementUnknown(JaringError):
    """Nothing of that id is stated of the party."""

    code = "party_statement_unknown"
    title = "No such statement about a payee"
    title_ms = "Tiada penyataan sedemikian tentang penerima"
    kind = Kind.NOT_FOUND


class PartyStatementUnfit(JaringError):
    """What is stated cannot be so by the law, or by itself; nothing was written."""

    code = "party_statement_unfit"
    title = "The statement about a payee cannot count as it stands"
    title_ms = "Penyataan tentang penerima tidak boleh dikira seadanya"
    kind = Kind.INVALID
    hint = "State it as the section that it names has it: whole months, a ground of this benefit, a day that has come."


class PartyStatementOfOneself(JaringError):
    """An officer lets nothing count that the same officer stated; nothing was written."""

    code = "party_statement_of_oneself"
    title = "Who stated it does not approve it"
    title_ms = "Pegawai yang menyatakannya tidak meluluskannya"
    kind = Kind.FORBIDDEN


class PartyStatementOver(JaringError):
    """Two officers have decided the statement; nothing was written."""

    code = "party_statement_over"
    title = "The statement about a payee is decided"
    title_ms = "Penyataan tentang penerima telah diputuskan"
    kind = Kind.CONFLICT
    hint = "State what is so in its place: a later statement replaces it."


class IncreaseOrderUnknown(JaringError):
    """There is no such order."""

    code = "increase_order_unknown"
    title = "No such order that raises benefits"
    title_ms = "Tiada perintah kenaikan faedah sedemikian"
    kind = Kind.NOT_FOUND


class IncreaseUnfit(JaringError):
    """An order gives what it cannot give; nothing was written."""

    code = "increase_unfit"
    title = "The order cannot raise benefits as it stands"
    title_ms = "Perintah itu tidak boleh menaikkan faedah seadanya"
    kind = Kind.INVALID
    hint = "State the factors as the instrument has them, one for each benefit and year of beginning."


class IncreaseOfOneself(JaringError):
    """An officer lets no order count that the same officer entered; nothing was written."""

    code = "increase_of_oneself"
    title = "Who entered the order does not approve it"
    title_ms = "Pegawai yang memasukkan perintah itu tidak meluluskannya"
    kind = Kind.FORBIDDEN


class IncreaseOver(JaringError):
    """Two officers have decided the order; nothing was written."""

    code = "increase_over"
    title = "The order that raises benefits is decided"
    title_ms = "Perintah kenaikan faedah telah diputuskan"
    kind = Kind.CONFLICT
    hint = "Enter another order in its place: what it gives instead replaces it."


class IncreaseReplaced(JaringError):
    """Another order counts in the place of the one that is to be replaced; nothing was written."""

    code = "increase_replaced"
    title = "Another order stands in its place already"
    title_ms = "Perintah lain telah menggantikan perintah itu"
    kind = Kind.CONFLICT
    hint = "Replace the last one of the chain: the one that counts now."


class IncreaseStands(JaringError):
    """An order that counts gives to the same benefits and years, from the same day or by the same instrument."""

    code = "increase_stands"
    title = "An order for these benefits and years counts already"
    title_ms = "Perintah bagi faedah dan tahun ini telah dikira"
    kind = Kind.CONFLICT
    hint = "Where it corrects that one, name it in `replaces`."


class PartyStatementReplaced(JaringError):
    """Another statement counts in the place of the one that is to be replaced; nothing was written."""

    code = "party_statement_replaced"
    title = "Another statement stands in its place already"
    title_ms = "Penyataan lain telah menggantikan penyataan itu"
    kind = Kind.CONFLICT
    hint = "Replace the last one of the chain: the one that counts now."


class PartyStatementStands(JaringError):
    """A statement that counts says the same of the payee for the same days; nothing was written."""

    code = "party_statement_stands"
    title = "The same counts already for some of these days"
    title_ms = "Perkara yang sama telah dikira bagi sebahagian hari itu"
    kind = Kind.CONFLICT
    hint = "Where it corrects or ends that one, name it in `replaces`."


class ConsentOfOneselfOnly(JaringError):
    """Only the person itself consents that somebody asks what it receives."""

    code = "consent_of_oneself_only"
    title = "Only the person itself consents to that"
    title_ms = "Hanya orang itu sendiri boleh memberi persetujuan"
    kind = Kind.FORBIDDEN


class ConsentReceiverUnfit(JaringError):
    """Such a party does not ask what somebody receives."""

    code = "consent_receiver_unfit"
    title = "This party asks nothing of the kind"
    title_ms = "Pihak ini tidak membuat pertanyaan sedemikian"
    kind = Kind.INVALID
    hint = "Name a welfare office."


class ConsentDaysUnfit(JaringError):
    """Consent ends today or later, and within a year."""

    code = "consent_days_unfit"
    title = "Consent holds until today or later, for a year at most"
    title_ms = "Persetujuan berkuat kuasa sehingga hari ini atau kemudian, selama setahun paling lama"
    kind = Kind.INVALID
    hint = "Name a last day within a year; the person may consent again."


class ReceiptConsentUnknown(JaringError):
    """There is no such consent, or it is not the caller's."""

    code = "receipt_consent_unknown"
    title = "No such consent"
    title_ms = "Tiada persetujuan pendedahan penerimaan sedemikian"
    kind = Kind.NOT_FOUND


class ReceiptsNotTold(JaringError):
    """There is no such person, or no consent of it for this party, purpose and day: both are answered alike."""

    code = "receipts_not_told"
    title = "Nothing is told of this person"
    title_ms = "Tiada apa-apa dimaklumkan tentang orang ini"
    kind = Kind.NOT_FOUND
    hint = "The person consents to it first, for this office and purpose."
