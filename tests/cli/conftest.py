"""What the tests of external programs share."""

import functools

import pytest

from made_programs import make_program


@pytest.fixture
def made(tmp_path):
    """Makes external programs beside the directory of the run."""
    return functools.partial(make_program, tmp_path)


@pytest.fixture
def work(tmp_path):
    """The directory of the run."""
    path = tmp_path / "work"
    path.mkdir()
    return path
