"""What is refused of letters and messages, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class LetterUnknown(JaringError):
    """There is no such letter, or it is not the caller's to read."""

    code = "letter_unknown"
    title = "No such letter"
    title_ms = "Tiada surat sedemikian"
    kind = Kind.NOT_FOUND


class MessageUnknown(JaringError):
    """There is no such message."""

    code = "message_unknown"
    title = "No such message"
    title_ms = "Tiada mesej sedemikian"
    kind = Kind.NOT_FOUND


class ReceiptUnsigned(JaringError):
    """The signature of a receipt is not the gateway's, or not of this message and this body."""

    code = "receipt_unsigned"
    title = "The receipt is not signed by the gateway"
    title_ms = "Resit itu tidak ditandatangani oleh get laluan"
    kind = Kind.FORBIDDEN
    hint = (
        "Sign the message's id, a line feed and the bytes of the body with the key of the gateway, by HMAC-SHA-256 in "
        "hexadecimal."
    )


class ReceiptDiffers(JaringError):
    """A receipt of this id said something else of the message."""

    code = "receipt_differs"
    title = "Another receipt has this id"
    title_ms = "Resit lain mempunyai id ini"
    kind = Kind.CONFLICT
    hint = "A receipt is sent again as it was, or under an id of its own."


class ReceiptReserved(JaringError):
    """A receipt speaks as the platform does: its reason, or its id, is one that no provider gives."""

    code = "receipt_reserved"
    title = "The receipt has an id or a reason that no provider gives"
    title_ms = "Resit itu menggunakan id atau sebab yang bukan milik pembekal"
    kind = Kind.INVALID
    hint = "State an id of your own, which does not begin with officers-, and the provider's reason."


class ReceiptAhead(JaringError):
    """A receipt names an instant that has not come yet: nothing that is said later could outrank it."""

    code = "receipt_ahead"
    title = "The receipt is dated after the present"
    title_ms = "Tarikh resit itu melebihi masa kini"
    kind = Kind.INVALID
    hint = "State when it was so; a clock may be five minutes ahead."


class ReceiptEarly(JaringError):
    """A receipt names an instant at which its letter was not written yet."""

    code = "receipt_early"
    title = "The receipt is dated before its letter was written"
    title_ms = "Tarikh resit itu mendahului surat yang dihantar"
    kind = Kind.INVALID
    hint = "State when it was so; a clock may be five minutes behind."


class PersonsOnly(JaringError):
    """Only a person says in which language and how it is written to."""

    code = "persons_only"
    title = "Only the person says how it is written to"
    title_ms = "Hanya orang itu menyatakan cara dia dihubungi"
    kind = Kind.FORBIDDEN
