#pragma once

namespace writebench::engine {

/// From now on SIGINT, SIGTERM and SIGHUP only record that the user wants to stop; a signal that was ignored stays
/// ignored. Process-wide; call once, early.
void catch_interrupts();

/// The number of the first signal that asked to stop; 0 if there was none.
int interrupted();

}  // namespace writebench::engine
