/*
 * The door from JavaScript: a Node-API addon that loads generated programs and runs them. It exports
 *   load(path, bytes) -> { bind(slot, array | null), run(threads), start(threads), close() }
 *                        `bytes` is what every slot of the program must hold
 *   misalignment(arrayBuffer) -> how far its memory is from a multiple of 64
 * `run` computes on the calling thread and `start` on another one: it returns a promise of the milliseconds that the run took. A call with
 * wrong arguments throws. A run throws, or rejects with, what it stopped at: a sentence, or under the code `outside` the operation, its
 * position and the size of the axis, which the caller words. An array that is bound must be kept alive by the caller, until another one is
 * bound or the program is closed; until a started run has ended, nothing is bound or closed.
 */
#define NAPI_VERSION 8
#define _GNU_SOURCE
#include <dlfcn.h>
#include <node_api.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "typegrad.h"

typedef struct {
  void *library;
  tg_program run;
  uint32_t count;
  size_t *bytes;
  char **slot;
  /* One for each of the functions that reach this program, and one for a started run. */
  int users;
  bool started;
} loaded;

/* A run on another thread. */
typedef struct {
  loaded *program;
  napi_async_work work;
  napi_deferred promise;
  int threads;
  double milliseconds;
  tg_stop stop;
} started;

enum { FUNCTIONS = 4, LINE = 64 };
/* What an empty array points to. */
static char nothing[LINE] __attribute__((aligned(LINE)));
/* The runtime has one set of threads, whichever of Node's worker threads asks. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static napi_value fail(napi_env env, const char *sentence) {
  napi_throw_error(env, NULL, sentence);
  return NULL;
}

/* The loaded program that a function belongs to, and its arguments; NULL, with an exception, when their number is wrong. */
static loaded *arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  void *data;
  napi_get_cb_info(env, info, &given, values, NULL, &data);
  if (given == count) return data;
  fail(env, "native: wrong number of arguments");
  return NULL;
}

static void shut(loaded *p) {
  if (p->library != NULL) dlclose(p->library);
  free(p->bytes);
  free(p->slot);
  p->library = NULL;
  p->bytes = NULL;
  p->slot = NULL;
  p->count = 0;
}

/* The program of a call of `run` or `start`, ready for it, and how many threads it asks for; NULL, with an exception, when it is not. */
static loaded *ready(napi_env env, napi_callback_info info, int32_t *threads) {
  napi_value argument;
  loaded *p = arguments(env, info, 1, &argument);
  if (p == NULL) return NULL;
  if (p->library == NULL) return fail(env, "native: the program is closed"), NULL;
  if (p->started) return fail(env, "native: the program is running"), NULL;
  if (napi_get_value_int32(env, argument, threads) != napi_ok || *threads < 1)
    return fail(env, "native: threads is a number from 1 up"), NULL;
  for (uint32_t i = 0; i < p->count; i++)
    if (p->slot[i] == NULL) return fail(env, "native: a slot of the program is not bound"), NULL;
  return p;
}

static tg_stop compute(const loaded *p, int threads) {
  static int current = 0;
  pthread_mutex_lock(&turn);
  if (threads != current) tg_set_threads(current = threads);
  p->run(&tg_runtime, p->slot);
  const tg_stop stop = tg_take_fault();
  pthread_mutex_unlock(&turn);
  return stop;
}

/* What a run stopped at, as an error. */
static napi_value error_of(napi_env env, tg_stop stop) {
  char words[128];
  napi_value code = NULL, message, error;
  if (stop.size < 0) napi_create_string_utf8(env, stop.what, NAPI_AUTO_LENGTH, &message);
  else {
    snprintf(words, sizeof words, "%s %ld %ld", stop.what, (long)stop.position, stop.size);
    napi_create_string_utf8(env, words, NAPI_AUTO_LENGTH, &message);
    napi_create_string_utf8(env, "outside", NAPI_AUTO_LENGTH, &code);
  }
  napi_create_error(env, code, message, &error);
  return error;
}

static napi_value run(napi_env env, napi_callback_info info) {
  int32_t threads;
  const loaded *p = ready(env, info, &threads);
  if (p == NULL) return NULL;
  const tg_stop stop = compute(p, threads);
  if (stop.what != NULL) napi_throw(env, error_of(env, stop));
  return NULL;
}

static void release(loaded *p) {
  if (--p->users > 0) return;
  shut(p);
  free(p);
}

static void compute_started(napi_env env, void *data) {
  (void)env;
  started *s = data;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  s->stop = compute(s->program, s->threads);
  clock_gettime(CLOCK_MONOTONIC, &to);
  s->milliseconds = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) * 1e-6;
}

static void end_started(napi_env env, napi_status status, void *data) {
  (void)status;
  started *s = data;
  napi_value milliseconds;
  s->program->started = false;
  if (s->stop.what != NULL) napi_reject_deferred(env, s->promise, error_of(env, s->stop));
  else if (napi_create_double(env, s->milliseconds, &milliseconds) == napi_ok) napi_resolve_deferred(env, s->promise, milliseconds);
  napi_delete_async_work(env, s->work);
  release(s->program);
  free(s);
}

static napi_value start(napi_env env, napi_callback_info info) {
  int32_t threads;
  loaded *p = ready(env, info, &threads);
  if (p == NULL) return NULL;
  started *s = calloc(1, sizeof *s);
  if (s == NULL) return fail(env, "native: no memory is left");
  *s = (started){ .program = p, .threads = threads };
  napi_value name, promise;
  napi_create_string_utf8(env, "typegrad", NAPI_AUTO_LENGTH, &name);
  if (napi_create_async_work(env, NULL, name, compute_started, end_started, s, &s->work) != napi_ok
      || napi_create_promise(env, &s->promise, &promise) != napi_ok || napi_queue_async_work(env, s->work) != napi_ok) {
    free(s);
    return fail(env, "native: the run does not start on another thread");
  }
  p->started = true;
  p->users++;
  return promise;
}

