saccade.renderers.text = (block, node) => {
  node.append(...(block.paragraphs || []).map((text) => saccade.make("p", { dir: "auto", textContent: text })));
};
