const LEVEL = "1 4"; // the dashes of a strategy that does not use what was swept

// Each strategy over the setting that was swept; one picture for each choice of the others.
function sweepChart(view, width) {
  const {sweep} = view.data.pictures;
  if (!sweep) return null;
  const panels = sweep.facets
    .map((facet) => {
      const looks = looksOfEach(
        view,
        facet.series.map(({strategy}) => strategy),
      );
      return {
        title: facet.title,
        series: facet.series.map((series, index) => seriesOf(view, facet, series, looks[index])),
      };
    })
    .filter(({series}) => series.some((one) => one.usesAxis && !one.isControl && one.points.length > 0));
  if (panels.length === 0) return null;
  const columns = panels.length === 1 ? 1 : Math.max(1, Math.min(3, panels.length, Math.floor((width + 24) / 344)));
  const each = (width - 24 * (columns - 1)) / columns;
  const all = panels.flatMap((panel) => panel.series.flatMap((series) => series.points));
  const named = new Map(panels.flatMap((panel) => panel.series.map((series) => [series.label, series])));
  return {
    drawings: panels.map((panel) => sweepPanel(view, panel, each)),
    summary: sweepSummary(sweep, panels),
    caption:
      `Median time${sweep.perLine ? " per line" : ""} with its 95% interval. ` +
      (all.some((point) => point.knee)
        ? `A ring marks the knee: the smallest ${sweep.label} within 5% of the curve's best. `
        : "") +
      (sweep.logarithmic ? "" : "The values are spaced evenly. ") +
      view.data.caption,
    legend: [...named].flatMap(([name, {points, looks}]) => (points.length > 0 ? [{name, looks}] : [])),
    head: ["strategy", "setting", sweep.label, sweep.perLine ? "median per line" : "median", "95% from", "to", "knee"],
    rows: () =>
      all.map((point) => [
        point.name,
        point.panel || "-",
        point.valueText ?? "any",
        point.medianText,
        ...(point.intervalText ?? ["-", "-"]),
        point.knee ? "knee" : "",
      ]),
  };
}

// The fastest of each picture, as far as these are few.
function sweepSummary(sweep, panels) {
  if (panels.length > 4)
    return `${panels.length} pictures of ${sweep.label}, one for each choice of what else was swept.`;
  return (
    panels
      .map(({title, series}) => {
        const points = series.flatMap((one) => (one.usesAxis && !one.isControl ? one.points : []));
        const best = d3.least(points, (point) => point.median);
        const which = `${best.name} with ${sweep.label} ${best.valueText}`;
        return `${title ? `${title}: ` : ""}the least is ${best.medianText}, ${which}`;
      })
      .join("; ")
      .replace(/^./, (letter) => letter.toUpperCase()) + "."
  );
}

// A series with what its points need to be drawn and told; the one point of a level line stands in the middle.
function seriesOf(view, facet, {name, usesAxis, isControl, points}, ofCurve) {
  const {sweep} = view.data.pictures;
  const looks = usesAxis ? ofCurve : {...ofCurve, dash: LEVEL};
  const places = sweep.values.map(({value}) => value);
  const middle = sweep.logarithmic ? Math.sqrt(places[0] * places.at(-1)) : (places.length - 1) / 2;
  const shown = points.filter((point) => isShown(view, view.data.cells[point.cell]));
  const label = usesAxis ? name : `${name} (does not use it)`;
  const made = shown.map((point) => {
    const value = point.place === null ? null : sweep.values[point.place];
    const {time} = view.data.cells[point.cell];
    return {
      ...point,
      ...looks,
      name,
      panel: facet.title,
      x: value ? value.value : middle,
      valueText: value ? value.text : null,
      tell: () => [
        label,
        ...(value ? [`${sweep.label} ${value.text}`] : []),
        `${point.medianText}${sweep.perLine ? " per line" : ""}, ${time.trialsText}`,
        ...(point.intervalText ? [`95%: ${point.intervalText.join(" to ")}`] : []),
        ...(point.knee ? ["the knee of this curve"] : []),
      ],
    };
  });
  return {name, label, looks, usesAxis, isControl, points: made};
}

function sweepPanel(view, {title, series}, width) {
  const {sweep} = view.data.pictures;
  const points = series.flatMap((one, index) => one.points.map((point) => ({...point, series: index})));
  const labels = new Map(sweep.values.map(({value, text}) => [value, text]));
  const values = [...labels.keys()];
  const room = Math.max(2, Math.floor((width - 70) / (textPixels([...labels.values()]) + 10)));
  const ticks = values.filter((_, index) => index % Math.ceil(values.length / room) === 0);
  const y = timeScale(
    points.flatMap((point) => [point.median, point.low ?? point.median, point.high ?? point.median]),
    view,
    260,
    40,
  );
  const ends = d3.extent(values);
  const x = sweep.logarithmic
    ? {type: "log", domain: [ends[0] / 1.1, ends[1] * 1.1]}
    : {type: "linear", domain: [ends[0] - 0.2, ends[1] + 0.2]};
  const isLevel = (point) => point.place === null;
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
      Plot.ruleY(points.filter(isLevel), {y: "median", stroke: "colour", strokeWidth: 1.5, strokeDasharray: LEVEL}),
      Plot.ruleX(
        points.filter((point) => point.intervalText && !isLevel(point)),
        {x: "x", y1: "low", y2: "high", stroke: "colour", strokeWidth: 4, strokeOpacity: 0.4},
      ),
      ...series.map(({looks, points: own}) =>
        Plot.line(
          own.filter((point) => !isLevel(point)),
          {x: "x", y: "median", stroke: looks.colour, strokeDasharray: looks.dash, strokeWidth: 1.8},
        ),
      ),
      Plot.dot(
        points.filter((point) => point.knee),
        {x: "x", y: "median", r: 9, stroke: "var(--ink)", strokeWidth: 1.5},
      ),
      Plot.dot(points, {x: "x", y: "median", symbol: symbolOf, fill: "colour", r: 4, className: "points"}),
    ],
  });
  return {title, svg, entries: points};
}
