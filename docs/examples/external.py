#!/usr/bin/env python3
"""Writes lines with Python's own buffered file, as an external program of writebench."""
import json
import os
import sys

print('declare {"durability": ["close"]}', flush=True)
job = json.loads(sys.stdin.readline())
print("ready", flush=True)
if sys.stdin.readline() == "go\n":
    with open(job["paths"][0], "w", encoding="ascii", buffering=65536) as file:
        for number in range(job["lines"]):
            file.write(f"line#{number}\n")
        print("submitted", flush=True)
        if job["durability"] == "close":
            file.flush()
            os.fdatasync(file.fileno())
    print("done", flush=True)
    sys.stdin.read()
