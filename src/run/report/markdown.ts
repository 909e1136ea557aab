/** report.md: what was run, what came out, and what others got. */

/** A figure from the literature, to stand beside a run's. */
export interface Published { readonly model: string; readonly metric: string; readonly figure: number; readonly source: string }

/** What a report tells. */
export interface Report {
  readonly recipe: string
  readonly summary: string
  /** As typed in the run's folder. */
  readonly command: string
  readonly facts: Readonly<Record<string, string | number>>
  readonly settings: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number>>
  readonly published: readonly Published[]
  /** What was said of single steps, and of how many. */
  readonly notes?: Readonly<Record<string, string>>
  readonly pictures: readonly { readonly title: string; readonly file: string }[]
  readonly model: string
}

/** Four significant digits after the point for small figures, two for large ones. */
export const figure = (v: number): string => Number.isInteger(v) ? String(v) : Math.abs(v) >= 10 ? v.toFixed(2) : v.toPrecision(4)
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(r => `| ${r.map(c => c.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
const section = (title: string, body: string) => body === '' ? [] : [`## ${title}`, body]

/** The text of report.md. */
export const reportMarkdown = (r: Report): string => {
  const results = [
    ...Object.entries(r.metrics).map(([k, v]) => [`this run`, k, figure(v), '']),
    ...r.published.map(p => [p.model, p.metric, figure(p.figure), p.source]),
  ]
  return [
    `# ${r.recipe}`,
    r.summary,
    `Trained by this command, in which paths start at this folder:\n\n\`\`\`\n${r.command}\n\`\`\``,
    ...section('Results', results.length > 0 ? table(['model', 'metric', 'figure', 'source'], results) : ''),
    ...r.pictures.flatMap(p => section(p.title, `![${p.title}](${p.file})`)),
    ...section('Run', table(['', ''], Object.entries(r.facts).map(([k, v]) => [k, typeof v === 'number' ? figure(v) : v]))),
    ...section('Notes', Object.keys(r.notes ?? {}).length > 0 ? table(['what', 'when'], Object.entries(r.notes ?? {})) : ''),
    ...section('Settings', Object.keys(r.settings).length > 0
      ? table(['setting', 'value'], Object.entries(r.settings).map(([k, v]) => [k, JSON.stringify(v)])) : ''),
    ...section('Model', r.model === '' ? '' : '```\n' + r.model + '\n```'),
  ].join('\n\n') + '\n'
}
