// Return texts that a right-to-left override earlier in the same run of text reverses.
() => {
  const inline = ["inline", "inline-block", "inline-flex", "inline-grid", "contents"];
  const style = (one) => getComputedStyle(one);
  const isolated = (one) =>
    (style(one).display !== "inline" && style(one).display !== "contents") ||
    style(one).unicodeBidi.startsWith("isolate") ||
    style(one).unicodeBidi === "plaintext";
  const around = (text) => {
    let box = text.parentElement;
    while (!isolated(box)) box = box.parentElement;
    return box;
  };
  /** Return whether a block between the text and `box` starts a new line. */
  const block = (text, box) => {
    let one = text.parentElement;
    while (one !== box && inline.includes(style(one).display)) one = one.parentElement;
    return one !== box;
  };

  /** Return what follows a text in its box, up to the next block. */
  function following(text, box) {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    walker.currentNode = text;
    let said = "";
    while (walker.nextNode() && !block(walker.currentNode, box)) said += walker.currentNode.data;
    return said;
  }

  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const at = text.data.indexOf("\u202e");
    if (at < 0 || !text.parentElement.checkVisibility() || text.parentElement.closest("option, datalist"))
      continue;
    const box = around(text);
    const after = (text.data.slice(at).replace(/^\u202e(exe\.txt|\**)/, "") + following(text, box)).trim();
    if (after) found.push(`${after.slice(0, 60)} in ${box.outerHTML.slice(0, 160)}`);
  }
  return found.slice(0, 5);
};
