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
    // scripts/budget.ts is what weighs, as it is sent.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // Three parts, so that a page is three requests, not fifteen: what the shell stands on, what most pages share besides, the page.
        // A group takes what it names and nothing that only stands behind that: else the shell would load what pages alone need.
        advancedChunks: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'house', test: /\/node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|@tanstack|@base-ui|@floating-ui)\/|\/src\/api\/(?:generated|call|problem|session|queries|pages)|\/src\/words\/(?:time|labels)\.|\/src\/parts\/(?:Icon|Button|Copy|Problem|Panel|State|Skeleton|Time|keys|Toasts)\./ },
            { name: 'pages', test: /\/src\/words\/(?:states|amounts|marks)\.|\/src\/pages\/shared\/(?:useFlows|FlowStrip|Values)|\/src\/app\/use(?:Act|WhyNot|Title|Submit)\.|\/src\/parts\/(?:PageHead|PageQuery|Query|Facts|Table|rows|Tabs|Strip|Meter|More)\.|\/src\/pages\/flow\/WhyWaiting/ },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/kraken-data': server } },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], environment: 'node' },
});
