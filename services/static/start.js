// Exchanges the token of the link's fragment for a cookie, then forgets it.
const who = document.getElementById("who");
const list = document.getElementById("jurisdictions");
const token = new URLSearchParams(location.hash.slice(1)).get("token");

function link(href, text) {
  const item = document.createElement("li");
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  item.append(anchor);
  return item;
}

async function signIn() {
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await fetch("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
}

async function show() {
  const answer = await fetch("/api/v1/session");
  if (!answer.ok) {
    who.textContent = "未登录:请用终端里的登录链接。 Not signed in: use the sign-in link printed in the terminal.";
    return;
  }
  const me = await answer.json();
  who.textContent = `已登录 signed in: ${me.actor}`;
  const index = await (await fetch("/api/v1")).json();
  for (const code of index.jurisdictions) {
    list.append(link(`/api/v1/${code}/headcount`, `${code} headcount 人数`));
    list.append(link(`/api/v1/${code}/ledger`, `${code} ledger 台账`));
  }
}

signIn().then(show).catch(() => {
  who.textContent = "服务没有应答。 The service does not answer.";
});
