// Which labels are taken for which: a row for each right one, a column for each that was said.
saccade.renderers.confusion = (block, node) => {
  const { make, bdi, percent, matrix, folded, table } = saccade;
  const { names, counts } = block, sums = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const shares = counts.map((row, t) => row.map((count) => (sums[t] ? count / sums[t] : 0)));
  const said = make("p", { className: "said", ariaLive: "polite" });
  const rest = () => { drawn.choose(null, null); said.textContent = "Rows: what it is. Columns: what the model said."; };
  const tell = (t, s) => {
    drawn.choose(t, s);
    const name = (at) => make("b", {}, bdi(names[at]));
    const found = counts.reduce((sum, row) => sum + row[s ?? 0], 0);
    said.replaceChildren(...(t === null ? [name(s), ` was said ${found.toLocaleString("en")} times`]
      : s === null ? [name(t), ` is found ${counts[t][t].toLocaleString("en")} times of ${sums[t].toLocaleString("en")} (${percent(shares[t][t])})`]
      : [name(t), t === s ? " found: " : " taken for ", ...(t === s ? [] : [name(s), ": "]), `${counts[t][s].toLocaleString("en")} of ${sums[t].toLocaleString("en")} (${percent(shares[t][s])})`]));
  };
  const drawn = matrix({
    rows: names, columns: names, weights: shares, texts: counts.map((row) => row.map((count) => (count ? count.toLocaleString("en") : ""))),
    caption: "How often each right label (row) was taken for each label (column)", point: tell, leave: rest,
  });
  const mistakes = counts.flatMap((row, t) => row.flatMap((count, s) => (t !== s && count ? [[t, s, count]] : []))).sort((a, b) => b[2] - a[2]);
  node.append(drawn.node, said, ...(mistakes.length ? [folded("The most frequent mistakes", () =>
    table(null, ["it is", "the model said", "times", "of"], mistakes.slice(0, 20).map(([t, s, count]) => [names[t], bdi(names[s]), count.toLocaleString("en"), sums[t].toLocaleString("en")])))] : []));
  rest();
  saccade.redrawn(node, () => { drawn.fit(); drawn.restrain(0); });
};
