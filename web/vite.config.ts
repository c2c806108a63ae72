import { readdirSync } from 'node:fs';

import { defineConfig } from 'vite';

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

// `PARAPET_URL=http://127.0.0.1:8080 npm run dev` develops the page against a running program.
const server = process.env['PARAPET_URL'];

export default defineConfig({
  // Relative addresses, so that the page also works behind a reverse proxy's sub-path.
  base: './',
  build: {
    target: 'es2023',
    // Nothing is inlined as a data: address: the page is served under a strict content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Each page is an HTML file of its own beside this one: `me.html` is served as `/me`.
    rollupOptions: { input: pages },
    // MapLibre alone is about 1 MB before compression, and is served from the same machine.
    chunkSizeWarningLimit: 1500,
  },
  ...(server ? { server: { proxy: { '/api': server } } } : {}),
});
