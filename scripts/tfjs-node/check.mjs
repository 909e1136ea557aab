/**
 * The tests that read TYPEGRAD_TFJS_NODE, over a build of tfjs-node: agreement with the reference, every lowering, what crosses between
 * host and device, wrong positions, and release. Where no build can be made (no Python, no compiler, no network) they are skipped, and one
 * line says why.
 *
 *   node scripts/tfjs-node/check.mjs [options of vitest]
 */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { build } from './build.mjs'
import { options } from './options.mjs'
import { Lack, Refusal } from './tools.mjs'

const root = resolve(import.meta.dirname, '../..')
/** The tests that run over any build of tfjs-node. */
export const suites = [
  'test/interp/agreement', 'test/interp/tfjs/lowerings.test.ts', 'test/interp/tfjs/transfers.test.ts', 'test/interp/indices.test.ts',
  'test/interp/release.test.ts',
]

/** Runs them over the package in `folder`, named by the environment variable that they read. */
export const runSuites = (variable, folder, args, environment = {}) => spawnSync(
  process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...suites, ...args],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment, [variable]: folder } }).status ?? 1

const main = () => {
  const asked = { ...options(['--to', '.cache/tfjs-node/package'], root), timeout: 60_000 }
  try {
    build(asked, line => console.log(line))
  } catch (e) {
    if (!(e instanceof Refusal)) throw e
    console.log(e instanceof Lack ? `skipped: ${e.message}` : e.message)
    return e instanceof Lack ? 0 : 1
  }
  return runSuites('TYPEGRAD_TFJS_NODE', asked.to, process.argv.slice(2))
}

if (process.argv[1] === import.meta.filename) process.exitCode = main()
