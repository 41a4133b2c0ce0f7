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
    hint = "Send ISO 20022 pain.002.001.09 or pain.002.001.10 with a status for each transaction."


class StatusReportForeign(JaringError):
    """The report speaks of another message than this bank file; nothing was written."""

    code = "status_report_foreign"
    title = "The status report is about another file"
    title_ms = "Laporan status adalah tentang fail lain"
    kind = Kind.INVALID


class EndToEndIdUnknown(JaringError):
    """The report names a transaction that this file does not hold; nothing was written."""

    code = "end_to_end_id_unknown"
    title = "The status report names a transaction that is not in the file"
    title_ms = "Laporan status menamakan transaksi yang tiada dalam fail"
    kind = Kind.INVALID


class StatusContradicted(JaringError):
    """A payment that was settled or returned is reported the other way; nothing was written."""

    code = "status_contradicted"
    title = "The status report contradicts an earlier one"
    title_ms = "Laporan status bercanggah dengan laporan terdahulu"
    kind = Kind.CONFLICT
    hint = "Money that comes back after it was settled is reported by statement."
