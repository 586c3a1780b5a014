// Every sample is a dot, the median a bar with its 95% interval; sync and bulk are lines over the rows of their work.
function timeChart(view, width) {
  const cells = shownCells(view);
  if (cells.length === 0) return null;
  const rows = [];
  for (const cell of cells) {
    const heading = view.data.groups[cell.group].heading;
    if (view.sort === "promise" && heading !== rows.findLast((row) => row.heading)?.name)
      rows.push({heading: true, name: heading});
    rows.push({name: cell.name, cell});
  }
  const hasTime = (cell) => cell.time && !cell.cut; // of all lines
  const timed = [...rows.entries()].flatMap(([y, row]) => (row.cell && hasTime(row.cell) ? [{y, ...row}] : []));
  const untimed = [...rows.entries()].flatMap(([y, row]) => (row.cell && !hasTime(row.cell) ? [{y, ...row}] : []));
  const total = d3.sum(timed, (row) => row.cell.samples.time.length);
  const layout = rowsLayout(rows, width, 72);
  const dots = timed.flatMap((row, series) =>
    dotsOf(view, row, series, layout.half, Math.floor(MOST_DOTS / timed.length)),
  );
  const lines = timed.flatMap((row) =>
    ["reference", "ceiling"].flatMap((kind) => {
      const index = view.data.groups[row.cell.group][kind];
      const cell = index === null ? undefined : view.data.cells[index];
      const median = cell?.cut ? undefined : cell?.time?.median;
      return median === undefined ? [] : [{kind, x: median, y1: row.y - 0.5, y2: row.y + 0.5}];
    }),
  );
  const scale = timeScale(
    [...dots.map((dot) => dot.time), ...lines.map((line) => line.x)],
    view,
    width - layout.left - 72,
    60,
  );
  const colour = (row) => view.looks[row.cell.strategy].colour;
  const medians = timed.map((row) => ({...row, ...row.cell.time, value: row.cell.time.medianText}));
  const svg = plotOf({
    ...layout.options,
    x: {...scale, axis: null},
    marks: [
      Plot.gridX(scale.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisX(scale.ticks, {text: timeTick, label: null, anchor: "bottom"}),
      Plot.axisX(scale.ticks, {text: timeTick, label: null, anchor: "top"}),
      Plot.ruleX(lines, {
        x: "x",
        y1: "y1",
        y2: "y2",
        stroke: "var(--faint)",
        strokeWidth: 1.5,
        strokeDasharray: "4 3",
        filter: (line) => line.kind === "reference",
      }),
      Plot.ruleX(lines, {
        x: "x",
        y1: "y1",
        y2: "y2",
        stroke: "var(--faint)",
        strokeWidth: 1.5,
        strokeDasharray: "1 3",
        filter: (line) => line.kind === "ceiling",
      }),
      ...layout.marks,
      Plot.dot(dots, {
        x: (dot) => Math.max(1, dot.time), // 0 has no place on a logarithmic axis
        y: "y",
        symbol: symbolOf,
        fill: "fill",
        stroke: "colour",
        r: 2.6,
        fillOpacity: 0.55,
        strokeOpacity: 0.8,
        strokeWidth: 1,
        className: "points",
      }),
      Plot.ruleY(
        medians.filter((row) => row.intervalText),
        {y: "y", x1: "low", x2: "high", stroke: colour, strokeWidth: 5, strokeOpacity: 0.45},
      ),
      Plot.ruleX(medians, {
        x: "median",
        y1: (row) => row.y - layout.half - 0.04,
        y2: (row) => row.y + layout.half + 0.04,
        stroke: "var(--ink)",
        strokeWidth: 2.5,
      }),
      layout.values(medians),
      Plot.text(untimed, {
        y: "y",
        text: (row) => elided(row.cell.cut ?? row.cell.status, width - layout.left - 10),
        title: (row) => row.cell.cut ?? row.cell.status,
        frameAnchor: "left",
        textAnchor: "start",
        dx: layout.narrow ? 0 : 4,
        fill: "var(--notice)",
        stroke: "var(--paper)",
        strokeWidth: 3,
      }),
    ],
  });
  return {
    drawings: [{title: "", svg, entries: dots}],
    summary: timeSummary(timed, untimed),
    caption: timeCaption(view, dots.length, total, lines),
    head: ["strategy", "median", "95% from", "to", "shortest", "longest", "trials"],
    rows: () =>
      cells.map(({name, time: figures, status, cut}) =>
        figures && !cut
          ? [
              name,
              figures.medianText,
              ...(figures.intervalText ?? ["-", "-"]),
              ...figures.endsText,
              whole(figures.trials),
            ]
          : [name, cut ?? status, "-", "-", "-", "-", "-"],
      ),
  };
}

// The samples of a row, from the shortest to the longest; at most so many, the shortest and the longest among them.
function dotsOf(view, row, series, half, most) {
  const {samples} = row.cell;
  const order = d3.sort(d3.range(samples.time.length), (index) => samples.time[index]);
  const kept = thinned(order, most);
  const looks = view.looks[row.cell.strategy];
  return kept.map((index, place) => ({
    series,
    time: samples.time[index],
    y: row.y + (((place * 0.618034) % 1) - 0.5) * 2 * half,
    shape: looks.shape,
    colour: looks.colour,
    fill: samples.disturbed[index] ? "var(--paper)" : looks.colour,
    tell: () => tellSample(row.cell, index),
  }));
}

function timeSummary(timed, untimed) {
  const missing = untimed.length ? ` ${whole(untimed.length)} more without a time.` : "";
  if (timed.length === 0) return `None has a time.${missing}`;
  const ordered = d3.sort(timed, (row) => row.cell.time.median);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (timed.length === 1) return `${first.name}: ${first.cell.time.medianText}.${missing}`;
  return (
    `${timed.length} with a time, from ${first.cell.time.medianText} (${first.name}) to ` +
    `${last.cell.time.medianText} (${last.name}).${missing}`
  );
}

function timeCaption(view, drawn, total, lines) {
  const parts = [
    "Each dot is a trial, hollow if it was disturbed from outside; the bar is the median, the band its 95% " +
      "interval.",
  ];
  if (lines.some((line) => line.kind === "reference")) parts.push("Dashed: sync, the reference.");
  if (lines.some((line) => line.kind === "ceiling")) parts.push("Dotted: bulk, the ceiling.");
  parts.push(
    drawn === total
      ? `n = ${whole(total)}.`
      : `n = ${whole(total)}, of which ${whole(drawn)} are drawn: evenly ` +
          "from the shortest to the longest of each; the medians are of all.",
  );
  return `${parts.join(" ")} ${view.data.caption}`;
}
