// Text as it stands in a file, folded away under a line that says what it is.
saccade.renderers.code = (block, node) => {
  node.append(saccade.folded(block.summary, () => saccade.make("pre", { lang: "", tabIndex: 0, textContent: block.text })));
};
