// Why a strategy costs what it costs: what each step of the ladder adds to a line, and the parts of a dispatched write.
function explainChart(view, width) {
  const {drawings} = view.data.pictures.explain;
  if (drawings.length === 0) return null;
  const dearest = d3.greatest(drawings[0].bars, (bar) => bar.ns);
  return {
    drawings: drawings.map((drawing) => explainPanel(view, drawing, width)),
    summary: `The dearest step: ${dearest.label}, ${dearest.text}.`,
    caption: `Each variant does one thing more than the one above it; thin lines are 95% intervals. ${view.data.caption}`,
    head: ["what", "time"],
    rows: () => drawings.flatMap(({bars}) => bars.map((bar) => [bar.label, bar.text])),
  };
}

function explainPanel(view, {title, bars}, width) {
  const left = Math.min(230, width * 0.45);
  const entries = bars.map((bar, y) => ({
    ...bar,
    ...view.looks[bar.strategy],
    series: y,
    y,
    tell: () => [bar.label, bar.text],
  }));
  const ends = bars.flatMap(({ns, low, high}) => [0, ns, low ?? ns, high ?? ns]);
  const domain = [d3.min(ends) * 1.05, (d3.max(ends) || 1) * 1.05];
  const ticks = d3.ticks(domain[0], domain[1], Math.max(2, Math.floor((width - left) / 90)));
  const known = entries.filter(({low}) => low !== null);
  const svg = plotOf({
    width,
    height: 26 * bars.length + 34,
    marginLeft: left,
    marginRight: 90,
    marginTop: 8,
    marginBottom: 26,
    x: {domain, axis: null},
    y: {domain: [-0.5, bars.length - 0.5], reverse: true, axis: null},
    marks: [
      Plot.gridX(ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisX(ticks, {text: (ns) => (ns < 0 ? `-${timeTick(-ns)}` : timeTick(ns)), label: null, anchor: "bottom"}),
      Plot.rect(entries, {
        x1: 0,
        x2: "ns",
        y1: (bar) => bar.y - 0.3,
        y2: (bar) => bar.y + 0.3,
        fill: "colour",
        className: "points",
      }),
      Plot.ruleY(known, {y: "y", x1: "low", x2: "high", stroke: "currentColor", strokeWidth: 1.2}),
      Plot.text(entries, {frameAnchor: "left", dx: -left + 4, y: "y", text: "label", textAnchor: "start"}),
      Plot.text(entries, {frameAnchor: "right", dx: 6, y: "y", text: "text", textAnchor: "start"}),
    ],
  });
  return {title, svg, entries};
}
