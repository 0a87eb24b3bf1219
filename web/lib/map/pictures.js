// Marks on the map, drawn on demand: the map needs no sprites and no glyphs.
// Names: alert-LEVEL, priority-N, worker-PRESENCE-AGE, cluster-KIND-COUNT, label-TEXT.

const RATIO = 2;
const ROMAN = ["", "I", "II", "III", "IV"];
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Return the colour of a token in the current theme. */
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function canvas(width, height, paint) {
  const element = document.createElement("canvas");
  element.width = Math.ceil(width * RATIO);
  element.height = Math.ceil(height * RATIO);
  const context = element.getContext("2d");
  context.scale(RATIO, RATIO);
  paint(context);
  return context.getImageData(0, 0, element.width, element.height);
}

function centred(context, text, x, y, size, fill) {
  Object.assign(context, {
    font: `700 ${size}px ${token("--font")}`,
    textAlign: "center",
    textBaseline: "middle",
    fillStyle: fill,
  });
  context.fillText(text, x, y + 0.5);
}

const SHAPES = {
  1: (c) => polygon(c, 8, Math.PI / 8),
  2: (c) => polygon(c, 3, -Math.PI / 2),
  3: (c) => polygon(c, 4, 0),
  4: (c) => c.arc(14, 14, 11, 0, 2 * Math.PI),
};

function polygon(context, corners, turn) {
  const radius = corners === 3 ? 14 : 12;
  const down = corners === 3 ? 16 : 14;
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    context.lineTo(14 + radius * Math.cos(angle), down + radius * Math.sin(angle));
  }
  context.closePath();
}

const alert = (level) =>
  canvas(28, 30, (context) => {
    context.beginPath();
    SHAPES[level](context);
    Object.assign(context, {
      fillStyle: colour(`--level-${level}-fill`),
      strokeStyle: colour("--surface"),
      lineWidth: 2,
    });
    context.fill();
    context.stroke();
    centred(context, ROMAN[level], 14, level === "2" ? 18 : 14, 10, colour(`--on-level-${level}`));
  });

const priority = (value) =>
  canvas(22, 22, (context) => {
    Object.assign(context, { fillStyle: colour("--surface"), strokeStyle: colour("--text"), lineWidth: 1.5 });
    context.beginPath();
    context.roundRect(2, 2, 18, 18, 3);
    context.fill();
    context.stroke();
    centred(context, value, 11, 11, 12, colour("--text"));
  });

const worker = (presence, age) =>
  canvas(18, 18, (context) => {
    const own = colour(`--${presence}`);
    context.beginPath();
    context.arc(9, 9, 6, 0, 2 * Math.PI);
    Object.assign(context, {
      fillStyle: age === "lost" ? colour("--surface") : own,
      strokeStyle: own,
      lineWidth: 2,
    });
    context.globalAlpha = age === "old" ? 0.55 : 1;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  });

const cluster = (kind, count) =>
  canvas(34, 34, (context) => {
    context.beginPath();
    if (kind === "request") context.roundRect(3, 3, 28, 28, 6);
    else context.arc(17, 17, 14, 0, 2 * Math.PI);
    Object.assign(context, {
      fillStyle: colour("--surface"),
      strokeStyle: colour(kind === "request" ? "--text" : "--accent"),
      lineWidth: 2.5,
    });
    context.fill();
    context.stroke();
    centred(context, count, 17, 17, 12, colour("--text"));
  });

function label(text) {
  const font = `600 12px ${token("--font")}`;
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = font;
  const width = measure.measureText(text).width + 8;
  return canvas(width, 18, (context) => {
    Object.assign(context, {
      font,
      textAlign: "center",
      textBaseline: "middle",
      lineJoin: "round",
      lineWidth: 3,
    });
    Object.assign(context, { strokeStyle: colour("--ground"), fillStyle: colour("--text") });
    context.strokeText(text, width / 2, 9);
    context.fillText(text, width / 2, 9);
  });
}

/** Draw the picture of a name. Returns null for an unknown name. */
export function picture(name) {
  const [kind, ...rest] = name.split("-");
  if (kind === "alert") return alert(rest[0]);
  if (kind === "priority") return priority(rest[0]);
  if (kind === "worker") return worker(rest[0], rest[1]);
  if (kind === "cluster") return cluster(rest[0], rest[1]);
  if (kind === "label") return label(name.slice("label-".length));
  return null;
}

export const PIXEL_RATIO = RATIO;
