/** The reports by name. */
import type { Report } from '../harness/report.js'
import { compile } from './compile.js'
import { growth } from './growth.js'
import { passes } from './passes.js'
import { steady } from './steady.js'

export const reports: Readonly<Record<string, Report>> = { compile, growth, passes, steady }
