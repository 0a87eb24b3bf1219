// The printed tree of who answers for what: a line for each post below its unit, then the gaps.

import { t, word } from "../i18n.js";
import { areas } from "../store.js";
import { termName } from "../terms.js";
import { stamp } from "../time.js";
import { chargesText } from "./posts.js";

/** Deeper units are moved to the right, on paper as on the screen. */
const INDENT = "\u2003";

/** Return the lines of the printed tree, from the answer of the service. */
export function linesOf({ units, posts, gaps_trades, gaps_areas, gaps_areas_count }) {
  const known = new Map(posts.map((post) => [post.post, post]));
  const lines = units.flatMap((unit) => {
    const mine = unit.posts.filter((id) => known.has(id)).map((id) => known.get(id));
    return (mine.length > 0 ? mine : [undefined]).map((post) => ({ unit, post, known }));
  });
  const gaps = [
    ...gaps_trades.map(({ code }) => termName("trade", code)),
    ...gaps_areas.map(({ code }) => areas.value.name(code)),
  ];
  const more = gaps_areas_count - gaps_areas.length;
  if (more > 0) gaps.push(t("posts.more_gaps", { n: more }));
  const count = gaps_areas_count + gaps_trades.length;
  return count > 0 ? [...lines, { gaps: gaps.join(" · "), count }] : lines;
}

function unitOf({ unit, count }) {
  if (!unit) return t("posts.gaps", { n: count });
  const name = INDENT.repeat(unit.depth) + unit.name;
  return unit.duty ? `${name} · ${word("unit_duty", unit.duty)}` : name;
}

/** Return who holds a post, or since when it is vacant and to which post its duty rises. */
function heldBy({ post, known }) {
  if (!post) return null;
  if (!post.vacant_since) return post.holder_name ?? t("posts.no_name");
  const above = known.get(post.rises_to)?.name ?? post.rises_to;
  const rises = above ? t("posts.rises_to", { post: above }) : t("posts.rises_nowhere");
  return `${t("posts.vacant_from", { at: stamp(post.vacant_since) })} · ${rises}`;
}

const nameOf = ({ post }) => post && (post.first ? `${post.name} · ${t("posts.first")}` : post.name);

/** How the lines are printed, as a list of an institution is. */
export const PRINTED = {
  name: "posts",
  columns: [
    { key: "unit", of: unitOf },
    { key: "name", of: nameOf },
    { key: "holder_name", of: heldBy },
    { key: "charges", of: (line) => line.gaps ?? (line.post ? chargesText(line.post).join(" · ") : null) },
  ],
};
