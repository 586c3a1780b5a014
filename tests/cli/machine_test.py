"""What the program makes of the machine it runs on: disks of its own, file systems in memory, quotas of processors."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from program import ENVIRONMENT, PROGRAM, json, refused, run, valid

MIB = 1 << 20
REPORT = "writebench-report.json"


def report_in(directory):
    return valid(json.loads((directory / REPORT).read_text()))


def samples_of(report):
    return [sample for cell in report["cells"] for sample in cell["samples"]]


# A cause that is at work marks far more of the samples than this, and one that is not, far fewer: others use the
# machine too, and now and then one of them is rightly found.
FEW = 0.2


def share_with(cause, samples):
    return sum(cause in sample["disturbances"] for sample in samples) / len(samples)


@pytest.fixture(name="disk")
def _disk(tmp_path):
    """A directory on a device that nobody else writes to: ext4 on a loop device. It is in memory, so that syncs are as
    frequent as on the fastest disks."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("losetup", "mkfs.ext4", "mount"))):
        pytest.skip("only root can make a loop device")
    if not os.path.ismount("/dev/shm"):
        pytest.skip("there is no tmpfs")
    image = pathlib.Path("/dev/shm") / f"writebench-test-{os.getpid()}.img"
    with contextlib.ExitStack() as stack:
        stack.callback(image.unlink, missing_ok=True)
        with open(image, "wb") as file:
            file.truncate(256 * MIB)
        made = subprocess.run(["losetup", "--find", "--show", image], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"there is no loop device: {made.stderr}")
        loop = made.stdout.strip()
        stack.callback(subprocess.run, ["losetup", "--detach", loop], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", loop], check=True)
        directory = tmp_path / "disk"
        directory.mkdir()
        mounted = subprocess.run(["mount", loop, directory], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            pytest.skip(f"cannot mount: {mounted.stderr}")
        stack.callback(subprocess.run, ["umount", "--lazy", directory], check=True)
        yield directory


WRITE_AND_SYNC = """
import os, sys
file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
while True:
    os.truncate(file, 0)
    for block in range(16):
        os.pwrite(file, bytes(1 << 20), block << 20)
    os.fsync(file)
"""


@contextlib.contextmanager
def someone_writes_to(disk):
    """Another program writes and syncs large blocks, again and again."""
    with subprocess.Popen([sys.executable, "-c", WRITE_AND_SYNC, disk / "others"]) as other:
        try:
            yield
        finally:
            other.kill()


def durable_run(directory, disk, lines):
    run(directory, "--dir", str(disk), "--strategy", "sync,write-per-line,sync-buffered,^control", "--lines", str(lines),
        "--durability", "line", "--trials", "5", "--stall-trials", "0")
    return report_in(directory)


def test_the_journal_of_durable_lines_is_not_taken_for_the_work_of_others(tmp_path, disk):
    report = durable_run(tmp_path, disk, 1000)
    assert share_with("disk-load", samples_of(report)) < FEW
    syncing = report["environment"]["syncing"]
    assert not syncing["does_nothing"] and syncing["bytes_beyond_data"] > 0
    # Otherwise it would have been taken for that: the threshold is 8 MiB/s.
    sync = next(cell for cell in report["cells"] if cell["strategy"] == "sync")
    journal = 1000 * syncing["bytes_beyond_data"] / (sync["summary"]["time_ns"]["median"] * 1e-9)
    if journal < 8 * MIB:
        pytest.skip("this machine syncs so slowly now that its journal does not matter")


def test_another_program_that_writes_and_syncs_beside_durable_lines_is_found(tmp_path, disk):
    with someone_writes_to(disk):
        report = durable_run(tmp_path, disk, 300)
    assert share_with("disk-load", samples_of(report)) > FEW


def test_another_program_that_writes_beside_lines_that_stay_in_memory_is_found(tmp_path, disk):
    with someone_writes_to(disk):
        run(tmp_path, "--dir", str(disk), "--strategy", "sync-buffered,^control", "--lines", "500k", "--trials", "20",
            "--stall-trials", "0")
    assert share_with("disk-load", samples_of(report_in(tmp_path))) > FEW


def test_short_trials_are_not_taken_for_the_work_of_others(tmp_path, disk):
    run(tmp_path, "--dir", str(disk), "--strategy", "sync-buffered,^control", "--lines", "20k", "--trials", "60",
        "--stall-trials", "0")
    assert share_with("disk-load", samples_of(report_in(tmp_path))) < FEW


def in_own_mounts(directory, script):
    """Runs a shell script that may mount what it wants."""
    probe = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", directory], capture_output=True, text=True,
                           check=False)
    if probe.returncode != 0:
        pytest.skip(f"cannot mount in a namespace of its own: {probe.stderr}")
    return subprocess.run(["unshare", "-rm", "sh", "-ec", script], cwd=directory, capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120, check=False)


OVERLAY = "mkdir lower upper work merged; mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work merged; "
DURABLE = (f"exec '{PROGRAM}' --dir merged --lines 20 --trials 2 --durability line --strategy sync "
           "--out $OUT/report.json")


@pytest.mark.parametrize("mounts", ["mount -t tmpfs none .; cd $PWD; " + OVERLAY,
                                    "mkdir merged; mount -t tmpfs none merged; mount -t tmpfs none /proc; "],
                         ids=["overlay-on-tmpfs", "tmpfs-without-proc"])
def test_a_durability_is_refused_where_syncing_does_nothing_whatever_the_file_system(tmp_path, mounts):
    work = tmp_path / "work"
    work.mkdir()
    result = in_own_mounts(work, f"OUT={tmp_path}; {mounts}{DURABLE}")
    assert result.returncode == 2, result.stderr
    assert "--durability 'line'" in result.stderr and "syncing does nothing" in result.stderr
    assert not (tmp_path / "report.json").exists()


def test_memory_behind_an_overlay_is_warned_of(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    result = in_own_mounts(work, f"OUT={tmp_path}; mount -t tmpfs none .; cd $PWD; {OVERLAY}"
                                 f"exec '{PROGRAM}' --dir merged --lines 20 --trials 2 --out $OUT/report.json")
    assert result.returncode == 0, result.stderr
    report = valid(json.loads((tmp_path / "report.json").read_text()))
    assert report["environment"]["file_system"] == "overlay" and report["environment"]["syncing"]["does_nothing"]
    assert "memory-file-system" in [warning["code"] for warning in report["warnings"]]


def test_an_overlay_on_a_disk_is_not_condemned_for_having_no_device(tmp_path, disk):
    work = disk / "work"
    work.mkdir()
    result = in_own_mounts(work, f"OUT={tmp_path}; {OVERLAY}{DURABLE}")
    assert result.returncode == 0, result.stderr
    report = valid(json.loads((tmp_path / "report.json").read_text()))
    assert report["environment"]["device"] is None
    assert not report["environment"]["syncing"]["does_nothing"]
    assert "memory-file-system" not in [warning["code"] for warning in report["warnings"]]


@contextlib.contextmanager
def quota_of_a_fifth():
    """A control group that allows a fifth of one processor: its file for processes to enter."""
    version_1 = pathlib.Path("/sys/fs/cgroup/cpu")
    version_2 = pathlib.Path("/sys/fs/cgroup")
    root = version_1 if (version_1 / "cpu.cfs_quota_us").exists() or (version_1 / "cgroup.procs").exists() else version_2
    group = root / f"writebench-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"cannot make a control group: {error}")
    try:
        if root == version_1:
            (group / "cpu.cfs_period_us").write_text("100000")
            (group / "cpu.cfs_quota_us").write_text("20000")
        else:
            (group / "cpu.max").write_text("20000 100000")
    except OSError as error:
        group.rmdir()
        pytest.skip(f"cannot set a quota: {error}")
    try:
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def run_with_a_quota(directory, *arguments):
    with quota_of_a_fifth() as processes:
        result = subprocess.run(["sh", "-ec", f'echo $$ > "{processes}"; exec "$0" "$@"', PROGRAM, *arguments],
                                cwd=directory, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    return result


def test_with_a_quota_of_less_than_a_processor_no_line_is_spun_for(tmp_path):
    run_with_a_quota(tmp_path, "--strategy", "sync,^control", "--lines", "500", "--rate", "1k", "--trials", "5",
                     "--stall-trials", "0")
    # Spinning costs a fifth of a processor in every trial. What else runs makes waiting dearer, never cheaper.
    shares = [sample["wait_cpu_ns"] / sample["drained_ns"] for sample in samples_of(report_in(tmp_path))]
    assert len(shares) == 5 and min(shares) < 0.1


def test_a_quota_of_processors_is_shown_recorded_and_warned_of(tmp_path):
    # Each trial needs more processor time than a period of the quota allows, so that it is throttled.
    result = run_with_a_quota(tmp_path, "--strategy", "sync,^control", "--lines", "1M", "--trials", "2",
                              "--stall-trials", "0")
    report = report_in(tmp_path)
    environment = report["environment"]
    assert environment["cgroup_cpus"] == pytest.approx(0.2)
    assert f"0.2 of {environment['cpus']} processor" in result.stdout
    assert "processor-quota" in [warning["code"] for warning in report["warnings"]]
    samples = samples_of(report)
    assert share_with("cpu-quota", samples) > 0
    for sample in samples:
        assert ("cpu-quota" in sample["disturbances"]) == (sample["interference"]["throttlings"] > 0)


def test_without_a_quota_none_is_shown(tmp_path):
    result = run(tmp_path, "--strategy", "sync", "--lines", "20", "--trials", "1")
    report = report_in(tmp_path)
    if report["environment"]["cgroup_cpus"] is not None:
        pytest.skip("there is one")
    assert " of " not in result.stdout.splitlines()[1].split(",")[-1]
    assert all("throttlings" not in sample["interference"] for sample in samples_of(report))


def test_the_name_of_a_durability_is_in_what_is_refused(tmp_path):
    if not os.path.ismount("/dev/shm"):
        pytest.skip("there is no tmpfs")
    for durability in ("close", "bytes=100", "line"):
        said = refused(tmp_path, "--dir", "/dev/shm", "--durability", durability)
        assert f"'{durability}'" in said and "'/dev/shm'" in said