static napi_value bind(napi_env env, napi_callback_info info) {
  napi_value values[2];
  uint32_t slot;
  loaded *p = arguments(env, info, 2, values);
  if (p == NULL) return NULL;
  if (p->library == NULL) return fail(env, "native: the program is closed");
  if (p->started) return fail(env, "native: the program is running");
  if (napi_get_value_uint32(env, values[0], &slot) != napi_ok || slot >= p->count)
    return fail(env, "native: the program has no such slot");
  napi_valuetype type;
  if (napi_typeof(env, values[1], &type) == napi_ok && type == napi_null) {
    p->slot[slot] = NULL;
    return NULL;
  }
  bool typed = false;
  if (napi_is_typedarray(env, values[1], &typed) != napi_ok || !typed) return fail(env, "native: a slot takes a typed array or null");
  napi_typedarray_type element;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, values[1], &element, &length, &data, NULL, NULL) != napi_ok)
    return fail(env, "native: the memory of a typed array is not to be had");
  static const size_t sizes[] = { 1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8 };
  if ((size_t)element >= sizeof sizes / sizeof *sizes) return fail(env, "native: this kind of typed array is not known");
  if (length * sizes[element] < p->bytes[slot]) return fail(env, "native: the array is too short for its slot");
  p->slot[slot] = data == NULL || length == 0 ? nothing : data;
  return NULL;
}

static napi_value close_program(napi_env env, napi_callback_info info) {
  loaded *p = arguments(env, info, 0, NULL);
  if (p == NULL) return NULL;
  if (p->started) return fail(env, "native: the program is running");
  shut(p);
  return NULL;
}

static void forget(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  release(data);
}

/* Reads an array of byte counts; 0, with an exception, when it is not one. */
static int read_bytes(napi_env env, napi_value list, loaded *p) {
  bool is_array = false;
  uint32_t count = 0;
  if (napi_is_array(env, list, &is_array) != napi_ok || !is_array || napi_get_array_length(env, list, &count) != napi_ok)
    return fail(env, "native: bytes is an array of numbers"), 0;
  p->bytes = calloc(count + 1, sizeof *p->bytes);
  p->slot = calloc(count + 1, sizeof *p->slot);
  if (p->bytes == NULL || p->slot == NULL) return fail(env, "native: no memory is left"), 0;
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    int64_t bytes;
    if (napi_get_element(env, list, i, &item) != napi_ok || napi_get_value_int64(env, item, &bytes) != napi_ok || bytes < 0)
      return fail(env, "native: bytes is an array of numbers"), 0;
    p->bytes[i] = (size_t)bytes;
  }
  p->count = count;
  return 1;
}

static napi_value load(napi_env env, napi_callback_info info) {
  size_t given = 2, length;
  napi_value values[2];
  char path[4096];
  napi_get_cb_info(env, info, &given, values, NULL, NULL);
  if (given != 2) return fail(env, "native: wrong number of arguments");
  if (napi_get_value_string_utf8(env, values[0], path, sizeof path, &length) != napi_ok || length + 1 >= sizeof path)
    return fail(env, "native: the path is a string of less than 4095 bytes");
  loaded *p = calloc(1, sizeof *p);
  if (p == NULL) return fail(env, "native: no memory is left");
  if (!read_bytes(env, values[1], p)) return shut(p), free(p), NULL;
  p->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  /* A function pointer from an object pointer, as POSIX has it. */
  if (p->library != NULL) *(void **)&p->run = dlsym(p->library, "tg_run");
  if (p->run == NULL) {
    const char *reason = dlerror();
    fail(env, reason == NULL ? "native: the library has no program" : reason);
    return shut(p), free(p), NULL;
  }
  static const struct { const char *name; napi_callback call; } functions[FUNCTIONS] = {
    { "bind", bind }, { "run", run }, { "start", start }, { "close", close_program },
  };
  napi_value object, f;
  napi_create_object(env, &object);
  for (int i = 0; i < FUNCTIONS; i++) {
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, p, &f);
    if (napi_add_finalizer(env, f, p, forget, NULL, NULL) == napi_ok) p->users++;
    napi_set_named_property(env, object, functions[i].name, f);
  }
  return object;
}

static napi_value misalignment(napi_env env, napi_callback_info info) {
  size_t given = 1, length;
  napi_value value, result;
  void *data;
  bool is_buffer = false;
  napi_get_cb_info(env, info, &given, &value, NULL, NULL);
  if (given != 1 || napi_is_arraybuffer(env, value, &is_buffer) != napi_ok || !is_buffer
      || napi_get_arraybuffer_info(env, value, &data, &length) != napi_ok) return fail(env, "native: an ArrayBuffer is expected");
  napi_create_uint32(env, (uint32_t)((uintptr_t)data % LINE), &result);
  return result;
}

NAPI_MODULE_INIT() {
  /* Threads of the runtime wait in this library: it stays in memory when the Node worker that loaded it ends. */
  Dl_info self;
  if (dladdr((void *)nothing, &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
  napi_value f;
  napi_create_function(env, "load", NAPI_AUTO_LENGTH, load, NULL, &f);
  napi_set_named_property(env, exports, "load", f);
  napi_create_function(env, "misalignment", NAPI_AUTO_LENGTH, misalignment, NULL, &f);
  napi_set_named_property(env, exports, "misalignment", f);
  return exports;
}
