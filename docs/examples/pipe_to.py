#!/usr/bin/env python3
"""Pipes the lines to a program that writes its stdin to a file, as an external program: pipe_to.py [FILE=NAME] COMMAND..
{path} in the command stands for that file. With FILE=NAME, {dir} stands for a directory, and the file NAME in it is it."""
import json
import os
import shutil
import subprocess
import sys

command = sys.argv[1:]
name = command.pop(0).removeprefix("FILE=") if command[0].startswith("FILE=") else None
print('declare {"lines": ["file"]}', flush=True)
job = json.loads(sys.stdin.readline() or sys.exit())
path, directory = job["paths"][0], job["paths"][0] + ".d"
if name:
    os.mkdir(directory)
words = [word.replace("{path}", path).replace("{dir}", directory) for word in command]
with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as program:
    with open(job["lines_file"], "rb") as lines:
        print("ready", flush=True)
        sys.stdin.readline()  # go
        shutil.copyfileobj(lines, program.stdin, 1 << 20)
if name:
    os.rename(os.path.join(directory, name), path)
    shutil.rmtree(directory)
print("done", flush=True)
sys.stdin.read()
sys.exit(program.returncode)
