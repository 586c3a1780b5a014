// The choices of a view. Every change is drawn at once.
function attachControls(view, draw) {
  const panel = view.root.querySelector(".controls");
  const {groups} = view.data;
  panel.append(
    choice(
      "Times",
      [
        ["log", "logarithmic"],
        ["linear", "linear"],
      ],
      "scale",
    ),
  );
  if (groups) {
    panel.append(
      choice(
        "Order",
        [
          ["promise", "by promise and rank"],
          ["time", "fastest first"],
          ["name", "by name"],
        ],
        "sort",
      ),
    );
    const promises = [...new Set(groups.map((group) => group.promise))];
    const works = [...new Set(groups.map((group) => group.work))].filter(Boolean);
    if (promises.length > 1)
      panel.append(choice("Promise", [["", "all"], ...promises.map((name) => [name, name])], "promise"));
    if (works.length > 1) panel.append(choice("Work", [["", "all"], ...works.map((name) => [name, name])], "work"));
  }
  panel.append(strategyBoxes());

  function choice(name, options, key) {
    const select = element(
      "select",
      {"data-choice": key},
      ...options.map(([value, text]) => element("option", {value}, text)),
    );
    select.addEventListener("change", () => {
      view[key] = select.value;
      draw();
    });
    return element("label", {}, `${name} `, select);
  }

  function strategyBoxes() {
    const boxes = view.strategies.map((strategy) => {
      const box = element("input", {type: "checkbox", checked: true});
      box.addEventListener("change", () => {
        if (box.checked) view.hidden.delete(strategy);
        else view.hidden.add(strategy);
        draw();
      });
      return {strategy, box, label: element("label", {}, box, swatch(view.looks[strategy]), strategy)};
    });
    const all = (name, checked) => {
      const button = element("button", {type: "button"}, name);
      button.addEventListener("click", () => {
        view.hidden = new Set(checked ? [] : view.strategies);
        for (const {box} of boxes) box.checked = checked;
        draw();
      });
      return button;
    };
    return element(
      "fieldset",
      {class: "strategies"},
      element("legend", {}, "Strategies"),
      ...boxes.map(({label}) => label),
      all("Show all", true),
      all("Hide all", false),
    );
  }
}
