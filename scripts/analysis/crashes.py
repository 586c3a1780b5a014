"""What a run of 'writebench crash-test' found: how much each death took, beside what the strategy's options allow."""

from dataclasses import dataclass

from analysis import quantities

TITLES = {"process": "The writing process is killed", "machine": "The machine loses power (simulated)"}


@dataclass(frozen=True)
class Deaths:
    """The deaths of one cell, in bytes of lost lines; bound is None if it is unknown, median and most are too if nothing
    died."""

    kind: str
    label: str
    strategy: str
    lost: list[int]
    median: float | None
    most: float | None
    bound: int | None
    lossy: int
    faulty: int
    failure: str | None

    @property
    def name(self):
        """Its own among all of a report."""
        return self.label if self.kind == "process" else f"{self.kind}:{self.label}"

    @property
    def text(self):
        """What stands beside the dots."""
        if self.most is None:
            return self.failure or "nothing died"
        text = f"{_bytes(self.most)} at most"
        return f"{text}, {self.faulty} FAULTY" if self.faulty else text

    @property
    def bound_text(self):
        return "" if self.bound is None else _bytes(self.bound)


def _bytes(value):
    return "0" if value == 0 else quantities.decimal_size(value)


def panels(report):
    """A title and the deaths of each cell, for each kind of death."""
    of_kind = {}
    for deaths in report.crash_test["cells"]:
        cell = report.cell(deaths["cell"])
        summary = deaths["summary"]
        of_kind.setdefault(deaths["death"], []).append(Deaths(
            kind=deaths["death"],
            label=deaths["cell"],
            strategy=cell.strategy if cell else deaths["cell"],
            lost=[loss["lost_bytes"] for loss in deaths["losses"]],
            median=summary["lost_bytes"]["median"] if summary else None,
            most=summary["lost_bytes"]["max"] if summary else None,
            bound=deaths["bound_bytes"],
            lossy=summary["lossy_deaths"] if summary else 0,
            faulty=sum(1 for loss in deaths["losses"] if loss["faults"]),
            failure=deaths["failure"]))
    return [(TITLES[kind], rows) for kind, rows in of_kind.items()]


def explained(report):
    """What the pictures of a report show."""
    rows = [row for _, rows in panels(report) for row in rows]
    text = ("Each dot is one death at a random moment: the bytes of the lines whose append had returned and that are not"
            " in the file.")
    if any(row.bound is not None for row in rows):
        text += " The bar is the most that the strategy may hold in its memory by its options."
    if any(row.kind == "machine" for row in rows):
        text += (" The machine is a simulated one with ext4: what its disk had not flushed when its power was cut is there,"
                 " or not, or in part.")
    return text


def sentences(report):
    """What each cell loses, as the page says it."""
    said = [f"{TITLES[one['death']]}: not tested: {one['reason']}." for one in report.crash_test.get("unavailable", [])]
    for title, rows in panels(report):
        for row in rows:
            allowed = f"; its options allow {row.bound_text}" if row.bound is not None else ""
            said.append(f"{title}: {row.label} loses {row.text}, in {row.lossy} of {len(row.lost)} deaths{allowed}.")
    return said


def of_page(report, _):
    """What the page's picture is drawn from."""
    if report.crash_test is None:
        return {"drawings": [], "explained": ""}
    return {"explained": explained(report), "drawings": [{"title": title, "rows": [
        {"label": row.label, "strategy": row.strategy, "lost": row.lost, "median": row.median, "bound": row.bound,
         "text": row.text, "bound_text": row.bound_text, "deaths": len(row.lost), "lossy": row.lossy}
        for row in rows]} for title, rows in panels(report)]}
