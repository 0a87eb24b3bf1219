// Rows of views, kept up to date by one event stream, and how fresh they are.

import { Problem } from "./api.js";
import { batch, signal } from "./preact.js";
import { read } from "./stream.js";
import { heardClock } from "./time.js";

/**
 * @typedef {object} StreamState
 * @property {"connecting" | "live" | "disconnected" | "refused"} phase
 * @property {number} heard When the last byte came, in ms of performance.now().
 * @property {number | null} position
 * @property {number} behind Seconds that the service lags behind.
 * @property {Record<string, any>} degraded By view.
 * @property {Problem} [problem]
 */

/** The service pings every 5 s. After this long without a byte the page shows that it is stale. */
const FROZEN_MS = 12000;
/** Least time between two redraws after patches. */
const LEAST_PAUSE_MS = 150;
/** How long a view stays in the stream after the last page releases it. */
const GRACE_MS = 60000;

/** The live rows of some views of a jurisdiction. */
export class Live {
  /**
   * @param {string} jurisdiction
   * @param {string[]} views
   * @param {Record<string, string[]>} [filters]
   */
  constructor(jurisdiction, views, filters = {}) {
    this.jurisdiction = jurisdiction;
    this.filters = filters;
    this.base = views;
    /** @type {Map<string, number>} How many components need a view. */
    this.needed = new Map();
    /** @type {number | null} */
    this.position = null;
    /** @type {Map<string, Map<string, any>>} */
    this.tables = new Map();
    /** @type {Map<string, import("./preact.js").Signal<number>>} */
    this.ticks = new Map();
    /** @type {Set<string>} */
    this.changed = new Set();
    /** @type {import("./preact.js").Signal<StreamState>} */
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

  /** Return the rows of a view by key. A component or `computed` that calls this subscribes to changes.
   *
   * @param {string} view
   * @returns {Map<string, any>}
   */
  rows(view) {
    void this.tick(view).value;
    return this.tables.get(view) ?? new Map();
  }

  /** Whether a snapshot with this view has arrived.
   *
   * @param {string} view
   */
  has(view) {
    void this.tick(view).value;
    return this.tables.has(view);
  }

  /** Add views to the stream. Returns a function that releases them.
   *
   * @param {...string} views
   */
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

  /** Restart the stream with the views needed now, from a new snapshot. */
  restart() {
    this.wanted = this.names();
    this.position = null;
    this.abort?.abort();
  }

  async run() {
    for (let failures = 0; !this.closed; ) {
      const abort = new AbortController();
      this.abort = abort;
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
            // Frames of an aborted stream may still arrive. They do not belong to the next one.
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

  /** Wait, but end early when the browser is back online.
   *
   * @param {number} milliseconds
   * @returns {Promise<void>}
   */
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

  /** Abort a connection that is open but silent, so that `run` reconnects. */
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

  /** Schedule a draw. Up to twenty patches come per second; the page is drawn about six times. */
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
