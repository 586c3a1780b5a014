"""Where a report was measured, in words."""

from analysis import words

# What makes two machines the same one, as far as a report tells: the field of the environment, and its name.
IDENTITY = (("cpu_model", "processor"), ("cpus", "number of processors"), ("cgroup_cpus", "quota of processors"),
            ("kernel", "kernel"), ("file_system", "file system"), ("device", "device"))


def identity(report):
    environment = report.environment
    device = environment["device"] or {}
    return {name: device.get("name") if field == "device" else environment[field] for field, name in IDENTITY}


def processor(report):
    environment = report.environment
    model = environment["cpu_model"] or f"unknown processor ({environment['architecture']})"
    quota = environment["cgroup_cpus"]
    share = f"{quota:.3g} of " if quota is not None and quota < environment["cpus"] else ""
    return f"{model}, {share}{words.plural(environment['cpus'], 'processor')}"


def facts(report):
    """The machine, the moment and the version, from the processor to the program."""
    environment = report.environment
    virtual = f" (virtual: {environment['virtualisation']})" if environment["virtualisation"] else ""
    return [f"{processor(report)}{virtual}", environment["kernel"],
            f"{environment['file_system']} at {environment['directory']}", f"{report.started_at:%Y-%m-%d %H:%M} UTC",
            f"writebench {report.tool['version']}"]
