// Percentile curves, both axes logarithmic: how long the caller was held, how late the event loop was.
function stallChart(view, width) {
  return curveChart(view, width, "stall", "appends");
}

function lagChart(view, width) {
  return curveChart(view, width, "lag", "timers");
}

function curveChart(view, width, key, what) {
  const cells = timedCells(view).filter((cell) => cell[key]);
  if (cells.length === 0) return null;
  const nth = new Map();
  const curves = cells.map((cell, series) => {
    const twin = nth.get(cell.strategy) ?? 0;
    nth.set(cell.strategy, twin + 1);
    return {cell, series, looks: view.looks.get(cell.strategy), dash: DASHES[twin % DASHES.length]};
  });
  const most = d3.max(cells, (cell) => cell[key].points.at(-1)[0]);
  const points = curves.flatMap((curve) => curvePoints(curve, key));
  const nines = [1, 2, 10, ...d3.range(2, Math.floor(Math.log10(Math.max(most, 10))) + 1).map((power) => 10 ** power)];
  const left = 64,
    pixels = width - left - 20;
  const room = Math.max(3, Math.floor(pixels / 62));
  const ticks = nines.length > room ? nines.filter((_, index) => index % 2 === 0) : nines;
  const y = timeScale(
    points.map((point) => Math.max(1, point.ns)),
    {scale: "log"},
    300,
    40,
  );
  const svg = plotOf({
    width,
    height: 360,
    marginLeft: left,
    marginRight: 20,
    marginTop: 12,
    marginBottom: 40,
    x: {type: "log", domain: [1, Math.max(most, 10) * 1.05], axis: null},
    y: {...y, axis: null},
    marks: [
      Plot.gridY(y.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisY(y.ticks, {text: timeTick, label: null}),
      Plot.axisX(ticks, {
        text: percentile,
        label: `share of the ${what} that took no longer`,
        labelAnchor: "center",
        labelArrow: "none",
      }),
      ...curves.map((curve) =>
        Plot.line(
          points.filter((point) => point.series === curve.series),
          {
            x: "inverse",
            y: (point) => Math.max(1, point.ns),
            stroke: curve.looks.colour,
            strokeDasharray: curve.dash,
            strokeWidth: 1.8,
            curve: "step-before",
          },
        ),
      ),
      Plot.dot(points, {
        x: "inverse",
        y: (point) => Math.max(1, point.ns),
        symbol: "shape",
        fill: "colour",
        fillOpacity: (point) => (point.marked ? 1 : 0),
        r: 4,
        className: "points",
      }),
    ],
  });
  const worst = d3.greatest(cells, (cell) => cell[key].most);
  return {
    drawings: [{title: "", svg, entries: points}],
    summary: `The longest of all: ${time(worst[key].most)} (${worst.name}).`,
    caption:
      `Counted in trials of their own, ${whole(d3.sum(cells, (cell) => cell[key].count))} ${what} in all. ` +
      `Both axes are logarithmic. ${view.data.caption}`,
    legend: curves.map(({cell, looks}) => ({name: cell.name, looks})),
    head: ["strategy", "50%", "90%", "99%", "99.9%", "longest", "counted"],
    rows: () =>
      cells.map((cell) => [
        cell.name,
        ...["p50", "p90", "p99", "p999", "most"].map((field) => time(cell[key][field])),
        whole(cell[key].count),
      ]),
  };
}

// The points of a curve; those at the nines are marked with the strategy's shape.
function curvePoints({cell, series, looks}, key) {
  let nine = 2;
  return cell[key].points.map(([inverse, ns], index, all) => {
    const marked = inverse >= nine || index === all.length - 1;
    while (inverse >= nine) nine = nine === 2 ? 10 : nine * 10;
    return {
      series,
      inverse,
      ns,
      marked,
      shape: looks.shape,
      colour: looks.colour,
      tell: () => [cell.name, `${time(ns)} at ${index === all.length - 1 ? "the most" : percentile(inverse)}`],
    };
  });
}
