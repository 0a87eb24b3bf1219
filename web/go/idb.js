// What this phone keeps: acts that wait to be sent, and the last state seen. A plain script without imports or
// exports, so that the page and the service worker (importScripts; not every browser has module workers) share it.
"use strict";
(() => {
  const NAME = "muster-go";
  let opened = null;

  function open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        const acts = asked.result.createObjectStore("acts", { keyPath: "seq", autoIncrement: true });
        acts.createIndex("owner", "owner");
        asked.result.createObjectStore("kept");
      };
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const close = () => {
          opened = null;
        };
        asked.result.onversionchange = () => {
          asked.result.close();
          close();
        };
        asked.result.onclose = close;
        resolve(asked.result);
      };
    });
  }

  /** Do something in one transaction; resolves with its result once that is on the disk. */
  async function within(store, mode, work) {
    opened ??= open();
    const database = await opened.catch((error) => {
      opened = null;
      throw error;
    });
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  self.musterDb = {
    /** Add an act; resolves with its number. */
    add: (act) => within("acts", "readwrite", (store) => store.add(act)),
    /** Replace an act. */
    put: (act) => within("acts", "readwrite", (store) => store.put(act)),
    remove: (seq) => within("acts", "readwrite", (store) => store.delete(seq)),
    /** Acts of one person in the order in which they were done. */
    acts: (owner) => within("acts", "readonly", (store) => store.index("owner").getAll(owner)),
    everyone: () => within("acts", "readonly", (store) => store.getAll()),
    get: (key) => within("kept", "readonly", (store) => store.get(key)),
    set: (key, value) => within("kept", "readwrite", (store) => store.put(value, key)),
    forget: (key) => within("kept", "readwrite", (store) => store.delete(key)),
    keys: () => within("kept", "readonly", (store) => store.getAllKeys()),
  };
})();
