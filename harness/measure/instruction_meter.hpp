// Instructions by the processor's own counter (perf_event_open), where there is one for us: many virtual
// machines have none.
#pragma once

#include <cstdint>
#include <string>

namespace baton {

// Of user code, by the calling thread, since it first asked; always 0 where there is no counter. Asking takes
// some instructions as well, always as many. Never fails.
std::uint64_t thread_instructions() noexcept;

// Why the calling thread has no counter: the kernel's words, or that others use it. Empty: it has one.
std::string no_instruction_counter();

}  // namespace baton
