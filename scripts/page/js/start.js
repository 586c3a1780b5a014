// Brings the page to life: the theme, the choice of the report, its pictures, its download.
const data = JSON.parse(document.getElementById("data").textContent);
const {looks} = data; // by strategy, the same in all reports
const views = [];

function makeLive(view, charts) {
  const draw = () => {
    hideTip();
    view.width = view.root.querySelector(".pictures").clientWidth;
    if (view.width === 0) return; // not on show
    for (const [name, build] of charts) drawFigure(view, name, build);
    if (view.data.groups) filterTable(view);
  };
  attachControls(view, draw);
  draw();
  new ResizeObserver(() => {
    if (view.root.querySelector(".pictures").clientWidth !== view.width) requestAnimationFrame(draw);
  }).observe(view.root);
}

function showReport(chosen) {
  for (const section of document.querySelectorAll("section.report")) section.hidden = section.dataset.report !== chosen;
  if (views[chosen]) return;
  const root = document.querySelector(`section.report[data-report="${chosen}"]`);
  views[chosen] = makeView(root, data.reports[chosen], strategiesOf(data.reports[chosen].cells), looks);
  attachSorting(views[chosen]);
  makeLive(views[chosen], REPORT_CHARTS);
}

// The report as it was read, byte by byte.
async function download(button, index) {
  const packed = Uint8Array.from(atob(document.getElementById(`raw-${index}`).textContent), (letter) =>
    letter.charCodeAt(0),
  );
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const address = URL.createObjectURL(new Blob([await new Response(stream).arrayBuffer()], {type: "application/json"}));
  element("a", {href: address, download: button.dataset.name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const theme = document.getElementById("theme");
const isDark = () =>
  (document.documentElement.dataset.theme ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
theme.setAttribute("aria-pressed", isDark());
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  theme.setAttribute("aria-pressed", isDark());
});

for (const button of document.querySelectorAll(".download")) {
  button.addEventListener("click", () => download(button, button.closest(".report").dataset.report));
}
addEventListener("scroll", placeTip, {passive: true});

if (data.history) {
  const lines = data.history.lines;
  makeLive(makeView(document.querySelector(".history"), data.history, strategiesOf(lines), looks), HISTORY_CHARTS);
}
const picker = document.getElementById("report");
picker?.addEventListener("change", () => showReport(picker.value));
showReport(picker?.value ?? "0");
