/** The benchmark works and says what it measured; the figures themselves are not the tests' business. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Result, Row } from '../../bench/harness/row.js'
import { productFlops } from '../../bench/harness/products.js'
import { geometricMean, logSlope, median, quantile, spread } from '../../bench/harness/statistics.js'
import { geomean, markdown, ratio } from '../../bench/harness/table.js'
import { nodeOf } from '../../src/dsl/ops/typed.js'
import { add, f32, matmul, scan, tanh, type Tensor } from '../../src/index.js'

const root = resolve(import.meta.dirname, '../..')
const bench = (...args: readonly string[]) => spawnSync(process.execPath, ['--import', 'tsx', join(root, 'bench/main.ts'), ...args],
  { cwd: root, encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'bench/built.tsconfig.json') } })

describe('npm run bench', () => {
  test('one workload without peers: a table, and one object as the last line', () => {
    const { status, stdout, stderr } =
      bench('--only', 'mlp', '--threads', '1', '--engine', 'onnx', '--peers', 'none', '--quick', '--json')
    expect(status, stderr).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[2]).toMatch(/^\| mlp \| 1 \| (?:[\d.]+|-) \| [\d.]+ \(onnx, ±\d+ %\) \| - \|/)
    const { rows, geomean: means, reports } = JSON.parse(lines[lines.length - 1]) as { rows: Row[]; geomean: object; reports: object }
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ workload: 'mlp', training: true, threads: 1, peers: [], typegrad: { variant: 'onnx' } })
    const { ms, loss, peak, version } = rows[0].typegrad
    expect(version).toMatch(/^onnx \d/)
    expect(ms).toBeGreaterThan(0)
    expect(peak).toBeGreaterThan(2 ** 20)
    // log 10 at the start, and a little better after 20 steps
    expect(loss).toBeLessThan(2.3)
    expect(loss).toBeGreaterThan(0.5)
    expect(means).toEqual({ 1: null, all: null })
    expect(reports).toEqual({})
  })

  test('a workload that fails is named, does not stop the others, and makes the exit code 1', () => {
    const { status, stdout, stderr } =
      bench('--only', 'chain,action-1', '--threads', '1', '--engine', 'nope', '--peers', 'none', '--quick', '--json')
    expect(status).toBe(1)
    expect(stdout).toContain('## What failed\n- chain, 1 thread: engine nope is not known')
    expect(stderr).not.toContain(' at ')
    const { rows, failed } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { rows: Row[]; failed: { what: string }[] }
    expect(rows).toEqual([])
    expect(failed.map(f => f.what)).toEqual(['chain, 1 thread', 'action-1, 1 thread'])
  })

  test.each([
    [['--only', 'lstm'], /lstm is none of mlp, made/],
    [['--threads', '0'], /0 is no whole number above 0/],
    [['--patience', '0'], /0 is no number of minutes above 0/],
  ])('%j is refused in one sentence', (args, sentence) => {
    const { status, stdout, stderr } = bench(...args)
    expect(status).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr.trim()).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('the table', () => {
  const result = (name: string, ms: number, fault?: string): Result => ({
    name, variant: 'v', version: `${name} 1`, ms, spread: 0.01, start: 1, loss: 1, peak: 2e6, ...fault !== undefined && { void: fault },
  })
  const row = (training: boolean, threads: number, ours: number, ...peers: readonly Result[]): Row => ({
    workload: 'w', title: 't', training, threads, sizes: {}, typegrad: result('typegrad', ours), peers, missing: { jax: 'jax is missing' },
  })

  test('takes the fastest peer whose loss agrees', () => {
    const rows = [row(true, 1, 2, result('torch', 1, 'its loss is off'), result('torch', 6), result('jax', 4))]
    expect(ratio(rows[0], 'torch', 'jax')).toBe(2)
    expect(ratio(rows[0], 'tfjs')).toBeNull()
    expect(markdown(rows)).toContain('- void: w, 1 thread, torch:v: its loss is off')
    expect(markdown(rows)).toContain('- w: no jax: jax is missing')
  })
  test('says what the products alone take at the machine\'s speed, and how far ahead of tfjs that is', () => {
    const known = { ...row(true, 2, 4, result('tfjs', 6)), flops: 3e9, gflops: 900 }
    const text = markdown([known, { ...known, gflops: 1000 }])
    expect(text.split('\n')[2]).toMatch(/^\| w \| 2 \| 3.00 \| 4.00 /)
    expect(text).toContain('at the 1000 GFLOP/s that this machine does')
    expect(text).toContain('which nothing on this machine can exceed: w on 2 threads 2.0, ')
    expect(markdown([row(true, 2, 4)]).split('\n')[2]).toMatch(/^\| w \| 2 \| - \| 4.00 /)
  })
  test('operations of products are those of the step, loops included', () => {
    const [x, w] = [f32(3, 4), f32(4, 4)]
    const [last] = scan((h: Tensor<[3, 4]>, b: Tensor<[]>) => [tanh(add(matmul(h, w), b)), {}], x, f32(5))
    expect(productFlops([nodeOf('test', matmul(x, w))])).toBe(2 * 3 * 4 * 4)
    expect(productFlops([nodeOf('test', matmul(last, w))])).toBe(6 * 2 * 3 * 4 * 4)
  })
  test('means are over training workloads, by threads and in all', () => {
    const rows = [row(true, 1, 1, result('jax', 2)), row(true, 2, 1, result('jax', 8)), row(false, 1, 1, result('jax', 100))]
    const means = geomean(rows)
    expect(means['1']).toBeCloseTo(2)
    expect(means['2']).toBeCloseTo(8)
    expect(means.all).toBeCloseTo(4)
  })
})

test('statistics', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(quantile([0, 10], 0.25)).toBe(2.5)
  expect(spread([1, 2, 3])).toBeCloseTo(0.25)
  expect(geometricMean([1, 4])).toBeCloseTo(2)
  expect(geometricMean([])).toBeNull()
  expect(logSlope([[1, 3], [2, 12], [4, 48]])).toBeCloseTo(2)
})
