// Pointer and keyboard among the points of a picture: each point is told in a tip, and to a screen reader.
const REACH = 24; // pixels from a point at which the pointer still meets it

const tip = document.getElementById("tip");

function showTip(lines) {
  tip.replaceChildren(...lines.map((line) => element("p", {}, line)));
  tip.hidden = false;
  placeTip();
}

// Beside the point that is met, wherever that is now.
function placeTip() {
  const met = document.querySelector(".met");
  if (tip.hidden || !met) return;
  const box = met.getBoundingClientRect();
  const left = Math.min(box.right + 10, innerWidth - tip.offsetWidth - 8);
  const above = box.top - tip.offsetHeight - 10;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above > 0 ? above : Math.min(box.bottom + 10, innerHeight - tip.offsetHeight - 8)}px`;
}

function hideTip() {
  tip.hidden = true;
  for (const met of document.querySelectorAll(".met")) met.classList.remove("met");
}

// Makes the points of the svg met by pointer and keyboard. `entries` are what they were drawn from, each with its
// `series` and tell(), the lines about it.
function attachPoints(svg, entries) {
  const points = [...svg.querySelectorAll(".points > *")].map((node) => ({node, entry: entries[node.__data__]}));
  if (points.length === 0) return;
  let boxes = null; // of all points, in the svg; looked at when first needed
  const entryOf = new Map(points.map((point) => [point.node, point.entry]));

  function nearest(event) {
    const direct = event.target.closest?.(".points > *");
    if (direct) return direct;
    const frame = svg.getBoundingClientRect();
    boxes ??= points.map(({node}) => {
      const box = node.getBoundingClientRect();
      return {node, x: box.x + box.width / 2 - frame.x, y: box.y + box.height / 2 - frame.y};
    });
    const x = event.clientX - frame.x,
      y = event.clientY - frame.y;
    let best = null,
      least = REACH;
    for (const box of boxes) {
      const distance = Math.hypot(box.x - x, box.y - y);
      if (distance < least) [best, least] = [box.node, distance];
    }
    return best;
  }

  function meet(node) {
    hideTip();
    if (!node) return;
    node.classList.add("met");
    showTip(entryOf.get(node).tell());
  }

  svg.addEventListener("pointermove", (event) => meet(nearest(event)));
  svg.addEventListener("pointerleave", hideTip);
  attachKeys(svg, points, entryOf, meet);
}

// One stop of the tab key for the whole picture; the arrow keys go from point to point, up and down to another series.
function attachKeys(svg, points, entryOf, meet) {
  const series = d3.groups(points, (point) => point.entry.series).map(([, list]) => list.map((point) => point.node));
  let current = null;

  function stopAt(node) {
    current?.removeAttribute("tabindex");
    current = node;
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", entryOf.get(node).tell().join(", "));
  }

  function neighbour(key) {
    const row = series.findIndex((list) => list.includes(current));
    const column = series[row].indexOf(current);
    if (key === "ArrowRight") return series[row][column + 1];
    if (key === "ArrowLeft") return series[row][column - 1];
    if (key === "Home") return series[row][0];
    if (key === "End") return series[row].at(-1);
    const other = key === "ArrowDown" ? series[row + 1] : key === "ArrowUp" ? series[row - 1] : undefined;
    return other && other[Math.min(column, other.length - 1)];
  }

  stopAt(series[0][0]);
  svg.addEventListener("focusin", () => meet(current));
  svg.addEventListener("focusout", hideTip);
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hideTip();
    const next = neighbour(event.key);
    if (next) {
      stopAt(next);
      next.focus();
    }
    if (next || event.key.startsWith("Arrow")) event.preventDefault();
  });
}
