// The shell of the page for people, kept on the phone so that it opens without a network, and says then that it knows nothing.
//
// What is live never passes here: nothing below /api/ is answered, kept or even looked at. A shell is replaced by a newer one
// whenever the service answers.

const CACHE = 'parapet-me-shell';
const PAGE = new URL('./me', self.location.href).href;
const BESIDE = ['./me.webmanifest', './me-icon.svg', './me-icon-192.png'];
/** A network that hangs is no network: then the kept shell opens, milliseconds. */
const PATIENCE_MS = 3000;

self.addEventListener('install', (event) => {
  event.waitUntil(fetch(PAGE, { cache: 'no-cache' }).then(keep).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.includes('/api/')) return;
  event.respondWith(request.mode === 'navigate' ? page(event) : file(request));
});

/** The service's page where it answers in time, or else the kept one. */
async function page(event) {
  const kept = await caches.match(PAGE);
  const asked = fetch(PAGE, { cache: 'no-cache' }).then((answer) => {
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
    event.waitUntil(keep(answer.clone()));
    return answer;
  });
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  event.waitUntil(asked.catch(() => undefined));
  return Promise.race([asked.catch(() => kept), late]);
}

/** Files that are named by their content come from the phone; the others from the service, where it answers. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept && new URL(request.url).pathname.includes('/assets/')) return kept;
  return fetch(request).catch((fault) => kept ?? Promise.reject(fault));
}

/** Keeps a page and all that it is made of, and throws away what an older one was made of. */
async function keep(answer) {
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
  const text = await answer.clone().text();
  const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => new URL(found[1], PAGE).href);
  const parts = new Set([...named, ...BESIDE.map((name) => new URL(name, PAGE).href)]);
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const part of parts) if (!(await cache.match(part))) missing.push(part);
  await cache.addAll(missing);
  await cache.put(PAGE, answer);
  for (const old of await cache.keys()) if (old.url !== PAGE && !parts.has(old.url)) await cache.delete(old);
}
