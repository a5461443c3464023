import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { steadyTests } from './packages/testing/lint/steady-tests.js';

const TYPESCRIPT = ['**/*.ts'];
const TESTS = ['**/*.spec.ts', '**/test/**/*.ts', 'packages/testing/**/*.ts'];
const JAVASCRIPT = ['**/*.{js,mjs,cjs}'];

/** What Node 20 and newer have without an import, as far as our scripts may use it. */
const NODE_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'Buffer',
  'clearInterval',
  'clearTimeout',
  'console',
  'fetch',
  'performance',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
];

/** What the page of local-xray uses of a browser, beside what Node has too. */
const BROWSER_GLOBALS = [
  'addEventListener',
  'document',
  'EventSource',
  'FormData',
  'getComputedStyle',
  'history',
  'HTMLButtonElement',
  'HTMLDialogElement',
  'HTMLElement',
  'HTMLFormElement',
  'HTMLInputElement',
  'HTMLOListElement',
  'HTMLSelectElement',
  'HTMLUListElement',
  'innerHeight',
  'location',
  'ResizeObserver',
];

const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default defineConfig(
  globalIgnores(['**/dist/', '**/.turbo/', '**/cdk.out/', '.data/', 'coverage/', 'build/']),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        // One spelling for Node's own modules; the prefix also keeps a package from taking their place.
        ...builtinModules
          .filter((name) => !name.startsWith('_') && !name.includes(':'))
          .map((name) => ({ name, message: `Import node:${name}.` })),
      ],
    },
  },
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Nest's modules are classes whose decorator says everything.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // A number in a text is unambiguous.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest, TypeORM and others declare the shapes of their options as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `const { password, ...rest } = user` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // With emitDecoratorMetadata a class that is injected must stay a value import; the compiler knows which.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: TESTS,
    rules: {
      // expect(object.method) is how Jest asks about a mock; nothing is called unbound.
      '@typescript-eslint/unbound-method': 'off',
      // A body parsed from JSON is `any`; a test that reads it wrongly fails, which is what it is for.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A test may know that what it has just put in is there.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fakes of async interfaces often have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: TESTS,
    // Benchmarks measure time, and the commands beside them wait for it.
    ignores: ['packages/testing/bench/**', 'packages/testing/schemathesis/**'],
    plugins: { local: { rules: { 'steady-tests': steadyTests } } },
    rules: { 'local/steady-tests': 'error' },
  },
  {
    // Programs whose output is what they are for.
    files: ['**/bench/**', '**/schemathesis/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: JAVASCRIPT,
    languageOptions: { ecmaVersion: 2024, globals: readonly(NODE_GLOBALS) },
  },
  {
    files: ['packages/local-xray/page/**/*.js'],
    languageOptions: { globals: readonly(BROWSER_GLOBALS) },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: readonly(['module', 'require', '__dirname']) },
  },
);
