/**
 * Module hooks for recipe files, run by Node on a thread of its own: wherever a recipe lies, `typegrad` and its entry points are the
 * running package (one table of interned nodes), and a file with imports or exports is an ES module even where no package.json says so.
 */
import { readFile } from 'node:fs/promises'
import type { ResolveHook } from 'node:module'

const ENTRIES: Readonly<Record<string, string>> = {
  typegrad: '../index.js',
  'typegrad/engines': '../engines.js',
  'typegrad/models': '../models/index.js',
  'typegrad/rl': '../rl/index.js',
  'typegrad/audit': '../audit.js',
  'typegrad/docs': '../docs.js',
  'typegrad/run': './index.js',
}

/** Resolves the package's own names first, and everything else as usual. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  if (Object.hasOwn(ENTRIES, specifier)) {
    return { url: new URL(ENTRIES[specifier], import.meta.url).href, format: 'module', shortCircuit: true }
  }
  const found = await next(specifier, context)
  return await isModule(found.url, found.format) ? { ...found, format: 'module' } : found
}

const isModule = async (url: string, format: string | null | undefined): Promise<boolean> => {
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'file:' || format === 'module' || pathname.includes('/node_modules/')) return false
  if (pathname.endsWith('.ts')) return true
  return pathname.endsWith('.js') && /^\s*(?:import|export)\b/m.test(await readFile(new URL(url), 'utf8').catch(() => ''))
}
