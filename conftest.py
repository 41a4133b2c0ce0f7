"""Fixtures that every test may use."""

pytest_plugins = ["shared.testing.lanes", "shared.testing.fixtures"]
