// How many bytes of acknowledged lines each death took, beside what the strategy's options allow.
function crashChart(view, width) {
  const {drawings, explained} = view.data.pictures.crash;
  if (drawings.length === 0) return null;
  const rows = drawings.flatMap((drawing) => drawing.rows.map((row) => ({...row, title: drawing.title})));
  const worst = d3.greatest(rows, (row) => d3.max(row.lost) ?? -1);
  return {
    drawings: drawings.map((drawing) => crashPanel(view, drawing, width)),
    summary: `The largest loss: ${worst.text} (${worst.label}).`,
    caption: `${explained} ${view.data.caption}`,
    head: ["strategy", "what dies", "deaths", "lossy", "bytes lost", "bound"],
    rows: () => rows.map((row) => [row.label, row.title, whole(row.deaths), whole(row.lossy), row.text, row.bound_text]),
  };
}

function crashPanel(view, {title, rows}, width) {
  const left = Math.min(200, width * 0.4);
  const values = rows.flatMap(({lost, bound}) => [...lost, bound ?? 0]).filter((bytes) => bytes > 0);
  // 0 has no place on a logarithmic axis: it gets the left edge.
  const least = (d3.min(values) ?? 1) / 3;
  const domain = [least, (d3.max(values) ?? 10) * 1.5];
  const at = (bytes) => Math.max(bytes, least);
  const ticks = ticksOf(domain[0], domain[1], true, width - left, 90);
  const entries = rows.flatMap((row, series) =>
    row.lost.map((lost, place) => ({
      ...view.looks[row.strategy],
      series,
      lost,
      y: series + 0.07 * ((place % 5) - 2),
      tell: () => [row.label, `${countTick(lost)} B lost`],
    })),
  );
  const named = rows.map((row, y) => ({...row, y}));
  const svg = plotOf({
    width,
    height: 28 * rows.length + 34,
    marginLeft: left,
    marginRight: 150,
    marginTop: 8,
    marginBottom: 26,
    x: {type: "log", domain, axis: null},
    y: {domain: [-0.5, rows.length - 0.5], reverse: true, axis: null},
    marks: [
      Plot.gridX(ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisX(ticks, {text: countTick, label: null, anchor: "bottom"}),
      Plot.rect(
        named.filter(({bound}) => bound > 0),
        {x1: least, x2: "bound", y1: (row) => row.y - 0.35, y2: (row) => row.y + 0.35, fill: "var(--rule)"},
      ),
      Plot.dot(entries, {
        x: ({lost}) => at(lost),
        y: "y",
        symbol: symbolOf,
        fill: "colour",
        fillOpacity: 0.6,
        r: 3,
        className: "points",
      }),
      Plot.ruleX(
        named.filter(({median}) => median !== null),
        {x: ({median}) => at(median), y1: (row) => row.y - 0.4, y2: (row) => row.y + 0.4, stroke: "currentColor"},
      ),
      Plot.text(named, {frameAnchor: "left", dx: -left + 4, y: "y", text: "label", textAnchor: "start"}),
      Plot.text(named, {frameAnchor: "right", dx: 6, y: "y", text: "text", textAnchor: "start"}),
    ],
  });
  return {title, svg, entries};
}
