// The three clocks: which part of its time a strategy held its callers, needed until all was with the kernel, and on
// the device.
const CLOCKS = [
  {key: "submitted", name: "callers held", looks: {colour: "var(--c0)", shape: "square"}},
  {key: "drained", name: "until with the kernel", looks: {colour: "var(--c5)", shape: "square"}},
  {key: "durable", name: "until on the device", looks: {colour: "var(--c3)", shape: "square"}},
];

function shareChart(view, width) {
  const cells = timedCells(view).filter((cell) => cell.clocks.submitted !== null && cell.time.median > 0);
  if (cells.length === 0) return null;
  const parts = cells.flatMap(clockParts);
  const layout = rowsLayout(cells, width, 72);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const svg = plotOf({
    ...layout.options,
    x: {domain: [0, 1], axis: null},
    marks: [
      Plot.axisX(ticks, {text: percent, label: null, anchor: "bottom"}),
      Plot.axisX(ticks, {text: percent, label: null, anchor: "top"}),
      Plot.rect(parts, {
        x1: "from",
        x2: "to",
        y1: (part) => part.series - layout.half,
        y2: (part) => part.series + layout.half,
        fill: "colour",
        stroke: "var(--paper)",
        className: "points",
      }),
      ...layout.marks,
      layout.values(cells.map((cell, y) => ({y, value: time(cell.time.median)}))),
    ],
  });
  const freest = d3.least(cells, (cell) => cell.clocks.submitted / cell.time.median);
  return {
    drawings: [{title: "", svg, entries: parts}],
    summary:
      `${freest.name} lets its callers go the earliest, ` +
      `after ${percent(freest.clocks.submitted / endOf(freest))} of its time.`,
    caption: `Medians, each as a share of the strategy's whole time, which stands at the right. ${view.data.caption}`,
    legend: CLOCKS.filter((clock) => cells.some((cell) => cell.clocks[clock.key] !== null)),
    head: ["strategy", "callers free", "with the kernel", "on the device"],
    rows: () =>
      cells.map((cell) => [
        cell.name,
        ...CLOCKS.map(({key}) => (cell.clocks[key] === null ? "-" : time(cell.clocks[key]))),
      ]),
  };
}

function endOf(cell) {
  return cell.clocks.durable ?? cell.clocks.drained ?? cell.clocks.submitted;
}

function clockParts(cell, series) {
  const end = endOf(cell);
  let from = 0;
  return CLOCKS.flatMap(({key, name, looks}) => {
    const clock = cell.clocks[key];
    if (clock === null || end === 0) return [];
    const to = Math.max(from, Math.min(1, clock / end));
    const part = {
      series,
      from,
      to,
      colour: looks.colour,
      tell: () => [
        cell.name,
        `${name}: ${time((to - start) * end)}, ${percent(to - start)} of its time`,
        `this clock stops at ${time(clock)}`,
      ],
    };
    const start = from;
    from = to;
    return [part];
  });
}
