// What pages do beyond being read: search while typing, and follow the files. Without it, links and forms still work.
const search = document.getElementById("search");
const status = document.getElementById("status");
let quiet;

function say(words) {
  status.textContent = words;
  status.classList.add("shown");
  clearTimeout(quiet);
  quiet = setTimeout(() => status.classList.remove("shown"), 6000);
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Keyboard: "/" goes to the search, Escape leaves it, arrows walk through what it found.
function names() {
  return [...document.querySelectorAll("#results a.name")];
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const at = event.target;
  const typing = at instanceof HTMLElement && at.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape" && at === search) {
    if (search.value) {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    } else {
      document.getElementById("main").focus();
    }
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const listed = names();
    const index = listed.indexOf(at);
    if (index < 0 && at !== search) return;
    const next = index + (event.key === "ArrowDown" ? 1 : -1);
    if (at === search && event.key === "ArrowUp") return;
    event.preventDefault();
    (next < 0 ? search : listed[Math.min(next, listed.length - 1)])?.focus();
  }
});

// Search while typing, on the page that lists.
let asked = 0;
let wait;

async function find() {
  const mine = ++asked;
  const address = search.value.trim() ? `/?q=${encodeURIComponent(search.value.trim())}` : "/";
  const page = await fetched(address);
  if (mine !== asked) return;
  document.getElementById("results").replaceWith(page.getElementById("results"));
  document.getElementById("count").textContent = page.getElementById("count").textContent.trim();
  history.replaceState(null, "", address);
}

search.addEventListener("input", () => {
  if (!document.getElementById("results")) return;
  clearTimeout(wait);
  wait = setTimeout(() => find().catch(() => {}), 120);
});

// Following the files: the page is fetched again and put in place; where the reader is stays as it is.
function version(page) {
  return page.querySelector('meta[name="version"]')?.content;
}

function concerns(change) {
  if (change.all || !change.files.length) return true;
  const starts = [...document.querySelectorAll('meta[name="watch"]')].map((one) => one.content);
  return change.files.some((file) => starts.some((start) => file.startsWith(start)));
}

function copyAttributes(from, to) {
  for (const { name, value } of from.attributes) if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

// A picture that is there already stays until the one that takes its place is loaded.
function keepPictures(old, main) {
  for (const picture of main.querySelectorAll("[id] picture")) {
    const kept = old.querySelector(`#${CSS.escape(picture.closest("[id]").id)} picture`);
    if (!kept || kept.children.length !== picture.children.length) continue;
    [...picture.children].forEach((child, index) => copyAttributes(child, kept.children[index]));
    picture.replaceWith(kept);
  }
}

function keepOpen(old, main) {
  for (const one of old.querySelectorAll("details[id]")) {
    const now = main.querySelector(`#${CSS.escape(one.id)}`);
    if (now) now.open = one.open;
  }
}

function placeOf(element, old) {
  if (!old.contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const link = element.getAttribute("href");
  const parent = element.closest("[id]")?.id;
  return link && parent ? `#${CSS.escape(parent)} a` : link ? `a[href="${CSS.escape(link)}"]` : null;
}

function styled(page) {
  const now = page.getElementById("places");
  const old = document.getElementById("places");
  if (!now || now.getAttribute("href") === old?.getAttribute("href")) return null;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = now.getAttribute("href");
  return new Promise((done) => {
    link.onload = link.onerror = () => {
      done(() => {
        old?.remove();
        link.id = "places";
      });
    };
    document.head.append(link);
  });
}

let following = Promise.resolve();

async function follow(change) {
  const page = await fetched(location.href);
  const main = page.getElementById("main");
  const old = document.getElementById("main");
  if (!main || !old) return;
  const settle = await styled(page);
  const focus = placeOf(document.activeElement, old);
  keepPictures(old, main);
  keepOpen(old, main);
  old.replaceWith(document.adoptNode(main));
  if (settle) settle();
  if (focus) main.querySelector(focus)?.focus({ preventScroll: true });
  document.title = page.title;
  for (const one of document.querySelectorAll('meta[name="watch"]')) one.remove();
  for (const one of page.querySelectorAll('meta[name="watch"]')) document.head.append(document.adoptNode(one));
  document.querySelector('meta[name="version"]').content = version(page);
  const files = change.files.length === 1 ? change.files[0] : `${change.files.length || "some"} files`;
  say(`Updated: ${files} changed`);
}

function changed(event) {
  const change = JSON.parse(event.data);
  if (change.version === version(document)) return;
  if (concerns(change)) {
    following = following.then(() => follow(change)).catch(() => {});
  } else {
    document.querySelector('meta[name="version"]').content = change.version;
  }
}

// A page that nobody sees keeps no connection: browsers have only six for a server.
let stream = null;

function listen() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    stream = new EventSource("/events");
    stream.onmessage = changed;
  }
}

document.addEventListener("visibilitychange", listen);
window.addEventListener("pagehide", () => {
  stream?.close();
  stream = null;
});
window.addEventListener("pageshow", listen);
listen();
