/** Types that scripts share without imports, and browser interfaces that the DOM library of TypeScript lacks.
 */

/** https://developer.mozilla.org/docs/Web/API/BarcodeDetector */
declare class BarcodeDetector {
  constructor(options?: { formats?: string[] });
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}

/** The worker who is signed in on a phone. `owner` is `jurisdiction/worker`. */
interface Who {
  owner: string;
  worker: string;
  jurisdiction: string;
  timezone: string;
}

/** A longitude and latitude in WGS-84. */
interface LonLat {
  lon: number;
  lat: number;
}

/** The contents of a printed code or link. */
/** What was scanned at a door: a station, or a training session with the code of that moment. */
interface Scan {
  at: string;
  station?: string;
  session?: string;
  door?: string;
  n?: string;
  sign?: string;
}

interface Wish {
  area?: string;
  team?: string;
}

/** The contact details of a task. */
interface Contact {
  contact_name: string;
  contact_phone: string;
  address: string;
  text: string;
}

/** An offer or assignment in the answer of `/me`. */
interface Task {
  assignment: string;
  state: string;
  team?: string;
  offered_at?: string;
  expires_at?: string;
  proofs?: { kind: string }[];
  ended_at?: string;
  request?: Partial<Contact & LonLat> & {
    request?: string;
    number?: number | null;
    category: string;
    priority: number;
    quantity: number;
    due_at?: string;
    area: string;
    area_name?: string;
  };
  /** The last local act on this task. */
  act?: Act;
}

/** A worker's duty in the answer of `/me`. */
interface Duty {
  presence: string;
  area: string;
  area_name?: string;
  since: string | number;
}

/** A command in the outbox of a phone. */
interface Act {
  /** Key in the outbox; assigned by IndexedDB. */
  seq?: number;
  owner: string;
  /** Idempotency key. */
  id: string;
  name: string;
  data: {
    worker?: string;
    area?: string;
    presence?: string;
    assignment?: string;
    stage?: string;
    reason?: string;
    release?: string;
    command?: string;
    request?: string;
    kind?: string;
    file?: string;
    code?: string;
    note?: string;
    sos?: string;
    place?: string;
    station?: string;
    status?: string;
    until?: string;
    present?: number;
    need?: string;
    item?: string;
    side?: string;
    priority?: number;
    activity?: string;
    inspection?: string;
    session?: string;
    [free: `free_${string}`]: number;
  };
  /** A picture that is sent first; the service answers the name of its file. */
  picture?: Blob;
  at: string;
  state: "waiting" | "sent" | "refused";
  /** Whether it was sent at least once. */
  tried: boolean;
  /** Do not send before this time in ms. */
  hold_until: number;
  /** Local context, never sent. */
  about: { place?: string; title?: string; undoes?: string; before?: { duty?: Duty; task?: Task } };
  /** Log position of a recorded act. */
  position?: number;
  /** Why the service refused it. */
  code?: string;
  detail?: string;
}

/** Values in the object store `kept`. */
/** A term that the jurisdiction defines. */
interface TermRow {
  list: string;
  code: string;
  names: Record<string, string>;
  retired: boolean;
}

interface Kept {
  who: Who;
  me: { owner: string; said: { now: string; position: number }; at: number };
  wish: Wish;
  confirmed: number;
  leave: boolean;
  asked: Asked[];
  asking: Asking[];
  /** What was scanned and not recorded yet, and the station recorded last. */
  scan: Scan;
  scanned: Scan;
  /** The public map as it was told last. */
  stations: { jurisdiction: string; said: PublicMap; at: number };
  /** What a keeper's phone knows: the stations kept, the uses counted on it today, the needs told on it. */
  keeping: Keeping;
  /** What the service told of this worker's own. */
  [mine: `mine ${string}`]: { owner: string; said: unknown };
  "push.texts": Record<string, { title: string; body?: string }>;
  [terms: `terms ${string}`]: TermRow[];
  [contact: `contact ${string}`]: Contact;
  [areas: `areas ${string}`]: {
    items: (LonLat & { area: string; name: string; parent: string })[];
    at: number;
  };
}

interface MusterDb {
  /** Add an act. Resolves with its key. */
  add(act: Act): Promise<number>;
  /** Replace an act. */
  put(act: Act): Promise<number>;
  remove(seq: number): Promise<void>;
  /** Return the acts of one owner, oldest first. */
  acts(owner: string): Promise<Act[]>;
  /** Return the acts of all owners. */
  everyone(): Promise<Act[]>;
  get<K extends keyof Kept>(key: K): Promise<Kept[K]>;
  set<K extends keyof Kept>(key: K, value: Kept[K]): Promise<K>;
  forget(key: keyof Kept): Promise<void>;
  keys(): Promise<(keyof Kept & string)[]>;
}

/** Outcome of an attempt to send the outbox. `wait` is the Retry-After of the service, in seconds. */
interface Sent {
  outcome: "idle" | "sent" | "later" | "offline" | "signed_out" | "another";
  wait?: number;
}

/** What waits to be told to the city, without a session. */
/** What a phone reads of the public map. */
interface PublicMap {
  at: string;
  known_until: string;
  stations: (LonLat & { id: string; name: string; services?: string[] })[];
}

/** What a phone reads of a station that its worker keeps. */
interface KeptStation {
  station: string;
  name: string;
  status?: string | null;
  status_until?: string | null;
}

