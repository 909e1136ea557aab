/** Where in a user's own files an error came from. */
import { fileURLToPath } from 'node:url'

// The package's examples are recipes like a user's; source maps make frames of dist point into src.
const OWN = ['src', 'dist'].map(f => fileURLToPath(new URL(`../../${f}/`, import.meta.url)))
const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/

/** `mine.ts:12:34` of the innermost frame outside the package, Node and its dependencies; nothing when there is none. */
export const userFrame = (e: unknown): string | undefined => {
  const lines = e instanceof Error ? (e.stack ?? '').split('\n').slice(1) : []
  for (const line of lines) {
    const at = FRAME.exec(line.trim())
    if (at === null) continue
    const file = at[1].startsWith('file://') ? fileURLToPath(at[1].replace(/\?.*$/, '')) : at[1]
    const foreign = /^node:|^<anonymous>|\/node_modules\//.test(file) || OWN.some(own => file.startsWith(own))
    if (!foreign) return `${file}:${at[2]}:${at[3]}`
  }
  return undefined
}
