import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const rules = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')).forbidden as readonly { name: string }[]

/** Each rule's violations: the file that errs, its import, and for a relative one the file that it meets. */
const violations: Record<string, readonly (readonly [file: string, specifier: string])[]> = {
  'no-circles': [['src/dsl/circle-a.ts', './circle-b.js']],
  'dsl-imports-nothing-above': [['src/dsl/up-interp.ts', '../interp/leaf.js'], ['src/dsl/up-models.ts', '../models/leaf.js'],
    ['src/dsl/up-run.ts', '../run/leaf.js'], ['src/dsl/up-index.ts', '../index.js']],
  'interp-imports-dsl-only': [['src/interp/to-models.ts', '../models/leaf.js'], ['src/interp/to-run.ts', '../run/leaf.js'],
    ['src/interp/to-rl.ts', '../rl/leaf.js']],
  'models-import-dsl-only': [['src/models/to-interp.ts', '../interp/leaf.js'], ['src/models/to-run.ts', '../run/leaf.js'],
    ['src/models/to-rl.ts', '../rl/leaf.js']],
  'rl-imports-dsl-and-models': [['src/rl/to-interp.ts', '../interp/leaf.js'], ['src/rl/to-run.ts', '../run/leaf.js']],
  'src-imports-src': [['src/run/to-test.ts', '../../test/leaf.js'], ['src/run/to-examples.ts', '../../examples/leaf.js']],
  'no-node-in-pure-rooms': [['src/dsl/node-fs.ts', 'node:fs'], ['src/models/node-os.ts', 'os'], ['src/rl/node-path.ts', 'node:path']],
  'no-engine-library-in-pure-rooms': [['src/dsl/ort.ts', 'onnxruntime-node'], ['src/models/tfjs.ts', '@tensorflow/tfjs-core']],
  'examples-use-public-entry-points': [['examples/inside.ts', '../src/dsl/leaf.js'], ['examples/built.ts', '../dist/leaf.js']],
  'no-unresolved': [['src/run/nowhere.ts', './missing.js']],
  'no-undeclared-package': [['src/run/undeclared.ts', 'rollup']],
  'no-dev-package-in-src': [['src/run/dev.ts', 'fast-check']],
}

/** What the rooms allow; none of these may be reported. */
const allowed: readonly (readonly [file: string, specifier: string])[] = [
  ['src/interp/ok.ts', '../dsl/leaf.js'], ['src/models/ok.ts', '../dsl/leaf.js'], ['src/rl/ok.ts', '../models/leaf.js'],
  ['src/run/ok.ts', '../interp/leaf.js'], ['src/run/ok-node.ts', 'node:fs'], ['src/interp/ok-node.ts', 'node:os'],
  ['src/interp/ok-ort.ts', 'onnxruntime-node'], ['src/dsl/ok-fp.ts', 'fp-ts'], ['src/index.ts', './dsl/leaf.js'],
  ['examples/ok.ts', 'typegrad'], ['examples/ok-models.ts', 'typegrad/models'], ['examples/ok-neighbour.ts', './leaf.js'],
  ['test/ok.ts', '../src/dsl/leaf.js'], ['src/interp/ok-version.ts', '../version.js'],
]

interface Violation { readonly from: string; readonly rule: { readonly name: string } }
let found: readonly Violation[] = []
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'typegrad-rooms-'))
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) cpSync(join(root, file), join(folder, file))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const room of ['src/dsl', 'src/interp', 'src/models', 'src/rl', 'src/run', 'examples', 'test', 'dist'])
    write(`${room}/leaf.ts`, 'export type Leaf = 1\nexport const leaf = 1\n')
  for (const built of ['dist/leaf.js', 'dist/index.js', 'dist/models/index.js']) write(built, 'export const leaf = 1\n')
  write('src/version.ts', "export const version = '1'\n")
  write('src/dsl/circle-b.ts', "export * from './circle-a.js'\n")
  // A type is an edge of the map as much as a value is.
  for (const [file, specifier] of [...Object.values(violations).flat(), ...allowed])
    write(file, `import type * as used from '${specifier}'\nexport type Used = typeof used\n`)
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const { stdout, stderr } = spawnSync(
    process.execPath, [command, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'examples', 'test'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  if (stdout === '') throw new Error(stderr)
  found = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('import boundaries', () => {
  it('has a violating fixture for every rule', () => {
    expect(Object.keys(violations).sort()).toEqual(rules.map(rule => rule.name).sort())
  })
  it.each(Object.entries(violations).flatMap(([rule, cases]) => cases.map(([file, specifier]) => ({ rule, file, specifier }))))(
    '$rule: $file may not import $specifier',
    ({ rule, file }) => expect(found.filter(v => v.from === file).map(v => v.rule.name)).toContain(rule),
  )
  it.each(allowed.map(([file, specifier]) => ({ file, specifier })))('$file may import $specifier', ({ file }) => {
    expect(found.filter(v => v.from === file)).toEqual([])
  })
})
