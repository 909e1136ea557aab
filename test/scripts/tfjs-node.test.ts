/** The build of tfjs-node as far as no network is needed: what is asked for, what is refused and in which words, and who may be skipped. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const script = join(root, 'scripts/tfjs-node.mjs')
let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'typegrad-tfjs-node-')) })
afterAll(() => { rmSync(folder, { recursive: true }) })

/** A folder of programs, each a shell script. */
const programs = (name: string, scripts: Readonly<Record<string, string>>): string => {
  const bin = join(folder, name)
  mkdirSync(bin, { recursive: true })
  for (const [program, lines] of Object.entries(scripts)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${lines}\n`)
    chmodSync(join(bin, program), 0o755)
  }
  symlinkSync(process.execPath, join(bin, 'node'))
  return bin
}
interface Said { readonly status: number | null; readonly stdout: string; readonly stderr: string }
const run = (file: string, args: readonly string[], path = process.env['PATH'] ?? ''): Said => {
  const env = { ...process.env, PATH: path, PYTHON: '', CXX: '' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: folder, encoding: 'utf8', env })
  return { status, stdout: stdout.trim(), stderr: stderr.trim() }
}
const refused = (stderr: string): Said => ({ status: 1, stdout: '', stderr })

describe('tfjs-node.mjs', () => {
  it('says how it is used', () => {
    const { status, stdout } = run(script, ['--help'])
    expect(status).toBe(0)
    expect(stdout).toMatch('node scripts/tfjs-node.mjs [options]')
  })
  it('refuses an option that it does not have', () => {
    expect(run(script, ['--whel', 'x']).stderr).toBe('Unknown option \'--whel\'; `node scripts/tfjs-node.mjs --help` names the options')
  })
  it('does not replace a folder that is something else', () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'mine.txt'), '')
    expect(run(script, ['--to', 'other']))
      .toEqual(refused(`${other} exists and is not @tensorflow/tfjs-node; name another folder with --to, or remove it`))
    expect(existsSync(join(other, 'mine.txt'))).toBe(true)
  })

  const answers = 'exit 0'
  const offline = 'test "$1" = --version || { echo "npm error code E404"; echo "npm error not here"; exit 1; }'
  it.runIf(process.platform === 'linux').each([
    ['Python', {}, /^no Python was found, whose pip downloads the wheel; install python3/],
    ['pip', { python3: 'test "$1" = --version' }, /^python3 has no pip, which downloads the wheel; run `apt install python3-pip`/],
    ['a compiler', { python3: answers }, /^no C\+\+ compiler was found; install g\+\+/],
    ['npm', { python3: answers, 'g++': answers }, /^npm was not found/],
    ['a source', { python3: answers, 'g++': answers, npm: offline },
      /npm could not get @tensorflow\/tfjs-node@4\.22\.0: npm error not here$/],
  ])('says that %s is missing, and a test is skipped for it', (what, scripts, sentence) => {
    const bin = programs(what.replaceAll(' ', '-'), scripts)
    const { status, stderr } = run(script, ['--to', 'built', '--cache', `cache-${what}`], bin)
    expect([status, stderr]).toEqual([1, expect.stringMatching(sentence)])
    expect(stderr.split('\n')).toHaveLength(1)
    expect(existsSync(join(folder, 'built'))).toBe(false)
  })
  it.runIf(process.platform === 'linux')('keeps nothing of a build that failed', () => {
    expect(existsSync(join(folder, 'cache-a source/npm'))).toBe(true)
    expect(spawnSync('ls', [join(folder, 'cache-a source')], { encoding: 'utf8' }).stdout.trim()).toBe('npm')
  })
})

describe('the sections that need what a machine may lack', () => {
  it('are skipped in one sentence without a GPU', () => {
    expect(run(join(root, 'scripts/gpu.mjs'), [], programs('no-gpu', {})))
      .toEqual({ status: 0, stdout: 'skipped: no NVIDIA GPU answers here (nvidia-smi: it was not found)', stderr: '' })
  })
  it('and without Python, which is counted apart from what passed', () => {
    const text = readFileSync(join(root, 'scripts/test.mjs'), 'utf8')
    expect(text).toMatch('scripts/tfjs-node/check.mjs')
    const copy = mkdtempSync(join(tmpdir(), 'typegrad-sections-'))
    try {
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      spawnSync('cp', ['-r', join(root, 'scripts'), join(copy, 'scripts')])
      const { status, stdout } = run(join(copy, 'scripts/test.mjs'), ['tfjs-node'], programs('nothing', {}))
      expect(status).toBe(0)
      expect(stdout).toMatch(/tfjs-node, built over TensorFlow: skipped: (no Python was found|this machine is)/)
      expect(stdout.split('\n').at(-1)).toBe('0 passed, 0 failed, 1 skipped')
    } finally { rmSync(copy, { recursive: true }) }
  })
})
