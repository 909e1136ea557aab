/** The benchmarks by name. */
import type { Sizes, Workload } from '../harness/workload.js'
import { made } from './made.js'
import { mlp } from './mlp.js'

export const workloads: Readonly<Record<string, (sizes?: Sizes) => Workload>> = { mlp, made }
