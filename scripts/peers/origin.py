#!/usr/bin/env python3
"""The origin case in Python: one program, and the ways to write lines that people try.

    origin.py WAY                 speaks the protocol of external programs (docs/external-programs.md) on its standard streams
    origin.py WAY LINES FILE      writes so many lines there and prints how many seconds it took: the same function, bare
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass

sys.dont_write_bytecode = True


@dataclass(frozen=True)
class Job:
    path: str
    lines: int
    writers: int = 10
    block_bytes: int = 64 << 10
    synced: bool = False


def sync(job):
    """One caller, a buffered file."""
    with open(job.path, "w", encoding="ascii") as file:
        for number in range(job.lines):
            file.write(f"line#{number}\n")
        finish(file, job)


async def aiofiles_per_line(job):
    """Tasks on one event loop. aiofiles dispatches each write to a pool of threads, and the task awaits it.

    The file is binary. Python's text files are not safe for several threads: with "w", lines are lost or torn.
    """
    async with aiofiles.open(job.path, "wb") as file:
        async def writer(first):
            for number in range(first, job.lines, job.writers):
                await file.write(f"line#{number}\n".encode())

        await asyncio.gather(*(writer(first) for first in range(job.writers)))
        await finish_in_pool(file, job)


async def buffered(job):
    """As before, but one awaited write for each full block."""
    async with aiofiles.open(job.path, "w", encoding="ascii") as file:
        for block in blocks(job):
            await file.write(block)
        await finish_in_pool(file, job)


async def double_buffered(job):
    """While one block is written, the next is filled. Never are two on their way."""
    async with aiofiles.open(job.path, "w", encoding="ascii") as file:
        on_its_way = None
        for block in blocks(job):
            if on_its_way:
                await on_its_way
            on_its_way = asyncio.create_task(file.write(block))
            await asyncio.sleep(0)  # the task starts
        if on_its_way:
            await on_its_way
        await finish_in_pool(file, job)


async def to_thread(job):
    """The synchronous function as a whole in another thread."""
    await asyncio.to_thread(sync, job)


async def executor(job):
    """A plain file. Each full block is written by a thread of the loop's pool."""
    loop = asyncio.get_running_loop()
    with open(job.path, "w", encoding="ascii") as file:
        for block in blocks(job):
            await loop.run_in_executor(None, file.write, block)
        await loop.run_in_executor(None, finish, file, job)


def blocks(job):
    """The lines, joined to blocks of at most block_bytes. A longer line is a block of its own."""
    block, size = [], 0
    for number in range(job.lines):
        line = f"line#{number}\n"
        if size + len(line) > job.block_bytes and block:
            yield "".join(block)
            block, size = [], 0
        block.append(line)
        size += len(line)
    if block:
        yield "".join(block)


def finish(file, job):
    file.flush()
    if job.synced:
        os.fdatasync(file.fileno())


async def finish_in_pool(file, job):
    await file.flush()
    if job.synced:
        await asyncio.get_running_loop().run_in_executor(None, os.fdatasync, file.fileno())


# The function, its order, and whether it has writers and blocks.
WAYS = {
    "sync": (sync, "global", []),
    "aiofiles": (aiofiles_per_line, "per-writer", ["writers"]),
    "buffered": (buffered, "global", ["buffer-size"]),
    "double-buffered": (double_buffered, "global", ["buffer-size"]),
    "to-thread": (to_thread, "global", []),
    "executor": (executor, "global", ["buffer-size"]),
}


def ready_to_run(way):
    """A function that runs a job. What an event loop and a pool cost to make is part of the way, as in any program."""
    return (lambda job: asyncio.run(way(job))) if asyncio.iscoroutinefunction(way) else way


def speak(name):
    function, order, options = WAYS[name]
    print("declare", json.dumps({"order": order, "durability": ["close"], "options": options}), flush=True)
    request = json.loads(sys.stdin.readline() or "null")
    if request is None:
        return
    job = Job(request["paths"][0], request["lines"], request["writers"],
              request["options"].get("buffer-size", Job.block_bytes), request["durability"] == "close")
    run = ready_to_run(function)
    print("ready", flush=True)
    if sys.stdin.readline() == "go\n":
        run(job)
        print("done", flush=True)
        sys.stdin.read()


def main(arguments):
    if len(arguments) not in (1, 3) or arguments[0] not in WAYS:
        sys.exit(f"usage: origin.py WAY [LINES FILE], where WAY is one of {', '.join(WAYS)}")
    if arguments[0] in ("aiofiles", "buffered", "double-buffered"):
        global aiofiles
        import aiofiles  # not everybody has it
    if len(arguments) == 1:
        speak(arguments[0])
        return
    job = Job(arguments[2], int(arguments[1]))
    run = ready_to_run(WAYS[arguments[0]][0])
    start = time.perf_counter()
    run(job)
    print(time.perf_counter() - start)


main(sys.argv[1:])
