"""What benefits refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class BankFileUnknown(JaringError):
    """There is no such bank file, or it is not the caller's to see."""

    code = "bank_file_unknown"
    title = "No such bank file"
    title_ms = "Tiada fail bank sedemikian"
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


class SecondOfficerNeeded(JaringError):
    """Whoever entered an account does not release it."""

    code = "second_officer_needed"
    title = "Another officer releases an account than the one who entered it"
    title_ms = "Akaun dilepaskan oleh pegawai lain daripada yang memasukkannya"
    kind = Kind.FORBIDDEN
