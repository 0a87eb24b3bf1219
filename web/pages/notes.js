// Handover notes from one shift to the next, their acknowledgements, and the printed sheet.

import { AreaLine, EntryForm, filled, Lines, Priorities, useEntry } from "../lib/entry/form.js";
import { notesOf, openNotes } from "../lib/entry/notes.js";
import { Sheet } from "../lib/entry/sheet.js";
import { Export } from "../lib/export.js";
import { number, t, word } from "../lib/i18n.js";
import { AreaName } from "../lib/people/parts.js";
import { print } from "../lib/people/print.js";
import { useSend } from "../lib/people/send.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { who } from "../lib/requests/history.js";
import { href } from "../lib/router.js";
import { areas, live, may, mayReveal, needing, place, session } from "../lib/store.js";
import { since, stamp } from "../lib/time.js";
import { Age, classes, Empty, ErrorNote, Icon, Loading, Priority, useAction } from "../lib/ui.js";

export default function Notes() {
  useEffect(() => needing("handovers"), [live.value]);
  const notes = openNotes.value;
  const texts = useTexts(notes);
  const shown = notes.map((note) =>
    texts.open.has(note.note) ? { ...note, text: texts.open.get(note.note) } : note,
  );
  return html`<div class="entry notes">
    <header class="page-head"><h1>${t("entry.notes")}</h1><div class="toolbar"><${Age} views=${["handovers"]}
      />
      <button type="button" class="button" onClick=${() => print(html`<${Sheet} notes=${shown} />`)}><${Icon}
        name="print" />${t("entry.sheet")}</button><${Export} view="handovers" personal /></div></header>
    <div class="notes-body"><section class="notes-list" aria-label=${t("entry.notes_open")}>
      <${Revealing} texts=${texts} masked=${texts.masked} total=${notes.length} />
      ${
        !live.value.has("handovers")
          ? html`<${Loading} />`
          : shown.length === 0
            ? html`<${Empty} text=${t("entry.notes_none")} />`
            : html`<ul class="notes-cards">${shown.map(
                (note) => html`<${Note} key=${note.note} note=${note}
          open=${texts.open.has(note.note)} />`,
              )}</ul>`
      }
      <${Resolved} /></section>
    ${may("handover.write") && html`<aside class="notes-write"><${Write} after=${texts.expect} /></aside>`}
      </div>
      </div>`;
}

/** Load the texts of open notes when the page opens and after writing a note. The service records each
 * reveal.
 */
function useTexts(notes) {
  const [open, setOpen] = useState(new Map());
  const [expected, setExpected] = useState(false);
  const masked = notes.filter((note) => !open.has(note.note)).length;
  const { busy, problem, run } = useAction();
  const reveal = async () => {
    const found = await run(() => notesOf("open", true));
    if (found) setOpen(new Map(found.items.map((note) => [note.note, note.text])));
  };
  useEffect(() => {
    if (mayReveal.value) reveal();
  }, [live.value]);
  useEffect(() => {
    if (!expected || masked === 0) return;
    setExpected(false);
    reveal();
  }, [expected, masked]);
  return { open, masked, busy, problem, reveal, expect: () => setExpected(true) };
}

function Revealing({ texts, masked, total }) {
  if (!mayReveal.value) return total > 0 && html`<p class="muted">${t("entry.notes_masked")}</p>`;
  return html`<${ErrorNote} problem=${texts.problem} retry=${texts.reveal} />
    ${
      masked > 0 &&
      !texts.busy &&
      html`<p class="note" role="status"><${Icon} name="eye"
      />${t("entry.notes_new", { n: number(masked) })}
      <button type="button" class="button" onClick=${texts.reveal}>${t("entry.notes_show")}</button></p>`
    }
    ${
      total > 0 &&
      masked === 0 &&
      html`<p class="muted notes-recorded"><${Icon} name="eye"
      />${t("entry.notes_recorded")}</p>`
    }`;
}

