// Rows of views, kept equal to the service's by one stream; and the truth about how fresh they are.
import { batch, signal } from "./preact.js";
import { Problem } from "./api.js";
import { read } from "./stream.js";
import { heardClock } from "./time.js";

/** Pings come every 5 s: after this long without a byte nothing on the page may look alive. */
const FROZEN_MS = 12000;
/** Between two redraws by patches. */
const LEAST_PAUSE_MS = 150;
/** How long a view that no page needs any more stays in the stream. */
const GRACE_MS = 60000;

/** Rows of some views of a jurisdiction.
 *
 * `state` is {phase, heard, position, behind, degraded, problem}; phase: connecting, live, disconnected, refused.
 * `heard` is when the last byte came, by this machine's performance clock in ms.
 */
export class Live {
  constructor(jurisdiction, views, filters = {}) {
    Object.assign(this, { jurisdiction, filters, base: views, needed: new Map(), position: null });
    this.tables = new Map();
    this.ticks = new Map();
    this.changed = new Set();
    this.state = signal({
      phase: "connecting",
      heard: performance.now(),
      position: null,
      behind: 0,
      degraded: {},
    });
    this.watch = setInterval(() => this.watchdog(), 1000);
    this.closed = false;
    this.wanted = this.names();
    this.run();
  }

  /** The rows of a view: key -> row. Reading it in a component or `computed` subscribes to its changes. */
  rows(view) {
    void this.tick(view).value;
    return this.tables.get(view) ?? new Map();
  }

  /** Whether the first snapshot with this view has come. */
  has(view) {
    void this.tick(view).value;
    return this.tables.has(view);
  }

  /** Keep these views in the stream; call what it returns when they are not needed any more. */
  need(...views) {
    for (const view of views) this.needed.set(view, (this.needed.get(view) ?? 0) + 1);
    this.restartIfWider();
    return () => {
      for (const view of views) this.needed.set(view, this.needed.get(view) - 1);
      setTimeout(() => this.prune(), GRACE_MS);
    };
  }

  close() {
    this.closed = true;
    clearInterval(this.watch);
    this.abort?.abort();
  }

  tick(view) {
    if (!this.ticks.has(view)) this.ticks.set(view, signal(0));
    return this.ticks.get(view);
  }

  names() {
    const needed = [...this.needed].filter(([, count]) => count > 0).map(([view]) => view);
    return [...new Set([...this.base, ...needed])];
  }

  restartIfWider() {
    if (this.names().every((view) => this.wanted.includes(view))) return;
    this.restart();
  }

  prune() {
    if (this.closed || this.names().length === this.wanted.length) return;
    for (const view of this.wanted) if (!this.names().includes(view)) this.tables.delete(view);
    this.restart();
  }

  /** Begin the stream again with what is needed now, and a fresh snapshot. */
  restart() {
    this.wanted = this.names();
    this.position = null;
    this.abort?.abort();
  }

  async run() {
    for (let failures = 0; !this.closed; ) {
      const abort = (this.abort = new AbortController());
      const began = performance.now();
      try {
        await read(
          `/${this.jurisdiction}/stream`,
          { views: this.wanted.join(","), ...this.filters },
          {
            resume: this.position,
            heard: () => {
              this.heardAt = performance.now();
            },
            // what was on its way when a stream was given up says nothing of the one that follows
            take: (frame) => {
              if (!abort.signal.aborted) this.take(frame);
            },
            signal: abort.signal,
          },
        );
        failures = performance.now() - began > 5000 ? 0 : failures + 1;
      } catch (error) {
        if (error.name === "AbortError") {
          failures = 0;
          continue;
        }
        if (!(error instanceof Problem)) throw error;
        failures += 1;
        this.lost(error);
        if ([401, 403, 404].includes(error.status)) {
          await this.pause(10000);
          continue;
        }
      }
      if (!this.closed) await this.pause(Math.min(5000, 200 * 2 ** Math.min(failures, 5)));
    }
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      addEventListener("online", done);
    });
  }

  lost(problem) {
    if (this.drawing) this.draw();
    const refused = problem.status >= 400 && problem.status < 500;
    this.state.value = { ...this.state.value, phase: refused ? "refused" : "disconnected", problem };
  }

  /** Nothing heard for long, though nothing broke: the worst kind. Give up on it and reconnect. */
  watchdog() {
    const silent = performance.now() - (this.heardAt ?? this.state.value.heard);
    if (silent < FROZEN_MS) return;
    if (this.state.value.phase === "live") this.lost(new Problem(0, "silent", ""));
    this.heardAt = performance.now();
    this.abort?.abort();
  }

  take({ event, data }) {
    if (event === "snapshot") this.snapshot(data);
    else if (event === "patch") this.patch(data);
    else if (event === "reset") this.position = null;
    else if (event === "ping") this.told(data.position ?? this.position, data);
  }

  told(position, data) {
    if (data.now) heardClock(data.now);
    const { degraded = this.state.value.degraded, behind = this.state.value.behind } = data;
    this.state.value = { phase: "live", heard: performance.now(), position, behind, degraded };
  }

  snapshot({ rows, position, ...rest }) {
    const tables = new Map(this.wanted.map((view) => [view, new Map()]));
    for (const { view, key, row } of rows) tables.get(view)?.set(key, row);
    this.tables = tables;
    this.position = position;
    batch(() => {
      this.told(position, rest);
      for (const view of new Set([...this.ticks.keys(), ...tables.keys()])) this.tick(view).value += 1;
    });
  }

  patch({ after, upto, rows, ...rest }) {
    if (this.position === null || upto <= this.position) return;
    if (after !== this.position) {
      this.restart();
      return;
    }
    for (const { view, key, row } of rows) {
      const table = this.tables.get(view);
      if (!table) continue;
      if (row) table.set(key, row);
      else table.delete(key);
      this.changed.add(view);
    }
    this.position = upto;
    this.pending = rest;
    this.redraw();
  }

  /** Patches come up to twenty a second; the page is drawn at most some six times. */
  redraw() {
    if (this.drawing) return;
    const wait = Math.max(0, (this.drawn ?? 0) + LEAST_PAUSE_MS - performance.now());
    this.drawing = setTimeout(() => this.draw(), wait);
  }

  draw() {
    clearTimeout(this.drawing);
    this.drawing = null;
    this.drawn = performance.now();
    batch(() => {
      this.told(this.position, this.pending);
      for (const view of this.changed) this.tick(view).value += 1;
    });
    this.changed.clear();
  }
}
