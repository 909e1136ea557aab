/** What a fresh clone relies on: the lock file, the entry points, the runner's last line. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fencedBlocks, read } from '../docs/blocks.js'
import { build } from '../docs/programs.js'

const root = resolve(import.meta.dirname, '../..')
const json = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'))

type Names = Readonly<Record<string, string>>
interface Locked {
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Names
  readonly resolved?: string
  readonly version?: string
}
const lock = json('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> }
const pkg = json('package.json') as {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly bin: Names
  readonly version: string
  readonly dependencies: Names
  readonly devDependencies: Names
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

describe('the lock file', () => {
  it('names no registry host', () => {
    expect(Object.values(lock.packages).filter(entry => entry.resolved?.startsWith('http'))).toEqual([])
  })
  it('locks every platform of every package, so that npm 10 and 11 both accept it anywhere', () => {
    const missing = Object.entries(lock.packages).flatMap(([from, { optionalDependencies = {} }]) => Object.keys(optionalDependencies)
      .filter(name => ![`${from}/node_modules/${name}`, `node_modules/${name}`].some(at => lock.packages[at]?.version !== undefined))
      .map(name => `${from} -> ${name}`))
    expect(missing).toEqual([])
  })
  it('knows the dependencies of package.json', () => {
    expect(lock.packages['']).toMatchObject({ dependencies: pkg.dependencies, devDependencies: pkg.devDependencies })
  })
  it('leaves the tfjs-node packages to the user: they are optional peers', () => {
    const optional = { optional: true }
    expect(pkg.peerDependenciesMeta).toEqual({ '@tensorflow/tfjs-node': optional, '@tensorflow/tfjs-node-gpu': optional })
    expect(Object.keys(lock.packages).filter(name => name.includes('tfjs-node'))).toEqual([])
  })
})

describe('the entry points', () => {
  const source = (built: string): string => built.replace('./dist/', 'src/').replace(/(\.d)?\.(ts|js)$/, '.ts')
  it.each(Object.entries(pkg.exports))('%s has a source, and its types come first', (_, target) => {
    if (typeof target === 'string') return expect(existsSync(join(root, target))).toBe(true)
    expect(Object.keys(target)).toEqual(['types', 'default'])
    for (const built of Object.values(target)) expect(existsSync(join(root, source(built))), source(built)).toBe(true)
  })
  it('give the version of package.json', () => {
    expect(readFileSync(join(root, 'src/version.ts'), 'utf8')).toContain(`'${pkg.version}'`)
  })
  it.each(Object.entries(pkg.bin))('the command %s is a script', (_, built) => {
    expect(readFileSync(join(root, source(built)), 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true)
  })
})

describe('what is packed', () => {
  it('holds every script that the guides and the README run from node_modules, with all that it imports', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: root, encoding: 'utf8' })
    const [{ files }] = JSON.parse(stdout) as readonly [{ readonly files: readonly { readonly path: string }[] }]
    const packed = new Set(files.map(file => file.path))
    const guides = readdirSync(join(root, 'docs/guides')).map(name => `docs/guides/${name}`)
    const named = ['README.md', ...guides].flatMap(file => [...read(file).matchAll(/node_modules\/typegrad\/(\S+\.m?js)/g)].map(m => m[1]))
    const imported = (file: string): string[] => [file, ...[...readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g)]
      .flatMap(([, target]) => imported(join(dirname(file), target)))]
    expect(named).toContain('scripts/tfjs-node.mjs')
    expect([...new Set(named.flatMap(imported))].filter(file => !packed.has(file))).toEqual([])
  })
})

describe('in a project of its own', () => {
  const blocks = fencedBlocks('README.md', read('README.md'))
  const block = (role: string): string => {
    const found = blocks.find(candidate => candidate.role === role)
    if (found === undefined) throw new Error(`README.md has no block of role ${role}`)
    return found.code
  }

  it('no install script is needed: the only ones fetch CUDA (onnxruntime-node) and save a process (esbuild)', () => {
    const scripts = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.dev).map(([at]) => at)
    expect(scripts.map(at => at.split('node_modules/').at(-1)).sort()).toEqual(['esbuild', 'onnxruntime-node'])
    const library = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch, 'onnxruntime_binding.node')
    expect(existsSync(library)).toBe(true)
  })

  it("the README's install line and tsconfig, without a network, run the README's program", () => {
    const install = blocks.flatMap(({ code }) => code.split('\n')).find(line => line.startsWith('npm install --ignore-scripts ../typegrad'))
    expect(install).toBeDefined()
    build()
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'typegrad-user-'))
    const run = (command: string, ...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
      expect({ command, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ command, status: 0, said: '' })
      return stdout.trim()
    }
    try {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'mine', private: true, type: 'module' }))
      writeFileSync(join(folder, 'tsconfig.json'), block('tsconfig'))
      writeFileSync(join(folder, 'program.ts'), block('program'))
      run('npm', 'install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', root)
      // The compiler and the types of Node come from here: an offline project has no others.
      const types = join(root, 'node_modules/@types')
      run(process.execPath, join(root, 'node_modules/@typescript/native/bin/tsc'), '--pretty', 'false', '--typeRoots', types)
      expect(run(process.execPath, 'out/program.js')).toBe('loss 0.00, answers 0.0 1.0 1.0 0.0')
    } finally { rmSync(folder, { recursive: true }) }
  }, 120_000)
})

describe('the runner of the tests', () => {
  const run = (...sections: string[]): { status: number | null; last: string | undefined } => {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/test.mjs'), ...sections], { encoding: 'utf8' })
    return { status, last: stdout.trim().split('\n').at(-1) }
  }
  it('ends with the count', () => expect(run('publint')).toEqual({ status: 0, last: '1 passed, 0 failed' }))
  it('refuses a section it does not have', () => expect(run('nonsense').status).toBe(2))
  it('is what .ci/run runs', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0)
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/^npm ci$[^]*npm test$/m)
  })
})
