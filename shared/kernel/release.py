"""Which release of the code is running; it stands in the envelope of a decision, never in its hash."""

CODE_VERSION = "0.1.0"
