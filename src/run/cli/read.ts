/** `typegrad audit` and `typegrad docs`: what a recipe says about itself, proved and printed. */
import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt, orThrow, run } from '../effect.js'
import { writeAtomic } from '../files/atomic.js'
import { loadRecipe } from '../load.js'
import { ready } from '../session.js'
import { parseAssignments } from '../settings.js'
import { reading, stated } from '../stated.js'
import { quoted } from './command.js'
import { answering, EXIT } from './output.js'

/** The flags of `typegrad audit`. */
export interface AuditFlags { readonly set?: readonly string[]; readonly json?: boolean }
/** The flags of `typegrad docs`. */
export interface DocsFlags extends AuditFlags { readonly out: string; readonly check?: boolean; readonly format?: readonly Format[] }
/** The forms of a document, by the endings of their files. */
export const FORMATS = ['md', 'tex', 'html', 'svg'] as const
export type Format = (typeof FORMATS)[number]

const read = async (name: string, assignments: readonly string[] = []) => {
  const raw = orThrow(parseAssignments(assignments))
  return stated(await ready(await run(loadRecipe(name)), raw, reading()))
}

/** Proves what can be proved of a recipe's training step; 1 when a proof fails. */
export const auditCommand = (name: string, flags: AuditFlags): Promise<number> => answering(flags.json, async out => {
  const { recipe, settings, statement, claims } = await read(name, flags.set)
  // other commands start without the readers
  const { audit, showAudit } = await import('../../audit.js')
  const report = audit(statement, claims)
  out.say(`${recipe.name}: ${recipe.summary}`)
  out.say(showAudit(report))
  out.result({ recipe: recipe.name, settings, ...report })
  return report.failures.length > 0 ? EXIT.failure : 0
})

/** What a file holds; nothing when there is none. */
const contentOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch((e: unknown) => {
  if ((e as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw e
})

const settingsLine = (text: string): string | undefined => /Settings: .*/.exec(text)?.[0]

/** That a page was made with other settings, and which, where it is Markdown. */
const otherSettings = (file: string, held: string, text: string): string => {
  const pairs = (page: string) =>
    [...(settingsLine(page) ?? '').matchAll(/`([^`=]+) = ([^`]*)`/g)].map(([, key, value]) => ({ key, value }))
  const now = pairs(text)
  const differing = pairs(held).filter(({ key, value }) => now.some(n => n.key === key && n.value !== value))
  const flags = differing.flatMap(({ key, value }) => ['--set', quoted(`${key}=${value.replace(/^"(.*)"$/, '$1')}`)])
  const choose = flags.length > 0 ? flags.join(' ') : '--set'
  return `${file} was made with other settings than these: to check it with its own, choose them by ${choose}.`
}

/** Writes the documents of a recipe; with --check, says which of those in the folder are not what it would write, and 1 when any is. */
export const docsCommand = (name: string, flags: DocsFlags): Promise<number> => answering(flags.json, async out => {
  const { recipe, settings, statement, claims } = await read(name, flags.set)
  const { documents } = await import('../../docs.js')
  const { markdown, tex, html, svg } = documents(statement, { name: recipe.name, summary: recipe.summary, settings, claims })
  const texts: Readonly<Record<Format, string>> = { md: markdown, tex, html, svg }
  const files = (flags.format ?? FORMATS).map(format => [join(flags.out, `${recipe.name}.${format}`), texts[format]] as const)
  const known = { recipe: recipe.name, settings, out: flags.out, files: files.map(([file]) => file) }
  if (flags.check !== true) {
    await run(attempt('file', reason => `${flags.out}: cannot be made: ${reason}.`, () => mkdirSync(flags.out, { recursive: true })))
    for (const [file, text] of files) await run(writeAtomic(file, text))
    out.say(`${recipe.name}: ${known.files.join(', ')}`)
    out.result(known)
    return 0
  }
  const found = await Promise.all(files.map(async ([file, text]) => ({ file, text, held: await run(
    attempt('file', reason => `${file}: cannot be read: ${reason}.`, () => contentOf(file))) })))
  const stale = found.filter(f => f.held !== f.text)
  for (const { file, held } of stale) out.say(`${file} is ${held === undefined ? 'missing' : 'not what the recipe says now'}.`)
  // each form has one line of settings, in its own marks
  const other = stale.find(f => f.held !== undefined && settingsLine(f.held) !== settingsLine(f.text))
  if (other?.held !== undefined) out.say(otherSettings(other.file, other.held, other.text))
  const format = flags.format === undefined ? [] : ['--format', flags.format.join(',')]
  const command = ['typegrad', 'docs', name, '--out', flags.out, ...format, ...(flags.set ?? []).flatMap(s => ['--set', s])]
  out.say(stale.length > 0 ? `Renew by: ${command.map(quoted).join(' ')}`
    : `${recipe.name}: what lies in ${flags.out} is what the recipe says.`)
  out.result({ ...known, stale: stale.map(f => f.file) })
  return stale.length > 0 ? EXIT.failure : 0
})
