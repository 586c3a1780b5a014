"""The logger of a service: it collects lines and writes them in blocks."""

import os


class ServiceLog:
    """Not for several threads. Call close() at the end, or lines are lost."""

    def __init__(self, path, block_bytes=64 << 10):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        self._block_bytes = block_bytes
        self._lines = []
        self._bytes = 0

    def log(self, message):
        line = message.encode() + b"\n"
        if self._bytes + len(line) > self._block_bytes:
            self.flush()
        self._lines.append(line)
        self._bytes += len(line)

    def flush(self):
        block = b"".join(self._lines)
        while block:
            block = block[os.write(self._file, block):]
        self._lines.clear()
        self._bytes = 0

    def sync(self):
        self.flush()
        os.fdatasync(self._file)

    def close(self):
        self.flush()
        os.close(self._file)
