/** `npm run bench:ceilings`: what engines and peers make of single operations, beside what the machine can do. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { counts, known } from '../harness/options.js'
import { machine as computer } from '../harness/results.js'
import { higher, measureMachine, type Ceilings } from '../harness/machine.js'
import { measure, type Row } from './measure.js'
import { ops } from './ops/index.js'
import { columns, type Column } from './peers.js'
import { ceiling, figure, markdown, ratio } from './table.js'

interface Options {
  readonly threads: number[]; readonly only: string; readonly engines: Column[]
  readonly quick: boolean; readonly json: boolean; readonly write: boolean
}
const options = new Command('bench:ceilings')
  .description("Times single operations on typegrad's engines, PyTorch and JAX in alternation, beside the machine's own ceilings.")
  .option('--threads <counts>', 'threads, separated by commas', counts, [1, 2])
  .option('--only <text>', 'only operations whose name contains this text', '')
  .option('--engines <names>', `who takes part, separated by commas: ${columns.join(', ')}`, known(columns), [...columns])
  .option('--quick', 'few and short turns: to see that it works, not for figures', false)
  .option('--write', 'writes bench/CEILINGS.md', false)
  .option('--json', 'the last line is one object with rows and the ceilings of the machine', false)
  .parse().opts<Options>()

const say = (line: string): void => { process.stderr.write(`${line}\n`) }
const chosen = ops.filter(o => o.name.includes(options.only))
if (chosen.length === 0) {
  say(`No operation's name contains ${options.only}; there are: ${ops.map(o => o.name).join('; ')}`)
  process.exit(1)
}
const effort = options.quick ? { turn: 0.01, rounds: 2 } : { turn: 0.08, rounds: 7 }
// Arrays of 256 MB lie in no cache.
const sizes = [...new Set([...chosen.filter(o => o.unit === 'GB/s').map(o => o.footprint), 256_000_000])]

const rows: Row[] = [], texts: string[] = [], versions = new Set<string>(), machines: Record<string, Ceilings | string> = {}
for (const threads of options.threads) {
  const before = measureMachine(threads, sizes)
  const { rows: found, versions: names } = await measure(chosen, options.engines, { threads, effort, say })
  const after = measureMachine(threads, sizes)
  const machine = typeof before === 'string' || typeof after === 'string' ? before : higher(before, after)
  machines[threads] = machine
  rows.push(...found)
  texts.push(markdown(found, machine, threads))
  for (const name of names) versions.add(name)
}
const text = texts.join('\n\n')
console.log(text)

if (options.write) {
  const { date, processor, cores, memory, system, node } = computer()
  const considered = readFileSync(new URL('considered.md', import.meta.url), 'utf8')
  writeFileSync(new URL('../CEILINGS.md', import.meta.url), `# The ceilings of the engines
Written by \`npm run bench:ceilings -- --write\` on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node};
${[...versions].join(', ')}.

${considered.trim()}

${text}
`)
}
if (options.json) {
  const figures = rows.map(row => ({
    ...row, times: Object.fromEntries(Object.entries(row.times).map(([c, t]) => [c, { ...t, figure: figure(row, t.seconds) }])),
    ratios: Object.fromEntries(columns.map(c => [c, ratio(row, c)])),
    ceiling: typeof machines[row.threads] === 'string' ? null : ceiling(row, machines[row.threads] as Ceilings) ?? null,
  }))
  console.log(JSON.stringify({ computer: computer(), machine: machines, rows: figures }))
}
process.exit(0)
