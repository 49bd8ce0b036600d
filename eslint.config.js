import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Only this file writes `bookings.status` after creation, so that no change goes without its audit row. */
const STATUS_WRITER = 'src/services/core/transition/change-booking-status.ts';

export default defineConfig(
  { ignores: ['src/db/generated', 'node_modules', '.data', '*.cjs'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
      // Fastify's hooks and plugins are async by contract, whether or not they wait for something.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config.ts reads the environment.' },
      ],
    },
  },
  {
    files: ['src/services/**', 'src/jobs/**', 'src/http/**', 'src/routes/**', 'src/db/**'],
    ignores: [STATUS_WRITER, 'src/db/statements/insert-stay-booking.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name=/^(update|updateMany|upsert)$/][callee.object.property.name='booking'] Property[key.name='status'][parent.parent.key.name='data']",
          message: `Only ${STATUS_WRITER} writes a booking's status.`,
        },
        {
          selector: 'TemplateElement[value.raw=/UPDATE\\s+bookings\\b[^;]*\\bstatus\\s*=/i]',
          message: `Only ${STATUS_WRITER} writes a booking's status.`,
        },
      ],
    },
  },
  // The key of the test mode is none of the server's variables.
  {
    files: ['src/config.ts', 'prisma.config.ts', 'scripts/test-stripe.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  // One statement of SQL is one thing, however long.
  { files: ['src/db/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  // Routes are registered in one plugin per noun, which is a list and reads well at any length.
  { files: ['src/routes/**', 'test/**', 'bench/**', 'scripts/**'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['test/**', 'bench/**', 'scripts/demo.ts', 'scripts/demo/**/*.ts'],
    rules: {
      // Answers are read as a client reads them: as JSON whose shape is asserted.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-restricted-properties': 'off',
    },
  },
);
