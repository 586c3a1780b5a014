"""What the warnings and the causes of disturbance mean, and what to do; docs/what-is-timed.md has the rules."""

WARNINGS = {
    "not-a-release-build":
        "Assertions or sanitizers cost more than what is measured. Configure with -DCMAKE_BUILD_TYPE=Release and run "
        "again.",
    "memory-file-system":
        "There is no device behind this directory and syncing does nothing. Name one on a disk with --dir.",
    "nearly-full-disk":
        "A full file system searches for room, and scatters files. Free some space or choose another with --dir.",
    "frequency-scaling":
        "The processor slows down between trials and has to speed up in each. Set the governor to performance while "
        "measuring.",
    "busy-machine":
        "Other work competes for the processors. Wait for it to end, then run again.",
    "disturbed":
        "The pictures mark these trials. They are kept: dropping inconvenient trials would bias the result. "
        "If there are many, run again on a quieter machine.",
    "throttled":
        "More memory was dirty than the kernel allows. That is what large runs cost in truth; for the cost of the "
        "writing alone use fewer lines.",
    "slowed":
        "The first part ran in memory, the rest at the pace of the device or of free pages: two figures in one. "
        "Compare fewer lines with more.",
    "too-short":
        "Starting a thread or one page fault is no longer small beside the trial. Raise --lines.",
    "noisy":
        "Trust the interval rather than the median. Stop other work, raise --budget or --lines.",
    "order-unproven":
        "Equal lines cannot be told apart. Use an input whose lines differ if the order matters.",
    "few-trials":
        "There are too few trials for an interval. Raise --budget or lower --lines.",
    "no-stalls":
        "The pictures of stalls lack these. Raise --budget or lower --lines.",
}

CAUSES = {
    "stolen-cpu": "the hypervisor gave processor time to others",
    "other-load": "other processes used the processors",
    "writeback": "pages of others were being written to the device when the trial began",
    "disk-load": "others wrote to the device",
    "memory-pressure": "tasks waited for memory",
}
