// Marks on the map, drawn on demand: the map needs no sprites and no glyphs.
// Names: life-LEVEL, alert-LEVEL, priority-N, worker-PRESENCE-AGE, crowd-COUNT,
// cluster-COUNT-TENTHS-TENTHS-TENTHS-TENTHS-LIVES, label-TEXT, grid-TEXT, picked.

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

/** Life safety: a drop that stands on its place, in the colour of its alert. No other mark has this shape. */
const life = (level) =>
  canvas(34, 42, (context) => {
    drop(context);
    const alerted = level !== "0";
    Object.assign(context, {
      fillStyle: colour(alerted ? `--level-${level}-fill` : "--text"),
      strokeStyle: colour("--surface"),
      lineWidth: 2.5,
    });
    context.fill();
    context.stroke();
    const ink = colour(alerted ? `--on-level-${level}` : "--surface");
    context.fillStyle = ink;
    context.fillRect(14.5, 8, 5, 17);
    context.fillRect(8.5, 14, 17, 5);
  });

function drop(context) {
  context.beginPath();
  context.arc(17, 16.5, 14, Math.PI * 0.82, Math.PI * 0.18);
  context.lineTo(17, 40);
  context.closePath();
}

const picked = () =>
  canvas(30, 38, (context) => {
    context.beginPath();
    context.arc(15, 14, 11, Math.PI * 0.82, Math.PI * 0.18);
    context.lineTo(15, 36);
    context.closePath();
    Object.assign(context, {
      fillStyle: colour("--accent"),
      strokeStyle: colour("--surface"),
      lineWidth: 2.5,
    });
    context.fill();
    context.stroke();
    context.beginPath();
    context.arc(15, 14, 4, 0, 2 * Math.PI);
    context.fillStyle = colour("--surface");
    context.fill();
  });

const QUARTER = Math.PI / 2;
const TENTH = Math.PI / 5;

/** A stack of several requests: their count, the shares of alerts, and how many are life safety. */
const cluster = (count, shares, lives) =>
  canvas(54, 50, (context) => {
    plate(context, 25, 26, 19, "--surface", "--border-strong");
    plate(context, 22, 23, 19, "--surface", "--border-strong");
    ring(context, 22, 23, shares);
    centred(context, count, 22, 23, count.length > 3 ? 11 : 13, colour("--text"));
    if (lives !== "0") badge(context, lives);
  });

function plate(context, x, y, radius, fill, edge) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: colour(fill), strokeStyle: colour(edge), lineWidth: 1.5 });
  context.fill();
  context.stroke();
}

/** Draw the shares of alerts, worst first from the top; the rest has no alert. `shares`: tenths by level. */
function ring(context, x, y, shares) {
  let begin = -QUARTER;
  const arc = (tenths, edge) => {
    const end = Math.min(begin + tenths * TENTH, 2 * Math.PI - QUARTER);
    if (end <= begin) return;
    context.beginPath();
    context.arc(x, y, 16.5, begin, end);
    Object.assign(context, { strokeStyle: colour(edge), lineWidth: 5 });
    context.stroke();
    begin = end;
  };
  shares.forEach((tenths, index) => {
    arc(Number(tenths), `--level-${index + 1}-fill`);
  });
  arc(10, "--border");
}

function badge(context, lives) {
  context.save();
  context.translate(30, 0);
  context.scale(0.68, 0.68);
  drop(context);
  Object.assign(context, {
    fillStyle: colour("--level-1-fill"),
    strokeStyle: colour("--surface"),
    lineWidth: 3,
  });
  context.fill();
  context.stroke();
  centred(context, lives, 17, 17, 16, colour("--on-level-1"));
  context.restore();
}

/** Several people. */
const crowd = (count) =>
  canvas(46, 40, (context) => {
    plate(context, 26, 20, 13, "--surface", "--accent");
    plate(context, 22, 20, 13, "--surface", "--accent");
    plate(context, 18, 20, 15, "--accent-soft", "--accent");
    centred(context, count, 18, 20, count.length > 3 ? 10 : 12, colour("--text"));
  });

const grid = (text) => written(text, 500, 11, "--faint");

const label = (text) => written(text, 600, 12, "--text");

/** A text with a halo. */
function written(text, weight, size, ink) {
  const font = `${weight} ${size}px ${token("--font")}`;
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
    Object.assign(context, { strokeStyle: colour("--ground"), fillStyle: colour(ink) });
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
  if (kind === "life") return life(rest[0]);
  if (kind === "picked") return picked();
  if (kind === "cluster") return cluster(rest[0], rest.slice(1, 5), rest[5]);
  if (kind === "crowd") return crowd(rest[0]);
  if (kind === "grid") return grid(name.slice("grid-".length));
  if (kind === "label") return label(name.slice("label-".length));
  return null;
}

export const PIXEL_RATIO = RATIO;
