/** The results of a run beside the literature's, for a terminal. */
import { figure, type Published } from './markdown.js'

const cut = (text: string, width: number) => text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`

// a source may end in 'not comparable': it is never cut
const wrapped = (text: string, indent: string, columns: number): readonly string[] => text.split(' ').reduce<string[]>((lines, word) => {
  const longer = `${lines.at(-1) ?? ''} ${word}`
  return lines.length > 0 && longer.length <= columns ? [...lines.slice(0, -1), longer] : [...lines, `${indent}${word}`]
}, [])

/** The lines of the table: sources stand in their column where `columns` allow, under their figures otherwise; nothing is wider. */
export const resultLines = (
  metrics: Readonly<Record<string, number>>, published: readonly Published[], columns = Infinity,
): readonly string[] => {
  const rows = [
    ...Object.entries(metrics).map(([metric, v]) => ['this run', metric, figure(v), ''] as const),
    ...published.map(p => [p.model, p.metric, figure(p.figure), p.source] as const),
  ]
  const [model, metric, number, source] = [0, 1, 2, 3].map(i => Math.max(0, ...rows.map(r => r[i].length)))
  const wide = 2 + model + 2 + metric + 2 + number + 2 + source <= columns
  const first = Math.max(8, Math.min(model, columns - (2 + 2 + metric + 2 + number)))
  return rows.flatMap(r => {
    const line = `  ${cut(r[0], first).padEnd(first)}  ${r[1].padEnd(metric)}  ${r[2].padStart(number)}`
    if (r[3] === '') return [line]
    return wide ? [`${line}  ${r[3]}`] : [line, ...wrapped(r[3], '      ', columns)]
  })
}
