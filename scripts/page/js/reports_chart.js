// Several reports: each strategy's median with its interval, in the order in which the reports were made.
function reportsChart(view, width) {
  const {reports, lines} = view.data;
  const shown = lines.filter((line) => !view.hidden.has(line.strategy));
  if (shown.length === 0) return null;
  const named = (line) => (line.work ? `${line.name}, ${line.work}` : line.name);
  const ofEach = looksOfEach(
    view,
    shown.map(({strategy}) => strategy),
  );
  const points = shown.flatMap((line, series) =>
    line.points.map((point) => ({
      series,
      ...point,
      ...ofEach[series],
      tell: () => [
        line.name,
        ...(line.work ? [line.work] : []),
        reports[point.report],
        `${point.medianText}, ${point.trialsText}`,
        ...(point.intervalText ? [`95%: ${point.intervalText.join(" to ")}`] : []),
      ],
    })),
  );
  const y = timeScale(
    points.flatMap((point) => [point.median, point.low ?? point.median, point.high ?? point.median]),
    view,
    400,
    40,
  );
  const room = Math.max(2, Math.floor((width - 90) / 125));
  const ticks = d3.range(reports.length).filter((index) => index % Math.ceil(reports.length / room) === 0);
  const svg = plotOf({
    width,
    height: 440,
    marginLeft: 64,
    marginRight: 60,
    marginTop: 12,
    marginBottom: 30,
    x: {type: "linear", domain: [-0.2, reports.length - 0.8], axis: null},
    y: {...y, axis: null},
    marks: [
      Plot.gridY(y.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisY(y.ticks, {text: timeTick, label: null}),
      Plot.axisX(ticks, {text: (index) => reports[index], label: null}),
      Plot.ruleX(
        points.filter((point) => point.intervalText),
        {x: "report", y1: "low", y2: "high", stroke: "colour", strokeWidth: 4, strokeOpacity: 0.4},
      ),
      ...shown.map((_, series) =>
        Plot.line(
          points.filter((point) => point.series === series),
          {
            x: "report",
            y: "median",
            stroke: ofEach[series].colour,
            strokeDasharray: ofEach[series].dash,
            strokeWidth: 1.8,
          },
        ),
      ),
      Plot.dot(points, {x: "report", y: "median", symbol: symbolOf, fill: "colour", r: 4.5, className: "points"}),
    ],
  });
  return {
    drawings: [{title: "", svg, entries: points}],
    summary:
      `${plural(shown.length, "line")} over ${plural(reports.length, "report")}, ` +
      `from ${reports[0]} to ${reports.at(-1)}.`,
    caption: "Medians with their 95% intervals; the reports stand in the order of time, evenly spaced.",
    legend: shown.map((line, index) => ({name: named(line), looks: ofEach[index]})),
    head: ["strategy", ...reports],
    rows: () =>
      shown.map((line) => [
        named(line),
        ...reports.map((_, index) => {
          const point = line.points.find((candidate) => candidate.report === index);
          return point?.medianText ?? "-";
        }),
      ]),
  };
}
