// Sign-in with a one-time code from the command centre.

import { Problem } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { Button, reason, Sheet } from "./parts.js";
import { Looks } from "./people.js";
import { pending, signIn, tryCode, wish } from "./session.js";
import { others, trouble, unsentOf } from "./state.js";

/** @param {Problem} problem */
const why = (problem) =>
  problem.status === 0 && problem.code === "network" ? t("go.sign.offline") : reason(problem);

/** The sign-in form. `done` is called after sign-in.
 * @param {{done?: () => void}} props
 */
function Form({ done }) {
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    if (busy || !code.trim()) return;
    setBusy(true);
    setProblem(null);
    try {
      await signIn(code);
      done?.();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="stack" onSubmit=${submit}>
    <label class="field"><span>${t("go.sign.code")}</span>
      <input class="code" value=${code} placeholder="XXXX-XXXX-XX" autocomplete="one-time-code"
          autocapitalize="characters" spellcheck=${false}
        onInput=${(event) => setCode(event.currentTarget.value)} /></label>
    ${problem && html`<p class="hint hint-bad" role="alert">${why(problem)}</p>`}
    <button class="button button-main step" aria-disabled=${String(busy)}>
      ${t(busy ? "go.sign.busy" : "go.sign.go")}</button></form>`;
}

/** The state of a sign-in by link. */
const Pending = () =>
  pending.value &&
  html`<div class="note" role="status">
  <p>${pending.value.problem ? why(pending.value.problem) : t("go.sign.busy")}</p>
  ${
    pending.value.problem?.status === 0 &&
    html`<${Button} onClick=${() => tryCode(pending.value.code)}>
    ${t("go.sign.again")}</${Button}>`
  }</div>`;

/** The screen before sign-in. */
export const SignIn = () => html`<main class="sign">
  <h1>${t("go.title")}</h1><p class="muted">${t("go.sign.how")}</p>
  <${Pending} />
  ${trouble.value === "not_a_worker" && html`<p class="note" role="status">${t("go.sign.not_a_worker")}</p>`}
  ${
    (wish.value.area || wish.value.team) &&
    html`<p class="note" role="status">
    ${t("go.sign.wish", { code: wish.value.area ?? wish.value.team })}</p>`
  }
  ${
    others.value > 0 &&
    html`<p class="note" role="status">
    ${t("go.sign.others", { n: others.value, who: unsentOf.value })}</p>`
  }
  <${Form} /><${Looks} /></main>`;

/** A prompt to sign in again. Unsent acts are kept. */
export function Again() {
  const [open, setOpen] = useState(false);
  if (!trouble.value && !pending.value?.problem) return null;
  return html`<div class="refused" role="alert"><p>
    ${trouble.value ? t(`go.trouble.${trouble.value}`) : why(pending.value.problem)}</p>
    ${
      trouble.value
        ? html`<${Button} onClick=${() => setOpen(true)}>${t("go.sign.go")}</${Button}>`
        : html`<${Button} onClick=${() => {
            pending.value = null;
          }}>${t("go.dismiss")}</${Button}>`
    }
    ${
      open &&
      html`<${Sheet} title=${t("go.sign.go")} close=${() => setOpen(false)}><${Form}
        done=${() => setOpen(false)} /></${Sheet}>`
    }</div>`;
}
