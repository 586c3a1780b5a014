"""The faults of the matrix: how each is brought about, and what a row must say then.

A fault that faulty_fs makes is told by `control`, the words that it takes (faulty_fs.cpp). One that comes from inside
the trial's process is told by `inside`, the value of WRITEBENCH_FAULT (program.cpp).
"""

import errno
import os
import re
import signal
from dataclasses import dataclass, field

LINES = 600  # 5,290 bytes
WRITERS = 4
# Nobody knows where the kernel puts an append beside others: a message may be off by a line of each other writer.
APPENDS_BESIDE_BYTES = (WRITERS - 1) * len("line 599\n")


@dataclass(frozen=True)
class Subject:
    """A strategy, as the program describes it."""

    name: str
    in_table: bool  # whether it is the program's own
    access: tuple[str, ...]
    writes: bool


@dataclass(frozen=True)
class Row:
    """What one row of a run says, and what the file system did to it."""

    subject: Subject
    outcome: str
    detail: str
    hits: int | None  # None if nobody counts
    offsets: tuple[int, ...]


@dataclass(frozen=True)
class Fault:
    name: str
    says: str
    expect: object  # Row -> None, or what is wrong with it
    control: str = ""
    inside: str = ""
    place: str = "faulty_fs"  # faulty_fs, tmpfs or ext4
    durability: str = "none"
    lines: int = LINES
    arguments: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)  # of the whole program, by the names of resource.RLIMIT_*
    ordinary_user: bool = False
    spares_witness: bool = True
    may_refuse: bool = False  # whether the program may say at once that it cannot run
    ends_run: str = ""  # because nothing can go on: what stderr must say then; rows after that are not run
    stays: str = ""  # what is left behind, because the fault keeps it from being removed: what stderr must say then
    without_sanitizer: bool = False
    depends_on_build: bool = False  # which of the right answers is given
    in_full_only: bool = False


def survives(row):
    return None if row.outcome == "ok" else f"is {row.outcome}: {row.detail}"


# Calls on a file as a whole, which have no offset.
WHOLE_FILE = re.compile(r"(open|close|fdatasync|fsync|syncfs|msync|munmap|ftruncate|fallocate|fstat|stat|sync) ")


def _offset_is_wrong(row):
    at = re.search(r" at byte (\d+)", row.detail)
    off_by = APPENDS_BESIDE_BYTES if "append" in row.subject.access else 0
    if at and row.offsets and min(abs(int(at.group(1)) - offset) for offset in row.offsets) > off_by:
        return f"names byte {at.group(1)}, and not one of {row.offsets[:5]}"
    if not at and row.subject.in_table and not WHOLE_FILE.match(row.detail):
        return f"names no offset: {row.detail}"
    return None


def fails(*texts, offset=False):
    """It fails and says one of the texts, or what one of the errno values is called."""
    said = [os.strerror(text) if isinstance(text, int) else text for text in texts]

    def expect(row):
        if row.outcome != "failed":
            return f"is {row.outcome}: {row.detail}"
        if not any(text in row.detail for text in said):
            return f"does not say '{said[0]}': {row.detail}"
        return _offset_is_wrong(row) if offset else None

    return expect


def fails_to_write(error):
    """The same of a write, with its offset.

    One that appends beside others cannot go on after a short count. Of a write that the kernel put off, as it does with
    a mapping, it only remembers whether the disk was full (mapping_set_error).
    """
    whole, cut, put_off = fails(error, offset=True), fails("bytes taken)"), fails(errno.EIO)

    def expect(row):
        problem = whole(row)
        if problem and "append" in row.subject.access:
            return cut(row)
        if problem and "read" in row.subject.access and error != errno.ENOSPC:
            return put_off(row)
        return problem

    return expect


# Those that lose what a short count leaves over: their rows must say so.
DROP_SHORT_COUNTS = {"fmt-output-file", "asio-stream-file"}


# Libraries for which an interrupted write is an error (stdio).
GIVE_UP_IF_INTERRUPTED = {"spdlog-sync", "spdlog-async"}


def continues_short_writes(row):
    appends_itself = "append" in row.subject.access and "by-name" not in row.subject.access
    refuses = appends_itself or row.subject.name in DROP_SHORT_COUNTS
    return fails("bytes taken)")(row) if refuses else survives(row)


