// Keeps the shell on the device: style, type, icons, scripts, and the offline page with the
// numbers for emergencies. Nothing about a member is ever kept: a page comes from the network
// or not at all, and what is not in the shell passes by untouched. The address that serves
// this worker sets self.shell = { version, offline, pages: { en, es }, files } before it.

const { version, offline, pages, files } = self.shell;
const CACHE = `shell-${version}`;
const kept = new Set(files.map((file) => new URL(file, self.location).href));
let language;

self.addEventListener("install", (event) => {
  // Takes over from an older worker at once; what is on the screen stays as it is, for pages
  // are never served from here and files carry their content in their name.
  self.skipWaiting();
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOlderShells(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // Going back to what a form was answered with: the browser itself asks whether to send it again.
  if (request.isHistoryNavigation && request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (request.method === "GET" && kept.has(request.url)) event.respondWith(take(request));
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  const fresh = [offline, ...Object.values(pages)].map(
    (page) => new Request(page, { cache: "reload" }),
  );
  await cache.addAll([...fresh, ...files]);
}

async function dropOlderShells() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("shell-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function visit(event) {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    event.waitUntil(remember(answer.headers.get("Content-Language")));
    return answer;
  } catch {
    return (await find(offline)) || Response.error();
  }
}

async function take(request) {
  return (await find(request.url)) || fetch(request);
}

async function find(address) {
  const cache = await caches.open(CACHE);
  return cache.match(address, { ignoreVary: true });
}

// The page for no connection is the one in the language last read.
async function remember(spoken) {
  if (spoken === language || !pages[spoken]) return;
  const page = await find(pages[spoken]);
  const cache = await caches.open(CACHE);
  if (page) await cache.put(offline, page);
  language = spoken;
}
