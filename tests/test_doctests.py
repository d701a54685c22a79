"""The examples in docstrings are true: each module that has some is run as its reader would."""

from __future__ import annotations

import doctest
import importlib
import re

import pytest

from tests import django_desk  # noqa: F401  (Django must be ready before pages are imported)
from tests.where import ROOT

ROOMS = ("benchmarks", "classifier", "crawler", "desk", "jobs", "models", "notices", "operations")
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for place in (*ROOMS, ".")
    for path in (ROOT / place).glob("*.py" if place == "." else "**/*.py")
    if EXAMPLE.search(path.read_text("utf-8"))
)


def test_the_examples_are_found() -> None:
    assert len(MODULES) > 25


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name.removesuffix(".__init__")))
    assert found.attempted and not found.failed