def repeats_interrupted_writes(row):
    """The kernel may pass on a part of a write before it is interrupted."""
    if row.subject.name in GIVE_UP_IF_INTERRUPTED:
        return fails(errno.EINTR)(row)
    return survives(row) and continues_short_writes(row)


def is_not_ok(*texts):
    """It fails, or its bytes are not there; and it says one of the texts."""
    def expect(row):
        if row.outcome not in ("failed", "incorrect"):
            return f"is {row.outcome}: {row.detail}"
        return None if any(text in row.detail for text in texts) else f"does not say '{texts[0]}': {row.detail}"

    return expect


def phases_of(row, phase):
    """Who opens with O_DSYNC may fill the space with zeros first, in prepare."""
    return [phase, "in prepare"] if phase == "in run" and "dsync" in row.subject.access else [phase]


def is_killed(number, phase):
    name = signal.Signals(number).name
    return lambda row: fails(*(f"killed by signal {number} ({name}) {word}" for word in phases_of(row, phase)))(row)


def times_out(phase):
    def expect(row):
        if row.outcome != "timeout":
            return f"is {row.outcome}: {row.detail}"
        if any(f"killed {word} after" in row.detail for word in phases_of(row, phase)):
            return None
        return f"does not say '{phase}': {row.detail}"

    return expect


def either(expect):
    """It does not need what is missing, or fails."""
    return lambda row: None if row.outcome == "ok" else expect(row)


def if_it_writes(expect):
    return lambda row: expect(row) if row.subject.writes else survives(row)


def fills_up(row):
    """A full file system: a mapping that is not guarded is killed by the fault of a page."""
    if not row.subject.writes:
        return survives(row)
    if "read" in row.subject.access and not row.subject.in_table and is_killed(signal.SIGBUS, "in run")(row) is None:
        return None
    return fails_to_write(errno.ENOSPC)(row)


def loses_a_page(row):
    """A page of a mapping cannot be read in: only a guard makes an error of the signal."""
    if row.subject.in_table:
        return fails(errno.EIO, offset=True)(row)
    return is_killed(signal.SIGBUS, "in run")(row)


def dies_of_memory(row):
    return either(fails("out of memory", errno.ENOMEM, errno.EAGAIN))(row)


def _at(moment, **words):
    """Control words whose first hit is at that moment of each file: first, early, middle or last."""
    return " ".join([f"{key.replace('_', '-')}={value}" for key, value in words.items()] + [f"first=@{moment}"])


def _write_errors():
    for number, name, says in [
            (errno.ENOSPC, "disk-full", "the file system takes no byte beyond one"),
            (errno.EDQUOT, "quota-used-up", "the user's quota ends at some byte"),
            (errno.EFBIG, "file-too-large", "the file system lets no file grow beyond some byte"),
            (errno.EROFS, "file-read-only", "the file can no longer be written from some byte on")]:
        for at in (1000, 1, 5289):
            yield Fault(name if at == 1000 else f"{name}-at-{at}", says, fails_to_write(number),
                        f"op=write do=error errno={number} from-byte={at}", in_full_only=at != 1000)
    for moment in ("early", "first", "middle", "last"):
        yield Fault("write-fails" if moment == "early" else f"{moment}-write-fails",
                    "one write fails (EIO), the next would not", fails_to_write(errno.EIO),
                    _at(moment, op="write", do="error", errno=errno.EIO, times=1), in_full_only=moment != "early")


def _interruptions():
    eintr = f"do=error errno={errno.EINTR} pass-every=4"
    return [
        Fault("writes-interrupted", "three of four writes are interrupted (EINTR)", repeats_interrupted_writes, f"op=write {eintr}"),
        Fault("syncs-interrupted", "three of four syncs are interrupted", survives, f"op=sync {eintr}",
              durability="close"),
        Fault("close-interrupted", "close is interrupted; the descriptor is gone all the same", survives,
              f"op=close {eintr}"),
        Fault("opens-interrupted", "three of four opens by the trial are interrupted", survives, f"op=open {eintr}"),
        Fault("truncations-interrupted", "three of four truncations are interrupted", survives, f"op=truncate {eintr}"),
        Fault("creations-interrupted", "three of four attempts to make a file are interrupted", survives,
              f"op=create by=parent {eintr}"),
        Fault("reading-back-interrupted", "three of four reads of the verification are interrupted", survives,
              f"op=read by=parent {eintr}"),
    ]


