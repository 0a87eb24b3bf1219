// Merging of requests for the same need: one continues, the others are merged into it.

import { byUrgency, unfinished } from "../alerts.js";
import { uuid } from "../api.js";
import { called } from "../called.js";
import { t } from "../i18n.js";
import { html, useRef, useState } from "../preact.js";
import { requests } from "../store.js";
import { since } from "../time.js";
import { Dialog, ErrorNote, Field, Priority, State } from "../ui.js";
import { offerUndo, unend } from "../undo.js";
import { requestName } from "../urgency.js";
import { checked, closePanel, rowOf, tasksOf } from "./desk.js";
import { Refused, Released, useBatch } from "./ending.js";
import { duplicates } from "./nearby.js";
import { Place, Slots, What } from "./show.js";

/** A number as people write it: R-0421, r421, #421. */
const NUMBER = /^(?:r-?|#)?0*(\d{1,9})$/i;

/** Return the request to keep by default: most slots taken first, then by urgency. */
function best(rows) {
  return rows.toSorted((a, b) => b.taken - a.taken || byUrgency(a, b))[0]?.request;
}

/** Return the id of the request that a text names by number or id, if it is on the board. */
function idNamed(text) {
  const wanted = text.trim();
  if (rowOf(wanted)) return wanted;
  const number = Number(NUMBER.exec(wanted)?.[1]);
  return number ? requests.value.find((row) => row.number === number)?.request : undefined;
}

/** Dialog to merge requests. For a single request it offers possible duplicates. */
export function Merge({ ids }) {
  const first = rowOf(ids[0]);
  const offered =
    ids.length > 1
      ? ids
      : [
          ids[0],
          ...(first
            ? duplicates(first)
                .slice(0, 6)
                .map(({ other }) => other.request)
            : []),
        ];
  const [also, setAlso] = useState([]);
  const [typed, setTyped] = useState("");
  const rows = [...new Set([...offered, ...also])].map(rowOf).filter((row) => row && unfinished(row));
  const [taking, setTaking] = useState(new Set(ids));
  const chosen = rows.filter((row) => taking.has(row.request));
  const [wanted, setWanted] = useState(null);
  const keep = chosen.some((row) => row.request === wanted) ? wanted : best(chosen);
  const batch = useBatch();
  const sent = useRef(new Map());
  const gone = chosen.map((row) => row.request).filter((id) => id !== keep);
  const submit = async (event) => {
    event.preventDefault();
    if (!gone.length || batch.busy) return;
    const items = gone.map((request) => ({
      id: idOf(sent.current, `${request} ${keep}`),
      name: "request.merge",
      data: { request, into: keep },
    }));
    const before = new Map(gone.map((request) => [request, tasksOf.peek().get(request) ?? []]));
    const result = await batch.run(items);
    if (!result) return;
    const refused = new Set(result.failed.map((one) => one.request));
    checked.value = refused;
    const merged = gone.filter((request) => !refused.has(request));
    if (merged.length)
      offerUndo(
        t("requests.merged_n", { n: merged.length, id: called("request", keep) }),
        merged.flatMap((request) => unend(request, before.get(request))),
      );
    if (!result.failed.length) closePanel();
  };
  const named = idNamed(typed);
  const add = () => {
    if (!named) return;
    setAlso([...also, named]);
    setTaking(new Set([...taking, named]));
    setTyped("");
  };
  const take = (id) => {
    const next = new Set(taking);
    if (!next.delete(id)) next.add(id);
    setTaking(next);
  };
  const unknown = typed.trim() && !named ? t("requests.merge_unknown") : undefined;
  return html`<${Dialog} wide title=${t("requests.merge_title")} close=${closePanel}><form
      class="form form-wide" onSubmit=${submit}>
    <p>${t("requests.merge_what")}</p>
    <div class="scroll-x"><table class="table merging"><thead><tr><th>${t("requests.merge_take")}</th><th>
      ${t("requests.merge_keep")}</th><th>${t("requests.id")}</th><th>${t("requests.category")}</th>
      <th>${t("requests.area")}</th><th>${t("requests.opened")}</th><th>${t("requests.state")}</th><th>
        ${t("requests.slots")}</th></tr></thead>
      <tbody>${rows.map(
        (row) => html`<tr key=${row.request}>
        <td><input type="checkbox" checked=${taking.has(row.request)} onChange=${() => take(row.request)}
            aria-label=${t("requests.merge_take_one", { id: requestName(row) })} /></td>
        <td><input type="radio" name="keep" checked=${keep === row.request} autofocus=${keep === row.request}
            disabled=${!taking.has(row.request)} onChange=${() => setWanted(row.request)}
          aria-label=${t("requests.merge_keep_one", { id: requestName(row) })} /></td>
        <td class="mono">${requestName(row)}</td><td><${Priority} value=${row.priority} short /> <${What}
            row=${row} /></td><td><${Place} code=${row.area} short /></td>
        <td class="nowrap">${since(row.opened_at)}</td><td><${State} domain="request_state" value=${row.state}
            /></td><td><${Slots} row=${row} /></td></tr>`,
      )}</tbody></table></div>
    <${Field} label=${t("requests.merge_other")} error=${unknown}>${(
      control,
    ) => html`<span class="merge-add"><input ...${control} value=${typed}
        onInput=${(event) => setTyped(event.currentTarget.value)}
      onKeyDown=${(event) => {
        if (event.key === "Enter" && typed.trim()) {
          event.preventDefault();
          add();
        }
      }} />
      <button type="button" class="button" onClick=${add}>${t("requests.merge_add")}</button></span>`}
        </${Field}>
    ${gone.length > 0 && html`<${Released} ids=${gone} />`}<${ErrorNote} problem=${batch.problem} />
      <${Refused} rows=${batch.refused} />
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${gone.length && !batch.busy ? undefined : "true"}>${
          gone.length
            ? t("requests.merge_do", { n: gone.length, id: called("request", keep) })
            : t("requests.merge_choose")
        }</button>
      <button type="button" class="button" onClick=${closePanel}>${t("ui.cancel")}</button></div></form>
        </${Dialog}>`;
}

/** Return the same id for every attempt at the same merge. */
function idOf(sent, key) {
  if (!sent.has(key)) sent.set(key, uuid());
  return sent.get(key);
}
