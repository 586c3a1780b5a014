"""An optimised build of the program is hardened: a fault in it is hard to make use of."""

import os
import pathlib
import re
import subprocess

import pytest

PROGRAM = os.environ["WRITEBENCH"]


def cached(name):
    cache = pathlib.Path(os.environ["WRITEBENCH_BUILD"], "CMakeCache.txt").read_text()
    found = re.search(rf"^{name}:\w+=(.*)$", cache, re.MULTILINE)
    return found[1] if found else ""


def read_elf(*options):
    return subprocess.run(["readelf", "--wide", *options, PROGRAM], capture_output=True, text=True, check=True).stdout


pytestmark = pytest.mark.skipif(
    cached("CMAKE_BUILD_TYPE") == "Debug" or cached("WRITEBENCH_SANITIZE") != "" or cached("WRITEBENCH_HARDEN") != "ON",
    reason="only optimised builds are hardened, unless sanitizers are asked for")


def test_the_program_can_be_loaded_at_any_address():
    assert re.search(r"Type:\s+DYN \(Position-Independent Executable", read_elf("--file-header"))


def test_no_segment_is_writable_and_executable():
    flags = re.findall(r"^\s+(?:LOAD|GNU_STACK)\s.*\s([R ][W ][E ])\s+0x", read_elf("--program-headers"), re.MULTILINE)
    assert len(flags) >= 3
    assert not [each for each in flags if "W" in each and "E" in each]


def test_addresses_of_functions_are_read_only_once_the_program_runs():
    assert "GNU_RELRO" in read_elf("--program-headers")
    assert "BIND_NOW" in read_elf("--dynamic")


def test_stacks_and_copies_are_checked():
    symbols = read_elf("--dyn-syms")
    assert "__stack_chk_fail" in symbols
    assert re.search(r"__\w+_chk@", symbols.replace("__stack_chk", ""))
