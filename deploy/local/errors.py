"""The one error of the local platform: something a person can mend, said in one line."""


class LauncherError(Exception):
    """A condition that stops the local platform. The text is a whole sentence: what is wrong, then what to do."""
