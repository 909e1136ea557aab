/**
 * How the code looks; `npm run format` mends what it can. These rules never join or break lines: a record written on one line, a table
 * or a chain of conditional types keeps the form its author chose, up to 140 columns.
 */
import stylistic from '@stylistic/eslint-plugin'
import tseslint from 'typescript-eslint'
import { generated } from './eslint.config.js'

export default [
  { ignores: generated },
  {
    files: ['**/*.{ts,js,mjs,cjs}'],
    // The other configuration's directives are not this one's business.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    languageOptions: { parser: tseslint.parser },
    plugins: { '@stylistic': stylistic, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@stylistic/semi': ['error', 'never', { beforeStatementContinuationChars: 'any' }],
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'always' }],
      '@stylistic/max-len': ['error', { code: 140, ignoreUrls: true }],
      '@stylistic/no-tabs': 'error',
      '@stylistic/no-trailing-spaces': 'error',
      '@stylistic/eol-last': 'error',
      '@stylistic/no-multiple-empty-lines': ['error', { max: 1, maxBOF: 0, maxEOF: 0 }],
      '@stylistic/comma-spacing': 'error',
      '@stylistic/comma-style': 'error',
      '@stylistic/arrow-spacing': 'error',
      '@stylistic/arrow-parens': ['error', 'as-needed'],
      '@stylistic/block-spacing': 'error',
      '@stylistic/keyword-spacing': 'error',
      '@stylistic/space-infix-ops': 'error',
      '@stylistic/space-before-blocks': 'error',
      '@stylistic/object-curly-spacing': ['error', 'always'],
      '@stylistic/array-bracket-spacing': ['error', 'never'],
      '@stylistic/space-in-parens': ['error', 'never'],
      '@stylistic/type-annotation-spacing': 'error',
      '@stylistic/spaced-comment': ['error', 'always', { block: { balanced: true, exceptions: ['!'] } }],
    },
  },
]
