// What differs between two names: the longest common characters stay plain, the rest is marked. Pure.

/** Return the lengths of the longest common subsequences of the rests of two texts. */
function table(one, other) {
  const found = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      found[i][j] =
        one[i] === other[j] ? found[i + 1][j + 1] + 1 : Math.max(found[i + 1][j], found[i][j + 1]);
  return found;
}

/** Join characters of one kind: [{text, differs}]. */
function joined(characters) {
  const parts = [];
  for (const [text, differs] of characters) {
    const last = parts.at(-1);
    if (last && last.differs === differs) last.text += text;
    else parts.push({ text, differs });
  }
  return parts;
}

/** Return the parts of two names, each as [{text, differs}].
 *
 * @param {string} one
 * @param {string} other
 */
export function marked(one, other) {
  const a = [...one];
  const b = [...other];
  const common = table(a, b);
  const left = [];
  const right = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      left.push([a[i++], false]);
      right.push([b[j++], false]);
    } else if (common[i + 1][j] >= common[i][j + 1]) left.push([a[i++], true]);
    else right.push([b[j++], true]);
  }
  left.push(...a.slice(i).map((text) => [text, true]));
  right.push(...b.slice(j).map((text) => [text, true]));
  return [joined(left), joined(right)];
}
