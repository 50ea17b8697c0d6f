import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** What the map is made of is asked for beside the page, not after it. */
const mapBeside: Plugin = {
  name: 'map-beside',
  transformIndexHtml: {
    order: 'post',
    handler(_page, { bundle }) {
      const shared = Object.values(bundle ?? {}).filter((each) => each.type === 'chunk' && !each.isEntry && !each.isDynamicEntry);
      return shared.map(({ fileName }) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` }, injectTo: 'head' }));
    },
  },
};

// The bundle is part of the Python package, so that nobody needs Node to see the map.
export default defineConfig({
  base: './',
  plugins: [svelte(), mapBeside],
  build: {
    outDir: '../src/stroomstad/api/static',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // Fonts and pictures stay files: the content policy allows no data addresses for them.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
});
