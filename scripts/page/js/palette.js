// How the symbols of analysis/looks.py are drawn, and what stands beside them.
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "12 3", "4 2 1 2 1 2"];
const MOST_INK = 60; // percent of the text's colour in the last of a strategy's curves

// The look of each curve of a picture, by its strategy. Several of one strategy keep its symbol; they differ in their
// dashes and in a step of the colour towards that of the text.
function looksOfEach(view, strategies) {
  const counts = d3.rollup(
    strategies,
    (list) => list.length,
    (strategy) => strategy,
  );
  const seen = new Map();
  return strategies.map((strategy) => {
    const nth = seen.get(strategy) ?? 0;
    seen.set(strategy, nth + 1);
    const {colour, shape} = view.looks[strategy];
    const count = counts.get(strategy);
    return {colour: inked(colour, count > 1 ? (MOST_INK * nth) / (count - 1) : 0), shape, dash: DASHES[nth % DASHES.length]};
  });
}

// A colour with so many percent of the text's, as a variable of the page: Plot takes a mix for a column's name.
function inked(colour, percent) {
  const rounded = Math.round(percent);
  if (rounded === 0) return colour;
  const name = `${colour.slice("var(".length, -1)}-${rounded}`;
  document.documentElement.style.setProperty(name, `color-mix(in srgb, ${colour}, var(--ink) ${rounded}%)`);
  return `var(${name})`;
}

// A symbol that is another one turned.
function turned(symbol, degrees) {
  return {
    draw(context, size) {
      const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
      const at = (x, y) => [x * cosine - y * sine, x * sine + y * cosine];
      symbol.draw(
        {
          moveTo: (x, y) => context.moveTo(...at(x, y)),
          lineTo: (x, y) => context.lineTo(...at(x, y)),
          closePath: () => context.closePath(),
        },
        size,
      );
    },
  };
}

const SYMBOLS = {
  circle: d3.symbolCircle,
  square: d3.symbolSquare,
  triangle: d3.symbolTriangle,
  diamond: d3.symbolDiamond2,
  "triangle-down": turned(d3.symbolTriangle, 180),
  cross: d3.symbolCross,
  saltire: turned(d3.symbolCross, 45),
  lozenge: d3.symbolDiamond,
  star: d3.symbolStar,
};

// The symbol of a point that is drawn, by the name of its shape.
function symbolOf({shape}) {
  return SYMBOLS[shape];
}

// What stands in a legend: the symbol and, if the picture has curves, a piece of the curve.
function swatch({colour, shape, dash}) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const isCurve = dash !== undefined;
  svg.setAttribute("viewBox", isCurve ? "-22 -7 44 14" : "-8 -7 16 14");
  svg.setAttribute("class", isCurve ? "swatch curve" : "swatch");
  svg.setAttribute("aria-hidden", "true");
  if (isCurve) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("x1", "-22");
    line.setAttribute("x2", "22");
    line.setAttribute("stroke-width", "1.8");
    line.setAttribute("stroke-dasharray", dash || "none");
    line.style.stroke = colour;
    svg.append(line);
  }
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", d3.symbol(SYMBOLS[shape], 70)());
  path.style.fill = colour;
  svg.append(path);
  return svg;
}

// An element with text or children; text never becomes markup.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
