/**
 * tfjs-node as `scripts/tfjs-node.mjs` built it: the folder of the package is named by TYPEGRAD_TFJS_NODE or TYPEGRAD_TFJS_NODE_GPU. Tests
 * that read this run over it alone, as scripts/test.mjs (section tfjs-node) and scripts/gpu.mjs ask; the other engines have their own run.
 */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { openBackend } from '../../../src/interp/tfjs/backends.js'
import type { Device } from '../../../src/interp/tfjs/device.js'

const folders = { 'node': process.env['TYPEGRAD_TFJS_NODE'], 'node-gpu': process.env['TYPEGRAD_TFJS_NODE_GPU'] }

const open = (name: string, folder: string) => (): Promise<Device> =>
  openBackend(name, {}, () => Promise.resolve(createRequire(import.meta.url)(resolve(folder))))

/** The backends that are asked for, by name; none in an ordinary run. */
export const builtDevices: Readonly<Record<string, () => Promise<Device>>> = Object.fromEntries(
  Object.entries(folders).flatMap(([name, folder]) => folder ? [[name, open(name, folder)]] : []))

export const asked = Object.keys(builtDevices).length > 0
