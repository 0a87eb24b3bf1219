// Access tokens and dispatchers: make, limit, revoke, and when each was last used.

import { get, send } from "../api.js";
import { AreaList } from "../entry/incident.js";
import { t, word } from "../i18n.js";
import { html, useState } from "../preact.js";
import { areas, live } from "../store.js";
import { now, since, stamp } from "../time.js";
import { classes, Dialog, ErrorNote, Icon, Loading, toast, useAction, useLoaded } from "../ui.js";
import { Foot, Input, Select, sorted } from "./parts.js";

const SCOPES = ["dispatcher", "viewer", "analyst", "gateway", "admin"];
const DAYS = ["1", "7", "30", "90", "365"];
const ABOUT = {
  "token.exists": "name",
  "token.name": "name",
  "token.expires": "expires_at",
  "token.code": "areas",
};
const AGO_MS = 86400000;

/** Return the instant `days` from now, or null. */
const after = (days) => (days ? new Date(now.peek() + Number(days) * AGO_MS).toISOString() : null);
const days = () => [["", t("settings.never")], ...DAYS.map((n) => [n, t("settings.days", { n })])];

/** The part of the page. */
export function Tokens() {
  const { data, problem, reload } = useLoaded(() => get("/tokens"), []);
  const [secret, setSecret] = useState(null);
  const [limited, setLimited] = useState(null);
  const [revoked, setRevoked] = useState(null);
  const done = (text) => {
    toast(text);
    setLimited(null);
    setRevoked(null);
    reload();
  };
  const items = data?.items.filter((one) => valid(one)) ?? [];
  return html`<div class="entry-desk"><section class="entry-card">
    <h2>${t("settings.valid_tokens")}</h2><${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    <ul class="settings-rows">${items.map(
      (one) => html`<li key=${one.id}><${Item} token=${one} limit=${() => setLimited(one)}
        revoke=${() => setRevoked(one)} /></li>`,
    )}</ul></section>
    <div class="entry-aside"><${Make} made=${(found) => {
      setSecret(found);
      reload();
    }} /></div>
    ${secret && html`<${Secret} made=${secret} close=${() => setSecret(null)} />`}
    ${limited && html`<${Limit} token=${limited} close=${() => setLimited(null)} done=${done} />`}
    ${revoked && html`<${Revoke} token=${revoked} close=${() => setRevoked(null)} done=${done} />`}</div>`;
}

const valid = (token) => !token.revoked_at && (!token.expires_at || Date.parse(token.expires_at) > now.value);

const places = (token) =>
  token.areas.length ? token.areas.map((code) => areas.value.name(code)).join(", ") : t("settings.all_areas");

function Item({ token, limit, revoke }) {
  const used = token.last_used_at
    ? html`<time datetime=${token.last_used_at} title=${stamp(token.last_used_at)}>${t("settings.used", {
        age: since(token.last_used_at),
      })}</time>`
    : t("settings.unused");
  return html`<div class="settings-row"><div><b>${token.name}</b> <span>${word("scope", token.scope)}</span>
    <p class="muted">${places(token)} · ${used}${
      token.expires_at && html` · ${t("settings.until", { at: stamp(token.expires_at) })}`
    }</p></div>
    <div class="toolbar">${
      token.own
        ? html`<span class="muted">${t("settings.own")}</span>`
        : html`<button type="button" class="button" onClick=${limit}>${t("settings.limit")}</button>
      <button type="button" class="button" onClick=${revoke}>${t("settings.revoke")}</button>`
    }</div></div>`;
}

