/** Files that are either the old ones or the new ones, whole, whenever the process or the machine stops. */
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { attempt, type Effect } from '../effect.js'

let writes = 0

/** Writes a file by way of a temporary one in the same folder: write, fsync, rename, fsync of the folder. */
export const writeAtomic = (file: string, content: string | Uint8Array): Effect<void> =>
  attempt('file', reason => `${file}: cannot be written: ${reason}.`, async () => {
    const folder = dirname(file)
    await mkdir(folder, { recursive: true })
    const temporary = join(folder, `.${basename(file)}.${process.pid}.${writes++}.tmp`)
    try {
      const handle = await open(temporary, 'w')
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally { await handle.close() }
      await rename(temporary, file)
    } catch (e) {
      await rm(temporary, { force: true })
      throw e
    }
    await syncFolder(folder)
  })

// Windows cannot open a folder; there the rename alone has to do.
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try { await handle.sync() } finally { await handle.close() }
}

/** Removes what writes cut short by a kill have left in a folder. */
export const sweep = (folder: string): Effect<void> =>
  attempt('file', reason => `${folder}: cannot be read: ${reason}.`, async () => {
    const left = (await readdir(folder)).filter(f => /^\..+\.\d+\.\d+\.tmp$/.test(f))
    for (const f of left) await rm(join(folder, f), { force: true })
  })

// A system folder such as /proc says that a file is not there when it means that none can be.
const makeFolder = async (folder: string, options: { readonly recursive?: boolean } = {}): Promise<void> => {
  try { await mkdir(folder, options) } catch (e) {
    throw (e as NodeJS.ErrnoException).code === 'ENOENT' ? new Error(`the system allows no new folder in ${dirname(folder)}`) : e
  }
}

// Linux and macOS say one of the first two, Windows the last.
const isTaken = (folder: string, e: unknown): boolean =>
  ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((e as NodeJS.ErrnoException).code ?? '') && existsSync(folder)

/** Creates a folder that holds `files` from the moment it exists; false, with nothing touched, where it holds something already. */
export const createFolder = (folder: string, files: Readonly<Record<string, string>>): Effect<boolean> =>
  attempt('file', reason => `${folder}: cannot be created: ${reason}.`, async () => {
    await makeFolder(dirname(folder), { recursive: true })
    const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}.${writes++}.tmp`)
    await makeFolder(temporary)
    try {
      for (const [name, content] of Object.entries(files)) {
        const handle = await open(join(temporary, name), 'w')
        try { await handle.writeFile(content); await handle.sync() } finally { await handle.close() }
      }
      try { await rename(temporary, folder) } catch (e) {
        if (!isTaken(folder, e)) throw e
        await rm(temporary, { force: true, recursive: true })
        return false
      }
    } catch (e) {
      await rm(temporary, { force: true, recursive: true })
      throw e
    }
    await syncFolder(dirname(folder))
    return true
  })
