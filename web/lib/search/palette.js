// One box for everything (Ctrl K): actions of the board at once, people and things as the service finds them.

import { send } from "../api.js";
import { t, word } from "../i18n.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { go, route } from "../router.js";
import { areas, entries } from "../store.js";
import { Dialog, ErrorNote, Icon } from "../ui.js";

const MOST = 20;
/** Delay after the last key before the service is asked. */
const PAUSE_MS = 150;
/** How often to ask again while the service prepares its search. */
const BUILDING_MS = 1500;
const NOTHING = { items: [], more: false, building: null, problem: null };

/** Return the text without case, accents and outer space, as the service compares it.
 *
 * @param {string} text
 */
export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** Pages and forms whose name contains the text: {id, label, sub, to}. */
export function actions(text, names, forms) {
  const all = [
    ...names.map((name) => ({ id: `page-${name}`, label: t(`page.${name}`), to: [name, {}] })),
    ...forms.map((form) => ({
      id: `new-${form}`,
      label: t(`search.new_${form}`),
      to: ["enter", { id: form }],
    })),
  ];
  return all
    .filter((one) => folded(one.label).includes(folded(text)))
    .map((one) => ({ ...one, sub: t("search.action") }));
}

/** Where a find is shown. */
const PLACE = {
  request: ({ id }) => ["requests", { id }],
  worker: ({ id }) => ["workers", { id }],
  team: ({ id }) => ["teams", { id }],
  incident: ({ id }) => ["incidents", { id }],
  area: ({ id }) => ["requests", { query: { area: id } }],
};
const ABOUT = {
  request: ({ row }) => [
    word("category", row.category),
    row.contact_name,
    areas.value.name(row.area),
    word("request_state", row.state),
  ],
  worker: ({ row }) => [word("role", row.role), areas.value.name(row.area), word("presence", row.presence)],
  team: ({ row }) => [row.call_sign, areas.value.name(row.area)],
  incident: ({ row }) => [word("incident_kind", row.kind)],
  area: ({ row }) => [row.area],
};

/** Return a find of the service as a line of the list. */
export const lineOf = (find) => ({
  id: `${find.kind}-${find.id}`,
  label: find.label,
  sub: [t(`search.${find.kind}`), ...ABOUT[find.kind](find)].filter(Boolean).join(" · "),
  to: PLACE[find.kind](find),
});

/** Ask the service a little after the last key. The answer to an older text is dropped. */
function useFinds(text) {
  const [found, setFound] = useState({ ...NOTHING, text: "" });
  useEffect(() => {
    if (!text) return setFound({ ...NOTHING, text });
    let over = false;
    let later = 0;
    const ask = () =>
      send("POST", `/${route.peek().jurisdiction}/find`, { text, limit: MOST }).then(
        ({ items, more, building }) => {
          if (over) return;
          setFound({ items, more, building, text, problem: null });
          if (building) later = setTimeout(ask, BUILDING_MS);
        },
        (problem) => !over && setFound({ ...NOTHING, text, problem }),
      );
    later = setTimeout(ask, PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(later);
    };
  }, [text]);
  return found;
}

/** The box. `names`: the pages that the token may use, in order. */
export function Palette({ names, close }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  /** Whether Enter was pressed: the best find is taken as soon as it is there. */
  const [eager, setEager] = useState(false);
  const asked = text.trim();
  const found = useFinds(asked);
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  const lines = [...found.items.map(lineOf), ...actions(asked, names, entries.value)];
  const chosen = Math.min(at, lines.length - 1);
  useEffect(() => {
    document.getElementById(`found-${lines[chosen]?.id}`)?.scrollIntoView({ block: "nearest" });
  });
  const take = (line) => {
    if (!line) return;
    const [page, place] = line.to;
    close();
    go(page, place);
  };
  const ready = eager && found.text === asked;
  useEffect(() => {
    if (!ready) return;
    setEager(false);
    take(lines[chosen]);
  }, [ready]);
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && lines.length) setAt((chosen + step + lines.length) % lines.length);
    else if (event.key === "Enter" && !event.isComposing) setEager(true);
    else return;
    event.preventDefault();
  };
  return html`<${Dialog} title=${t("search.title")} close=${close}><div class="palette">
    <input ref=${box} autofocus role="combobox" aria-expanded="true" aria-controls="found"
      aria-autocomplete="list"
      aria-activedescendant=${lines[chosen] ? `found-${lines[chosen].id}` : undefined}
      aria-label=${t("search.label")} placeholder=${t("search.label")} autocomplete="off" spellcheck="false"
      maxlength="200" value=${text} onKeyDown=${press} onInput=${(event) => {
        setText(event.currentTarget.value);
        setAt(0);
      }} />
    <ul id="found" role="listbox" aria-label=${t("search.title")} class="palette-list">${lines.map(
      (line, index) => html`<li key=${line.id} id=${`found-${line.id}`} role="option"
      aria-selected=${String(index === chosen)} onClick=${() => take(line)}><b>${line.label}</b>
      <span class="muted">${line.sub}</span></li>`,
    )}</ul>
    <${ErrorNote} problem=${found.problem} />
    <p class="muted" role="status">${
      found.text !== asked
        ? t("search.looking")
        : asked && !lines.length && !found.building
          ? t("search.none")
          : found.building
            ? t("search.building", { n: found.building.names })
            : found.more && html`<${Icon} name="alert" />${t("search.more", { n: MOST })}`
    }</p></div></${Dialog}>`;
}
