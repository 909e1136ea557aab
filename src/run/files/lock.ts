/** One process at a time trains a run: `lock` in its folder holds the number of that process while it lives. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'

const LOCK_FILE = 'lock'

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) { return (e as NodeJS.ErrnoException).code === 'EPERM' }
}

/** Takes the lock of the run in `folder` until this process ends; what a killed process left behind is taken over. */
export const lockRun = (folder: string): Effect<void> =>
  attempt('file', reason => `${folder}: cannot be locked: ${reason}.`, () => {
    const file = join(folder, LOCK_FILE)
    if (existsSync(file)) {
      const holder = Number(readFileSync(file, 'utf8'))
      if (holder === process.pid) return
      if (Number.isSafeInteger(holder) && holder > 0 && lives(holder)) {
        throw new TypegradError('file', `${folder} is being trained by another process (${holder}). Wait for it or stop it; `
          + `if that process is no training, delete ${file}.`)
      }
      rmSync(file, { force: true })
    }
    // of two processes that find no lock, one fails here
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    process.once('exit', () => rmSync(file, { force: true }))
  })
