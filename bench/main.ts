/** `npm run bench`: typegrad against its peers. */
import { Command, InvalidArgumentError } from 'commander'
import { measure, type Row } from './harness/measure.js'
import { geomean, markdown } from './harness/table.js'
import { workloads } from './workloads/index.js'

const list = (text: string): string[] => text.split(',').filter(s => s !== '')
const known = (names: readonly string[]) => (text: string): string[] => {
  const bad = list(text).find(n => !names.includes(n))
  if (bad !== undefined) throw new InvalidArgumentError(`${bad} is none of ${names.join(', ')}.`)
  return list(text)
}
const counts = (text: string): number[] => list(text).map(n => {
  if (!/^[1-9]\d*$/.test(n)) throw new InvalidArgumentError(`${n} is no whole number above 0.`)
  return Number(n)
})

const names = Object.keys(workloads)
const variants = names.flatMap(n => Object.entries(workloads[n]().peers).flatMap(([peer, all]) => [peer, ...all.map(v => `${peer}:${v}`)]))
const peerNames = [...new Set(variants)]
const options = new Command('bench')
  .description('Times typegrad and its peers in alternation: medians, ratios, memory; losses must agree.')
  .option('--only <names>', `workloads, separated by commas: ${names.join(', ')}`, known(names), names)
  .option('--threads <counts>', 'threads, separated by commas', counts, [1, 2])
  .option('--engine <name>', 'the engine of typegrad', 'auto')
  .option('--peers <names>', 'peers, or variants of them as tfjs:wasm, or none, separated by commas', 
    known([...peerNames, 'none']))
  .option('--quick', 'few and short rounds: to see that it works, not for figures', false)
  .option('--json', 'the last line is one object with rows and geomean', false)
  .parse().opts<{
    only: string[]; threads: number[]; engine: string; peers?: string[]; quick: boolean; json: boolean
  }>()

const say = (line: string): void => { process.stderr.write(`${line}\n`) }
const effort = options.quick ? { turn: 0.1, rounds: 3, steps: 20 } : { turn: 0.5, rounds: 9, steps: 20 }
const rows: Row[] = []
for (const threads of options.threads) {
  for (const workload of options.only)
    rows.push(await measure({ workload, threads, sizes: {}, engine: options.engine, peers: options.peers, device: 'cpu', effort, say }))
}
console.log(markdown(rows))
if (options.json) console.log(JSON.stringify({ rows, geomean: geomean(rows) }))
