"""What the law of contributions cannot answer."""

from collections.abc import Collection

from shared.kernel.errors import JaringError, Kind


class UnknownPay(JaringError):
    """A part of pay is neither among what counts as wages nor among what does not."""

    code = "unknown_pay"
    title = "The law does not say whether this pay is wages"
    title_ms = "Undang-undang tidak menyatakan sama ada bayaran ini gaji"
    kind = Kind.MALFORMED

    def __init__(self, item: str, known: Collection[str]) -> None:
        super().__init__(f"{item!r} is none of: {', '.join(known)}.", facts={"item": item})