function Note({ note, open }) {
  const { busy, problem, send } = useSend();
  const act = (name) => () => {
    if (!busy) send(name, { note: note.note });
  };
  const mine = note.acknowledged.some((one) => one.by === session.value.actor);
  return html`<li class=${classes("note-card", `note-card-${note.priority}`)}><header><${Priority}
    value=${note.priority} />${
      note.area === areas.value.root?.area
        ? html`<span>${t("entry.whole", { place: place.value?.name ?? "" })}</span>`
        : html`<a href=${href("requests", { query: { area: note.area } })}><${AreaName} code=${note.area} />
        </a>`
    }
    <time class="muted" datetime=${note.written_at}
      title=${stamp(note.written_at)}>${t("entry.ago", { age: since(note.written_at) })}</time><span
      class="muted">${who(note.written_by)}</span></header>
    <p class=${classes("note-text", !open && "note-masked")}>${note.text ?? t("entry.note_erased")}</p>
    <${ErrorNote} problem=${problem} />
    <footer>${
      note.acknowledged.length === 0
        ? html`<span class="note-waiting">${t("entry.not_taken")}</span>`
        : html`<span class="note-taken"><${Icon} name="done" />${note.acknowledged
            .map((one) => t("entry.taken_by", { who: who(one.by), at: stamp(one.at) }))
            .join(" · ")}</span>`
    }
      <span class="note-acts">${
        !mine &&
        may("handover.acknowledge") &&
        html`<button type="button" class="button" aria-disabled=${busy ? "true" : undefined}
        onClick=${act("handover.acknowledge")}>${t("entry.take_on")}</button>`
      }
        ${
          may("handover.resolve") &&
          html`<button type="button" class="button" aria-disabled=${busy ? "true" : undefined}
          onClick=${act("handover.resolve")}>${t("entry.resolve")}</button>`
        }</span></footer></li>`;
}

/** Resolved notes. Loaded when opened; their texts only on request. */
function Resolved() {
  const [found, setFound] = useState(null);
  const [revealed, setRevealed] = useState(false);
  const { busy, problem, run } = useAction();
  const load = async (reveal) => {
    const answer = await run(() => notesOf("resolved", reveal, 50));
    if (answer) {
      setFound(answer.items);
      setRevealed(reveal);
    }
  };
  const toggled = (event) => {
    if (event.currentTarget.open && !found && !busy) load(false);
  };
  return html`<details class="notes-resolved" onToggle=${toggled}>
    <summary>${t("entry.notes_resolved")}</summary><${ErrorNote} problem=${problem}
    retry=${() => load(false)} />
    ${busy && !found && html`<${Loading} />`}${
      found &&
      (found.length === 0
        ? html`<p class="muted">${t("entry.notes_resolved_none")}</p>`
        : html`
      ${
        mayReveal.value &&
        !revealed &&
        html`<button type="button" class="button" onClick=${() => load(true)}>
        <${Icon} name="eye" />${t("entry.notes_show")}</button>`
      }
      <ul class="entry-lines">${found.map(
        (note) => html`<li key=${note.note}><${Priority}
        value=${note.priority} short /><span
        class=${classes(
          "note-text",
          !revealed && "note-masked",
        )}>${note.text ?? t("entry.note_erased")}</span>
        <span class="muted">${t("entry.resolved_by", {
          who: who(note.resolved_by ?? ""),
          at: note.resolved_at ? stamp(note.resolved_at) : "",
        })}</span>
          </li>`,
      )}</ul>`)
    }</details>`;
}

const blank = () => ({ area: "", priority: "3", text: "" });

function make(values) {
  const { area, priority, text } = values;
  return {
    errors: text.trim() ? {} : { text: t("entry.fault.required") },
    steps: [
      {
        name: "handover.write",
        data: { ...filled({ area, text: text.trim() }), priority: Number(priority) },
      },
    ],
    said: { text: t("entry.said_note", { priority: word("priority", priority) }), to: href("notes") },
  };
}

function Write({ after }) {
  const entry = useEntry({ name: "note", blank, make, after, eager: false });
  return html`<h2>${t("entry.note_write")}</h2><${EntryForm} entry=${entry} label=${t("entry.note_leave")}>
    <${Lines} entry=${entry} name="text" label=${t("entry.note_text")} hint=${t("entry.note_hint")} rows="6"
      maxlength="4000" required />
    <${Priorities} entry=${entry} /><${AreaLine} entry=${entry} name="area" label=${t("entry.area")}
      hint=${t("entry.note_area_hint", { place: place.value?.name ?? "" })} /></${EntryForm}>`;
}
