/** The file of results: the tables, and what they were measured on. */
import { cpus, platform, release, totalmem } from 'node:os'
import type { Row } from './measure.js'

export const machine = () => ({
  date: new Date().toISOString().slice(0, 10), processor: cpus()[0].model.trim(), cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`, system: `${platform()} ${release()}`, node: process.version,
})

/** The text of RESULTS.md. */
export const written = (text: string, rows: readonly Row[]): string => {
  const { date, processor, cores, memory, system, node } = machine()
  const versions = [...new Set(rows.flatMap(r => [`typegrad on ${r.typegrad.version}`, ...r.peers.map(p => p.version)]))]
  return `# Results
Written by \`npm run bench -- --write\` on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}.
${versions.length > 0 ? `${versions.join(', ')}.\n` : ''}
Milliseconds a step: the median of the rounds, in which everyone had a turn, with half the distance of the quartiles. Ratios are times of a
peer over typegrad's, above 1 where typegrad is faster. A result is void when its loss differs after 20 steps.

${text}
`
}
