saccade.renderers.table = (block, node) => {
  node.append(saccade.scrolled(saccade.table(block.caption, block.head, block.rows), block.caption || block.title || "Table"));
};
