// Codes made from what people type.

/** Value of the choice to type a code of one's own. No code is written like this; a list may hold `other`. */
export const OWN = "*";

const CODE = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** Make a code from a text: lower case, words joined by _. Returns "" if there are no such letters. */
export function codeOf(text) {
  const code = text
    .normalize("NFKD")
    .toLowerCase()
    .trim()
    .replace(/\s+/g, "_")
    .replace(/[^a-z0-9_.-]/g, "")
    .replace(/^[_.-]+|[_.-]+$/g, "")
    .slice(0, 64);
  return CODE.test(code) ? code : "";
}
