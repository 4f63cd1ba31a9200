// A look at a text: two lines of text with links between, and the matrix of weights; other answers beside it.
saccade.renderers.alignment = (() => {
  const { make, percent, signed, choice, pressing, bdi, slider, matrix, links } = saccade;
  const sides = ["source", "target"];
  const otherOf = (side) => (side === "source" ? "target" : "source");

  function show({ answers }, node) {
    const first = answers[0], names = first.views.map((view) => view.name);
    const state = { unit: names[0], answer: 0, beside: false, least: 0 };
    let panels = [];
    const body = make("div");
    const update = () => {
      const shown = state.beside ? answers : [answers[state.answer]];
      panels = shown.map((look) => panelOf(look, state, (panel, ...place) => panels.forEach((each) => { if (each !== panel) each.follow(...place); })));
      body.className = state.beside ? "beside" : "";
      body.replaceChildren(...panels.map((panel) => panel.node));
      redraw();
    };
    const redraw = () => panels.forEach((panel) => panel.redraw());

    const figures = make("span", { className: "figures" });
    const tell = () => { const look = answers[state.answer]; figures.textContent = state.beside ? look.layer : `${figuresOf(look)} · ${look.layer}`; };
    const tools = make("div", { className: "about" }, figures);
    node.append(make("h2", { className: "hidden", lang: "", textContent: `${first.texts[0]} → ${first.texts[1]}` }), tools);
    if (answers.length > 1) {
      const list = listOf(answers, (index) => { state.answer = index; tell(); update(); });
      tools.append(choice("Answers", ["One by one", "Side by side"], (index) => { state.beside = index === 1; list.hidden = state.beside; tell(); update(); }));
      node.append(list);
    }
    if (names.length > 1) tools.append(choice("Unit", names, (index) => { state.unit = names[index]; update(); }));
    tools.append(slider("Weights from", { min: 0, max: 60, value: 0 }, (value) => { state.least = value / 100; panels.forEach((panel) => panel.restrain()); }, (value) => `${value} %`));
    node.append(body);
    tell();
    update();
    saccade.redrawn(node, redraw);
  }

  const figuresOf = (look) => `probability ${percent(Math.exp(look.logProb))} · score ${signed(look.score)}`;
  const outputOf = (look) => make("b", { dir: "auto", lang: "", textContent: look.texts[1] || "(nothing)" });

  function listOf(answers, chosen) {
    const buttons = answers.map((look) => make("button", { type: "button" }, outputOf(look), make("small", { textContent: signed(look.score) })));
    pressing(buttons, chosen);
    return make("ol", { className: "others", ariaLabel: "Answers, best first" }, ...buttons.map((button) => make("li", {}, button)));
  }

  // Lines, sentence and matrix of one answer. What is pointed at: a side and a number, or a cell: both.
  function panelOf(look, state, tellOthers) {
    const view = look.views.find((each) => each.name === state.unit) || look.views[0], { weights } = view;
    const lines = { source: lineOf(view.source, "Source"), target: lineOf(view.target, "Output") };
    const drawn = links(weights);
    const pair = make("div", { className: "lines" }, lines.source.node, drawn.node, lines.target.node);
    const said = make("p", { className: "said", ariaLive: "polite" });
    const unwritten = (side) => new Set(side.parts.filter((part) => part[2] === 0).map((part) => part[1]));
    const table = matrix({
      rows: view.target.labels, columns: view.source.labels, weights, mirrored: view.source.dir === "rtl",
      quiet: { rows: unwritten(view.target), columns: unwritten(view.source) },
      caption: "How much of its look each output word (row) spent on each source word (column), from 0 to 1",
      point: (t, s) => (t === null ? point("source", s) : point("target", t, s)), leave: () => rest(),
    });
    const head = make("header", {}, outputOf(look), make("small", { textContent: figuresOf(look) }));
    const node = make("div", { className: "answer" }, ...(state.beside ? [head] : []), pair, said, table.node);

    const shareOf = (side, index) => (side === "target" ? weights[index] : weights.map((row) => row[index]));
    let pinned = null, current = [null, null, null], calm = 1;
    function light(side, index, cell = null) {
      current = [side, index, cell];
      const on = side !== null, share = on ? shareOf(side, index) : [];
      for (const each of sides) lines[each].light(on && each === otherOf(side) ? share : [], each === side ? index : cell, state.least);
      pair.classList.toggle("faded", on);
      const [t, s] = side === "target" ? [index, cell] : [cell, index];
      table.choose(on ? t : null, on ? s : null);
      drawn.paint(state.least, calm, on ? { t, s } : null);
      said.replaceChildren(...(on ? sentenceOf(view, side, index, share, cell) : ["Point at a word, or reach it by the keyboard, to see its weights."]));
    }
    function point(side, index, cell = null) {
      light(side, index, cell);
      tellOthers(self, side, index, side && view[side].labels[index]);
    }
    const rest = () => (pinned ? point(...pinned) : point(null, null));
    for (const side of sides) reach(side);

    function reach(side) {
      const { tokens } = lines[side];
      const strongest = (index) => { const share = shareOf(side, index); return share.indexOf(Math.max(...share)); };
      const press = (index) => { pinned = pinned && pinned[0] === side && pinned[1] === index ? null : [side, index]; rest(); };
      tokens.forEach((token, index) => {
        token.addEventListener("pointerenter", () => point(side, index));
        token.addEventListener("pointerleave", rest);
        token.addEventListener("focus", () => point(side, index));
        token.addEventListener("blur", rest);
        token.addEventListener("click", () => press(index));
        token.addEventListener("keydown", (event) => {
          const onward = view[side].dir === "rtl" ? "ArrowLeft" : "ArrowRight";
          let next = null;
          if (event.key === "ArrowLeft" || event.key === "ArrowRight") next = tokens[index + (event.key === onward ? 1 : -1)];
          else if (event.key === "Home") next = tokens[0];
          else if (event.key === "End") next = tokens.at(-1);
          else if (event.key === (side === "source" ? "ArrowDown" : "ArrowUp")) next = lines[otherOf(side)].tokens[strongest(index)];
          else if (event.key === "Escape") { pinned = null; token.blur(); return; }
          else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); press(index); return; }
          if (!next) return;
          event.preventDefault();
          next.focus();
        });
      });
    }

    const self = {
      node,
      // Of another answer to the same source, the words that were read are mostly the same.
      follow: (side, index, label) => light(...(side === "source" && view.source.labels[index] === label ? [side, index] : [null, null])),
      restrain: () => { table.restrain(state.least); light(...current); },
      redraw: () => {
        table.fit();
        table.restrain(state.least);
        drawn.place(pair, lines.source.tokens, lines.target.tokens);
        // Links across many rows of text would hide it: there, only those of the word pointed at are drawn.
        const rows = lines.source.rows() + lines.target.rows();
        calm = rows > 4 ? 0 : Math.min(1, 2 / rows, 40 / weights.length);
        light(...current);
      },
    };
    return self;
  }

  // A line of text whose tokens can be pointed at. Only one of them is a tab stop; arrow keys do the rest.
  function lineOf(side, name) {
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
    const light = (share, chosen, least) => tokens.forEach((token, index) => {
      const weight = share[index] >= Math.max(0.02, least) ? share[index] : 0;
      token.classList.toggle("chosen", index === chosen);
      token.classList.toggle("lit", weight > 0);
      token.classList.toggle("strong", weight > 0.85);
      if (weight) token.style.setProperty("--w", weight);
    });
    const rows = () => {
      const { lineHeight, paddingTop } = getComputedStyle(node);
      return Math.round((node.clientHeight - parseFloat(paddingTop)) / parseFloat(lineHeight));
    };
    return { node, tokens, light, rows };
  }

  function sentenceOf(view, side, index, share, cell) {
    const { labels } = view[otherOf(side)];
    const order = cell === null ? [...share.keys()].sort((a, b) => share[b] - share[a]).slice(0, 5) : [cell];
    const parts = order.filter((each) => cell !== null || share[each] > 0.005)
      .flatMap((each, place) => [place ? ", " : "", bdi(labels[each]), ` (${percent(share[each])})`]);
    const verb = side === "target" ? " looked at " : " was looked at by ";
    return [make("b", {}, bdi(view[side].labels[index])), verb, ...(parts.length ? parts : ["nothing"])];
  }

  return show;
})();
