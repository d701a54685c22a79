"""Unit tests of the desk: Django is made ready before any test module imports a view."""

from tests.desk_fixtures import desk, night  # noqa: F401
