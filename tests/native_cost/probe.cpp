// Every operation of every strategy as a function of its own, to compare what it is compiled to (README.md).
#include <cstdint>

#include "baton/registry.hpp"
#include "strategies/contract.hpp"

#define BATON_PROBE(name, Class)                                                                      \
  extern "C" {                                                                                        \
  baton::ConnBuffer* probe_##name##_acquire_session(baton::Class<>::Worker& worker,                   \
                                                    baton::Class<>::Session& s) {                     \
    return worker.acquire(s);                                                                         \
  }                                                                                                   \
  baton::ConnBuffer* probe_##name##_acquire_slot(baton::Class<>::Worker& worker,                      \
                                                 baton::Class<>::Slot& slot) {                        \
    return worker.acquire(slot);                                                                      \
  }                                                                                                   \
  baton::ConnBuffer* probe_##name##_give(baton::Class<>::Worker& worker, baton::ConnBuffer* buffer) { \
    return worker.give(buffer);                                                                       \
  }                                                                                                   \
  baton::ConnBuffer* probe_##name##_take(baton::Class<>::Worker& worker, baton::ConnBuffer* buffer) { \
    return worker.take(buffer);                                                                       \
  }                                                                                                   \
  void probe_##name##_release(baton::Class<>::Worker& worker, baton::ConnBuffer* buffer) {            \
    worker.release(buffer);                                                                           \
  }                                                                                                   \
  void probe_##name##_idle(baton::Class<>::Worker& worker, baton::Class<>::Session& s,                \
                           baton::ConnBuffer* b) {                                                    \
    worker.idle(s, b);                                                                                \
  }                                                                                                   \
  bool probe_##name##_housekeep(baton::Class<>::Worker& worker) { return worker.housekeep(); }        \
  }

BATON_FOR_EACH_STRATEGY(BATON_PROBE)
