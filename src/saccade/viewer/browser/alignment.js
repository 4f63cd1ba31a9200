// A look at a text: two lines of text with curves between, and the matrix of weights.
saccade.renderers.alignment = (() => {
  const { make, percent, signed, choice, pressing, bdi, draw } = saccade;
  const FAINT = 0.015; // lighter curves would only be dirt
  const quoted = (text) => make("b", {}, bdi(text));

  function show({ answers: all }, node) {
    const look = all[0];
    const title = make("h2", { className: "hidden", textContent: `${look.texts[0]} → ${look.texts[1]}` });
    title.setAttribute("lang", "");
    const body = make("div");
    let answer = 0, wanted = look.views[0].name, redraw = () => {};
    const update = () => { redraw = fill(body, all[answer], wanted); };

    const figures = make("span", { className: "figures" });
    const bar = make("div", { className: "about" }, figures);
    const tell = () => {
      const { logProb, score, layer } = all[answer];
      figures.textContent = `probability ${percent(Math.exp(logProb))} · score ${signed(score)} · ${layer}`;
    };
    if (look.views.length > 1)
      bar.append(choice("Unit", look.views.map((view) => view.name), (index) => { wanted = look.views[index].name; update(); }));
    node.append(title, bar);
    if (all.length > 1) node.append(answersOf(all, (index) => { answer = index; tell(); update(); }));
    node.append(body);
    tell();
    update();
    saccade.redrawn(node, () => redraw());
  }

  function answersOf(all, chosen) {
    const buttons = all.map((look) => make("button", { type: "button" },
      make("b", { dir: "auto", lang: "", textContent: look.texts[1] || "(nothing)" }),
      make("small", { textContent: signed(look.score) })));
    pressing(buttons, chosen);
    return make("ol", { className: "others", ariaLabel: "Answers, best first" }, ...buttons.map((button) => make("li", {}, button)));
  }

  // Lines, sentence and matrix of one view; gives back what draws the curves again.
  function fill(body, look, wanted) {
    const view = look.views.find((each) => each.name === wanted) || look.views[0];
    const sides = { source: line(view.source, "Source"), target: line(view.target, "Output") };
    const svg = draw("svg", { "aria-hidden": "true" });
    const lines = make("div", { className: "lines" }, sides.source.node, svg, sides.target.node);
    const said = make("p", { className: "said", ariaLive: "polite" });
    const table = matrix(view);
    body.replaceChildren(lines, said, table.node);
    const weights = view.weights;
    const paths = curves(svg, weights);

    const column = (index) => weights.map((row) => row[index]);
    let pinned = null, current = [null, null], calm = 1;
    function point(side, index, cell = null) {
      current = [side, index, cell];
      const other = side === "target" ? "source" : "target";
      const on = side !== null;
      const share = !on ? [] : side === "target" ? weights[index] : column(index);
      for (const each of ["source", "target"]) sides[each].light(each === other ? share : [], each === side ? index : cell);
      lines.classList.toggle("faded", on);
      table.choose(on ? (side === "target" ? index : cell) : null, on ? (side === "source" ? index : cell) : null);
      for (const [path, t, s, weight] of paths) {
        const mine = on && (side === "target" ? t === index : s === index) && (cell === null || (side === "target" ? s : t) === cell);
        path.style.strokeOpacity = !on ? calm * (0.12 + 0.6 * weight) : mine ? 0.25 + 0.75 * weight : 0.03 * calm;
      }
      said.replaceChildren(...(on ? sentence(view, side, index, share, cell) : ["Point at a word, or reach it by the keyboard, to see its weights."]));
    }
    const rest = () => (pinned ? point(...pinned) : point(null, null));
    for (const [side, other] of [["source", "target"], ["target", "source"]]) {
      const tokens = sides[side].tokens;
      const best = (index) => { const share = side === "target" ? weights[index] : column(index); return share.indexOf(Math.max(...share)); };
      tokens.forEach((token, index) => {
        token.addEventListener("pointerenter", () => point(side, index));
        token.addEventListener("pointerleave", rest);
        token.addEventListener("focus", () => point(side, index));
        token.addEventListener("blur", rest);
        token.addEventListener("click", () => {
          pinned = pinned && pinned[0] === side && pinned[1] === index ? null : [side, index];
          rest();
        });
        token.addEventListener("keydown", (event) => {
          const forward = view[side].dir === "rtl" ? "ArrowLeft" : "ArrowRight";
          const moves = { ArrowLeft: -1, ArrowRight: 1 };
          let next = null;
          if (event.key in moves) next = tokens[index + (event.key === forward ? 1 : -1)];
          else if (event.key === "Home") next = tokens[0];
          else if (event.key === "End") next = tokens[tokens.length - 1];
          else if (event.key === (side === "source" ? "ArrowDown" : "ArrowUp")) next = sides[other].tokens[best(index)];
          else if (event.key === "Escape") { pinned = null; token.blur(); return; }
          else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); token.click(); return; }
          if (!next) return;
          event.preventDefault();
          next.focus();
        });
      });
    }
    table.node.addEventListener("pointerover", (event) => {
      const cell = event.target.closest("td, th");
      if (!cell || cell.dataset.t === undefined && cell.dataset.s === undefined) return;
      const [t, s] = [cell.dataset.t, cell.dataset.s].map((index) => (index === undefined ? null : +index));
      if (t === null) point("source", s); else point("target", t, s);
    });
    table.node.addEventListener("pointerleave", rest);
    const redraw = () => {
      table.fit();
      place(lines, paths, sides);
      // Curves across many rows of text would hide it: there, only those of the word pointed at are drawn.
      const rows = sides.source.rows() + sides.target.rows();
      calm = rows > 4 ? 0 : Math.min(1, 2 / rows, 40 / weights.length);
      point(...current);
    };
    redraw();
    return redraw;
  }

  // A line of text whose tokens can be pointed at. Only one of them is a tab stop; arrow keys do the rest.
  function line(side, name) {
    const node = make("p", { className: "line", dir: side.dir, lang: "", role: "group", ariaLabel: name });
    if (side.parts.reduce((sum, part) => sum + part[0].length, 0) > 90) node.classList.add("long");
    const tokens = [];
    for (const [text, index, written = 1, apart = 1] of side.parts) {
      if (index < 0) { node.append(text); continue; }
      const token = make("span", { className: "token", textContent: text, role: "button", tabIndex: index ? -1 : 0 });
      token.classList.toggle("apart", !!apart);
      token.classList.toggle("whole", text.length <= 14);
      token.classList.toggle("unwritten", !written);
      if (!written) token.setAttribute("dir", "ltr");
      tokens[index] = token;
      node.append(token);
    }
    const light = (share, chosen) => tokens.forEach((token, index) => {
      const weight = share[index] || 0;
      token.classList.toggle("chosen", index === chosen);
      token.classList.toggle("lit", weight > 0.02);
      token.classList.toggle("strong", weight > 0.85);
      token.style.setProperty("--w", weight);
    });
    const rows = () => Math.round(node.clientHeight / parseFloat(getComputedStyle(node).lineHeight));
    return { node, tokens, light, rows };
  }

  function sentence(view, side, index, share, cell) {
    const other = side === "target" ? "source" : "target";
    const order = cell === null ? [...share.keys()].sort((a, b) => share[b] - share[a]).slice(0, 5) : [cell];
    const parts = order.filter((each) => cell !== null || share[each] > 0.005)
      .flatMap((each, place) => [place ? ", " : "", make("bdi", { lang: "", textContent: view[other].labels[each] }), ` (${percent(share[each])})`]);
    const verb = side === "target" ? " looked at " : " was looked at by ";
    return [quoted(view[side].labels[index]), verb, ...(parts.length ? parts : ["nothing"])];
  }

  function curves(svg, weights) {
    const paths = [];
    weights.forEach((row, t) => row.forEach((weight, s) => {
      if (weight < FAINT) return;
      const path = draw("path", {});
      path.style.strokeWidth = 0.8 + 4.2 * weight;
      paths.push([path, t, s, weight]);
    }));
    paths.sort((a, b) => a[3] - b[3]).forEach(([path]) => svg.append(path));
    return paths;
  }

  function place(lines, paths, sides) {
    const frame = lines.getBoundingClientRect();
    const boxes = (tokens) => tokens.map((token) => token.getClientRects()[0] || frame);
    const [above, below] = [boxes(sides.source.tokens), boxes(sides.target.tokens)];
    for (const [path, t, s] of paths) {
      const [from, to] = [above[s], below[t]];
      const [x1, y1] = [from.left + from.width / 2 - frame.left, from.bottom - frame.top + 1];
      const [x2, y2] = [to.left + to.width / 2 - frame.left, to.top - frame.top - 1];
      const bend = (y2 - y1) / 2;
      path.setAttribute("d", `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`);
    }
  }

  // The matrix is a table: rows are output words, columns source words.
  function matrix(view) {
    const name = (text, dir) => make("span", { textContent: text, dir, lang: "", title: text });
    const unwritten = (side) => new Set(side.parts.filter((part) => part[2] === 0).map((part) => part[1]));
    const [grey, greyRow] = [unwritten(view.source), unwritten(view.target)];
    const head = view.source.labels.map((label, s) => {
      const th = make("th", { scope: "col", className: grey.has(s) ? "unwritten" : "" }, name(label, "auto"));
      th.dataset.s = s;
      return th;
    });
    const rows = view.weights.map((row, t) => {
      const th = make("th", { scope: "row", className: greyRow.has(t) ? "unwritten" : "" }, name(view.target.labels[t], "auto"));
      th.dataset.t = t;
      return make("tr", {}, th, ...row.map((weight, s) => {
        const td = make("td", { textContent: weight < 0.015 ? "" : weight.toFixed(2).replace(/^0/, ""), className: weight > 0.72 ? "strong" : weight > 0.25 ? "middle" : "" });
        td.style.setProperty("--w", Math.min(1, Math.max(0, weight)));
        td.dataset.t = t;
        td.dataset.s = s;
        return td;
      }));
    });
    const caption = make("caption", { textContent: "How much of its look each output word (row) spent on each source word (column), from 0 to 1" });
    const table = make("table", {}, caption, make("thead", {}, make("tr", {}, make("td", { className: "corner" }), ...head)), make("tbody", {}, ...rows));
    const node = make("div", { className: "matrix", tabIndex: 0, role: "region", ariaLabel: "Matrix of weights" }, table);
    const fit = () => {
      const width = node.clientWidth - 44, count = Math.max(1, head.length);
      const labels = Math.min(150, 24 + 9 * Math.max(1, ...view.target.labels.map((label) => label.length)));
      const size = Math.floor(Math.max(15, Math.min(46, (width - labels) / count - 2)));
      table.style.setProperty("--size", size + "px");
      table.classList.toggle("small", size < 30);
      table.classList.remove("upright");
      const wide = head.some((th) => th.firstChild.offsetWidth > size + 6);
      table.classList.toggle("upright", wide);
    };
    const choose = (t, s) => {
      table.classList.toggle("faded", t !== null || s !== null);
      rows.forEach((row, index) => {
        row.classList.toggle("chosen", index === t);
        row.firstChild.classList.toggle("chosen", index === t);
        [...row.children].slice(1).forEach((td, place) => {
          td.classList.toggle("column", place === s && (t === null || index === t));
          td.classList.toggle("chosen", index === t && place === s);
        });
      });
      head.forEach((th, index) => th.classList.toggle("chosen", index === s));
    };
    return { node, fit, choose };
  }

  return show;
})();
