"""The social security number of a foreign worker, which registration issues."""

# Assumed: that the number has 12 digits is known from the column of the contribution file; how they are made is not
# published. Digits three and four of these are 00, which is no month: none is a MyKad's number too.
_PREFIX, _DIGITS = "9000", 8


def ssfw_number(sequence: int) -> str:
    """The number with this place in the sequence; raises OverflowError behind the last one."""
    if sequence >= 10**_DIGITS:
        raise OverflowError("no number of this form is left")
    return f"{_PREFIX}{sequence:0{_DIGITS}}"
