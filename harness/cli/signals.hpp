// How a server is told to end or to show itself.
#pragma once

namespace baton::cli {

// Blocks them in this thread and those it starts from now on. Call it before any thread is started.
void block_signals();

enum class Signal { show, end };
// Waits for SIGUSR1 (show), or for SIGTERM, SIGINT or SIGHUP (end). Another of those after that ends the
// process at once with exit code 1.
Signal wait_for_signal();

}  // namespace baton::cli
