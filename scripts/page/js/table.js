// The table of results: what is hidden in the pictures is hidden here, and the heads sort within each part.
function filterTable(view) {
  for (const row of view.root.querySelectorAll("tr[data-cell]"))
    row.hidden = !isShown(view, view.data.cells[row.dataset.cell]);
  for (const body of view.root.querySelectorAll(".results tbody")) {
    body.hidden = [...body.querySelectorAll("tr[data-cell]")].every((row) => row.hidden);
  }
}

function attachSorting(view) {
  for (const head of view.root.querySelectorAll(".results th[data-column]")) {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      for (const body of view.root.querySelectorAll(".results tbody")) sortRows(body, head.cellIndex, descending);
    });
  }
}

// Rows without a value stay last either way.
function sortRows(body, column, descending) {
  const key = (row) => row.cells[column]?.dataset.sort ?? "";
  const compare = (a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === "" || right === "") return (left === "") - (right === "");
    const numbers = [Number(left), Number(right)];
    const order = numbers.some(Number.isNaN) ? left.localeCompare(right) : numbers[0] - numbers[1];
    return descending ? -order : order;
  };
  body.append(...[...body.querySelectorAll("tr[data-cell]")].sort(compare));
}
