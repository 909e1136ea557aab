/** The digit tables are what their generator writes. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('digits.ts is what scripts/digit-tables.mjs writes', () => {
  const committed = readFileSync('src/dsl/shape/digits.ts', 'utf8')
  expect(execFileSync(process.execPath, ['scripts/digit-tables.mjs', '--print'], { encoding: 'utf8' })).toBe(committed)
})
