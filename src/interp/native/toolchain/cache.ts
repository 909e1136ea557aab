/** The folder of compiled libraries: what was compiled once is loaded the next time. */
import { createHash } from 'node:crypto'
import { access, constants, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const limit = 256 << 20
const hour = 3600_000
const entry = /^[0-9a-f]{40}\.(so|node)$/
const unfinished = /^new-/

/** Names the same contents by the same hash. */
export const keyOf = (...parts: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}\n`).update(part)
  return hash.digest('hex').slice(0, 40)
}

const preferred = (environment: NodeJS.ProcessEnv): string => environment.TYPEGRAD_CACHE
  ?? (environment.XDG_CACHE_HOME ? join(environment.XDG_CACHE_HOME, 'typegrad') : undefined)
  ?? (process.platform === 'darwin' ? join(homedir(), 'Library/Caches/typegrad') : join(homedir(), '.cache/typegrad'))

const codeOf = (e: unknown): string | undefined => (e as NodeJS.ErrnoException).code

/** Makes a folder and those above it. Node's own recursion never ends where nothing can be made, as below /proc. */
const make = async (folder: string): Promise<void> => {
  const once = (): Promise<void> => mkdir(folder, { mode: 0o700 }).catch((e: unknown) => { if (codeOf(e) !== 'EEXIST') throw e })
  try {
    await once()
  } catch (e) {
    if (codeOf(e) !== 'ENOENT' || dirname(folder) === folder) throw e
    await make(dirname(folder))
    await once()
  }
}

/** Makes a folder; whether it can be written to. */
const usable = async (folder: string): Promise<boolean> => {
  try {
    await make(folder)
    // What is there may be a file.
    await access(`${folder}/.`, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A folder that nobody else could have put a library into. */
const isOurs = async (folder: string): Promise<boolean> => {
  const { uid, mode } = await lstat(folder)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

/** Where libraries are kept: the user's cache, or, where that cannot be written to, a folder among the temporary ones. */
export const cacheFolder = async (environment: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const folder = preferred(environment)
  if (await usable(folder)) return folder
  const temporary = join(tmpdir(), `typegrad-${process.getuid?.() ?? 'cache'}`)
  return await usable(temporary) && await isOurs(temporary) ? temporary : mkdtemp(join(tmpdir(), 'typegrad-'))
}

/** Beside every library, its size: to load one that was cut short would end the process without a word. */
const sizeFile = (path: string): string => `${path}.size`

const isWhole = async (path: string): Promise<boolean> => {
  try {
    const [{ size }, expected] = await Promise.all([stat(path), readFile(sizeFile(path), 'utf8')])
    return `${size}` === expected
  } catch {
    return false
  }
}

interface Entry { readonly path: string; readonly size: number; readonly used: number }

/** Removes what was used least recently until the rest fits, and what a process that was stopped left unfinished. */
export const evict = async (folder: string, bytes = limit): Promise<void> => {
  const names = await readdir(folder)
  const entries = await Promise.all(names.filter(name => entry.test(name) || unfinished.test(name)).map(async (name): Promise<Entry> => {
    const path = join(folder, name)
    const { size, mtimeMs: used } = await stat(path)
    return { path, size, used }
  }))
  const old = entries.filter(({ path, used }) => path.startsWith(join(folder, 'new-')) && Date.now() - used > hour)
  const kept = entries.filter(({ path }) => !path.startsWith(join(folder, 'new-'))).sort((a, b) => b.used - a.used)
  let total = 0
  const excess = kept.filter(({ size }) => (total += size) > bytes)
  const gone = [...old, ...excess].flatMap(({ path }) => [path, sizeFile(path)])
  await Promise.all(gone.map(path => rm(path, { recursive: true, force: true })))
}

const running = new Map<string, Promise<string>>()
const evicted = new Set<string>()

/**
 * The path of the entry `name`, which `make` writes when it is not there yet: into a folder of its own, under the name that it is
 * given. Two processes may make the same entry at once, and one process makes it once.
 */
export const cached = (folder: string, name: string, make: (workplace: string, path: string) => Promise<void>): Promise<string> => {
  const path = join(folder, name)
  const produce = async (): Promise<string> => {
    if (await isWhole(path)) {
      const now = new Date()
      // The time tells when it was last used; an entry of somebody else's folder cannot be touched, and serves all the same.
      await utimes(path, now, now).catch(() => undefined)
      return path
    }
    const workplace = await mkdtemp(join(folder, 'new-'))
    try {
      const made = join(workplace, name)
      await make(workplace, made)
      await writeFile(sizeFile(made), `${(await stat(made)).size}`)
      await rename(sizeFile(made), sizeFile(path))
      await rename(made, path)
    } finally {
      await rm(workplace, { recursive: true, force: true })
    }
    if (!evicted.has(folder)) {
      evicted.add(folder)
      // Nobody need wait for it. Another process may remove the same files: what is gone is gone.
      evict(folder).catch(() => undefined)
    }
    return path
  }
  const found = running.get(path) ?? produce().finally(() => running.delete(path))
  running.set(path, found)
  return found
}
