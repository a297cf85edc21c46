// A stack of pointers for each CPU whose push and pop are restartable sequences (rseq): a few instructions
// that the kernel starts anew when their thread is moved or preempted in the middle, so that they need no
// atomic operation.
//
// Linux 5.10 with glibc 2.35, on x86-64 and aarch64; elsewhere, and where the kernel does not offer it or
// ThreadSanitizer, which does not see into assembler, is on, supported() is false.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "strategies/parameters.hpp"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(thread_sanitizer)
#define BATON_RESTARTS 1
#endif
#else
#define BATON_RESTARTS 1
#endif
#endif
#endif

#include <sched.h>
#include <unistd.h>
#ifdef BATON_RESTARTS
#include <linux/membarrier.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#endif

namespace baton::restartable {

inline constexpr std::uint32_t kSlots = 2 * kMaxBatch;

// Written by whoever runs on that CPU, inside of a sequence, and by whoever has closed it.
struct alignas(2 * kCacheLineBytes) CpuStack {
  std::uint32_t count;   // at offset 0
  std::uint32_t closed;  // at offset 4; 1: nobody pushes or pops
  std::uint64_t unused;
  void* slots[kSlots];  // at offset 16
};
static_assert(offsetof(CpuStack, slots) == 16);

// As many as there may ever be.
inline std::uint32_t cpus() noexcept {
  const long configured = sysconf(_SC_NPROCESSORS_CONF);
  return configured > 0 ? static_cast<std::uint32_t>(configured) : 1;
}
// Where the thread runs, and may not run any more when this returns.
inline std::uint32_t cpu() noexcept {
  const int cpu = sched_getcpu();
  return cpu > 0 ? static_cast<std::uint32_t>(cpu) % cpus() : 0;
}

#ifdef BATON_RESTARTS

// Registers with the kernel once. False: it does not offer all that is needed.
inline bool supported() noexcept {
  static const bool registered =
      __rseq_size != 0 && syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0) == 0;
  return registered;
}
// On return no thread is in a sequence that it began before.
inline void restart_all() noexcept { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0); }

inline struct rseq* area() noexcept {
  return reinterpret_cast<struct rseq*>(static_cast<char*>(__builtin_thread_pointer()) + __rseq_offset);
}

// The descriptor of a sequence from label 1 to label 2 that is restarted at label 4. In front of 4 stands the
// signature that the kernel asks for.
#if defined(__x86_64__)
#define BATON_RSEQ_BEGIN                          \
  ".pushsection __rseq_cs, \"aw?\"\n\t"           \
  ".balign 32\n"                                  \
  "3:\n\t"                                        \
  ".long 0, 0\n\t"                                \
  ".quad 1f, (2f - 1f), 4f\n\t"                   \
  ".popsection\n\t"                               \
  ".pushsection __rseq_cs_ptr_array, \"aw?\"\n\t" \
  ".quad 3b\n\t"                                  \
  ".popsection\n\t"                               \
  "leaq 3b(%%rip), %%rax\n\t"                     \
  "movq %%rax, %c[cs](%[area])\n"                 \
  "1:\n\t"                                        \
  "movl %c[cpu](%[area]), %%eax\n\t"              \
  "imulq %[stride], %%rax, %%rax\n\t"             \
  "addq %[stacks], %%rax\n\t"                     \
  "cmpl $0, 4(%%rax)\n\t"                         \
  "jne %l[refused]\n\t"                           \
  "movl (%%rax), %%ecx\n\t"
#define BATON_RSEQ_END                       \
  "2:\n\t"                                   \
  ".pushsection __rseq_failure, \"ax?\"\n\t" \
  ".byte 0x0f, 0xb9, 0x3d\n\t"               \
  ".long 0x53053053\n"                       \
  "4:\n\t"                                   \
  "jmp %l[again]\n\t"                        \
  ".popsection\n\t"
#define BATON_RSEQ_OPERANDS                                                           \
  [area] "r"(area()), [stacks] "r"(stacks), [cs] "i"(offsetof(struct rseq, rseq_cs)), \
      [cpu] "i"(offsetof(struct rseq, cpu_id)), [stride] "i"(sizeof(CpuStack))

