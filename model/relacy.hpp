// Relacy, without the macros by which it takes over the words of whoever includes it. To be included last.
#pragma once

#include <csignal>
#include <cstdlib>
#include <new>
#include <relacy/relacy.hpp>
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert
#undef errno
