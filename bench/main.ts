/** `npm run bench`: typegrad against its peers. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { words } from './harness/errors.js'
import { measure } from './harness/measure.js'
import { counts, known, minutes } from './harness/options.js'
import type { Answer } from './harness/report.js'
import { PATIENCE } from './harness/process.js'
import { machine, written } from './harness/results.js'
import type { Row } from './harness/row.js'
import { geomean, markdown } from './harness/table.js'
import { reports } from './reports/index.js'
import { usual, workloads } from './workloads/index.js'

const names = [...Object.keys(workloads), ...Object.keys(reports)]
const peers = [...new Set(Object.values(workloads).flatMap(w =>
  Object.entries(w().peers).flatMap(([peer, variants]) => [peer, ...variants.map(v => `${peer}:${v}`)])))]

interface Options {
  readonly only: string[]; readonly threads: number[]; readonly engine?: string; readonly peers?: string[]
  readonly patience: number; readonly quick: boolean; readonly json: boolean; readonly write: boolean; readonly gpu: boolean
}
const options = new Command('bench')
  .description('Times typegrad and its peers in alternation: medians, ratios, memory; losses must agree.')
  .option('--only <names>', `what to run, separated by commas: ${names.join(', ')}`, known(names), [...usual, ...Object.keys(reports)])
  .option('--threads <counts>', 'threads, separated by commas', counts, [1, 2])
  .option('--engine <name>', 'the engine of typegrad: auto when absent, tfjs:node-gpu with --gpu')
  .option('--peers <names>', 'peers or variants of them as tfjs:wasm, separated by commas; none for typegrad alone',
    known([...peers, 'none']))
  .option('--patience <minutes>', 'after which a peer that gives no answer, or needs longer for the compared steps, is ended',
    minutes, PATIENCE)
  .option('--quick', 'few and short rounds: to see that it works, not for figures', false)
  .option('--gpu', 'on a GPU: tfjs-node-gpu against PyTorch and JAX with CUDA; says so where there is no GPU', false)
  .option('--write', 'writes bench/RESULTS.md after each workload and report', false)
  .option('--json', 'the last line is one object with rows, geomean, reports and what failed', false)
  .parse().opts<Options>()

const { only, patience, quick, gpu } = options
const say = (line: string): void => { process.stderr.write(`${line}\n`) }
if (gpu && spawnSync('nvidia-smi', ['-L']).status !== 0) {
  console.log('No GPU was found by nvidia-smi, so the benchmark on a GPU is skipped.')
  if (options.json) console.log(JSON.stringify({ rows: [], geomean: { all: null }, reports: {}, failed: [], skipped: 'no GPU' }))
  process.exit(0)
}
const shared = {
  engine: options.engine ?? (gpu ? 'tfjs:node-gpu' : 'auto'), device: gpu ? 'cuda' : 'cpu',
  peers: options.peers ?? (gpu ? ['torch', 'jax'] : undefined), patience, say,
}
const threads = gpu ? [1] : options.threads
const effort = quick ? { turn: 0.1, rounds: 3, steps: 20 } : { turn: 0.5, rounds: 9, steps: 20 }

const rows: Row[] = [], answers: Answer[] = [], failed: { readonly what: string; readonly why: string }[] = []
const tasks = [
  ...threads.flatMap(count => only.filter(name => name in workloads).map(workload => ({
    what: `${workload}, ${count} ${count === 1 ? 'thread' : 'threads'}`,
    run: async () => { rows.push(await measure({ ...shared, workload, threads: count, sizes: {}, effort, earlier: rows })) },
  }))),
  ...only.filter(name => name in reports).map(name => ({
    what: name, run: async () => { answers.push(await reports[name]({ ...shared, threads: Math.max(...threads), quick })) },
  })),
]
const text = (): string => [
  ...rows.length > 0 ? [markdown(rows)] : [], ...answers.map(a => `## ${a.name}\n${a.markdown}`),
  ...failed.length > 0 ? [`## What failed\n${failed.map(({ what, why }) => `- ${what}: ${why}`).join('\n')}`] : [],
].join('\n\n')

for (const [i, { what, run }] of tasks.entries()) {
  try {
    await run()
  } catch (e) {
    failed.push({ what, why: words(e) })
    say(`  ${what} failed: ${words(e)}`)
  }
  // A run takes long: what is cut off keeps what it has.
  const state = { args: process.argv.slice(2), rows, text: text(), done: i + 1, all: tasks.length }
  if (options.write) writeFileSync(new URL('RESULTS.md', import.meta.url), written(state))
}
console.log(text())
if (options.json) {
  const data = Object.fromEntries(answers.map(a => [a.name, a.data]))
  console.log(JSON.stringify({ machine: machine(), rows, geomean: geomean(rows), reports: data, failed }))
}
if (failed.length > 0) process.exitCode = 1
