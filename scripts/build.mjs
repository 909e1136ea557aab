/**
 * Builds dist from src when a source is newer than the last build (or with --force), and removes outputs whose source is gone. The C
 * files of the native engine are compiled on the user's machine: they are copied.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
const stamp = join(root, '.cache/built')
const files = folder => existsSync(folder)
  ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter(e => e.isFile()).map(e => join(e.parentPath ?? e.path, e.name))
  : []

const inputs = [...files(join(root, 'src')), join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json'), join(root, 'package.json')]
const newest = Math.max(...inputs.map(file => statSync(file).mtimeMs))
const fresh = existsSync(dist) && existsSync(stamp) && statSync(stamp).mtimeMs > newest
if (fresh && !process.argv.includes('--force')) process.exit(0)

const sources = new Set(files(join(root, 'src')).map(file => file.slice(join(root, 'src').length)))
for (const output of files(dist)) {
  const source = output.slice(dist.length).replace(/(\.d)?\.(js|ts)(\.map)?$/, '.ts')
  if (!sources.has(source)) rmSync(output, { force: true })
}
const started = Date.now()
const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { encoding: 'utf8' })
if (status !== 0) {
  rmSync(stamp, { force: true })
  process.stderr.write(`${stdout}${stderr}the build failed: the lines above are the compiler's\n`)
  process.exit(1)
}
cpSync(join(root, 'src/interp/native/runtime'), join(dist, 'interp/native/runtime'), { recursive: true })
mkdirSync(dirname(stamp), { recursive: true })
// The stamp carries the time the build began, so that a source saved during it counts as newer.
writeFileSync(stamp, '')
utimesSync(stamp, started / 1000, started / 1000)
process.stderr.write(`built dist in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
