/** What tests of the toolchain work with: folders of their own, compilers that misbehave, and a runtime of a few lines. */
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The C files of the engine. */
export const runtimeFolder = resolve(import.meta.dirname, '../../../src/interp/native/runtime')

/** An empty folder. */
export const folder = (): string => mkdtempSync(join(tmpdir(), 'typegrad-test-'))

/** An executable shell script, as a compiler. */
export const script = (lines: string): string => {
  const path = join(folder(), 'cc')
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
  return path
}

/** The addon beside a runtime that only keeps faults: it compiles in no time. */
export const smallRuntime = (): string => {
  const path = folder()
  for (const name of ['addon.c', 'typegrad.h']) cpSync(join(runtimeFolder, name), join(path, name))
  writeFileSync(join(path, 'small.c'), `#include "typegrad.h"
static tg_stop first = { NULL, 0, -1 };
void tg_set_threads(int threads) { (void)threads; }
void tg_fault(const char *what) { if (first.what == NULL) first.what = what; }
tg_stop tg_take_fault(void) {
  tg_stop found = first;
  first.what = NULL;
  return found;
}
const tg tg_runtime = { .fault = tg_fault };
`)
  return path
}

/** A program with one float as input in slot 0 and one as output in slot 1; it stops at numbers below zero. */
export const scaled = (factor: number): string => `#include "typegrad.h"
void tg_run(const tg *R, char *const *slot) {
  const float *x = (const float *)slot[0];
  ((float *)slot[1])[0] = x[0] * ${factor};
  if (x[0] < 0) R->fault("a number is negative");
}
`
