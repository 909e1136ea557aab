/** Run folders: `runs/made-1`, `runs/made-2`, ... unless `--out` names one. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'
import { createFolder } from './atomic.js'
import { CONFIG_FILE, encodeConfig, type Config } from './config.js'

/** The folder of runs, in the folder of the command. */
export const RUNS = 'runs'

const nextFolder = (name: string): string => {
  const runs = existsSync(RUNS) ? readdirSync(RUNS) : []
  const taken = runs.filter(f => f.startsWith(`${name}-`)).map(f => Number(f.slice(name.length + 1))).filter(Number.isInteger)
  return join(RUNS, `${name}-${Math.max(0, ...taken) + 1}`)
}

/** Where a new run goes; a folder that holds anything already is refused. */
export const newRunFolder = (name: string, out: string | undefined): Effect<string> =>
  attempt('file', reason => `${out ?? RUNS}: cannot be used: ${reason}.`, () => {
    if (out === undefined) return nextFolder(name)
    if (!existsSync(out)) return out
    if (existsSync(join(out, CONFIG_FILE))) {
      throw new TypegradError('config',
        `${out} already holds a run. Go on with it by typegrad train --resume ${out}, or choose another --out.`)
    }
    if (readdirSync(out).length > 0) throw new TypegradError('config', `${out} is not empty. Choose another --out.`)
    return out
  })

/** The folder of one seed among several. */
export const seedFolder = (folder: string, seed: number): string => join(folder, `seed-${seed}`)

/** The folders of all runs in `runs`, those of several seeds included. */
export const runFolders = (): readonly string[] => {
  const inside = (folder: string) => existsSync(folder) ? readdirSync(folder).map(f => join(folder, f)) : []
  const isRun = (folder: string) => existsSync(join(folder, CONFIG_FILE))
  return inside(RUNS).flatMap(folder => isRun(folder) ? [folder] : statSync(folder).isDirectory() ? inside(folder).filter(isRun) : [])
}

/** Creates the folder of a run: from the moment it is there, it can be resumed. */
export const createRun = (folder: string, config: Config): Effect<void> => createFolder(folder, { [CONFIG_FILE]: encodeConfig(config) })
