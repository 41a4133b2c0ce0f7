"""What ends a run before its cases are through: said in words for whoever started it."""


class CannotRun(Exception):
    """The installation or the pack cannot be used as it is; the text says why, and what to do."""
