// A strategy has one colour and one shape in every picture; two that share a colour differ in shape.
const COLOURS = 7;
const SHAPES = ["circle", "square", "triangle", "diamond", "star", "wye", "cross"];
const DASHES = ["", "6 3", "2 3", "8 3 2 3"];

function looksOf(strategies) {
  return new Map(
    strategies.map((strategy, index) => [
      strategy,
      {
        colour: `var(--c${index % COLOURS})`,
        shape: SHAPES[(index + Math.floor(index / COLOURS)) % SHAPES.length],
      },
    ]),
  );
}

function swatch({colour, shape}) {
  const symbol = {
    circle: d3.symbolCircle,
    square: d3.symbolSquare,
    triangle: d3.symbolTriangle,
    diamond: d3.symbolDiamond,
    star: d3.symbolStar,
    wye: d3.symbolWye,
    cross: d3.symbolCross,
  }[shape];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-8 -7 16 14");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", d3.symbol(symbol, 70)());
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
