// The run as it went: every strategy's time, round by round. What disturbed the machine shows in all of them at once.
function roundsChart(view, width) {
  const cells = timedCells(view).filter((cell) => cell.samples.time.length > 1 && !cell.cut);
  if (cells.length === 0) return null;
  const total = d3.sum(cells, (cell) => cell.samples.time.length);
  const most = Math.floor(MOST_DOTS / cells.length);
  const ofEach = looksOfEach(
    view,
    cells.map(({strategy}) => strategy),
  );
  const points = cells.flatMap((cell, series) => {
    const looks = ofEach[series];
    return thinned(d3.range(cell.samples.time.length), most).map((index) => ({
      series,
      round: cell.samples.round[index],
      time: cell.samples.time[index],
      colour: looks.colour,
      shape: looks.shape,
      disturbed: Boolean(cell.samples.disturbed[index]),
      fill: cell.samples.disturbed[index] ? "var(--paper)" : looks.colour,
      tell: () => tellSample(cell, index),
    }));
  });
  const y = timeScale(
    points.map((point) => point.time),
    view,
    400,
    40,
  );
  const rounds = d3.extent(points, (point) => point.round);
  const ticks = d3.ticks(rounds[0], rounds[1], Math.max(2, Math.floor(width / 90))).filter(Number.isInteger);
  const svg = plotOf({
    width,
    height: 440,
    marginLeft: 64,
    marginRight: 20,
    marginTop: 12,
    marginBottom: 40,
    x: {domain: [rounds[0] - 0.5, rounds[1] + 0.5], axis: null},
    y: {...y, axis: null},
    marks: [
      Plot.gridY(y.ticks, {stroke: "var(--rule)", strokeOpacity: 1}),
      Plot.axisY(y.ticks, {text: timeTick, label: null}),
      Plot.axisX(ticks, {text: String, label: "round", labelAnchor: "center", labelArrow: "none"}),
      ...cells.map((_, series) =>
        Plot.line(
          points.filter((point) => point.series === series),
          {
            x: "round",
            y: (point) => Math.max(1, point.time),
            stroke: ofEach[series].colour,
            strokeDasharray: ofEach[series].dash,
            strokeWidth: 1,
            strokeOpacity: 0.5,
          },
        ),
      ),
      Plot.dot(points, {
        x: "round",
        y: (point) => Math.max(1, point.time),
        symbol: symbolOf,
        fill: "fill",
        stroke: "colour",
        r: (point) => (point.disturbed ? 4.5 : 2.6),
        strokeWidth: (point) => (point.disturbed ? 2 : 1),
        className: "points",
      }),
    ],
  });
  const disturbed = cells.flatMap((cell) => Object.values(cell.samples.disturbed));
  const causes = d3.rollups(
    disturbed.flat(),
    (list) => list.length,
    (cause) => cause,
  );
  const named = causes.map(([cause, count]) => `${cause} ${whole(count)}`).join(", ");
  return {
    drawings: [{title: "", svg, entries: points}],
    summary:
      `${plural(rounds[1] - rounds[0] + 1, "round")}; ` +
      (disturbed.length === 0
        ? "no trial was disturbed."
        : `${whole(disturbed.length)} of ${plural(total, "trial")} disturbed (${named}).`),
    caption:
      "Large hollow marks were disturbed from outside. " +
      (points.length === total
        ? `n = ${whole(total)}. `
        : `n = ${whole(total)}, of which ${whole(points.length)} are drawn, evenly over the rounds. `) +
      view.data.caption,
    legend: cells.map((cell, index) => ({name: cell.name, looks: ofEach[index]})),
    head: ["strategy", "round", "time", "disturbed"],
    rows: () =>
      cells.flatMap((cell) =>
        cell.samples.timeText.map((text, index) => [
          cell.name,
          String(cell.samples.round[index]),
          text,
          (cell.samples.disturbed[index] ?? []).join(", "),
        ]),
      ),
  };
}
