#!/usr/bin/env python3
"""A service's log before and after one line of it changed, as an external program of writebench.

    service_log.py aiofiles     each line is awaited: the file hands it to a pool of threads
    service_log.py buffered     each line goes to Python's own buffer, as docs/which-should-i-use.md says
"""
import asyncio
import json
import sys


async def awaited(path, lines):
    import aiofiles
    async with aiofiles.open(path, "ab") as log:
        for number in range(lines):
            await log.write(f"line#{number}\n".encode())  # before


async def buffered(path, lines):
    with open(path, "ab", buffering=65536) as log:
        for number in range(lines):
            log.write(f"line#{number}\n".encode())  # after


print("declare {}", flush=True)
job = json.loads(sys.stdin.readline())
print("ready", flush=True)
if sys.stdin.readline() == "go\n":
    asyncio.run({"aiofiles": awaited, "buffered": buffered}[sys.argv[1]](job["paths"][0], job["lines"]))
    print("done", flush=True)
    sys.stdin.read()
