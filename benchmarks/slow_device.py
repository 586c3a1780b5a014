"""A slow device: ext4 on a loop device that blk-throttle limits. And a machine that may have little dirty.

Needs root, e2fsprogs, util-linux, and version 1 of the blkio control group (version 2 has no limit for its root group).
Everything is restored at the end, even after an error. The limits of dirty memory apply to the whole machine.
"""

import contextlib
import os
import pathlib
import subprocess

WRITE_LIMIT = pathlib.Path("/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device")
VM = pathlib.Path("/proc/sys/vm")

MIB = 1 << 20
DEVICE_BYTES_PER_SECOND = 40 * MIB
DIRTY_BYTES = 64 * MIB


def why_not():
    """Why there can be none on this machine; None if there can."""
    if os.geteuid() != 0:
        return "run it as root"
    if not WRITE_LIMIT.exists():
        return f"{WRITE_LIMIT} is not there: mount the blkio control group"
    return None


def command(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def setting(path, value, undo):
    path.write_text(str(value))
    try:
        yield
    finally:
        path.write_text(str(undo))


@contextlib.contextmanager
def slow_file_system(scratch):
    """An ext4 on a slow loop device: its directory, and the device's number."""
    with contextlib.ExitStack() as stack:
        image = scratch / "image"
        with open(image, "wb") as file:
            file.truncate(1024 * MIB)
        # With direct I/O: otherwise the data that the device has written would be dirty a second time, as pages of that
        # file.
        loop = command("losetup", "--find", "--show", "--direct-io=on", image)
        stack.callback(command, "losetup", "--detach", loop)
        command("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", loop)
        mount_point = scratch / "slow"
        mount_point.mkdir()
        command("mount", loop, mount_point)
        stack.callback(command, "umount", mount_point)
        number = os.stat(loop).st_rdev
        device = f"{os.major(number)}:{os.minor(number)}"
        stack.enter_context(setting(WRITE_LIMIT, f"{device} {DEVICE_BYTES_PER_SECOND}", f"{device} 0"))
        yield mount_point, device


@contextlib.contextmanager
def limit_of_the_machine():
    """64 MiB dirty at most; the kernel writes back from 32 MiB on, and holds writers from half-way between."""
    with contextlib.ExitStack() as stack:
        for name, value in [("dirty", DIRTY_BYTES), ("dirty_background", DIRTY_BYTES // 2)]:
            # Either the bytes or the ratio is in force and the other is 0; writing one clears the other.
            old_bytes = (VM / f"{name}_bytes").read_text()
            undo, old = (f"{name}_bytes", old_bytes) if int(old_bytes) else (f"{name}_ratio",
                                                                            (VM / f"{name}_ratio").read_text())
            stack.callback((VM / undo).write_text, old)
            (VM / f"{name}_bytes").write_text(str(value))
        yield
