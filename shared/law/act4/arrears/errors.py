"""What the law of arrears cannot answer."""

from shared.kernel.errors import JaringError, Kind


class UnknownReading(JaringError):
    """The book names a reading of regulation 33 that no rule implements: a mistake of the book."""

    code = "unknown_reading"
    title = "No rule implements this reading of the law"
    title_ms = "Tiada peraturan bagi tafsiran undang-undang ini"
    kind = Kind.INTERNAL
