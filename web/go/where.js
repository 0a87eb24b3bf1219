// The sheet for choosing an area: a likely one, by location, by code or from the list.

import { number, t } from "../lib/i18n.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { areaName, areas, nearest, needAreas } from "./areas.js";
import { Button, Icon, Sheet } from "./parts.js";
import { here } from "./place.js";
import { keepWish, said, wish } from "./session.js";
import { newcomer, shown, who } from "./state.js";
import { act } from "./sync.js";

const MOST_FOUND = 30;

/** Return likely areas, each once, and why: scanned, last, home area, area of the team. */
function likely() {
  const { worker, team } = shown.value;
  const byTeam = team && wish.value.team === team.team ? team.area : null;
  const found = [
    ["wish", wish.value.area, null],
    ["wish", byTeam, team?.area_name],
    ["last", newcomer.value ? null : worker.area, worker.area_name],
    ["home", worker.home_area, worker.home_area_name],
    ["team", team?.area, team?.area_name],
  ];
  const codes = found.map(([, code]) => code);
  return found
    .filter(([, code], index) => code && codes.indexOf(code) === index)
    .map(([why, code, name]) => ({ why, code, name: name ?? areaName(code) }));
}

/** Go on duty in an area, or move to it.
 * @param {string} area
 * @param {string} place
 */
async function checkIn(area, place) {
  await act("worker.check_in", { worker: who.value.worker, area }, { place });
  if (wish.value.area || wish.value.team) await keepWish({});
}

export function Where({ close }) {
  const [view, setView] = useState("start");
  useEffect(() => {
    needAreas();
  }, []);
  const choose = (code) => {
    checkIn(code, areaName(code));
    close();
  };
  const back = () => setView("start");
  return html`<${Sheet} title=${t("go.where.title")} close=${close}>
    ${
      view === "start" &&
      html`<${Start} choose=${(code, name) => {
        checkIn(code, name);
        close();
      }} show=${setView} />`
    }
    ${view === "near" && html`<${Near} choose=${choose} back=${back} />`}
    ${view === "list" && html`<${List} choose=${choose} back=${back} />`}
    ${view === "code" && html`<${ByCode} choose=${choose} back=${back} />`}
  </${Sheet}>`;
}

function Start({ choose, show }) {
  const [first, ...rest] = likely();
  return html`<div class="stack">
    <div class="choices choices-three">
      <${Button} icon="target" onClick=${() => show("near")}>${t("go.where.near")}</${Button}>
      <${Button} icon="qr" onClick=${() => show("code")}>${t("go.where.code")}</${Button}>
      <${Button} icon="search" onClick=${() => show("list")}>${t("go.where.list")}</${Button}>
    </div>
    ${
      wish.value.team &&
      wish.value.team !== shown.value.team?.team &&
      html`<p class="hint">${t("go.where.other_team", { team: wish.value.team })}</p>`
    }
    ${[...rest].reverse().map((one) => html`<${Likely} key=${one.code} one=${one} choose=${choose} />`)}
    ${first && html`<${Likely} one=${first} choose=${choose} main />`}
  </div>`;
}

const Likely = ({ one, choose, main }) =>
  html`<${Button} kind=${main ? "main" : null} class="place" icon="place"
      onClick=${() => choose(one.code, one.name)}>
    <b>${one.name}</b><small>${t(`go.where.why_${one.why}`)}</small></${Button}>`;

const Back = ({ back }) =>
  html`<${Button} icon="back" class="button-back" onClick=${back}>${t("go.back")}</${Button}>`;

function Near({ choose, back }) {
  const [state, setState] = useState(/** @type {{phase: string, place?: LonLat}} */ ({ phase: "looking" }));
  useEffect(() => {
    here().then(
      (place) => setState({ phase: "found", place }),
      (phase) => setState({ phase }),
    );
  }, []);
  const found = state.place && areas.value ? nearest(state.place) : [];
  const text =
    { looking: "looking", denied: "denied", failed: "failed" }[state.phase] ??
    (areas.value ? "none" : "unknown");
  return html`<div class="stack">
    ${found.length === 0 && html`<p class="hint" role="status">${t(`go.near.${text}`)}</p>`}
    ${found.map(
      ({
        row,
        distance,
      }) => html`<${Button} key=${row.area} class="place" icon="place" onClick=${() => choose(row.area)}>
      <b>${row.name}</b><small>${far(distance)}</small></${Button}>`,
    )}
    <${Back} back=${back} /></div>`;
}

