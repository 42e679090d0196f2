import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` sends calls of the API. */
const server = process.env.KRAKEN_SERVER ?? 'http://127.0.0.1:8411';

export default defineConfig({
  plugins: [react()],
  build: {
    // light-dark() and container queries; what every engine has had since spring 2024.
    outDir: '.cache/built',
    emptyOutDir: true,
    target: ['chrome123', 'firefox124', 'safari17.5'],
    modulePreload: { polyfill: false },
    // One sheet: pages come without a flash, and the budget is one number.
    cssCodeSplit: false,
    // Nothing inline: the Content-Security-Policy allows only what is served.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What most pages share and the shell does not need comes as one file: a page is two requests, not fifteen.
        advancedChunks: {
          groups: [{ name: 'pages', test: /\/src\/(words|live)\/|\/src\/pages\/shared\/(useFlows|FlowStrip|Values)|\/src\/app\/use|\/src\/parts\/(PageHead|PageQuery|Query|Facts|Table|rows|Tabs|Strip|Meter|Fields|Panel)\.|\/src\/pages\/flow\/WhyWaiting/ }],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/kraken-data': server } },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], environment: 'node' },
});
