/** A folder with a workload's first values and batches, for everyone who runs it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { typegrad } from './peers.js'
import type { Sizes } from './workload.js'

/** Does something with a temporary folder, which is gone afterwards. */
export const inFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'typegrad-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same with the workload's files in it, written by a process of their own. */
export const prepared = <T>(workload: string, sizes: Sizes, use: (folder: string) => Promise<T>): Promise<T> => inFolder(async folder => {
  const writer = typegrad()
  try {
    await writer.ask({ do: 'prepare', workload, sizes, folder, variant: 'auto' })
  } finally {
    writer.close()
  }
  return use(folder)
})
