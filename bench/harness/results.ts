/** The file of results: the tables, and what they were measured on. */
import { cpus, platform, release, totalmem } from 'node:os'
import type { Row } from './row.js'

export const machine = () => ({
  date: new Date().toISOString().slice(0, 10), processor: cpus()[0].model.trim(), cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`, system: `${platform()} ${release()}`, node: process.version,
})

/** What a run has so far. */
export interface Run {
  /** What was typed after `npm run bench --`. */
  readonly args: readonly string[]
  readonly rows: readonly Row[]
  /** The tables. */
  readonly text: string
  /** How many workloads and reports are behind it, of how many. */
  readonly done: number
  readonly all: number
}

/** The text of RESULTS.md. */
export const written = ({ args, rows, text, done, all }: Run): string => {
  const { date, processor, cores, memory, system, node } = machine()
  const versions = [...new Set(rows.flatMap(r => [`typegrad on ${r.typegrad.version}`, ...r.peers.map(p => p.version)]))]
  return `# Results
Written by \`npm run bench -- ${args.join(' ')}\` on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}.
${versions.length > 0 ? `${versions.join(', ')}.\n` : ''}${args.includes('--quick') ? 'A quick run: no figures to report.\n' : ''}${
    done < all ? `The run has ended or goes on: ${done} of ${all} workloads and reports are done.\n` : ''}
Milliseconds a step: the median of the rounds, in which everyone had a turn, with half the distance of the quartiles. Ratios are times of a
peer over typegrad's, above 1 where typegrad is faster. A result is void when its loss differs after 20 steps.

${text}
`
}
