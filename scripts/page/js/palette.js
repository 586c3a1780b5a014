// How the symbols of analysis/looks.py are drawn, and what stands beside them.
const DASHES = ["", "6 3", "2 3", "8 3 2 3"];

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

function swatch({colour, shape}) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-8 -7 16 14");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
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
