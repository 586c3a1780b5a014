// What a line costs in processor time, switches between threads and write calls: one small picture for each.
const COSTS = [
  {
    title: "Processor time per line",
    format: time,
    parts: [
      ["user", "outside the kernel"],
      ["system", "inside the kernel"],
    ],
  },
  {
    title: "Switches between threads per line",
    format: number,
    parts: [
      ["voluntary", "a thread waited"],
      ["involuntary", "a thread was displaced"],
    ],
  },
  {title: "Write calls per line", format: number, parts: [["writes", "calls of write(2) and its family"]]},
];

function costChart(view, width) {
  const cells = timedCells(view).filter((cell) => COSTS.some((cost) => costOf(cell, cost) !== null));
  if (cells.length === 0) return null;
  const columns = Math.max(1, Math.min(3, Math.floor((width + 24) / 344)));
  const each = (width - 24 * (columns - 1)) / columns;
  const known = COSTS.filter((cost) => cells.some((cell) => costOf(cell, cost) !== null));
  const dearest = d3.greatest(
    cells.filter((cell) => costOf(cell, COSTS[0]) !== null),
    (cell) => costOf(cell, COSTS[0]),
  );
  return {
    drawings: known.map((cost) => costPanel(view, cells, cost, each)),
    summary: dearest
      ? `The most processor time per line: ${time(costOf(dearest, COSTS[0]))} (${dearest.name}).`
      : "Processor time was not counted.",
    caption: `Medians over the trials, divided by the lines. ${view.data.caption}`,
    head: ["strategy", "user", "system", "voluntary switches", "involuntary switches", "write calls"],
    rows: () =>
      cells.map(({name, costs}) => [
        name,
        ...["user", "system"].map((key) => (costs[key] === null ? "-" : time(costs[key]))),
        ...["voluntary", "involuntary", "writes"].map((key) => (costs[key] === null ? "-" : number(costs[key]))),
      ]),
  };
}

function costOf(cell, {parts}) {
  const known = parts.map(([key]) => cell.costs[key]).filter((value) => value !== null);
  return known.length ? d3.sum(known) : null;
}

function costPanel(view, cells, cost, width) {
  const logarithmic = view.scale === "log";
  const entries = cells.flatMap((cell, series) => {
    const value = costOf(cell, cost);
    const looks = view.looks.get(cell.strategy);
    return value === null
      ? []
      : [
          {
            series,
            y: series,
            cost: value,
            value: cost.format(value),
            shape: looks.shape,
            colour: looks.colour,
            tell: () => [
              cell.name,
              `${cost.title.toLowerCase()}: ${cost.format(value)}`,
              ...cost.parts.flatMap(([key, name]) =>
                cell.costs[key] === null ? [] : [`${name}: ${cost.format(cell.costs[key])}`],
              ),
            ],
          },
        ];
  });
  const layout = rowsLayout(cells, Math.min(width, NARROW - 1), 60);
  const most = d3.max(entries, (entry) => entry.cost) || 1;
  const least =
    d3.min(
      entries.filter((entry) => entry.cost > 0),
      (entry) => entry.cost,
    ) ?? most / 10;
  const domain = logarithmic ? [least / 2, most * 1.3] : [0, most * 1.05];
  const at = (entry) => Math.max(entry.cost, domain[0]);
  const ticks = ticksOf(domain[0], domain[1], logarithmic, width, 90);
  const svg = plotOf({
    ...layout.options,
    x: {type: logarithmic ? "log" : "linear", domain, axis: null},
    marks: [
      Plot.gridX(ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisX(ticks, {text: cost.format === time ? timeTick : number, label: null, anchor: "bottom"}),
      Plot.ruleY(entries, {y: "y", x1: domain[0], x2: at, stroke: "colour", strokeWidth: 2.5}),
      Plot.dot(entries, {x: at, y: "y", symbol: "shape", fill: "colour", r: 4.5, className: "points"}),
      ...layout.marks,
      layout.values(entries),
    ],
  });
  return {title: cost.title, svg, entries};
}
