import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The bundle is part of the Python package, so that nobody needs Node to see the map.
export default defineConfig({
  base: './',
  plugins: [svelte()],
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