// False: the stack of this CPU has `most` pointers, or is closed.
inline bool push(CpuStack* stacks, void* pointer, std::uint32_t most) noexcept {
again:
  asm goto(BATON_RSEQ_BEGIN
           "cmpl %[most], %%ecx\n\t"
           "jae %l[refused]\n\t"
           "movq %[pointer], 16(%%rax,%%rcx,8)\n\t"
           "incl %%ecx\n\t"
           "movl %%ecx, (%%rax)\n" BATON_RSEQ_END
           :
           : BATON_RSEQ_OPERANDS, [pointer] "r"(pointer), [most] "r"(most)
           : "rax", "rcx", "cc", "memory"
           : again, refused);
  return true;
refused:
  return false;
}
// nullptr: the stack of this CPU is empty, or closed.
inline void* pop(CpuStack* stacks) noexcept {
  void* popped = nullptr;
again:
  asm goto(BATON_RSEQ_BEGIN
           "subl $1, %%ecx\n\t"
           "jb %l[refused]\n\t"
           "movq 16(%%rax,%%rcx,8), %%rdx\n\t"
           "movq %%rdx, (%[popped])\n\t"
           "movl %%ecx, (%%rax)\n" BATON_RSEQ_END
           :
           : BATON_RSEQ_OPERANDS, [popped] "r"(&popped)
           : "rax", "rcx", "rdx", "cc", "memory"
           : again, refused);
  return popped;
refused:
  return nullptr;
}
#undef BATON_RSEQ_BEGIN
#undef BATON_RSEQ_END
#undef BATON_RSEQ_OPERANDS
#elif defined(__aarch64__)
#define BATON_RSEQ_BEGIN                          \
  ".pushsection __rseq_cs, \"aw?\"\n\t"           \
  ".balign 32\n"                                  \
  "3:\n\t"                                        \
  ".long 0, 0\n\t"                                \
  ".quad 1f, (2f - 1f), 4f\n\t"                   \
  ".popsection\n\t"                               \
  ".pushsection __rseq_cs_ptr_array, \"aw?\"\n\t" \
  ".quad 3b\n\t"                                  \
  ".popsection\n\t"                               \
  "adrp x9, 3b\n\t"                               \
  "add x9, x9, :lo12:3b\n\t"                      \
  "str x9, [%[area], %[cs]]\n"                    \
  "1:\n\t"                                        \
  "ldr w9, [%[area], %[cpu]]\n\t"                 \
  "madd x9, x9, %[stride], %[stacks]\n\t"         \
  "add x10, x9, #4\n\t"                           \
  "ldar w10, [x10]\n\t"                           \
  "cbnz w10, %l[refused]\n\t"                     \
  "ldr w10, [x9]\n\t"
#define BATON_RSEQ_END \
  "2:\n\t"             \
  "b 5f\n\t"           \
  ".inst 0xd428bc00\n" \
  "4:\n\t"             \
  "b %l[again]\n"      \
  "5:\n\t"
#define BATON_RSEQ_OPERANDS                                                           \
  [area] "r"(area()), [stacks] "r"(stacks), [cs] "i"(offsetof(struct rseq, rseq_cs)), \
      [cpu] "i"(offsetof(struct rseq, cpu_id)), [stride] "r"(sizeof(CpuStack))

inline bool push(CpuStack* stacks, void* pointer, std::uint32_t most) noexcept {
again:
  asm goto(BATON_RSEQ_BEGIN
           "cmp w10, %w[most]\n\t"
           "b.hs %l[refused]\n\t"
           "add x11, x9, #16\n\t"
           "str %[pointer], [x11, w10, uxtw #3]\n\t"
           "add w10, w10, #1\n\t"
           "str w10, [x9]\n" BATON_RSEQ_END
           :
           : BATON_RSEQ_OPERANDS, [pointer] "r"(pointer), [most] "r"(most)
           : "x9", "x10", "x11", "cc", "memory"
           : again, refused);
  return true;
refused:
  return false;
}
inline void* pop(CpuStack* stacks) noexcept {
  void* popped = nullptr;
again:
  asm goto(BATON_RSEQ_BEGIN
           "subs w10, w10, #1\n\t"
           "b.lo %l[refused]\n\t"
           "add x11, x9, #16\n\t"
           "ldr x11, [x11, w10, uxtw #3]\n\t"
           "str x11, [%[popped]]\n\t"
           "str w10, [x9]\n" BATON_RSEQ_END
           :
           : BATON_RSEQ_OPERANDS, [popped] "r"(&popped)
           : "x9", "x10", "x11", "cc", "memory"
           : again, refused);
  return popped;
refused:
  return nullptr;
}
#undef BATON_RSEQ_BEGIN
#undef BATON_RSEQ_END
#undef BATON_RSEQ_OPERANDS
#endif

// Nobody pushes or pops there from the return of close_all to open_all, whose caller changes them meanwhile.
// One thread at a time.
inline void close_all(CpuStack* stacks, std::uint32_t n) noexcept {
  for (std::uint32_t cpu = 0; cpu < n; ++cpu) {
    std::atomic_ref(stacks[cpu].closed)
        .store(1, std::memory_order_relaxed);  // relaxed: restart_all orders it
  }
  restart_all();
}
inline void open_all(CpuStack* stacks, std::uint32_t n) noexcept {
  for (std::uint32_t cpu = 0; cpu < n; ++cpu) {
    // release: a sequence that sees it open sees what its stack has become
    std::atomic_ref(stacks[cpu].closed).store(0, std::memory_order_release);
  }
}

// How many lie there: approximate, unless nobody pushes or pops.
inline std::uint32_t count_of(CpuStack& stack) noexcept {
  return std::atomic_ref(stack.count).load(std::memory_order_relaxed);  // relaxed: a number for who looks on
}

#else

inline std::uint32_t count_of(CpuStack&) noexcept { return 0; }
inline bool supported() noexcept { return false; }
inline bool push(CpuStack*, void*, std::uint32_t) noexcept { return false; }
inline void* pop(CpuStack*) noexcept { return nullptr; }
inline void close_all(CpuStack*, std::uint32_t) noexcept {}
inline void open_all(CpuStack*, std::uint32_t) noexcept {}

#endif

}  // namespace baton::restartable
