"""What the payment calendar cannot answer."""

from shared.kernel.errors import JaringError, Kind


class PaymentDayUnknown(JaringError):
    """The organisation's calendar for that month is not in the book."""

    code = "payment_day_unknown"
    title = "The payment calendar does not name that month"
    title_ms = "Kalendar pembayaran tidak menyenaraikan bulan itu"
    kind = Kind.REFUSED_BY_LAW