function Make({ made }) {
  const blank = { name: "", scope: "dispatcher", areas: [], typed: "", days: "" };
  const [form, setForm] = useState(blank);
  const action = useAction();
  const set = (part) => setForm((before) => ({ ...before, ...part }));
  const { fields, rest } = sorted(action.problem, ABOUT);
  const submit = async (event) => {
    event.preventDefault();
    if (action.busy) return;
    const found = await action.run(() =>
      send("POST", "/tokens", {
        name: form.name.trim(),
        scope: form.scope,
        jurisdictions: [live.peek().jurisdiction],
        areas: [...new Set([...form.areas, form.typed].filter(Boolean))],
        expires_at: after(form.days),
      }),
    );
    if (!found) return;
    setForm(blank);
    made(found);
  };
  return html`<form class="entry-card settings-form" onSubmit=${submit}><h2>${t("settings.new_token")}</h2>
    <${Input} label=${t("settings.token_name")} hint=${t("settings.token_name_hint")} error=${fields.name}
      required maxlength="64" value=${form.name} change=${(name) => set({ name })} />
    <${Select} label=${t("settings.scope")} hint=${t(`settings.scope_${form.scope}`)} value=${form.scope}
      change=${(scope) => set({ scope })} options=${SCOPES.map((one) => [one, word("scope", one)])} />
    <${AreaList} label=${t("settings.areas")} hint=${t("settings.areas_hint")} error=${fields.areas}
      value=${form.areas} typed=${form.typed} change=${(list) => set({ areas: list })}
      type=${(typed) => set({ typed })} />
    <${Select} label=${t("settings.expires")} error=${fields.expires_at} value=${form.days}
      change=${(value) => set({ days: value })} options=${days()} />
    <${Foot} action=${action} label=${t("settings.make")} problem=${rest} /></form>`;
}

function Secret({ made, close }) {
  const link = `${location.origin}/#token=${made.secret}`;
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard?.writeText(made.secret).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return html`<${Dialog} title=${t("settings.secret_of", { name: made.token.name })} close=${close}>
    <p class="note"><${Icon} name="alert" />${t("settings.secret_once")}</p>
    <p><code class="settings-secret">${made.secret}</code></p>
    <p class="muted">${t("settings.secret_link")}</p><p><code class="settings-secret">${link}</code></p>
    <div class="form-actions"><button type="button" class="button button-main" onClick=${copy}>${
      copied ? t("settings.copied") : t("settings.copy")
    }</button><button type="button" class="button" onClick=${close}>${t("settings.noted")}</button></div>
    </${Dialog}>`;
}

function Limit({ token, close, done }) {
  const [form, setForm] = useState({ areas: token.areas, typed: "", days: "keep" });
  const action = useAction();
  const set = (part) => setForm((before) => ({ ...before, ...part }));
  const { fields, rest } = sorted(action.problem, ABOUT);
  const submit = async (event) => {
    event.preventDefault();
    const list = [...new Set([...form.areas, form.typed].filter(Boolean))];
    const until = form.days === "keep" ? {} : { expires_at: after(form.days) };
    const found = await action.run(() => send("PATCH", `/tokens/${token.id}`, { areas: list, ...until }));
    if (found) done(t("settings.limited", { name: token.name }));
  };
  return html`<${Dialog} title=${t("settings.limit_who", { name: token.name })} close=${close}>
    <form class="settings-form" onSubmit=${submit}><${AreaList} label=${t("settings.areas")}
      hint=${t("settings.areas_hint")} error=${fields.areas} value=${form.areas} typed=${form.typed}
      change=${(list) => set({ areas: list })} type=${(typed) => set({ typed })} />
    <${Select} label=${t("settings.expires")} error=${fields.expires_at} value=${form.days}
      change=${(value) => set({ days: value })} options=${[["keep", t("settings.keep")], ...days()]} />
    <${Foot} action=${action} label=${t("ui.save")} problem=${rest} /></form></${Dialog}>`;
}

function Revoke({ token, close, done }) {
  const action = useAction();
  const revoke = async () => {
    const found = await action.run(() => send("DELETE", `/tokens/${token.id}`));
    if (found) done(t("settings.revoked", { name: token.name }));
  };
  return html`<${Dialog} title=${t("settings.revoke_who", { name: token.name })} close=${close}>
    <p>${t("settings.revoke_what")}</p><${ErrorNote} problem=${action.problem} />
    <div class="form-actions"><button type="button" class=${classes("button", "button-main")}
      aria-disabled=${action.busy ? "true" : undefined} onClick=${revoke}>${t("settings.revoke")}</button>
    <button type="button" class="button" onClick=${close}>${t("settings.back")}</button></div></${Dialog}>`;
}
