/**
 * Everything that must hold, section by section; stops at the first section that fails, with its output, and ends with one line,
 * `N passed, N failed`, where each check counts as one and each test of vitest as one; `, N skipped` follows for sections that need what is
 * not here.
 *
 *   node scripts/test.mjs                 all sections
 *   node scripts/test.mjs lint format     these, in this order
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
const report = join(root, '.cache/vitest.json')
const builtReport = join(root, '.cache/vitest-tfjs-node.json')

const node = (script, ...args) => [process.execPath, [join(root, script), ...args]]
const bin = (name, ...args) => node(join('node_modules/.bin', name), ...args)

/** @type {Record<string, { title: string, run: [string, string[]], live?: boolean }>} */
const sections = {
  build: { title: 'build dist', run: node('scripts/build.mjs', '--force') },
  types: { title: 'types, TypeScript 7', run: bin('tsc', '-p', 'tsconfig.json') },
  types6: { title: 'types, TypeScript 6', run: bin('tsc6', '-p', 'tsconfig.json') },
  lint: { title: 'lint', run: bin('eslint', '--max-warnings', '0', '.') },
  format: { title: 'format', run: bin('eslint', '--config', 'eslint.format.config.js', '--max-warnings', '0', '.') },
  boundaries: {
    title: 'import boundaries and circles',
    run: bin('depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src', 'examples'),
  },
  docs: { title: 'documentation site', run: bin('typedoc') },
  publint: { title: 'package layout (publint)', run: bin('publint', '--strict', '--pack', 'npm') },
  attw: { title: 'package types (attw)', run: bin('attw', '--pack', '.', '--profile', 'esm-only') },
  unit: {
    title: 'tests',
    run: bin('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`),
    live: true,
  },
  // Skipped where TensorFlow's wheel cannot be had: its last line says why.
  'tfjs-node': {
    title: 'agreement on tfjs-node, built over TensorFlow',
    run: node('scripts/tfjs-node/check.mjs', '--reporter=default', '--reporter=json', `--outputFile.json=${builtReport}`),
  },
}
const reports = { unit: report, 'tfjs-node': builtReport }

const counts = name => {
  const file = reports[name]
  if (file === undefined || !existsSync(file)) return undefined
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, 'utf8'))
  // A file that does not even load has no failed test, yet it failed.
  return { passed: numPassedTests, failed: numFailedTests || numFailedTestSuites }
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in sections))
if (unknown.length > 0) {
  console.error(`no section named ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`)
  process.exit(2)
}

mkdirSync(dirname(report), { recursive: true })
Object.values(reports).forEach(file => rmSync(file, { force: true }))
let passed = 0
let failed = 0
let skipped = 0
for (const name of asked.length > 0 ? asked : Object.keys(sections)) {
  const { title, run: [command, args], live } = sections[name]
  const started = Date.now()
  if (live) console.log(`\n== ${title}`)
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8', maxBuffer: 1 << 28, stdio: live ? 'inherit' : 'pipe', env: { ...process.env, npm_config_loglevel: 'error' },
  })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  const counted = counts(name)
  const ok = status === 0
  const lacking = ok && !live ? /^skipped: .*$/m.exec(stdout)?.[0] : undefined
  if (lacking !== undefined) {
    skipped += 1
    console.log(`\n== ${title}: ${lacking}`)
    continue
  }
  passed += counted?.passed ?? (ok ? 1 : 0)
  failed += counted?.failed ?? (ok ? 0 : 1)
  if (!ok && counted?.failed === 0) failed += 1
  console.log(`${live ? '' : '\n'}== ${title}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`)
  if (!ok) {
    if (error) console.log(String(error))
    if (!live) console.log(`${stdout}${stderr}`.trim())
    break
  }
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed === 0 ? 0 : 1)
