/** `npm run bench:types [-- --json] [--write]`: what types cost the compilers and an editor, and what they catch beside other libraries. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { blocksWrittenOut, measureCosts } from '../../test/types/harness/budget.js'
import { compilers, diagnosticsIn, root, timedCompile, type Compiler } from '../../test/types/harness/compile.js'
import { table } from '../harness/markdown.js'
import { latencyOf, servers } from './editor.js'
import { libraries, mistakeNames, verdictsOf, type Verdict, type Verdicts } from './mistakes.js'

const options = new Command('bench:types')
  .description('Instantiations a call, seconds for 100 transformer blocks, editor latency, mistakes caught beside other typed libraries.')
  .option('--json', 'the last line is one object', false)
  .option('--write', 'writes bench/types/RESULTS.md', false)
  .parse().opts<{ json: boolean; write: boolean }>()
const say = (line: string): void => { process.stderr.write(`${line}\n`) }

/** Processor seconds for so many transformer blocks, the least of five: other work only adds to it. */
const seconds = async (compiler: Compiler, blocks: number): Promise<number> => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'blocks-'))
  try {
    const file = join(folder, 'blocks.mts')
    writeFileSync(file, blocksWrittenOut(blocks))
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      say(`  ${blocks === 0 ? 'the library alone' : `${blocks} blocks`}, ${i + 1} of 5`)
      const { text, seconds: taken } = await timedCompile(compiler, [file])
      const [wrong] = diagnosticsIn(text).filter(d => !d.file.startsWith('src/'))
      if (wrong) throw new Error(`${compiler}: ${wrong.text}`)
      times.push(taken)
    }
    return Math.min(...times)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
const mark = (v: Verdict): string =>
  v === undefined ? '-' : v.tsc === null && v.tsc6 === null ? 'no' : v.tsc !== null && v.tsc6 !== null ? 'yes' : 'by one'
/** How many mistakes both compilers refuse. */
const caught = ({ said }: Verdicts): number => mistakeNames.filter(m => mark(said[m]) === 'yes').length

say('bench:types takes two to four minutes on two cores')
say('instantiations a call, about half a minute')
const costs = await measureCosts()
const wrong = costs.find(c => c.errors.length > 0)
if (wrong) throw new Error(`${wrong.op}: ${wrong.errors[0]}`)
const blocks: { compiler: Compiler; blocks: number; seconds: number; alone: number }[] = []
for (const compiler of compilers) {
  say(`100 transformer blocks, ${compiler}`)
  const [whole, alone] = [await seconds(compiler, 100), await seconds(compiler, 0)]
  blocks.push({ compiler, blocks: 100, seconds: whole - alone, alone })
}
const editors = []
for (const server of Object.keys(servers) as (keyof typeof servers)[]) {
  say(`editor latency, ${server}`)
  editors.push(await latencyOf(server))
}
const verdicts: Verdicts[] = []
const missing: string[] = []
for (const library of libraries) {
  say(`mistakes, ${library.name}`)
  const found = await verdictsOf(library)
  if (found) verdicts.push(found)
  else missing.push(library.name)
}

const dearest = costs.toSorted((a, b) => b.instantiations - a.instantiations)
const middle = dearest[dearest.length >> 1].instantiations
const document = `# What the types cost, and what they catch
Written by \`npm run bench:types -- --write\`.

## Instantiations a call
The mean of 50 distinct calls, their inputs included; the median of ${costs.length} operations is ${middle}, the dearest are

${table(['call', 'instantiations'], dearest.slice(0, 8).map(c => [cell(c.op), `${c.instantiations}`]))}

## 100 transformer blocks
Each of a width of its own, written out; processor seconds, the least of five, above those of the library's sources alone.

${table(['compiler', 'seconds', 'the library alone'], blocks.map(b => [b.compiler === 'tsc' ? 'TypeScript 7' : 'TypeScript 6',
  b.seconds.toFixed(2), b.alone.toFixed(2)]))}

## Editor latency
A file of 10 such blocks is open, with the library's sources; one size is edited, and the clock runs until the diagnostics are there.

${table(['language server', 'median of 20, ms', 'worst, ms'], editors.map(e => [e.server, e.median.toFixed(0),
  Math.max(...e.milliseconds).toFixed(0)]))}

## The same mistakes
Whether the types refuse them, on both compilers; - where the library makes it no mistake, or its types have no word for it.${
  missing.length > 0 ? `\nNot installed: ${missing.join(', ')}.` : ''}

${table(['mistake', ...verdicts.map(v => v.library)], [...mistakeNames.map(m => [m, ...verdicts.map(v => mark(v.said[m]))]),
  ['**caught**', ...verdicts.map(v => `**${caught(v)} of ${mistakeNames.filter(m => v.said[m]).length}**`)]])}

The first line of what TypeScript 7 says:

${verdicts.flatMap(v => mistakeNames.flatMap(m => {
  const line = v.said[m]?.tsc
  return line ? [`- ${v.library}, ${m}: \`${line}\``] : []
})).join('\n')}
`
console.log(document)
if (options.write) writeFileSync(join(root, 'bench', 'types', 'RESULTS.md'), document)
if (options.json) {
  const instantiations = costs.map(({ op, instantiations: n }) => ({ op, instantiations: n }))
  console.log(JSON.stringify({ instantiations, blocks, editors, mistakes: verdicts, missing }))
}
