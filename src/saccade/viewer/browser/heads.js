// Layers below each other, their heads side by side, each a small matrix; the chosen one is shown enlarged.
saccade.renderers.heads = (() => {
  const { make, bdi, choice, percent, written, unpacked, matrix } = saccade;

  function show(block, node) {
    const layers = block.layers.map((layer) => ({ ...layer, rows: block.labels[layer.sides[0]], columns: block.labels[layer.sides[1]], planes: planesOf(layer) }));
    const heads = Math.max(...layers.map((layer) => layer.heads.length)), mean = layers.some((layer) => layer.heads.length > 1);
    const state = { layer: 0, head: mean ? -1 : 0, whole: false };
    const nameOf = ({ layer, head }) => `${layers[layer].name}${layers[layer].heads.length < 2 ? "" : head < 0 ? ", mean of all heads" : `, head ${head + 1}`}`;

    // The grid: a button for each head, and one for the mean of a layer's heads.
    const columns = [...(mean ? [-1] : []), ...Array(heads).keys()];
    const corner = make("span", { className: "corner" });
    const grid = make("div", { className: "heads-grid", role: "group", ariaLabel: "Layers and their heads" }, corner, ...columns.map((head) => make("span", { className: "head", textContent: head < 0 ? "mean" : head + 1 })));
    grid.style.setProperty("--columns", columns.length);
    const cells = [];
    layers.forEach((layer, number) => {
      grid.append(make("span", { className: "layer-name", title: layer.layer }, bdi(layer.name.replaceAll(".", ".\u200b"))));
      columns.forEach((head, place) => {
        const one = layer.heads.length < 2, there = one ? place === 0 : head < layer.heads.length;
        if (!there) { grid.append(make("span")); return; }
        const at = { layer: number, head: one ? 0 : head }, image = make("img", { alt: "" });
        const button = make("button", { type: "button", tabIndex: -1 }, image);
        button.setAttribute("aria-label", nameOf(at));
        const cell = { at, place, button, paint: () => small(image, layer, at.head, state.whole) };
        button.addEventListener("click", () => choose(cell));
        button.addEventListener("keydown", (event) => move(event, cell));
        cells.push(cell);
        grid.append(button);
      });
    });
    // Only what is about to be seen is painted.
    const seen = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
      if (!isIntersecting) return;
      seen.unobserve(target);
      cells.find((cell) => cell.button === target).paint();
    }), { rootMargin: "400px" });

    const caption = make("h3", { className: "layer" }), said = make("p", { className: "said", ariaLive: "polite" }), place = make("div");
    let table = null;
    function choose(cell) {
      Object.assign(state, cell.at);
      for (const each of cells) { each.button.setAttribute("aria-pressed", each === cell); each.button.tabIndex = each === cell ? 0 : -1; }
      const layer = layers[state.layer], plane = layer.planes(state.head), { rows, columns } = layer;
      const weights = rows.map((_, row) => Array.from(plane.weights.subarray(row * columns.length, (row + 1) * columns.length)));
      const size = `${rows.length} × ${columns.length}${block.step > 1 ? `, each cell the mean of ${block.step} × ${block.step}` : ""}`;
      caption.replaceChildren(bdi(nameOf(state)), make("small", { textContent: size }));
      table = matrix({
        rows, columns, weights, high: state.whole ? 1 : plane.high || 1, caption: `${nameOf(state)}: how much of its look each query (row) spent on each key (column)`,
        point: (t, s) => { table.choose(t, s); said.replaceChildren(...sentence(layer, weights, t, s)); },
        leave: rest,
      });
      place.replaceChildren(table.node);
      redraw();
      rest();
    }
    function rest() {
      table.choose(null, null);
      said.textContent = "Point at a cell of the matrix. Arrow keys go from head to head.";
    }
    function move(event, { at, place }) {
      const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      if (!(event.key in moves)) return;
      event.preventDefault();
      const [down, across] = moves[event.key];
      const row = cells.filter((cell) => cell.at.layer === at.layer + down);
      const next = row.find((cell) => cell.place === place + across) || (down && row.at(-1));
      if (next) { next.button.focus(); choose(next); }
    }
    const redraw = () => { table.fit(); table.restrain(0); };
    const repaint = () => { cells.forEach((cell) => cell.paint()); };

    const tools = make("div", { className: "tools" }, choice("Colours", ["Own range", "0 to 1"], (index) => { state.whole = index === 1; repaint(); choose(cells.find(({ at }) => at.layer === state.layer && at.head === state.head)); }));
    node.append(make("div", { className: "heads-two" }, make("div", { className: "heads-all", tabIndex: -1 }, grid), make("div", { className: "enlarged" }, caption, tools, place, said)));
    cells.forEach((cell) => seen.observe(cell.button));
    choose(cells[0]);
    saccade.redrawn(node, (all) => { if (all) repaint(); redraw(); });
  }

  // A layer's planes, unpacked when they are asked for; -1 is the mean of all.
  function planesOf(layer) {
    const found = new Map();
    const plane = (head) => {
      if (!found.has(head)) found.set(head, head < 0 ? meanOf(layer.heads.map((_, each) => plane(each).weights)) : unpacked(layer.heads[head]));
      return found.get(head);
    };
    return plane;
  }
  function meanOf(all) {
    const weights = new Float32Array(all[0].length);
    for (const one of all) one.forEach((weight, at) => { weights[at] += weight / all.length; });
    return { weights, low: weights.reduce((a, b) => Math.min(a, b), Infinity), high: weights.reduce((a, b) => Math.max(a, b), 0) };
  }

  // Hundreds of canvases would cost time in every frame; images don't.
  const canvas = make("canvas");
  function small(image, layer, head, whole) {
    const plane = layer.planes(head), columns = layer.columns.length;
    matrix.paintCells(canvas, layer.rows.length, columns, (row, column) => plane.weights[row * columns + column], { high: whole ? 1 : plane.high || 1 });
    image.src = canvas.toDataURL();
    image.className = Math.max(layer.rows.length, columns) < 60 ? "coarse" : "";
    image.title = `highest ${written(plane.high)}`;
  }

  function sentence(layer, weights, t, s) {
    if (t !== null && s !== null) return [make("b", {}, bdi(layer.rows[t])), " → ", make("b", {}, bdi(layer.columns[s])), `: ${percent(weights[t][s])}`];
    const [share, names, verb] = t !== null ? [weights[t], layer.columns, " looked at "] : [weights.map((row) => row[s]), layer.rows, " was looked at by "];
    const order = [...share.keys()].sort((a, b) => share[b] - share[a]).slice(0, 5).filter((each) => share[each] > 0.005);
    return [make("b", {}, bdi(t !== null ? layer.rows[t] : layer.columns[s])), verb, ...order.flatMap((each, place) => [place ? ", " : "", bdi(names[each]), ` (${percent(share[each])})`])];
  }

  return show;
})();
