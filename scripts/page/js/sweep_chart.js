// Each strategy over the parameter that was swept; one picture for each setting of the others.
function sweepChart(view, width) {
  const {sweep, cells} = view.data;
  if (!sweep) return null;
  const panels = sweep.panels
    .map((panel) => ({title: panel.title, points: sweepPoints(view, panel)}))
    .filter((panel) => panel.points.length > 0);
  if (panels.length === 0) return null;
  const columns = panels.length === 1 ? 1 : Math.max(1, Math.min(3, panels.length, Math.floor((width + 24) / 344)));
  const each = (width - 24 * (columns - 1)) / columns;
  const all = panels.flatMap((panel) => panel.points);
  const strategies = [...new Set(all.map((point) => point.strategy))];
  return {
    drawings: panels.map((panel) => sweepPanel(view, panel, each)),
    summary: sweepSummary(sweep, panels),
    caption:
      `Median time${sweep.perLine ? " per line" : ""} with its 95% interval. ` +
      (all.some((point) => point.knee)
        ? `A ring marks the knee: the smallest ${sweep.label} within 5% of the curve's best. `
        : "") +
      (onLog(sweep, all) ? "" : "The values are spaced evenly. ") +
      view.data.caption,
    legend: strategies.map((strategy) => ({name: strategy, looks: view.looks.get(strategy)})),
    head: ["strategy", "setting", sweep.label, sweep.perLine ? "median per line" : "median", "95% from", "to", "knee"],
    rows: () =>
      all.map((point) => [
        point.strategy,
        point.panel || "-",
        point.label,
        time(point.median),
        point.low === null ? "-" : time(point.low),
        point.high === null ? "-" : time(point.high),
        point.knee ? "knee" : "",
      ]),
  };
}

// The fastest of each picture, as far as these are few.
function sweepSummary(sweep, panels) {
  if (panels.length > 4)
    return `${panels.length} pictures of ${sweep.label}, one for each setting of what else was swept.`;
  return (
    panels
      .map(({title, points}) => {
        const best = d3.least(points, (point) => point.median);
        const where = `${best.strategy} with ${sweep.label} ${best.label}`;
        return `${title ? `${title}: ` : ""}the least is ${time(best.median)}, ${where}`;
      })
      .join("; ")
      .replace(/^./, (letter) => letter.toUpperCase()) + "."
  );
}

function onLog(sweep, points) {
  return sweep.numeric && points.every((point) => point.value > 0);
}

function sweepPoints(view, panel) {
  const {sweep, cells} = view.data;
  return panel.curves.flatMap((curve, series) =>
    curve.cells.flatMap((index, place) => {
      const cell = cells[index];
      if (!cell.time || !isShown(view, cell)) return [];
      const lines = sweep.perLine ? Math.max(1, cell.lines) : 1;
      const {median, low, high, trials} = cell.time;
      const point = {
        series,
        strategy: curve.strategy,
        panel: panel.title,
        value: curve.values[place],
        label: curve.labels[place],
        median: median / lines,
        low: low === null ? null : low / lines,
        high: high === null ? null : high / lines,
        knee: curve.knee === place,
        ...view.looks.get(curve.strategy),
      };
      point.tell = () => [
        curve.strategy,
        `${sweep.label} ${point.label}`,
        `${time(point.median)}${sweep.perLine ? " per line" : ""}, ` + plural(trials, "trial"),
        ...(point.low === null ? [] : [`95%: ${time(point.low)} to ${time(point.high)}`]),
        ...(point.knee ? ["the knee of this curve"] : []),
      ];
      return [point];
    }),
  );
}

function sweepPanel(view, {title, points}, width) {
  const {sweep} = view.data;
  const labels = new Map(
    d3.sort(points, (point) => (sweep.numeric ? point.value : 0)).map((point) => [point.value, point.label]),
  );
  const values = [...labels.keys()];
  const logarithmic = onLog(sweep, points);
  const room = Math.max(2, Math.floor((width - 70) / (textPixels([...labels.values()]) + 10)));
  const ticks = values.filter((_, index) => index % Math.ceil(values.length / room) === 0);
  const y = timeScale(
    points.flatMap((point) => [point.median, point.low ?? point.median, point.high ?? point.median]),
    view,
    260,
    40,
  );
  const x = logarithmic
    ? {type: "log", domain: [d3.min(values) / 1.1, d3.max(values) * 1.1]}
    : {type: "point", domain: values};
  const svg = plotOf({
    width,
    height: 320,
    marginLeft: 62,
    marginRight: 24,
    marginTop: 12,
    marginBottom: 40,
    x: {...x, axis: null},
    y: {...y, axis: null},
    marks: [
      Plot.gridY(y.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisY(y.ticks, {text: timeTick, label: null}),
      Plot.axisX(ticks, {
        text: (value) => labels.get(value),
        label: sweep.label,
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.ruleX(
        points.filter((point) => point.low !== null && point.high !== null),
        {x: "value", y1: "low", y2: "high", stroke: "colour", strokeWidth: 4, strokeOpacity: 0.4},
      ),
      Plot.line(points, {x: "value", y: "median", z: "series", stroke: "colour", strokeWidth: 1.8}),
      Plot.dot(
        points.filter((point) => point.knee),
        {x: "value", y: "median", r: 9, stroke: "var(--ink)", strokeWidth: 1.5},
      ),
      Plot.dot(points, {x: "value", y: "median", symbol: "shape", fill: "colour", r: 4, className: "points"}),
    ],
  });
  return {title, svg, entries: points};
}