interface Keeping {
  owner: string;
  rows: KeptStation[];
  uses: { station: string; day: string; act: string }[];
  needs: { need: string; station: string; item: string; side: string }[];
  /** Uses of a day that were recorded on other devices, as last told. */
  elsewhere?: { day: string; uses: Record<string, number> };
}

/** An activity as the service tells one worker of it. */
interface MyActivity {
  activity: string;
  title: string;
  area: string;
  area_name: string | null;
  begins: string;
  ends: string | null;
  state: string;
  serves: boolean;
  room: number | null;
  signed_up: boolean;
  came: boolean;
}

interface AwaitedInspection {
  inspection: string;
  area: string;
  manner: string;
  ordered_at: string;
}

/** A training session as the service tells one worker of it. */
interface MySession {
  session: string;
  title: string;
  mode: string;
  area: string;
  area_name: string | null;
  begins: string;
  ends: string;
  halves: string[];
  hours: number;
  state: string;
  room: number | null;
  waits: number;
  signed_up: boolean;
  turn: number | null;
}

interface MyTraining {
  year: number;
  hours: number;
  target: number | null;
  person_times: number;
  sessions: MySession[];
  presence: { session: string; title: string | null; half: string; role: string; via: string }[];
  position: number;
}

/** Whether a worker consents to be named, and where they are named or may be. */
interface MyRecognition {
  consent: "given" | "withdrawn" | null;
  since: string | null;
  nominations: { nomination: string; honour: string; state: string; made_at: string }[];
  awards: { award: string; honour: string; title: string; state: string; granted_at: string }[];
  items: {
    publication: string;
    topic: string;
    channel: string;
    outlet: string | null;
    state: string;
    published_at: string;
    name: string | null;
    text: string | null;
    link: string | null;
  }[];
  words: { list: string; code: string; names: Record<string, string> }[];
  position: number;
}

/** What whoever asks shows or says aloud. */
interface Shown {
  medium: "photo" | "voice";
  blob: Blob;
  seconds?: number;
}

interface Asking {
  /** Idempotency key. */
  id: string;
  jurisdiction: string;
  path: "ask" | "ask/word" | "ask/files";
  /** Of whom it is: the receipt. */
  body: { receipt: string; [name: string]: string | boolean };
  /** A photo or a recording. */
  blob?: Blob;
  at: string;
  /** Why the service refused it. */
  code?: string;
  detail?: string;
}

/** A difficulty as whoever keeps its receipt may read it. */
interface ToldDifficulty {
  category: string;
  state: string;
  text: string | null;
  with_post: string;
  until: string | null;
  may: string[];
  steps: { at: string; what: string; post: string | null; reason: string | null; text: string | null }[];
}

/** A difficulty told from this phone, or added by its receipt. */
interface Asked {
  receipt: string;
  jurisdiction: string;
  category?: string;
  at: string;
  /** What the service said last. */
  told?: ToldDifficulty;
}

interface MusterOutbox {
  /** Change what waits to be told to the city. */
  asking(change: (kept: Asking[]) => Asking[] | Promise<Asking[]>): Promise<unknown>;
  /** Send it, without the session. */
  tell(): Promise<Sent>;
  /** Send a request to the API. */
  ask(path: string, options?: RequestInit): Promise<{ status: number; body: ToldDifficulty; wait: number }>;
  LATE_MS: number;
  /** Send the waiting acts. */
  flush(): Promise<Sent>;
  /** Send the waiting pictures, each with the act that names it. */
  pictures(): Promise<Sent>;
  /** Run `work` under the lock of the outbox. */
  locked<T>(work: () => Promise<T>): Promise<T>;
  waits(act: Act): boolean;
  held(act: Act, now: number): boolean;
}

declare const musterDb: MusterDb;
declare const musterOutbox: MusterOutbox;

interface Window {
  musterDb: MusterDb;
  musterOutbox: MusterOutbox;
  webkitAudioContext: typeof AudioContext;
}

/** https://developer.mozilla.org/docs/Web/API/BeforeInstallPromptEvent */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<{ outcome: string }>;
}

interface WindowEventMap {
  beforeinstallprompt: BeforeInstallPromptEvent;
}

interface NotificationOptions {
  renotify?: boolean;
  vibrate?: number[];
}

interface ServiceWorkerRegistration {
  /** https://developer.mozilla.org/docs/Web/API/Background_Synchronization_API */
  readonly sync?: { register(tag: string): Promise<void> };
}

// The scope of a service worker. The library "webworker" declares it, but excludes the library "dom".
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface PushEvent extends ExtendableEvent {
  readonly data: { json(): { kind?: string } } | null;
}

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

interface NotificationEvent extends ExtendableEvent {
  readonly notification: Notification;
}

interface WindowClient {
  readonly url: string;
  focus(): Promise<WindowClient>;
}

interface ServiceWorkerEvents {
  install: ExtendableEvent;
  activate: ExtendableEvent;
  fetch: FetchEvent;
  message: MessageEvent;
  sync: SyncEvent;
  push: PushEvent;
  notificationclick: NotificationEvent;
}

interface ServiceWorkerGlobalScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window" }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<K extends keyof ServiceWorkerEvents>(
    type: K,
    listener: (event: ServiceWorkerEvents[K]) => void,
  ): void;
}
