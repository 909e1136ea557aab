/** Finding a recipe: one of the package's by name, or the default export of a user's file, TypeScript included, with no build step. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { register } from 'node:module'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { register as registerTypeScript } from 'tsx/esm/api'
import { isLeaf } from '../dsl/core/trees.js'
import { TypegradError } from '../dsl/errors.js'
import { copied } from './brand.js'
import { attempt, type Effect } from './effect.js'
import { userFrame } from './frames.js'
import { isRecipe, type Recipe } from './recipe.js'
import { nearest } from './words.js'

/** A recipe and the file it came from, if it is not one of the package's own. */
export interface Loaded { readonly recipe: Recipe; readonly file?: string }

let hooked = false
const hook = () => {
  if (hooked) return
  hooked = true
  registerTypeScript()
  register('./hooks.js', import.meta.url)
}

/** Whether a recipe is named by its path, not by its name. */
export const isRecipeFile = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name)

/** The path of a recipe file as a run's record holds it: from the run's folder, so that both may move together. */
export const placeFrom = (folder: string, file: string): string => {
  const place = relative(resolve(folder), resolve(file)).split(sep).join('/')
  return isAbsolute(place) || place.startsWith('.') ? place : `./${place}`
}

/** The recipe of the run in `folder`: where its record says, unless it has `moved`. */
export const loadRecipeOf = (folder: string, recorded: string, moved?: string): Effect<Loaded> => {
  if (moved !== undefined) return loadFile(moved)
  if (!isRecipeFile(recorded)) return loadRecipe(recorded)
  const file = resolve(folder, recorded)
  if (existsSync(file)) return loadFile(file)
  return TE.left(new TypegradError('config', `${folder}: its recipe was looked for at ${file}, and is not there. Say where it is: `
    + `typegrad train <file> --resume ${folder}, or --recipe <file> of eval and sample.`))
}

/** The first line that says where and what, without stack or colours. */
const importFault = (file: string, e: unknown): string => {
  const message = e instanceof Error ? e.message : String(e)
  const at = message.match(/^(.*?):(\d+):(\d+): ERROR: (.*)$/m)
  if (at) return `${at[1]}:${at[2]}:${at[3]}: syntax error: ${at[4]}`
  const missing = message.match(/^Cannot find (?:module|package) '([^']+)'(?: imported from (.+))?/)
  if (missing) return `${missing[2] ?? file}: it imports ${JSON.stringify(tidy(missing[1]))}, which cannot be found.`
  return `${userFrame(e) ?? linkedAt(file, message) ?? file}: ${message}${/[.!?]$/.test(message) ? '' : '.'}`
}
// Node does not say where an import of a name that its module lacks stands: the first line of the file with the name in an import does.
const linkedAt = (file: string, message: string): string | undefined => {
  const name = /does not provide an export named '([^']+)'/.exec(message)?.[1]
  if (name === undefined) return undefined
  const text = readFileSync(file, 'utf8')
  const word = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`)
  for (const { 0: statement, index } of text.matchAll(/^[ \t]*(?:import|export)\b[^'"]*\bfrom\b/gm)) {
    const found = statement.search(word), before = text.slice(0, index + found)
    if (found >= 0) return `${file}:${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`
  }
  return undefined
}
const tidy = (target: string) => target.startsWith('file:') ? fileURLToPath(target) : target

const kindOf = (found: unknown): string => isLeaf(found) ? 'a tensor'
  : typeof found === 'function' ? 'params' in found ? 'a layer or definition' : 'a function'
    : typeof found === 'object' && found !== null ? `a record with ${Object.keys(found).slice(0, 6).join(', ')}`
      : `the ${typeof found} ${String(found)}`

/** Imports a recipe file; every fault is one sentence that names the file. */
export const loadFile = (path: string): Effect<Loaded> => {
  const file = resolve(path)
  return attempt('config', reason => reason, async () => {
    if (!existsSync(file)) throw new TypegradError('config', `${path}: there is no such recipe file.`)
    if (statSync(file).isDirectory()) throw new TypegradError('config', `${path}: it is a folder; expected a recipe file such as mine.ts.`)
    hook()
    let module: { readonly default?: unknown }
    try { module = await import(pathToFileURL(file).href) as typeof module } catch (e) {
      throw new TypegradError('config', importFault(file, e))
    }
    const found = 'default' in module ? module.default : undefined
    if (isRecipe(found)) return { recipe: found, file }
    const copy = copied(found)
    if (copy !== undefined) throw new TypegradError('config', `${path}: its default export is ${copy}.`)
    const what = 'default' in module ? `its default export is not a recipe but ${kindOf(found)}` : 'it has no default export'
    throw new TypegradError('config', `${path}: ${what}; expected export default defineRecipe({ ... }).`)
  })
}

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))

// a file there without a default export is what recipes share
const isRecipeText = (file: string): boolean => /^export default\b/m.test(readFileSync(file, 'utf8'))

/** The names of the package's own recipes: each is an example, a file anybody could have written. */
export const recipeNames = (): readonly string[] => existsSync(EXAMPLES)
  ? readdirSync(EXAMPLES).filter(f => f.endsWith('.ts') && isRecipeText(join(EXAMPLES, f))).map(f => f.slice(0, -3)).sort() : []

/** A recipe by its name among the package's own, or from a file. */
export const loadRecipe = (name: string): Effect<Loaded> => {
  if (isRecipeFile(name)) return loadFile(name)
  const names = recipeNames()
  if (names.includes(name)) return TE.map(({ recipe }: Loaded) => ({ recipe }))(loadFile(join(EXAMPLES, `${name}.ts`)))
  return TE.left(new TypegradError('config', `There is no recipe ${JSON.stringify(name)}.${nearest(name, names)} `
    + `The recipes are ${names.join(', ')}; a file is named by its path, as in ./mine.ts.`))
}
