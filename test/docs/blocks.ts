/** Finds the programs inside documentation: the ts blocks of `@example` tags and of Markdown files, each with its place. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** A program in a document; `line` is the document's line (from 1) that holds the first line of `code`. */
export interface Block {
  readonly file: string
  readonly line: number
  readonly code: string
  readonly language: string
  /** What follows the language on the opening line. */
  readonly role?: string
}

const fence = /^(\s*(?:\* ?)?)```(\w*)\s*(.*)$/

/** The fenced blocks of a text, with the prefix of their opening line (a docstring's ` * `) taken off. */
export const fencedBlocks = (file: string, text: string): readonly Block[] => {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const opening = fence.exec(lines[at] ?? '')
    if (opening === null) continue
    const prefix = opening[1] ?? ''
    const body: string[] = []
    const line = at + 2
    for (at++; at < lines.length && !(lines[at] ?? '').trim().replace(/^\* ?/, '').startsWith('```'); at++) {
      const text = lines[at] ?? ''
      body.push(text.startsWith(prefix) ? text.slice(prefix.length) : text.replace(/^\s*\* ?/, ''))
    }
    const role = opening[3]?.trim()
    blocks.push({ file, line, code: body.join('\n'), language: opening[2] ?? '', ...(role ? { role } : {}) })
  }
  return blocks
}

/** The ts blocks that stand under an `@example` tag in the docstrings of a source text. */
export const exampleBlocks = (file: string, text: string): readonly Block[] =>
  [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(comment => {
    const tag = comment[0].indexOf('@example')
    if (tag < 0) return []
    const before = text.slice(0, comment.index + tag).split('\n').length
    return fencedBlocks(file, comment[0].slice(tag))
      .filter(block => block.language === 'ts')
      .map(block => ({ ...block, line: block.line + before - 1 }))
  })

/** Every TypeScript source under a folder of the repository, as paths from its root. */
export const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort()

export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The commands of the sh blocks, without their comments. */
export const commandsOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.filter(block => block.language === 'sh').flatMap(block => block.code.split('\n'))
    .map(line => line.replace(/\s+#.*$/, '').trim()).filter(line => line !== '').flatMap(line => line.split(' && '))

/** The relative targets of a Markdown text's links. */
export const linksOf = (text: string): readonly string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(match => (match[1] ?? '').replace(/#.*$/, ''))
