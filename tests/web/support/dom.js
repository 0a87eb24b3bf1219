// A stand-in for the DOM: as much of it as Preact and the pages' tables use. Nothing is laid out, so tests
// set the height of boxes themselves.
import { h, options, render } from "../../../web/vendor/preact/preact.mjs";

class Node {
  constructor(nodeType) {
    this.nodeType = nodeType;
    this.childNodes = [];
    this.parentNode = null;
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get nextSibling() {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }

  insertBefore(node, before) {
    node.remove();
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }

  appendChild(node) {
    return this.insertBefore(node, null);
  }

  remove() {
    const all = this.parentNode?.childNodes;
    all?.splice(all.indexOf(this), 1);
    this.parentNode = null;
  }
}

class Text extends Node {
  constructor(data) {
    super(3);
    this.data = data;
  }

  get textContent() {
    return String(this.data);
  }
}

class Element extends Node {
  constructor(localName) {
    super(1);
    this.localName = localName;
    this.namespaceURI = "http://www.w3.org/1999/xhtml";
    this.attributes = {};
    this.style = {};
    this.listeners = {};
    this.clientHeight = 0;
    this.offsetHeight = 0;
    this.scrollTop = 0;
  }

  get textContent() {
    return this.childNodes.map((node) => node.textContent).join("");
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }

  removeEventListener(type) {
    delete this.listeners[type];
  }

  /** Only lists of names of elements. */
  closest(selector) {
    const names = selector.split(", ");
    for (let node = this; node; node = node.parentNode) if (names.includes(node.localName)) return node;
    return null;
  }

  focus() {
    document.activeElement = this;
  }

  /** All elements inside with this role, in the order of the page. */
  withRole(role) {
    const inside = this.childNodes.filter((node) => node.nodeType === 1);
    return inside.flatMap((node) => [
      ...(node.attributes.role === role ? [node] : []),
      ...node.withRole(role),
    ]);
  }
}

document.createElementNS = (_, name) => new Element(name);
document.createElement = (name) => new Element(name);
document.createTextNode = (data) => new Text(data);

// Heights change only where a test says so, and then it draws again.
const watchers = new Set();
globalThis.ResizeObserver = class {
  constructor(measure) {
    this.measure = measure;
  }

  observe() {
    watchers.add(this);
  }

  disconnect() {
    watchers.delete(this);
  }
};
globalThis.getComputedStyle = () => ({ fontSize: "16px" });

const due = [];
options.debounceRendering = (work) => due.push(work);
options.requestAnimationFrame = (work) => due.push(work);

/** Do something, then draw until nothing is left to be drawn. */
function settle(work) {
  work();
  while (due.length) due.shift()();
}

/** A component in a page: `find(role)` = its elements, `draw(props)` = draw it with other properties. */
export function mount(component, given) {
  const root = new Element("body");
  const draw = (props) => settle(() => render(h(component, props), root));
  draw(given);
  const fire = (target, type, more = {}) => {
    const event = { type, target, defaultPrevented: false, ...more };
    event.preventDefault = () => {
      event.defaultPrevented = true;
    };
    settle(() => {
      for (let node = target; node; node = node.parentNode) {
        event.currentTarget = node;
        node.listeners[type]?.call(node, event);
      }
    });
    return event;
  };
  return {
    draw,
    fire,
    find: (role) => root.withRole(role),
    press: (target, key, more) => fire(target, "keydown", { key, ...more }),
    resize: (box, height) => {
      box.clientHeight = height;
      settle(() => {
        for (const { measure } of watchers) measure();
      });
    },
    scroll: (box, top) => {
      box.scrollTop = top;
      fire(box, "scroll");
    },
    unmount: () => settle(() => render(null, root)),
  };
}
