/** Run folders: `runs/made-1`, `runs/made-2`, ... unless `--out` names one. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, run, type Effect } from '../effect.js'
import { createFolder } from './atomic.js'
import { CONFIG_FILE, encodeConfig, type Config } from './config.js'

/** The folder of runs, in the folder of the command. */
export const RUNS = 'runs'

const nextFolder = (name: string): string => {
  const runs = existsSync(RUNS) ? readdirSync(RUNS) : []
  const taken = runs.filter(f => f.startsWith(`${name}-`)).map(f => Number(f.slice(name.length + 1))).filter(Number.isInteger)
  return join(RUNS, `${name}-${Math.max(0, ...taken) + 1}`)
}

/** Checks the folder that `--out` names for a new run: one that holds anything already is refused. */
export const freeFolder = (out: string): Effect<string> =>
  attempt('file', reason => `${out}: cannot be used: ${reason}.`, () => {
    if (!existsSync(out)) return out
    if (existsSync(join(out, CONFIG_FILE))) {
      throw new TypegradError('config',
        `${out} already holds a run. Go on with it by typegrad train --resume ${out}, or choose another --out.`)
    }
    if (readdirSync(out).length > 0) throw new TypegradError('config', `${out} is not empty. Choose another --out.`)
    return out
  })

/** Creates the next folder of `name` in `runs`, with its files; several processes that do so at once get different ones. */
export const createNext = (name: string, files: (folder: string) => Readonly<Record<string, string>>): Effect<string> =>
  attempt('file', reason => `${RUNS}: cannot be used: ${reason}.`, async () => {
    for (;;) {
      const folder = nextFolder(name)
      // another process may have taken the number since it was read
      if (await run(createFolder(folder, files(folder)))) return folder
    }
  })

/** The folder of one seed among several. */
export const seedFolder = (folder: string, seed: number): string => join(folder, `seed-${seed}`)

/** The folders of all runs in `runs`, those of several seeds included. */
export const runFolders = (): readonly string[] => {
  // hidden is what is being created
  const inside = (folder: string) => existsSync(folder) ? readdirSync(folder).filter(f => !f.startsWith('.')).map(f => join(folder, f)) : []
  const isRun = (folder: string) => existsSync(join(folder, CONFIG_FILE))
  return inside(RUNS).flatMap(folder => isRun(folder) ? [folder] : statSync(folder).isDirectory() ? inside(folder).filter(isRun) : [])
}

/**
 * Creates the folder of a run, `folder` or the next in `runs`, with the record that is written for it: from the moment it is there, it can
 * be resumed.
 */
export const createRun = (name: string, folder: string | undefined, record: (folder: string) => Config): Effect<string> => {
  const files = (place: string) => ({ [CONFIG_FILE]: encodeConfig(record(place)) })
  if (folder === undefined) return createNext(name, files)
  return attempt('file', reason => `${folder}: cannot be created: ${reason}.`, async () => {
    if (await run(createFolder(folder, files(folder)))) return folder
    throw new TypegradError('config', `${folder} already holds a run, which another command has begun meanwhile. Choose another --out.`)
  })
}
