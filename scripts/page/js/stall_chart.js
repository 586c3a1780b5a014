// Percentile curves, both axes logarithmic: how long the caller was held, how late the event loop was.
function stallChart(view, width) {
  const {parts, quantiles} = view.data.pictures.stall;
  const shown = parts
    .map((part) => ({...part, cells: cellsOf(view, part.cells)}))
    .filter((part) => part.cells.length > 0);
  if (shown.length === 0) return null;
  const columns = Math.max(1, Math.min(shown.length, Math.floor((width + 24) / 344)));
  const each = [...new Set(shown.flatMap((part) => part.cells.map(({cell}) => cell)))];
  const ofEach = looksOfEach(
    view,
    each.map(({strategy}) => strategy),
  );
  const looks = new Map(each.map(({name}, index) => [name, ofEach[index]]));
  const drawings = shown.map((part) => stallPanel(part, looks, (width - 24 * (columns - 1)) / columns));
  const all = shown.flatMap((part) => part.cells.map((entry) => ({...entry, title: part.title})));
  const worst = d3.greatest(all, ({own}) => own.most);
  const counted = shown.map((part) => `${whole(d3.sum(part.cells, ({own}) => own.count))} ${part.counted}`);
  return {
    drawings,
    summary: `The longest of all: ${worst.own.mostText}, ${worst.title} (${worst.cell.name}).`,
    caption:
      `Counted in trials of their own, ${counted.join(" and ")} in all; a curve ends at the last nine that its count ` +
      `supports. Both axes are logarithmic. ${view.data.caption}`,
    legend: each.map(({name}) => ({name, looks: looks.get(name)})),
    head: ["strategy", "what", ...quantiles, "longest", "counted"],
    rows: () => all.map(({cell, own, title}) => [cell.name, title, ...own.quantiles, own.mostText, whole(own.count)]),
  };
}

function stallPanel({title, counted, cells}, looks, width) {
  const curves = cells.map(({cell, own}, series) => ({cell, own, series, looks: looks.get(cell.name)}));
  const most = d3.max(cells, ({own}) => own.points.at(-1)[0]);
  const points = curves.flatMap(curvePoints);
  const nines = [2, ...d3.range(1, Math.floor(Math.log10(Math.max(most, 10))) + 1).map((power) => 10 ** power)];
  const [left, right] = [64, 20];
  const room = Math.max(3, Math.floor((width - left - right) / 62));
  const ticks = nines.length > room ? nines.filter((_, index) => index % 2 === 0) : nines;
  const y = timeScale(
    points.map((point) => point.ns),
    {scale: "log"},
    300,
    40,
  );
  const svg = plotOf({
    width,
    height: 360,
    marginLeft: left,
    marginRight: right,
    marginTop: 12,
    marginBottom: 40,
    x: {type: "log", domain: [2, Math.max(most, 10) * 1.05], axis: null},
    y: {...y, axis: null},
    marks: [
      Plot.gridY(y.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisY(y.ticks, {text: timeTick, label: null}),
      Plot.axisX(ticks, {
        text: percentileTick,
        label: `share of the ${counted} that took no longer`,
        labelAnchor: "center",
        labelArrow: "none",
      }),
      ...curves.map((curve) =>
        // A step: a duration is the percentile from the end of the shorter ones to its own end.
        Plot.line([[2, curve.own.points[0][1]], ...curve.own.points], {
          x: "0",
          y: "1",
          stroke: curve.looks.colour,
          strokeDasharray: curve.looks.dash,
          strokeWidth: 1.8,
          curve: "step-before",
        }),
      ),
      Plot.dot(points, {
        x: "inverse",
        y: "ns",
        symbol: symbolOf,
        fill: "colour",
        fillOpacity: (point) => (point.marked ? 1 : 0),
        r: 4,
        className: "points",
      }),
    ],
  });
  return {title, svg, entries: points};
}

// The points of a curve; those at the nines are marked with the strategy's shape.
function curvePoints({cell, own, series, looks}) {
  let nine = 10;
  return own.points.map(([inverse, ns, text], index, all) => {
    const marked = inverse >= nine * 0.999 || index === all.length - 1;
    while (inverse >= nine * 0.999) nine *= 10;
    return {series, inverse, ns, marked, ...looks, tell: () => [cell.name, text]};
  });
}