def _syncs_and_closes():
    eio = f"do=error errno={errno.EIO}"
    lost = fails(errno.EIO)
    yield Fault("sync-fails-once", "the first fdatasync fails (EIO), the next would not: it must stay an error", lost,
                f"op=sync {eio} times=1", durability="close")
    yield Fault("later-sync-fails-once", "the same of a later one, with --durability bytes", lost,
                _at("early", op="sync", do="error", errno=errno.EIO, times=1), durability="bytes=2000")
    yield Fault("line-sync-fails-once", "the same of the sync of one line, with --durability line", lost,
                _at("early", op="sync", do="error", errno=errno.EIO, times=1), durability="line", lines=100)
    for moment in ("first", "middle", "last"):
        yield Fault(f"{moment}-line-sync-fails-once", "the same of another one", lost,
                    _at(moment, op="sync", do="error", errno=errno.EIO, times=1), durability="line", lines=100,
                    in_full_only=True)
    yield Fault("sync-fails-full", "fdatasync finds the disk full (ENOSPC)", fails(errno.ENOSPC),
                f"op=sync do=error errno={errno.ENOSPC}", durability="close")
    yield Fault("close-fails", "close fails (EIO), as it does where writes are put off", lost, f"op=close {eio}")
    yield Fault("close-over-quota", "close fails (EDQUOT)", fails(errno.EDQUOT),
                f"op=close do=error errno={errno.EDQUOT}")


def _names():
    gone = ("removed during the trial", os.strerror(errno.ENOENT))
    eio = f"do=error errno={errno.EIO}"
    return [
        Fault("cannot-be-made", "the file cannot be made (EIO)", fails(errno.EIO), f"op=create by=parent {eio}"),
        Fault("cannot-be-opened", "the trial cannot open the file (EIO)", fails(errno.EIO), f"op=open {eio}"),
        Fault("vanishes-before-opening", "the file is removed before the trial opens it", is_not_ok(*gone),
              "op=open do=remove"),
        Fault("vanishes-while-written", "the file is removed between two writes", is_not_ok(*gone),
              _at("early", op="write", do="remove", times=1)),
        Fault("vanishes-while-verified", "the file is removed before it is read back", is_not_ok(*gone),
              "op=open by=parent do=remove"),
        Fault("directory-vanishes", "the scratch directory is removed while a row runs: the run ends", is_not_ok(*gone),
              "op=close do=remove-directory", spares_witness=False, ends_run="so no further trial can be run"),
        Fault("becomes-read-only", "the whole file system becomes read-only while a row runs", fails(errno.EROFS),
              "op=close do=read-only", spares_witness=False, stays=os.strerror(errno.EROFS)),
    ]


def _reading_back():
    eio = f"op=read by=parent do=error errno={errno.EIO}"
    says_where = fails(errno.EIO, offset=True)
    return [
        Fault("reading-back-fails", "the verification cannot read the file (EIO)", if_it_writes(says_where), eio),
        Fault("reading-back-cannot-open", "the verification cannot open the file (EIO)", fails(errno.EIO),
              f"op=open by=parent do=error errno={errno.EIO}"),
    ]


def _processes():
    phases = [("opening", "while setting up its files", "op=open times=1", "", "none"),
              ("prepare", "in prepare", "", "signal={}", "none"),
              ("a-write", "in run", "op=write first=@early times=1", "", "none"),
              ("a-sync", "in run", "op=sync times=1", "", "close"),
              ("close", "in run", "op=close first=@last times=1", "", "none")]
    for word, number, expect, more in [("killed", signal.SIGKILL, lambda phase: is_killed(signal.SIGKILL, phase), {}),
                                       ("stopped", signal.SIGSTOP, times_out,
                                        {"arguments": ("--timeout", "600ms"), "lines": 100})]:
        for where, phase, control, inside, durability in phases:
            yield Fault(f"{word}-in-{where}", f"the trial's process is {word} (SIG{signal.Signals(number).name[3:]}) in {where}",
                        expect(phase), f"{control} do=signal signal={int(number)}" if control else "",
                        inside.format(int(number)), durability=durability, **more)
    yield Fault("page-cannot-be-read", "a page of a file cannot be read while it is mapped (SIGBUS), or copied (EIO)",
                loses_a_page, f"op=read do=error errno={errno.EIO}")


