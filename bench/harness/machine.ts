/** The machine's own ceilings, by a few lines of C. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Ceilings {
  /** Bytes of a vector register that the compiler was told of. */
  readonly vector: number
  /** Billions of multiplications and additions a second, all threads together. */
  readonly gflops: number
  /** GB a second read and written by copying so many bytes, source and destination together. */
  readonly copies: Readonly<Record<string, number>>
}

const source = fileURLToPath(new URL('machine.c', import.meta.url))
const firstLine = (text: string): string => text.trim().split('\n')[0]

/** Measures, or says in a sentence why it cannot. Takes a fifth of a second for the arithmetic and for each size. */
export const measureMachine = (threads: number, sizes: readonly number[]): Ceilings | string => {
  const folder = mkdtempSync(join(tmpdir(), 'typegrad-ceilings-'))
  const [compiler, ...first] = (process.env['CC'] ?? 'cc').split(' ')
  const file = join(folder, 'machine')
  try {
    let reason = ''
    const compiles = [['-march=native'], ['-mcpu=native'], []].some(target => {
      const flags = ['-O3', ...target, '-ffp-contract=fast', '-pthread', source, '-o', file]
      const { status, error, stderr } = spawnSync(compiler, [...first, ...flags], { encoding: 'utf8' })
      reason = error?.message ?? firstLine(stderr)
      return status === 0
    })
    if (!compiles) return `the machine's own ceilings are not known, for the C compiler does not work: ${reason}`
    const { status, stdout, stderr } = spawnSync(file, [threads, ...sizes].map(String), { encoding: 'utf8' })
    if (status !== 0) return `the machine's own ceilings are not known, for their program stopped: ${firstLine(stderr)}`
    return JSON.parse(stdout) as Ceilings
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The higher of two measurements: what other work took away from one of them. */
export const higher = (a: Ceilings, b: Ceilings): Ceilings => ({
  vector: a.vector, gflops: Math.max(a.gflops, b.gflops),
  copies: Object.fromEntries(Object.entries(a.copies).map(([size, rate]) => [size, Math.max(rate, b.copies[size] ?? 0)])),
})
