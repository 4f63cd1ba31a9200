// How far looks can be trusted: curves beside those of maps that know nothing, and every figure beside its controls.
saccade.renderers.trust = (block, node) => {
  const { make, draw, table, scrolled, folded, signed, plot } = saccade;
  const head = (name, note) => make("header", { className: "part" }, make("h3", { textContent: name }), ...(note ? [make("small", { textContent: note })] : []));

  // The intervals of a figure above each other, on one scale; where they part, it says something.
  function intervals(row, low, high) {
    const all = [row.own, ...Object.values(row.controls)], wide = 150, step = 7;
    const at = (value) => 3 + ((value - low) / (high - low || 1)) * (wide - 6);
    const svg = draw("svg", { viewBox: `0 0 ${wide} ${all.length * step + 2}`, width: wide, height: all.length * step + 2, "aria-hidden": "true", class: "intervals" });
    if (low < 0 && high > 0) svg.append(draw("line", { class: "grid", x1: at(0), x2: at(0), y1: 0, y2: all.length * step + 2 }));
    all.forEach(([score, from, to], number) => {
      const y = step * (number + 0.5) + 1;
      svg.append(draw("line", { class: `line ${plot.colour(number)}`, x1: at(from), x2: Math.max(at(to), at(from) + 1), y1: y, y2: y }), draw("circle", { class: `dot ${plot.colour(number)}`, cx: at(score), cy: y, r: 2.6 }));
    });
    return svg;
  }

  const figure = (interval) => (interval ? make("span", {}, signed(interval[0], 3), make("small", { textContent: `${signed(interval[1], 3)} – ${signed(interval[2], 3)}` })) : "–");
  // What the curves show, share by share.
  const figured = ({ x, y, lines }) => table(`${y.label}, by ${x.label}, with 95 % intervals`, ["", ...lines.map((line) => line.name)],
    lines[0].points.map(([share], at) => [`${share} %`, ...lines.map((line) => figure(line.points[at].slice(1)))]));

  for (const { name, examples, panels, rows, of } of block.sections) {
    node.append(head(name, examples ? `${examples.toLocaleString("en")} examples` : ""));
    if (panels.length) node.append(make("div", { className: "panels" }, ...panels.map((panel) => plot(panel))), plot.keys(panels[0].lines.map((line) => line.name)), folded("The curves in figures", () => make("div", { className: "panels" }, ...panels.map(figured))));
    const controls = [...new Set(rows.flatMap((row) => Object.keys(row.controls)))];
    const ends = rows.flatMap((row) => [row.own, ...Object.values(row.controls)]).flatMap(([, low, high]) => [low, high]);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const caption = `${of || name}, with 95 % intervals${controls.length ? "; maps that know nothing beside it" : ""}`;
    node.append(scrolled(table(caption, ["", controls.length ? "this map" : "change", ...controls, "", "what it says"],
      rows.map((row) => [make("span", {}, row.name, ...(row.better ? [make("small", { textContent: row.better })] : [])), figure(row.own), ...controls.map((control) => figure(row.controls[control])), intervals(row, low, high), make("span", { className: "verdict", textContent: row.verdict })])), caption));
  }
  if (!block.sections.length) node.append(make("p", { className: "failed", textContent: "Nothing was measured." }));
};
