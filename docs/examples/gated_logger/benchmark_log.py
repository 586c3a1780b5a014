#!/usr/bin/env python3
"""The service's logger as an external program of writebench."""

import json
import sys

sys.dont_write_bytecode = True
from service_log import ServiceLog  # noqa: E402 (no other file may be written)

print('declare {"durability": ["close"], "options": ["buffer-size"]}', flush=True)
job = json.loads(sys.stdin.readline())
messages = [f"line#{number}" for number in range(job["lines"])]  # what the service logs costs it, not its logger
print("ready", flush=True)
if sys.stdin.readline() == "go\n":
    log = ServiceLog(job["paths"][0], job["options"]["buffer-size"])
    for message in messages:
        log.log(message)
    print("submitted", flush=True)
    if job["durability"] == "close":
        log.sync()
    log.close()
    print("done", flush=True)
    sys.stdin.read()
