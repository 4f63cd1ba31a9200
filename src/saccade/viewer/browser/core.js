"use strict";
// What all blocks share. All text goes in by textContent: nothing of the data is ever read as markup.
const saccade = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  // A function for each kind of block: (block, node) => draws the block into the node. One file each.
  const renderers = {};

  // Show a block as the last thing in an element; gives back its node.
  function show(block, element) {
    const node = make("section", { className: "block" });
    element.append(node);
    if (block.title) node.append(make("h2", { dir: "auto", textContent: block.title }));
    try {
      if (!Object.hasOwn(renderers, block.kind)) throw new Error(`this page cannot draw a block of kind ${block.kind}`);
      node.classList.add(block.kind);
      renderers[block.kind](block, node);
    } catch (error) {
      console.error(error);
      node.append(make("p", { className: "failed", textContent: `This could not be drawn: ${error.message}.` }));
    }
    return node;
  }

  function make(name, properties = {}, ...children) {
    const { role, ...rest } = properties;
    const node = Object.assign(document.createElement(name), rest);
    if (role) node.setAttribute("role", role);
    node.append(...children);
    return node;
  }
  function draw(name, attributes, ...children) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }
  // Text of the data, in a direction of its own.
  const bdi = (text) => make("bdi", { lang: "", textContent: text });

  const clip = (value, low, high) => Math.min(high, Math.max(low, value));
  const percent = (share) =>
    share >= 0.9995 ? "100 %" : share < 0.0005 ? "under 0.1 %" : (100 * share).toFixed(share < 0.0995 || share >= 0.995 ? 1 : 0) + " %";
  const minus = (text) => text.replace("-", "\u2212");
  const signed = (score, digits = 2) => minus(score.toFixed(digits));
  const written = (weight) => minus(String(+weight.toPrecision(3)));

  // Inferno: even to the eye, in grey too, and legible to the colour-blind. 256 steps between these colours.
  const STOPS = ("000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e 7d1e6d 8a226a 972766 a32c61 b0315b bc3754 " +
    "c73e4c d24644 db503b e45a31 eb6628 f1731d f68013 f98e09 fb9d07 fcac11 fbbc21 f9cb35 f5db4c f2ea69 f3f68a fcffa4").split(" ").map((code) => [0, 2, 4].map((at) => parseInt(code.slice(at, at + 2), 16)));
  const shades = Array.from({ length: 256 }, (_, step) => {
    const at = (step / 255) * (STOPS.length - 1), before = Math.min(Math.floor(at), STOPS.length - 2);
    return STOPS[before].map((part, which) => Math.round(part + (at - before) * (STOPS[before + 1][which] - part)));
  });

  // Buttons of which one is pressed.
  function pressing(buttons, chosen, first = 0) {
    const press = (wanted) => buttons.forEach((button, index) => button.setAttribute("aria-pressed", index === wanted));
    buttons.forEach((button, index) => button.addEventListener("click", () => { press(index); chosen(index); }));
    press(first);
    return press;
  }
  function choice(name, labels, chosen, first = 0) {
    const buttons = labels.map((label) => make("button", { type: "button", textContent: label }));
    const node = make("div", { className: "choice", role: "group", ariaLabel: name }, ...buttons);
    node.press = pressing(buttons, chosen, first);
    return node;
  }
  function slider(name, properties, changed, shown = null) {
    const value = shown && make("output", { textContent: shown(properties.value) });
    const input = make("input", { type: "range", ...properties, ariaLabel: name });
    input.addEventListener("input", () => { if (value) value.textContent = shown(+input.value); changed(+input.value); });
    return make("label", { className: "slider" }, name, input, ...(value ? [value] : []));
  }

  // A table of head and rows; the first of a row names it. Cells are text, numbers, or nodes.
  function table(caption, head, rows) {
    const filled = (node, cell) => { node.append(typeof cell === "object" && cell ? cell : bdi(cell ?? "–")); return node; };
    const named = (cell, scope) => { const th = filled(make("th"), cell); th.scope = scope; return th; };
    const body = rows.map(([first, ...cells]) => make("tr", {}, named(first, "row"),
      ...cells.map((cell) => filled(make("td", { className: typeof cell === "string" && !/^[\d\u2212–.,]/.test(cell) ? "words" : "" }), cell))));
    return make("table", { className: "numbers" }, ...(caption ? [make("caption", { textContent: caption })] : []),
      ...(head ? [make("thead", {}, make("tr", {}, ...head.map((cell) => named(cell, "col"))))] : []), make("tbody", {}, ...body));
  }
  const scrolled = (node, name) => make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: name }, node);
  // Figures that are made when somebody opens them.
  function folded(summary, made) {
    const inside = make("div", { className: "scroll" });
    const node = make("details", {}, make("summary", { textContent: summary }), inside);
    node.refresh = () => { if (node.open) inside.replaceChildren(made()); };
    node.addEventListener("toggle", node.refresh);
    return node;
  }

  // What depends on the width of a node, or on the colours, is drawn again when they change, and for printing.
  const drawn = new Set();
  function redrawn(node, again) {
    drawn.add({ node, again });
    let width = null;
    new ResizeObserver(() => { if (node.clientWidth !== width) { width = node.clientWidth; again(); } }).observe(node);
  }
  const allAgain = () => drawn.forEach((each) => { if (each.node.isConnected) each.again(); else drawn.delete(each); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", allAgain);
  matchMedia("print").addEventListener("change", allAgain);
  addEventListener("beforeprint", allAgain);
  addEventListener("afterprint", allAgain);

  // Blocks that the page itself holds.
  function start() {
    const place = document.getElementById("blocks");
    for (const block of JSON.parse(document.getElementById("data").textContent)) show(block, place);
  }

  return { shades, renderers, show, start, make, draw, bdi, clip, percent, minus, signed, written, pressing, choice, slider, table, scrolled, folded, redrawn };
})();
