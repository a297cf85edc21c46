/* A pool of read buffers as a server in C would write it: eight functions, which c_pool.hpp makes a strategy
 * of.
 *
 * Threads: a worker's functions are called by its own thread, pool_unused and pool_close by any. Whatever is
 * passed lives until the function for its end. Storage comes from the host, so that every strategy's is
 * aligned and limited alike; the host must not be called while a lock is held. */
#ifndef POOL_H
#define POOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pool;
struct pool_worker;

/* What the pool sees of a buffer: its link, and what the host wrote when it made it. */
struct pool_buffer {
  struct pool_buffer* link;
  uint32_t bytes;
  uint32_t stamp; /* the generation of the size that was in force then; higher is later */
};

/* What the pool may call; `context` is what pool_attach and pool_close were given. */
struct pool_host {
  struct pool_buffer* (*make)(void* context); /* of the size in force; NULL: no memory, or a limit */
  void (*destroy)(void* context, struct pool_buffer* buffer);
};

/* NULL: no memory. At most list_bound unused buffers are kept. */
struct pool* pool_open(const struct pool_host* host, uint32_t list_bound);
/* No worker is attached any more, and no buffer in use. */
void pool_close(struct pool* pool, void* context);
/* NULL: no memory. */
struct pool_worker* pool_attach(struct pool* pool, uint32_t index, void* context);
void pool_detach(struct pool_worker* worker);
/* NULL: exhausted. */
struct pool_buffer* pool_acquire(struct pool_worker* worker);
/* Whoever acquired it. */
void pool_release(struct pool_worker* worker, struct pool_buffer* buffer);
/* At a request boundary: buffers of a generation before this one are not to be kept any more. */
void pool_housekeep(struct pool_worker* worker, uint32_t generation);
/* How many buffers lie unused, and their bytes. */
void pool_unused(struct pool* pool, uint64_t* buffers, uint64_t* bytes);

#ifdef __cplusplus
}
#endif
#endif
