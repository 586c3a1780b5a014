// What a line costs in processor time, switches between threads and write calls: one small picture for each.
function costChart(view, width) {
  const {panels} = view.data.pictures.cost;
  const cells = cellsOf(view, view.data.pictures.cost.cells);
  if (cells.length === 0) return null;
  const columns = Math.max(1, Math.min(panels.length, Math.floor((width + 24) / 344)));
  const each = (width - 24 * (columns - 1)) / columns;
  const known = d3.range(panels.length).filter((place) => cells.some(({own}) => own[place].value !== null));
  const dearest = d3.greatest(
    cells.filter(({own}) => own[known[0]].value !== null),
    ({own}) => own[known[0]].value,
  );
  return {
    drawings: known.map((place) => costPanel(view, cells, place, each)),
    summary:
      `The highest ${panels[known[0]].title.toLowerCase()}: ` +
      `${dearest.own[known[0]].text} (${dearest.cell.name}).`,
    caption: `Means over the trials, divided by the lines. ${view.data.caption}`,
    head: ["strategy", ...panels.flatMap((panel) => panel.parts)],
    rows: () => cells.map(({cell, own}) => [cell.name, ...own.flatMap((panel) => panel.parts)]),
  };
}

function costPanel(view, cells, place, width) {
  const panel = view.data.pictures.cost.panels[place];
  const logarithmic = view.scale === "log";
  const entries = cells.flatMap(({cell, own}, series) => {
    const {value, text, parts} = own[place];
    if (value === null) return [];
    return [
      {
        series,
        y: series,
        cost: value,
        value: text,
        ...view.looks[cell.strategy],
        tell: () => [
          cell.name,
          `${panel.title.toLowerCase()}: ${text}`,
          ...(parts.length > 1 ? parts.map((part, index) => `${panel.parts[index]}: ${part}`) : []),
        ],
      },
    ];
  });
  const layout = rowsLayout(
    cells.map(({cell}) => cell),
    Math.min(width, NARROW - 1),
    60,
  );
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
      Plot.axisX(ticks, {text: panel.inTime ? timeTick : countTick, label: null, anchor: "bottom"}),
      Plot.ruleY(entries, {y: "y", x1: domain[0], x2: at, stroke: "colour", strokeWidth: 2.5}),
      Plot.dot(entries, {x: at, y: "y", symbol: symbolOf, fill: "colour", r: 4.5, className: "points"}),
      ...layout.marks,
      layout.values(entries),
    ],
  });
  return {title: panel.title, svg, entries};
}
