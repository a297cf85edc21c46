#include "pool.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
  pthread_mutex_t lock;
  struct pool_host host;
  struct pool_buffer* unused; /* last in, first out */
  uint64_t buffers, bytes;    /* on `unused` */
  uint32_t list_bound;
  uint32_t generation; /* the latest that a worker has heard of */
};

struct pool_worker {
  struct pool* pool;
  void* context;
  uint32_t generation; /* the last that this worker has heard of */
};

static void destroy_all(const struct pool* pool, void* context, struct pool_buffer* list) {
  while (list != NULL) {
    struct pool_buffer* const next = list->link;
    pool->host.destroy(context, list);
    list = next;
  }
}

struct pool* pool_open(const struct pool_host* host, uint32_t list_bound) {
  struct pool* const pool = calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pool->host = *host;
  pool->list_bound = list_bound;
  return pool;
}

void pool_close(struct pool* pool, void* context) {
  destroy_all(pool, context, pool->unused);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

struct pool_worker* pool_attach(struct pool* pool, uint32_t index, void* context) {
  struct pool_worker* const worker = calloc(1, sizeof *worker);
  (void)index; /* a pool with caches for each worker would use it */
  if (worker == NULL) return NULL;
  worker->pool = pool;
  worker->context = context;
  return worker;
}

void pool_detach(struct pool_worker* worker) { free(worker); }

struct pool_buffer* pool_acquire(struct pool_worker* worker) {
  struct pool* const pool = worker->pool;
  pthread_mutex_lock(&pool->lock);
  struct pool_buffer* const buffer = pool->unused;
  if (buffer != NULL) {
    pool->unused = buffer->link;
    pool->buffers -= 1;
    pool->bytes -= buffer->bytes;
  }
  pthread_mutex_unlock(&pool->lock);
  return buffer != NULL ? buffer : pool->host.make(worker->context);
}

void pool_release(struct pool_worker* worker, struct pool_buffer* buffer) {
  struct pool* const pool = worker->pool;
  pthread_mutex_lock(&pool->lock);
  const int kept = buffer->stamp >= pool->generation && pool->buffers < pool->list_bound;
  if (kept) {
    buffer->link = pool->unused;
    pool->unused = buffer;
    pool->buffers += 1;
    pool->bytes += buffer->bytes;
  }
  pthread_mutex_unlock(&pool->lock);
  if (!kept) pool->host.destroy(worker->context, buffer);
}

void pool_housekeep(struct pool_worker* worker, uint32_t generation) {
  struct pool* const pool = worker->pool;
  struct pool_buffer* stale = NULL;
  if (generation == worker->generation) return; /* so that a boundary takes no lock */
  worker->generation = generation;
  pthread_mutex_lock(&pool->lock);
  if (pool->generation < generation) pool->generation = generation;
  for (struct pool_buffer** at = &pool->unused; *at != NULL;) {
    struct pool_buffer* const buffer = *at;
    if (buffer->stamp >= pool->generation) {
      at = &buffer->link;
      continue;
    }
    *at = buffer->link;
    buffer->link = stale;
    stale = buffer;
    pool->buffers -= 1;
    pool->bytes -= buffer->bytes;
  }
  pthread_mutex_unlock(&pool->lock);
  destroy_all(pool, worker->context, stale);
}

void pool_unused(struct pool* pool, uint64_t* buffers, uint64_t* bytes) {
  pthread_mutex_lock(&pool->lock);
  *buffers = pool->buffers;
  *bytes = pool->bytes;
  pthread_mutex_unlock(&pool->lock);
}
