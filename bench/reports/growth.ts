/** How time and memory grow with batch, width, depth and sequence: the slope of their logarithms, 1 where twice the size costs twice. */
import { table } from '../harness/markdown.js'
import { measure } from '../harness/measure.js'
import type { Report } from '../harness/report.js'
import type { Row } from '../harness/row.js'
import { best } from '../harness/table.js'
import { logSlope } from '../harness/statistics.js'

const series = [
  { workload: 'mlp', size: 'batch', values: [64, 128, 256, 512] },
  { workload: 'mlp', size: 'width', values: [256, 512, 1024, 2048] },
  { workload: 'mlp', size: 'depth', values: [2, 4, 8, 16] },
  { workload: 'transformer', size: 'sequence', values: [32, 64, 128, 256] },
] as const

/** The slopes of typegrad and of the fastest of PyTorch and JAX. */
export const growth: Report = async ({ engine, threads, peers, patience, device, quick, say }) => {
  const effort = quick ? { turn: 0.05, rounds: 2, steps: 5 } : { turn: 0.3, rounds: 5, steps: 5 }
  // The table has no column for others, and torch.compile takes long for each size: it takes part where it is asked for.
  const compared = (peers ?? ['torch:eager', 'jax']).filter(peer => ['torch', 'jax'].includes(peer.split(':')[0]))
  const found = []
  for (const { workload, size, values } of series) {
    const points: (readonly [number, Row])[] = []
    for (const value of quick ? values.slice(0, 3) : values) {
      const asked = { workload, sizes: { [size]: value }, threads, engine, peers: compared, patience, device, effort, say }
      points.push([value, await measure(asked)])
    }
    const slope = (f: (row: Row) => number | undefined): number | null => {
      const known = points.flatMap(([n, row]) => {
        const y = f(row)
        return y === undefined ? [] : [[n, y] as const]
      })
      return known.length < points.length ? null : logSlope(known)
    }
    const peer = (row: Row) => best(row, 'torch', 'jax')
    found.push({
      workload, size, values: points.map(p => p[0]), ms: points.map(p => p[1].typegrad.ms), peak: points.map(p => p[1].typegrad.peak),
      time: slope(r => r.typegrad.ms), memory: slope(r => r.typegrad.peak), peerTime: slope(r => peer(r)?.ms),
      peerMemory: slope(r => peer(r)?.peak),
    })
  }
  const two = (x: number | null): string => x === null ? '-' : x.toFixed(2)
  const heads = ['model', 'size', 'of', 'typegrad ms', 'slope of time', 'of memory', 'of time, best of PyTorch and JAX', 'of its memory']
  return {
    name: 'growth', data: found,
    markdown: table(heads, found.map(r => [r.workload, r.size, r.values.join(', '), r.ms.map(x => x.toPrecision(3)).join(', '),
      two(r.time), two(r.memory), two(r.peerTime), two(r.peerMemory)])),
  }
}
