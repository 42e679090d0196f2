import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** What lies in the lower folders knows nothing of the upper ones. */
const layer = (files, ...forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden.map((name) => ({ group: [`**/${name}/**`], message: `lower folders must not know ${name}/` })) }] },
});

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'node_modules/', 'src/api/generated/', 'public/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A file is about one thing; a screen or two shows it whole.
      'max-lines': ['error', { max: 300 }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An arrow that only calls is the plainest handler.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Markup is never made from text.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({ property, message: 'text never becomes HTML: use textContent' })),
      ],
      'no-restricted-syntax': ['error', { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'text never becomes HTML' }],
    },
  },
  {
    files: ['browser/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      // The test runner reports what a test promises; a response is written to.
      '@typescript-eslint/no-floating-promises': 'off',
      'no-restricted-properties': 'off',
      // Made-up data is where it is put.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['src/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  layer(['src/words/**'], 'app', 'pages', 'parts', 'live', 'log'),
  layer(['src/log/**'], 'app', 'pages', 'parts', 'live', 'api'),
  layer(['src/live/**', 'src/api/**'], 'app', 'pages', 'parts', 'log'),
  layer(['src/parts/**'], 'app', 'pages', 'live', 'log'),
);