def _resources():
    yield Fault("out-of-descriptors", "the trial can open no further descriptor",
                either(fails(errno.EMFILE)), inside="descriptors", place="tmpfs")
    for threads in (0, 2, 1):
        yield Fault("out-of-threads" if threads == 0 else f"out-of-threads-after-{threads}",
                    "the trial can start no thread (RLIMIT_NPROC)" if threads == 0
                    else f"the trial can start {threads} of its threads", either(fails(errno.EAGAIN)),
                    inside=f"threads={threads}", place="tmpfs", ordinary_user=True, in_full_only=threads == 1)
    # The stack of a thread takes 8 MiB.
    for memory in (0, 1 << 16, 1 << 18, 1 << 20, 4 << 20, 9 << 20, 12 << 20, 20 << 20, 30 << 20):
        quick = {0: "out-of-memory", 12 << 20: "memory-for-one-stack"}
        yield Fault(quick.get(memory, f"memory-for-{memory}-bytes"),
                    f"the trial gets only {memory >> 20} MiB more (RLIMIT_AS)" if memory else
                    "the trial gets no more memory (RLIMIT_AS)", dies_of_memory, inside=f"memory={memory}",
                    place="tmpfs", without_sanitizer=True, in_full_only=memory not in quick)
    yield Fault("no-memory-for-a-block", "the trial gets 4 MiB more and wants blocks of 32 MiB", dies_of_memory,
                inside=f"memory={4 << 20}", place="tmpfs", arguments=("--buffer-size", "32MiB"), without_sanitizer=True)
    yield Fault("file-size-limit", "no file of the trial may grow beyond 1000 bytes (RLIMIT_FSIZE)",
                if_it_writes(fails_to_write(errno.EFBIG)), inside="file-size=1000", place="tmpfs")
    yield Fault("tmpfs-full", "a tmpfs has 4 KiB left", fills_up, inside="fill=4096:{place}/filler", place="tmpfs")
    yield Fault("ext4-full", "an ext4 file system has 4 KiB left", fills_up, inside="fill=4096:{place}/filler",
                place="ext4")
    for descriptors in range(4, 17):
        yield Fault("few-descriptors" if descriptors == 8 else f"{descriptors}-descriptors",
                    f"the whole program has {descriptors} descriptors", either(fails(errno.EMFILE)), place="tmpfs",
                    limits={"NOFILE": descriptors}, spares_witness=False, may_refuse=True,
                    in_full_only=descriptors != 8)
    for processes in (1, 2, 3, 4):
        yield Fault("few-processes" if processes == 3 else f"{processes}-processes",
                    f"the user has {processes} processes and threads, the program's included",
                    either(fails(errno.EAGAIN)), place="tmpfs", ordinary_user=True, limits={"NPROC": processes},
                    spares_witness=False, may_refuse=True, in_full_only=processes != 3)
    for mebibytes in (12, 15, 20, 25, 30, 40, 60):
        yield Fault("little-memory" if mebibytes == 20 else f"{mebibytes}-mebibytes",
                    f"the whole program has {mebibytes} MiB of addresses; how many it needs itself depends on how it was "
                    "built", dies_of_memory, place="tmpfs",
                    limits={"AS": mebibytes << 20}, spares_witness=False, may_refuse=True, without_sanitizer=True,
                    depends_on_build=True, in_full_only=mebibytes != 20)


def all_faults():
    """In the order of the table. The first is none, to which all others are held."""
    return [
        Fault("nothing", "all is well", survives),
        Fault("short-writes", "every write takes at most 7 bytes", continues_short_writes, "op=write do=short bytes=7",
              lines=100),
        Fault("short-writes-of-1", "every write takes one byte", continues_short_writes, "op=write do=short bytes=1",
              lines=100, arguments=("--timeout", "60s"), in_full_only=True),
        Fault("durable-short-writes", "the same with --durability line: the rest of a line comes before its sync",
              continues_short_writes, "op=write do=short bytes=3", durability="line", lines=30),
        *_interruptions(), *_write_errors(), *_syncs_and_closes(), *_reading_back(), *_names(), *_processes(),
        *_resources(),
    ]
