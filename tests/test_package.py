"""What an installed piyao carries: weights, bundled claims, pages; not only a checkout."""

import subprocess
import sys

import pytest

from tests.where import ROOT

pytestmark = pytest.mark.slow

pytest.importorskip("setuptools", reason="setuptools builds the package; it is not installed here")

ROOMS = ("classifier", "crawler", "desk", "jobs", "models", "notices", "operations")


def test_every_file_a_room_reads_is_installed_with_it(tmp_path):
    """Built by the real build; without ``**/`` in setup.cfg the weights and pages stayed behind."""
    build = ["egg_info", "--egg-base", tmp_path, "build_py", "--build-lib", tmp_path / "lib"]
    script = "import sys, setuptools; sys.argv[0] = 'setup.py'; setuptools.setup()"
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *build],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    files = [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".md"
    ]
    assert len(files) > 150
    assert [str(path) for path in files if not (tmp_path / "lib" / path).exists()] == []
    assert not (tmp_path / "lib" / "tests").exists()  # nor its cheap hash of passwords
