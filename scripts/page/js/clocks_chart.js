// The three clocks: which part of its time a strategy held its callers, needed until all was with the kernel, and on
// the device.
function clocksChart(view, width) {
  const {parts: names, cells: known} = view.data.pictures.clocks;
  const cells = cellsOf(view, known);
  if (cells.length === 0) return null;
  const parts = cells.flatMap(({cell, own}, series) => clockParts(cell, own, series, names));
  const layout = rowsLayout(
    cells.map(({cell}) => cell),
    width,
    72,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const svg = plotOf({
    ...layout.options,
    x: {domain: [0, 1], axis: null},
    marks: [
      Plot.axisX(ticks, {text: percentTick, label: null, anchor: "bottom"}),
      Plot.axisX(ticks, {text: percentTick, label: null, anchor: "top"}),
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
      layout.values(cells.map(({cell}, y) => ({y, value: cell.time.medianText}))),
    ],
  });
  const freest = d3.least(cells, ({own}) => own[0].to);
  return {
    drawings: [{title: "", svg, entries: parts}],
    summary: `${freest.cell.name} lets its callers go the earliest, after ${freest.own[0].share} of its time.`,
    caption: `Medians, each as a share of the strategy's whole time, which stands at the right. ${view.data.caption}`,
    legend: names.flatMap((name, place) =>
      cells.some(({own}) => own[place]) ? [{name, looks: {colour: `var(--clock${place})`, shape: "square"}}] : [],
    ),
    head: ["strategy", ...names],
    rows: () => cells.map(({cell, own}) => [cell.name, ...own.map((part) => part?.end ?? "-")]),
  };
}

function clockParts(cell, own, series, names) {
  return own.flatMap((part, place) =>
    part === null
      ? []
      : [
          {
            series,
            from: part.from,
            to: part.to,
            colour: `var(--clock${place})`,
            tell: () => [
              cell.name,
              `${names[place]}: ${part.length}, ${part.share} of its time`,
              `this clock stops at ${part.end}`,
            ],
          },
        ],
  );
}
