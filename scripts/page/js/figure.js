// What every picture has: the words about it, its drawings, a legend, a caption, and its numbers as a table.
const MOST_ROWS = 2000; // of a table of numbers; the report has the rest

// Draws one figure. `picture` is null if there is nothing to show, else {drawings[{title, svg, entries}], summary,
// caption, legend[{name, looks}], head, rows()}.
function drawFigure(view, name, build) {
  const figure = view.root.querySelector(`[data-chart="${name}"]`);
  const picture = build(view, view.width);
  figure.hidden = !picture;
  const title = figure.querySelector("h4");
  const wasOpen = figure.querySelector("details")?.open;
  figure.replaceChildren(title);
  if (!picture) return;
  figure.append(element("p", {class: "summary"}, picture.summary));
  const drawings = element("div", {class: "drawings"});
  for (const {title: part, svg, entries} of picture.drawings) {
    svg.setAttribute("role", "group");
    svg.setAttribute(
      "aria-label",
      `${title.textContent}${part ? `, ${part}` : ""}: ${picture.summary} The arrow keys go from point to point.`,
    );
    drawings.append(element("div", {}, ...(part ? [element("h5", {}, part)] : []), svg));
    attachPoints(svg, entries);
  }
  figure.append(drawings);
  if (picture.legend?.length) figure.append(legend(picture.legend));
  const numbers = numbersOf(title.textContent, picture);
  numbers.open = Boolean(wasOpen);
  figure.append(element("figcaption", {}, picture.caption), numbers);
}

function legend(entries) {
  return element("ul", {class: "legend"}, ...entries.map(({name, looks}) => element("li", {}, swatch(looks), name)));
}

// The numbers of a picture, made when they are first asked for.
function numbersOf(title, picture) {
  const details = element("details", {}, element("summary", {}, `The numbers of “${title}” as a table`));
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("table")) return;
    const rows = picture.rows();
    const head = element("tr", {}, ...picture.head.map((text) => element("th", {scope: "col"}, text)));
    const body = rows
      .slice(0, MOST_ROWS)
      .map((row) =>
        element(
          "tr",
          {},
          ...row.map((text, index) => element(index ? "td" : "th", index ? {} : {scope: "row", class: "name"}, text)),
        ),
      );
    const table = element("table", {class: "data"}, element("thead", {}, head), element("tbody", {}, ...body));
    details.append(element("div", {class: "wide", tabindex: "0", role: "region", "aria-label": title}, table));
    if (rows.length > MOST_ROWS) {
      details.append(
        element("p", {}, `These are the first ${whole(MOST_ROWS)} of ${whole(rows.length)}; the report has all.`),
      );
    }
  });
  return details;
}

// The plot of Observable's library with what all of ours have in common.
function plotOf(options) {
  return Plot.plot({
    color: {type: "identity"},
    symbol: {type: "identity"},
    ...options,
    style: {background: "none", overflow: "visible"},
  });
}
