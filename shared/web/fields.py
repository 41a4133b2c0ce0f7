"""Bounds and patterns of fields that several services take or show."""

# What a column of type integer holds.
LARGEST_INTEGER = 2**31 - 1
# A bank's BIC (ISO 9362).
BIC_PATTERN = r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"
# Digits only; 34 characters are the longest that a bank file takes.
ACCOUNT_NUMBER_PATTERN = r"^[0-9]{5,34}$"
