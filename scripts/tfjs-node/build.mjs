/** The build from beginning to end: everything is made beside the target, tried, and only then put in its place. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { compileAddon, tryPackage } from './addon.mjs'
import { release } from './options.mjs'
import { getPackage, shareTfjs } from './package.mjs'
import { checkPlatform, findTools, Refusal } from './tools.mjs'
import { getCuda, getWheel, unpackWheel } from './wheel.mjs'

const stampFile = 'built-over.json'
const read = file => existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
// A build of other scripts is not the same.
const scripts = () => ['addon.mjs', 'package.mjs', 'wheel.mjs']
  .reduce((hash, file) => hash.update(readFileSync(join(import.meta.dirname, file))), createHash('sha256')).digest('hex').slice(0, 16)
const stampOf = ({ name, wheel, cuda }) => ({ name, release, wheel: basename(wheel), cuda, arch: process.arch, scripts: scripts() })

/** Whether the folder holds what these options would build. */
export const isBuilt = options => JSON.stringify(read(join(options.to, stampFile))?.of) === JSON.stringify(stampOf(options))

/** A folder that holds something else is not ours to replace. */
const checkTarget = ({ name, to }) => {
  const holds = existsSync(to) && readdirSync(to).length > 0
  if (holds && read(join(to, 'package.json'))?.name !== name)
    throw new Refusal(`${to} exists and is not ${name}; name another folder with --to, or remove it`)
}

const place = (from, to) => {
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { recursive: true, force: true })
  try {
    renameSync(from, to)
  } catch (e) {
    if (e.code !== 'EXDEV') throw e
    cpSync(from, to, { recursive: true })
  }
}

/**
 * @param {ReturnType<typeof import('./options.mjs').options> & { timeout?: number }} options with the milliseconds that a download may take
 * @param {(line: string) => void} say hears one line a step
 * @returns {string} the kind of device that the package computes on, `cpu` or `gpu`
 */
export const build = (options, say) => {
  const { name, wheel, to, cache, cuda, gpu } = options
  checkPlatform()
  checkTarget(options)
  if (!options.force && isBuilt(options)) {
    const device = tryPackage(to)
    say(`${name} ${release} over ${basename(wheel)} is at ${to} already, and computes on the ${device}; --force builds it anew`)
    return device
  }
  const tools = findTools()
  say(`tools: ${tools.python}, ${tools.compiler}, ${tools.npm}`)
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'build-'))
  try {
    const folder = join(scratch, 'package')
    const nodeHeaders = getPackage(tools, options, folder, scratch)
    say(`sources: ${name} ${release} with its dependencies, no install script run`)
    const file = getWheel(tools, options)
    const unpacked = unpackWheel(tools, file, scratch)
    say(`library: TensorFlow ${unpacked.version} from ${basename(file)}`)
    if (cuda) {
      getCuda(tools, unpacked.cuda, join(folder, 'deps'), options)
      say(`CUDA: ${unpacked.cuda.length} packages of NVIDIA`)
    }
    compileAddon(tools, folder, scratch, nodeHeaders)
    say('addon: compiled and linked')
    const device = tryPackage(folder)
    say(`trial: a product and a topk are right, computed on the ${device}`)
    if (gpu && device !== 'gpu') say('note: TensorFlow sees no GPU that it can use here, so this package computes on the CPU; '
      + 'with TF_CPP_MIN_LOG_LEVEL=0 it says why')
    writeFileSync(join(folder, stampFile), `${JSON.stringify({ of: stampOf(options), tensorflow: unpacked.version }, null, 2)}\n`)
    shareTfjs(folder, to)
    place(folder, to)
    say(`ready: ${to}`)
    return device
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
