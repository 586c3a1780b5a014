"""The sources' includes follow the arrows between folders: from what uses to what is used, and never back."""

import os
import pathlib
import re

ROOT = pathlib.Path(os.environ["WRITEBENCH_SOURCE"])
SOURCES = sorted(path for folder in ("advise", "benchmarks", "cli", "crash", "engine", "explain", "gate", "include", "reports",
                                     "strategies", "tests")
                 for pattern in ("*.hpp", "*.cpp", "*.hpp.in", "*.cpp.in") for path in (ROOT / folder).rglob(pattern))

# What each folder may include. It may always include itself, the folders that it lists, and what those list in turn.
FOLDERS = {
    "include/writebench": [],
    "strategies/support": ["include/writebench"],
    "strategies/control": ["strategies/support"],
    "strategies/caller_writes": ["strategies/support"],
    "strategies/dispatch": ["strategies/support"],
    "strategies/hand_off": ["strategies/support"],
    "strategies/parallel": ["strategies/support"],
    "strategies/durable": ["strategies/support"],
    "strategies/io_uring": ["strategies/support"],
    "strategies/libraries": ["strategies/support"],
    "strategies/page_cache": ["strategies/support"],
    "strategies/legacy": ["strategies/support"],
    "strategies": ["strategies/support"],
    "engine": ["include/writebench"],
    "engine/lines": ["engine"],
    "engine/process": ["engine"],
    "engine/machine": ["engine"],
    "engine/trial": ["engine/lines", "engine/machine", "engine/process"],
    "engine/verification": ["engine/lines"],
    "engine/program": ["engine/trial"],
    "engine/run": ["engine/program", "engine/verification"],
    "reports": ["engine/run"],
    "reports/read": ["reports"],
    "reports/export": ["reports"],
    "gate": ["reports/read", "reports/export"],
    "explain": ["reports/read", "reports/export"],
    "crash": ["reports/read", "reports/export"],
    "advise": ["crash"],
    "cli/text": ["advise", "explain", "gate"],
    "cli/options": ["cli/text"],
    "cli/commands": ["cli/options"],
    "cli": ["cli/commands"],
    "cli/manual": ["cli"],
}
# Each main hands the table of strategies to the program.
MAY_KNOW_STRATEGIES = {"cli/main.cpp", "cli/manual/main.cpp"}

# Where the headers of a library may be included: in these folders and files. Tests may include what they test with.
LIBRARIES = {
    r"CLI/": ["cli", "tests/cli"],
    r"nlohmann/": ["engine/program", "reports", "gate", "explain", "tests"],
    r"benchmark/": ["engine/run/google_benchmark_round.cpp", "benchmarks"],
    r"asio": ["strategies", "tests/strategies", "benchmarks/bare/libraries.cpp"],
    r"uv\.h|spdlog/|gio/|leveldb/|boost/": ["strategies/libraries", "benchmarks/bare/libraries.cpp"],
    r"liburing": ["strategies/io_uring", "strategies/support/io_uring_refusal.cpp", "benchmarks/bare"],
    r"libaio\.h": ["strategies/legacy/libaio_direct.cpp"],
    r"gtest/|gmock/": ["tests"],
}


def includes():
    """Each include of each source: (source, target), the target as <system> or "ours" relative to the root."""
    for path in SOURCES:
        source = path.relative_to(ROOT).as_posix()
        for target in re.findall(r'^\s*#\s*include\s+([<"][^>"]+[>"])', path.read_text(), re.MULTILINE):
            yield source, target


def our_file(source, target):
    """The file of ours that is included, or None if it is not ours."""
    name = target[1:-1]
    beside = (pathlib.PurePosixPath(source).parent / name).as_posix()
    return next((file for file in (f"include/{name}", name, beside)
                 if (ROOT / file).is_file() or (ROOT / f"{file}.in").is_file()), None)


def folder_of(file):
    return pathlib.PurePosixPath(file).parent.as_posix()


def reachable(folder):
    found, left = set(), [folder]
    while left:
        folder = left.pop()
        if folder not in found:
            found.add(folder)
            left += FOLDERS[folder]
    return found


def within(file, place):
    return file == place or file.startswith(f"{place}/")


def test_every_folder_of_sources_has_its_place_in_the_order():
    folders = {folder_of(path.relative_to(ROOT).as_posix()) for path in SOURCES}
    assert len(folders) > 10
    unknown = {folder for folder in folders if folder.split("/")[0] not in ("tests", "benchmarks")} - set(FOLDERS)
    assert not unknown, f"say in FOLDERS what they may include: {sorted(unknown)}"


def test_the_order_of_folders_has_no_circle():
    for folder in FOLDERS:
        for used in FOLDERS[folder]:
            assert folder not in reachable(used), f"{folder} and {used} use each other"


def test_no_include_runs_against_the_order():
    checked, wrong = 0, []
    for source, target in includes():
        used = our_file(source, target)
        if used is None or folder_of(source) not in FOLDERS:
            continue
        checked += 1
        allowed = reachable(folder_of(source)) | ({"strategies"} if source in MAY_KNOW_STRATEGIES else set())
        if folder_of(used) not in allowed:
            wrong.append(f"{source} includes {used}")
    assert checked > 300
    assert not wrong, "\n".join(wrong)


def test_every_include_in_quotes_names_a_file_of_ours():
    lost = [f"{source} includes {target}" for source, target in includes()
            if target.startswith('"') and our_file(source, target) is None]
    assert not lost, "\n".join(lost)


def test_text_is_printed_in_one_place_that_makes_it_safe():
    # The line of progress moves the cursor; strategies write files.
    places = {"cli/text/print.cpp", "cli/text/progress_line.cpp"}
    calls = re.compile(r"\b(?:fmt::print|std::f?put(?:s|c|char)|std::fwrite|std::f?printf|std::cout|std::cerr)\b")
    printing = {path.relative_to(ROOT).as_posix() for path in SOURCES if calls.search(path.read_text())}
    ours = {file for file in printing if file.split("/")[0] not in ("tests", "benchmarks", "strategies")}
    assert ours == places, "use print_text() or print_document() of cli/text/print.hpp"


def test_a_library_is_included_only_where_it_belongs():
    seen, wrong = set(), []
    for source, target in includes():
        for pattern, places in LIBRARIES.items():
            if target.startswith("<") and re.match(pattern, target[1:]):
                seen.add(pattern)
                if not any(within(source, place) for place in places):
                    wrong.append(f"{source} includes {target}")
    assert seen >= {pattern for pattern in LIBRARIES}
    assert not wrong, "\n".join(wrong)
