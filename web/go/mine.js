// What the service tells this worker's token alone: as last told on this phone, then as it is now.

import { computed, effect, signal, useEffect } from "../lib/preact.js";
import { link } from "./live.js";
import { acts, db, me, who } from "./state.js";

const AGAIN_MS = 1000;
const TRIES = 5;

/** Return a hook for something of one's own: what the service said, null while it is read, undefined if it
 * cannot be shown. Signing out forgets it.
 * @template {{position?: number}} T
 * @param {string} name
 * @param {(who: Who) => Promise<T>} read
 * @param {string[]} [names] commands that change it
 */
export function mine(name, read, names = []) {
  /** @type {`mine ${string}`} */
  const key = `mine ${name}`;
  const found = signal(/** @type {Kept[`mine ${string}`] | null | undefined} */ (null));
  const sent = computed(() =>
    Math.max(0, ...acts.value.map((act) => (names.includes(act.name) && act.position) || 0)),
  );
  const online = computed(() => link.value.phase === "live");

  async function bring(tries = TRIES) {
    const whose = who.peek();
    if (!whose) return;
    const { owner } = whose;
    const kept = await db.get(key);
    if (kept?.owner === owner && found.peek()?.owner !== owner) found.value = kept;
    try {
      const said = await read(whose);
      if (who.peek()?.owner !== owner) return;
      found.value = { owner, said };
      await db.set(key, { owner, said });
      if (said.position < sent.peek() && tries > 0) setTimeout(bring, AGAIN_MS, tries - 1);
    } catch (error) {
      console.warn(error.message);
      if (found.peek()?.owner !== owner) found.value = undefined;
    }
  }

  return () => {
    useEffect(
      () =>
        effect(() => {
          void [online.value, sent.value];
          if (me.value) bring();
        }),
      [],
    );
    if (found.value === undefined) return undefined;
    const theirs = found.value?.owner === who.value?.owner;
    return theirs ? /** @type {T} */ (found.value?.said) : null;
  };
}
