// A matrix of weights between labels: a table where it is small, else a canvas, whose table is made when it is opened.
saccade.matrix = (() => {
  const { make, table, folded, clip } = saccade;
  const CELLS = 1500, COLUMNS = 64; // as many can be a table
  const LEAST = 0.015; // what is smaller is not written
  const short = (weight) => (weight < LEAST ? "" : weight.toFixed(2).replace(/^0/, ""));

  // `spec`: rows, columns (labels), weights, caption; quiet: labels that are written nowhere; mirrored: the first
  // column stands at the right; high: the weight that has the full colour, 1 if not said; texts: what is written into the
  // cells, the weights if not said; point(row, column) and leave()
  // are told what the pointer and the keys reach.
  function matrix(spec) {
    const small = spec.columns.length <= COLUMNS && spec.rows.length * spec.columns.length <= CELLS;
    return (small ? tabled : painted)(spec);
  }

  function tabled({ rows, columns, weights, caption, quiet, mirrored, high = 1, texts, point, leave }) {
    const named = (label, scope, number, key, set) => {
      const th = make("th", { scope, className: set?.has(number) ? "unwritten" : "" }, make("span", { textContent: label, dir: "auto", lang: "", title: label }));
      th.dataset[key] = number;
      return th;
    };
    const cells = [];
    const lines = weights.map((row, t) => make("tr", {}, named(rows[t], "row", t, "t", quiet?.rows), ...row.map((weight, s) => {
      const td = make("td", { textContent: texts ? texts[t][s] : short(weight), className: weight > 0.72 * high ? "strong" : weight > 0.25 * high ? "middle" : "" });
      td.style.setProperty("--w", clip(weight / high, 0, 1));
      [td.dataset.t, td.dataset.s] = [t, s];
      cells.push([td, weight]);
      return td;
    })));
    const head = columns.map((label, s) => named(label, "col", s, "s", quiet?.columns));
    const inside = make("table", { dir: mirrored ? "rtl" : "ltr" }, make("caption", { textContent: caption }),
      make("thead", {}, make("tr", {}, make("td", { className: "corner" }), ...head)), make("tbody", {}, ...lines));
    const node = make("div", { className: "matrix", tabIndex: 0, role: "region", ariaLabel: "Matrix of weights" }, inside);

    node.addEventListener("pointerover", (event) => {
      const { t, s } = event.target.closest("td, th")?.dataset || {};
      if (t !== undefined || s !== undefined) point(t === undefined ? null : +t, s === undefined ? null : +s);
    });
    node.addEventListener("pointerleave", leave);
    const fit = () => {
      const width = node.clientWidth - 44, longest = Math.max(1, ...rows.map((label) => label.length));
      const size = Math.floor(clip((width - Math.min(150, 24 + 9 * longest)) / Math.max(1, head.length) - 2, 15, 46));
      inside.style.setProperty("--size", size + "px");
      inside.classList.toggle("small", size < 30);
      inside.classList.remove("upright");
      inside.classList.toggle("upright", head.some((th) => th.firstChild.offsetWidth > size + 6));
    };
    // Only what changes is touched: of a thousand cells, some twenty.
    let marked = [];
    const choose = (t, s) => {
      inside.classList.toggle("faded", t !== null || s !== null);
      for (const [node, name] of marked) node.classList.remove(name);
      marked = [];
      if (t !== null) marked.push([lines[t], "chosen"], [lines[t].firstChild, "chosen"]);
      if (s !== null) marked.push([head[s], "chosen"], ...(t === null ? lines : [lines[t]]).map((line) => [line.children[s + 1], "column"]));
      if (t !== null && s !== null) marked.push([lines[t].children[s + 1], "chosen"]);
      for (const [node, name] of marked) node.classList.add(name);
    };
    const restrain = (least) => cells.forEach(([td, weight]) => td.classList.toggle("under", weight < least));
    return { node, fit, choose, restrain };
  }

  // Cells of a matrix into a canvas, from `low` (no colour) to `high` (the accent); what lies under `least` has none.
  function paintCells(canvas, rows, columns, weightOf, { low = 0, high = 1, least = -Infinity } = {}) {
    const style = getComputedStyle(document.documentElement);
    const numbers = (name) => style.getPropertyValue(name).trim();
    const to = numbers("--accent").split(" ").map(Number), from = [1, 3, 5].map((at) => parseInt(numbers("--cell").slice(at, at + 2), 16));
    [canvas.width, canvas.height] = [Math.max(1, columns), Math.max(1, rows)];
    const image = new ImageData(canvas.width, canvas.height);
    for (let row = 0, at = 0; row < rows; row++) for (let column = 0; column < columns; column++, at += 4) {
      const weight = weightOf(row, column), share = weight < least ? 0 : clip((weight - low) / (high - low || 1), 0, 1);
      for (let part = 0; part < 3; part++) image.data[at + part] = from[part] + share * (to[part] - from[part]);
      image.data[at + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  function painted({ rows, columns, weights, caption, mirrored, high = 1, texts, point, leave }) {
    const cells = make("canvas", { className: "cells" }), names = make("canvas", { className: "names" });
    const cross = { row: make("i"), column: make("i"), cell: make("i") };
    const told = { row: make("span", { className: "told", lang: "", dir: "auto" }), column: make("span", { className: "told", lang: "", dir: "auto" }) };
    const field = make("div", { className: "field", tabIndex: 0, role: "img", ariaLabel: `${caption}: ${rows.length} rows, ${columns.length} columns. Arrow keys move over the cells; all weights are in the table below.` },
      cells, cross.row, cross.column, cross.cell);
    const board = make("div", { className: "board" }, names, field, told.row, told.column);
    const numbers = folded("All weights as a table", () => table(caption, ["", ...columns], weights.map((row, t) => [rows[t], ...(texts ? texts[t] : row.map(short))])));
    const node = make("div", { className: "dense" }, make("div", { className: "matrix", role: "region", ariaLabel: "Matrix of weights" }, board), numbers);
    const place = (s) => (mirrored ? columns.length - 1 - s : s);
    let size = 1, beside = 0, above = 0, at = null;

    const restrain = (least) => paintCells(cells, rows.length, columns.length, (t, s) => weights[t][place(s)], { least, high });
    const fit = () => {
      const context = names.getContext("2d"), font = `12px ${getComputedStyle(node).fontFamily}`;
      context.font = font;
      const longest = (labels, most) => Math.ceil(Math.min(most, Math.max(0, ...labels.map((label) => context.measureText(label).width)))) + 10;
      const room = node.firstChild.clientWidth - 44;
      [beside, above] = [longest(rows, Math.min(130, room / 4)), longest(columns, 100)];
      size = clip(Math.floor((room - beside) / columns.length), 4, 18);
      const [wide, high] = [size * columns.length, size * rows.length], dense = Math.max(1, Math.min(2, devicePixelRatio || 1));
      [names.width, names.height] = [(wide + beside) * dense, (high + above) * dense];
      for (const [node, left, top, width, height] of [[board, 0, 0, wide + beside, high + above], [names, 0, 0, wide + beside, high + above], [field, beside, above, wide, high], [cells, 0, 0, wide, high]])
        Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      context.scale(dense, dense);
      context.font = font;
      context.fillStyle = getComputedStyle(node).getPropertyValue("--soft");
      context.textBaseline = "middle";
      // Where cells are narrower than letters, only some are named.
      const every = Math.ceil(13 / size);
      context.textAlign = "right";
      rows.forEach((label, t) => { if (t % every === 0) context.fillText(label, beside - 7, above + (t + 0.5) * size, beside - 8); });
      context.textAlign = "left";
      columns.forEach((label, s) => {
        if (s % every) return;
        context.save();
        context.translate(beside + (place(s) + 0.5) * size, above - 6);
        context.rotate(-Math.PI / 2);
        context.fillText(label, 0, 0, above - 8);
        context.restore();
      });
      node.style.setProperty("--size", `${size}px`);
    };
    const choose = (t, s) => {
      at = t === null || s === null ? at : [t, s];
      const put = (mark, on, left, top, width, height) => { mark.hidden = !on; if (on) Object.assign(mark.style, { transform: `translate(${left}px, ${top}px)`, width: `${width}px`, height: `${height}px` }); };
      put(cross.row, t !== null, 0, t * size, size * columns.length, size);
      put(cross.column, s !== null, place(s) * size, 0, size, size * rows.length);
      put(cross.cell, t !== null && s !== null, place(s) * size, t * size, size, size);
      told.row.hidden = t === null;
      told.column.hidden = s === null;
      if (t !== null) { told.row.textContent = rows[t]; told.row.style.transform = `translate(calc(${beside - 4}px - 100%), calc(${above + (t + 0.5) * size}px - 50%))`; }
      if (s !== null) { told.column.textContent = columns[s]; told.column.style.transform = `translate(calc(${beside + (place(s) + 0.5) * size}px - 50%), calc(${above - 3}px - 100%))`; }
    };
    field.addEventListener("pointermove", (event) => {
      const frame = field.getBoundingClientRect();
      const t = clip(Math.floor((event.clientY - frame.top) / size), 0, rows.length - 1), s = place(clip(Math.floor((event.clientX - frame.left) / size), 0, columns.length - 1));
      if (!at || at[0] !== t || at[1] !== s || cross.cell.hidden) point(t, s);
    });
    const left = () => { at = null; leave(); };
    field.addEventListener("pointerleave", left);
    field.addEventListener("blur", left);
    field.addEventListener("keydown", (event) => {
      const onward = mirrored ? -1 : 1, [t, s] = at || [0, 0];
      const moves = { ArrowLeft: [t, s - onward], ArrowRight: [t, s + onward], ArrowUp: [t - 1, s], ArrowDown: [t + 1, s], Home: [t, 0], End: [t, columns.length - 1] };
      if (event.key === "Escape") { left(); return; }
      if (!(event.key in moves)) return;
      event.preventDefault();
      const [row, column] = at ? moves[event.key] : [t, s];
      point(clip(row, 0, rows.length - 1), clip(column, 0, columns.length - 1));
    });
    return { node, fit, choose, restrain };
  }

  return Object.assign(matrix, { paintCells });
})();