const far = (metres) =>
  metres < 1000
    ? t("go.near.m", { n: number(Math.round(metres / 10) * 10) })
    : t("go.near.km", { n: number(metres / 1000, { maximumFractionDigits: 1 }) });

function List({ choose, back }) {
  const [above, setAbove] = useState(null);
  const [text, setText] = useState("");
  if (!areas.value)
    return html`<div class="stack"><p class="hint" role="status">${t("go.near.unknown")}</p><${Back}
        back=${back} /></div>`;
  const rows = [...areas.value.values()];
  const parents = new Set(rows.map((row) => row.parent));
  const top = above ?? rows.find((row) => !areas.value.has(row.parent))?.area;
  const asked = text.trim().toLowerCase();
  const found = asked
    ? rows
        .filter((row) => row.name.toLowerCase().includes(asked) || row.area.startsWith(asked))
        .slice(0, MOST_FOUND)
    : rows.filter((row) => row.parent === top);
  const up = areas.value.get(top)?.parent;
  return html`<div class="stack">
    <label class="field"><span>${t("go.where.search")}</span>
      <input type="search" value=${text} onInput=${(event) => setText(event.currentTarget.value)} /></label>
    ${
      !asked &&
      above &&
      html`<${Button} icon="back"
        onClick=${() => setAbove(areas.value.has(up) ? up : null)}>${areaName(top)}</${Button}>`
    }
    <ul class="rows">${found.map(
      (row) => html`<li key=${row.area}>
      <button type="button" class="row" onClick=${() => choose(row.area)}>${row.name}<small>${row.area}
        </small></button>
      ${
        parents.has(row.area) &&
        html`<button type="button" class="row-in" aria-label=${t("go.where.inside", { area: row.name })}
        onClick=${() => {
          setAbove(row.area);
          setText("");
        }}><${Icon} name="chevron" /></button>`
      }</li>`,
    )}</ul>
    ${found.length === 0 && html`<p class="hint" role="status">${t("go.where.nothing")}</p>`}
    <${Back} back=${back} /></div>`;
}

/** Choose by printed code: scan it, if the browser supports that, or type it. */
function ByCode({ choose, back }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(null);
  const take = (found) => {
    const { area, team } = said(found);
    const own = shown.value.team;
    const code = area ?? (team && team === own?.team ? own.area : null);
    if (code && (!areas.value || areas.value.has(code))) choose(code);
    else setWrong(team ? t("go.where.other_team", { team }) : t("go.where.no_area", { code: area ?? "" }));
  };
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) take(text);
  };
  return html`<div class="stack">
    <${Camera} take=${take} />
    <form class="stack" onSubmit=${submit}>
      <label class="field"><span>${t("go.where.typed")}</span><input value=${text} autocomplete="off"
          autocapitalize="characters"
        onInput=${(event) => {
          setText(event.currentTarget.value);
          setWrong(null);
        }} /></label>
      ${wrong && html`<p class="hint hint-bad" role="alert">${wrong}</p>`}
      <button class="button button-main">${t("go.where.take")}</button>
    </form><${Back} back=${back} /></div>`;
}

function Camera({ take }) {
  const video = useRef(/** @type {HTMLVideoElement} */ (null));
  const [state, setState] = useState(
    "BarcodeDetector" in self && navigator.mediaDevices ? "starting" : "none",
  );
  useEffect(() => {
    if (state === "none") return undefined;
    const scan = new AbortController();
    watch(video.current, scan.signal, take).then(
      () => setState("on"),
      () => setState("denied"),
    );
    return () => scan.abort();
  }, []);
  if (state === "none" || state === "denied") return html`<p class="hint">${t(`go.camera.${state}`)}</p>`;
  return html`<video ref=${video} class="camera" muted playsinline aria-label=${t("go.camera.label")}>
    </video>`;
}

/** Show the camera and look for a code four times a second.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} over
 * @param {(text: string) => void} take
 */
async function watch(video, over, take) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    const [found] = await detector.detect(video).catch(() => []);
    if (found && !over.aborted) {
      stop();
      take(found.rawValue);
    }
  };
  const timer = setInterval(look, 250);
  if (over.aborted) stop();
  over.addEventListener("abort", stop);
  video.srcObject = stream;
  await video.play();
}
